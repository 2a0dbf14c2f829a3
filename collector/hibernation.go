package collector

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// hibernation tells how desktops hibernate.
type hibernation struct {
	Type     string           `json:"type"`
	Shutdown apiclient.Number `json:"shutdown_seconds"`
}

func hibernationArea() Collector {
	return Area[hibernation]{
		Name:     "hibernation",
		Help:     "How desktops hibernate, and when hibernated ones are shut down.",
		Interval: time.Hour,
		Calls:    []Call{once(apiclient.ShowHibernateType)},
		Series:   series(2, nil),
		Fetch:    fetchHibernation,
		Families: []Family[hibernation]{
			{
				Name: "hibernation_info",
				Help: "How desktops hibernate, always 1: SUSPEND frees the hardware, PAUSE keeps it.",
				Type: Gauge, Labels: []string{"hibernate_type"},
				Map: func(h hibernation, put Put) { put.Value(1, h.Type) },
			},
			{
				Name: "hibernation_shutdown_seconds",
				Help: "How long a desktop hibernates before it is shut down, and what was open on it is lost.",
				Type: Gauge,
				Map:  func(h hibernation, put Put) { put.Number(h.Shutdown) },
			},
		},
	}
}

func fetchHibernation(ctx context.Context, in Input, _ hibernation) (hibernation, error) {
	e := apiclient.ShowHibernateType
	a, err := apiclient.Get[struct {
		Type apiclient.Text   `json:"hibernate_type"`
		Days apiclient.Number `json:"shutdown_days"`
	}](ctx, in.API, apiclient.Request{Endpoint: e})
	if err != nil {
		return hibernation{}, err
	}
	if a.Type == "" {
		return hibernation{}, malformed(e, "answer has no member `hibernate_type`")
	}
	return hibernation{Type: string(a.Type), Shutdown: times(notNegative(a.Days), (24 * time.Hour).Seconds())}, nil
}
