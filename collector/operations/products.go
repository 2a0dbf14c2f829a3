package operations

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// products are the packages that desktops are made of.
type products struct {
	Status decode.States `json:"status"`
	// SoldOut is by product id, of the products that pools are made of.
	SoldOut map[string]bool `json:"sold_out"`
}

func productsArea() area.Collector {
	return area.Declaration[products]{
		Name:     "products",
		Help:     "Desktop packages on sale, and whether those that pools are made of are sold out.",
		Interval: 30 * time.Minute,
		Calls:    []area.Call{area.CallPages(apiclient.ListProducts, area.Products), decode.CallPools},
		Series:   func(l area.Load) float64 { return 3 + min(l.Fleet[area.Pools], 5) },
		Fetch:    fetchProducts,
		Families: []area.Family[products]{
			{
				Name: "products",
				Help: "Number of desktop packages by sale status.",
				Type: area.Gauge, Labels: []string{"status"},
				Map: func(p products, put area.Put) { p.Status.Put(put) },
			},
			{
				Name: "product_sold_out",
				Help: "Whether a package that a desktop pool is made of is sold out: 1 means that the pool cannot grow.",
				Type: area.Gauge, Labels: []string{"product_id"},
				Map: func(p products, put area.Put) {
					for _, id := range slices.Sorted(maps.Keys(p.SoldOut)) {
						put.Number(decode.Bool(p.SoldOut[id]), id)
					}
				},
			},
		},
	}
}

// product is an entry of ListProducts. Packages are listed once for each way
// of charging.
type product struct {
	ID         apiclient.Text `json:"product_id"`
	ChargeMode apiclient.Text `json:"charge_mode"`
	Status     apiclient.Text `json:"status"`
}

func fetchProducts(ctx context.Context, in area.Input, _ products) (products, error) {
	list, err := decode.List(ctx, in, apiclient.ListProducts, "product_id", func(p product) string {
		if p.ID == "" {
			return ""
		}
		return string(p.ID + " " + p.ChargeMode)
	})
	if err != nil {
		return products{}, err
	}
	result := products{
		Status:  decode.CountBy(in, "products[].status", list, decode.ProductStates, func(p product) apiclient.Text { return p.Status }),
		SoldOut: map[string]bool{},
	}
	pools, err := decode.Pools(ctx, in)
	if err != nil {
		return products{}, err
	}
	used := map[string]bool{}
	for _, p := range pools {
		used[p.ProductID] = true
	}
	for _, p := range list {
		id := string(p.ID)
		if !used[id] {
			continue
		}
		// It can be had as long as one way of paying for it is left.
		if p.Status == "" {
			continue
		}
		out, known := result.SoldOut[id]
		result.SoldOut[id] = decode.State(p.Status, decode.ProductStates) == decode.SoldOut && (!known || out)
	}
	return result, nil
}
