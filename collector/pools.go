package collector

import (
	"context"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// pool holds the properties of one desktop pool, in the values of the labels.
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
}

func poolsArea() Collector {
	return Area[[]pool]{
		Name:      "pools",
		Help:      "Properties of the desktop pools.",
		Core:      true,
		Interval:  5 * time.Minute,
		Endpoints: []apiclient.Endpoint{apiclient.ListDesktopPools},
		Fetch:     fetchPools,
		Families: []Family[[]pool]{{
			Name: "pool_info",
			Help: "Properties of the desktop pool, always 1; join on pool_id to show its name beside other metrics.",
			Type: Gauge,
			Labels: []string{
				"pool_id", "pool", "type", "charging_mode", "autoscale_type",
				"product_id", "image_id", "os_type", "availability_zone",
			},
			Map: func(pools []pool, put Put) {
				for _, p := range pools {
					put.Value(1, p.ID, p.Name, p.Type, p.ChargingMode, p.AutoscaleType, p.ProductID, p.ImageID, p.OSType, p.Zone)
				}
			},
		}},
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
		Type apiclient.Text `json:"autoscale_type"`
	} `json:"autoscale_policy"`
	Product struct {
		ID apiclient.Text `json:"product_id"`
	} `json:"product"`
	ImageID apiclient.Text `json:"image_id"`
	OSType  apiclient.Text `json:"image_os_type"`
	Zone    apiclient.Text `json:"availability_zone"`
}

func fetchPools(ctx context.Context, in Input, _ []pool) ([]pool, error) {
	answers, err := apiclient.List(ctx, in.API, apiclient.Request{Endpoint: apiclient.ListDesktopPools},
		func(a poolAnswer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	pools := make([]pool, 0, len(answers))
	for _, a := range answers {
		if a.ID == "" {
			return nil, malformed(apiclient.ListDesktopPools, "an entry of `desktop_pools` has no `id`")
		}
		p := pool{
			ID:           string(a.ID),
			Name:         string(a.Name),
			Type:         strings.ToLower(string(a.Type)),
			ChargingMode: chargingMode(string(a.ChargingMode)),
			ProductID:    string(a.Product.ID),
			ImageID:      string(a.ImageID),
			OSType:       string(a.OSType),
			Zone:         string(a.Zone),
		}
		// A policy that is switched off stays in the answer.
		if a.Autoscale != "false" {
			p.AutoscaleType = strings.ToLower(string(a.Policy.Type))
		}
		pools = append(pools, p)
	}
	return pools, nil
}

// chargingMode names the two documented codes and keeps any other.
func chargingMode(code string) string {
	switch code {
	case "0":
		return "yearly_monthly"
	case "1":
		return "pay_per_use"
	default:
		return code
	}
}
