package core

import (
	"context"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// pool holds the properties of one desktop pool, in the values of the labels,
// its state and its settings.
type pool struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	Type          string `json:"type"`
	ChargingMode  string `json:"charging_mode"`
	AutoscaleType string `json:"autoscale_type"`
	ProductID     string `json:"product_id"`
	ImageID       string `json:"image_id"`
	OSType        string `json:"os_type"`
	Zone          string `json:"availability_zone"`

	Status      string           `json:"status"`
	Created     time.Time        `json:"created"`
	Maintenance apiclient.Number `json:"maintenance"`
	Bound       apiclient.Number `json:"bound"`
	// Of a pool that scales by itself.
	MaxDesktops apiclient.Number `json:"max_desktops"`
	MinIdle     apiclient.Number `json:"min_idle"`
	// MaxIsolated is there when faulty desktops are isolated.
	MaxIsolated apiclient.Number `json:"max_isolated"`
	Retention   apiclient.Number `json:"retention_seconds"`
}

func poolsArea() area.Collector {
	return area.Declaration[[]pool]{
		Name:     "pools",
		Help:     "Properties, state and settings of the desktop pools.",
		Core:     true,
		Interval: 5 * time.Minute,
		Calls:    []area.Call{area.CallPages(apiclient.ListDesktopPools, area.Pools)},
		Series:   area.Series(1, area.Per{area.Pools: 12}),
		Fetch:    fetchPools,
		Shares:   sharePools,
		Families: []area.Family[[]pool]{
			{
				Name: "pool_info",
				Help: "Properties of the desktop pool, always 1; join on pool_id to show its name beside other metrics.",
				Type: area.Gauge,
				Labels: []string{
					"pool_id", "pool", "type", "charging_mode", "autoscale_type",
					"product_id", "image_id", "os_type", "availability_zone",
				},
				Map: area.Each(func(p pool, put area.Put) {
					put.Value(1, p.ID, p.Name, p.Type, p.ChargingMode, p.AutoscaleType, p.ProductID, p.ImageID, p.OSType, p.Zone)
				}),
			},
			{
				Name: "pool_status",
				Help: "Statuses of the desktop pool, 1 for the current one and 0 for the others; EXIST_FROZEN means that some of its desktops are frozen, most often for an unpaid bill.",
				Type: area.Gauge, Labels: []string{"pool_id", "status"},
				Map: area.Each(func(p pool, put area.Put) { area.PutState(put, poolStates, p.Status, p.ID) }),
			},
			{
				Name: "pool_in_maintenance",
				Help: "Whether the desktop pool is in maintenance mode (1): then its users cannot connect, on purpose.",
				Type: area.Gauge, Labels: []string{"pool_id"},
				Map: area.Each(func(p pool, put area.Put) { put.Number(p.Maintenance, p.ID) }),
			},
			{
				Name: "pool_desktops_bound",
				Help: "Number of desktops of the pool that are bound to a user, connected or not.",
				Type: area.Gauge, Labels: []string{"pool_id"},
				Map: area.Each(func(p pool, put area.Put) { put.Number(p.Bound, p.ID) }),
			},
			{
				Name: "pool_autoscale_max_desktops",
				Help: "Number of desktops that the pool creates by itself at most; a pool that does not scale has no series.",
				Type: area.Gauge, Labels: []string{"pool_id"},
				Map: area.Each(func(p pool, put area.Put) { put.Number(p.MaxDesktops, p.ID) }),
			},
			{
				Name: "pool_autoscale_min_idle_desktops",
				Help: "Number of idle desktops below which the pool creates more; a pool that does not scale has no series.",
				Type: area.Gauge, Labels: []string{"pool_id"},
				Map: area.Each(func(p pool, put area.Put) { put.Number(p.MinIdle, p.ID) }),
			},
			{
				Name: "pool_isolation_limit_desktops",
				Help: "Number of faulty desktops that the pool takes out of service by itself at most; at the limit users get faulty ones.",
				Type: area.Gauge, Labels: []string{"pool_id"},
				Map: area.Each(func(p pool, put area.Put) { put.Number(p.MaxIsolated, p.ID) }),
			},
			{
				Name: "pool_disconnected_retention_seconds",
				Help: "How long a desktop of the pool stays bound to its user after a disconnect.",
				Type: area.Gauge, Labels: []string{"pool_id"},
				Map: area.Each(func(p pool, put area.Put) { put.Number(p.Retention, p.ID) }),
			},
			{
				Name: "pool_created_timestamp_seconds",
				Help: "When the desktop pool was created.",
				Type: area.Gauge, Labels: []string{"pool_id"},
				Map: area.Each(func(p pool, put area.Put) {
					if !p.Created.IsZero() {
						put.Value(area.UnixSeconds(p.Created), p.ID)
					}
				}),
			},
		},
	}
}

