package inventory

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// hibernation tells how desktops hibernate.
type hibernation struct {
	Type     string           `json:"type"`
	Shutdown apiclient.Number `json:"shutdown_seconds"`
}

func hibernationArea() area.Collector {
	return area.Declaration[hibernation]{
		Name:     "hibernation",
		Help:     "How desktops hibernate, and when hibernated ones are shut down.",
		Interval: time.Hour,
		Calls:    []area.Call{area.Once(apiclient.ShowHibernateType)},
		Series:   area.Series(2, nil),
		Fetch:    fetchHibernation,
		Families: []area.Family[hibernation]{
			{
				Name: "hibernation_info",
				Help: "How desktops hibernate, always 1: SUSPEND frees the hardware, PAUSE keeps it.",
				Type: area.Gauge, Labels: []string{"hibernate_type"},
				Map: func(h hibernation, put area.Put) {
					if h.Type != "" {
						put.Value(1, h.Type)
					}
				},
			},
			{
				Name: "hibernation_shutdown_seconds",
				Help: "How long a desktop hibernates before it is shut down, and what was open on it is lost.",
				Type: area.Gauge,
				Map:  func(h hibernation, put area.Put) { put.Number(h.Shutdown) },
			},
		},
	}
}

func fetchHibernation(ctx context.Context, in area.Input, _ hibernation) (hibernation, error) {
	e := apiclient.ShowHibernateType
	a, err := decode.Get[struct {
		Type apiclient.Text   `json:"hibernate_type" sent:"always"`
		Days apiclient.Number `json:"shutdown_days"`
	}](ctx, in, apiclient.Request{Endpoint: e})
	if err != nil {
		return hibernation{}, err
	}
	return hibernation{Type: decode.State(a.Type, []string{"SUSPEND", "PAUSE"}), Shutdown: decode.Scale(decode.NotNegative(a.Days), (24 * time.Hour).Seconds())}, nil
}