// poolAnswer is an entry of ListDesktopPools.
type poolAnswer struct {
	ID           apiclient.Text `json:"id"`
	Name         apiclient.Text `json:"name"`
	Type         apiclient.Text `json:"type"`
	ChargingMode apiclient.Text `json:"charging_mode"`
	Autoscale    apiclient.Text `json:"enable_autoscale"`
	Policy       struct {
		Type        apiclient.Text   `json:"autoscale_type"`
		MaxDesktops apiclient.Number `json:"max_auto_created"`
		MinIdle     apiclient.Number `json:"min_idle"`
		Isolation   apiclient.Text   `json:"auto_isolation_enable"`
		MaxIsolated apiclient.Number `json:"auto_isolation_max_num"`
	} `json:"autoscale_policy"`
	Product struct {
		ID apiclient.Text `json:"product_id"`
	} `json:"product"`
	ImageID     apiclient.Text   `json:"image_id"`
	OSType      apiclient.Text   `json:"image_os_type"`
	Zone        apiclient.Text   `json:"availability_zone"`
	Status      apiclient.Text   `json:"status" sent:"always"`
	Created     apiclient.Time   `json:"created_time"`
	Maintenance apiclient.Text   `json:"in_maintenance_mode"`
	Bound       apiclient.Number `json:"desktop_used"`
	Retention   apiclient.Number `json:"disconnected_retention_period"` // minutes
}

func fetchPools(ctx context.Context, in area.Input, _ []pool) ([]pool, error) {
	answers, err := decode.List(ctx, in, apiclient.ListDesktopPools, "id", func(a poolAnswer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	pools := make([]pool, 0, len(answers))
	for _, a := range answers {
		p := pool{
			ID:           string(a.ID),
			Name:         string(a.Name),
			Type:         strings.ToLower(string(a.Type)),
			ChargingMode: decode.ChargingMode(string(a.ChargingMode)),
			ProductID:    string(a.Product.ID),
			ImageID:      string(a.ImageID),
			OSType:       string(a.OSType),
			Zone:         string(a.Zone),
			Status:       decode.State(a.Status, poolStates),
			Created:      a.Created.Time(),
			Maintenance:  decode.Switch(a.Maintenance),
			Bound:        decode.NotNegative(a.Bound),
			Retention:    decode.Scale(decode.NotNegative(a.Retention), 60),
		}
		// A policy that is switched off stays in the answer.
		if decode.On(a.Autoscale) {
			p.AutoscaleType = strings.ToLower(string(a.Policy.Type))
			p.MaxDesktops, p.MinIdle = decode.NotNegative(a.Policy.MaxDesktops), decode.NotNegative(a.Policy.MinIdle)
		}
		if decode.On(a.Policy.Isolation) {
			p.MaxIsolated = decode.NotNegative(a.Policy.MaxIsolated)
		}
		pools = append(pools, p)
	}
	return pools, nil
}

func sharePools(pools []pool) area.Shared {
	shared := make(peer.Pools, len(pools))
	for i, p := range pools {
		shared[i] = peer.Pool{ID: p.ID, ProductID: p.ProductID}
	}
	return shared
}

// poolStates are those of the SDK, and ERROR, which Huawei's Terraform provider
// waits for.
var poolStates = []string{"STEADY", "TEMPORARY", "EXIST_FROZEN", "UNKNOWN", "ERROR"}
