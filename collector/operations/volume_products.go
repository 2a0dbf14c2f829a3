package operations

import (
	"cmp"
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// volumeProduct is the number of disk products of a type in a state.
type volumeProduct struct {
	Type   string  `json:"type"`
	Status string  `json:"status"`
	Count  float64 `json:"count"`
}

func volumeProductsArea() area.Collector {
	return area.Declaration[[]volumeProduct]{
		Name:     "volume_products",
		Help:     "Disk products on sale.",
		Interval: time.Hour,
		Calls:    []area.Call{area.Once(apiclient.ListVolumeProductInfo)},
		Series:   area.Series(6, nil),
		Fetch:    fetchVolumeProducts,
		Families: []area.Family[[]volumeProduct]{{
			Name: "volume_products",
			Help: "Number of disk products by type of disk and sale status; with no product left on sale no disk of the type can be added.",
			Type: area.Gauge, Labels: []string{"volume_type", "status"},
			Map: area.Each(func(v volumeProduct, put area.Put) { put.Value(v.Count, v.Type, v.Status) }),
		}},
	}
}

func fetchVolumeProducts(ctx context.Context, in area.Input, _ []volumeProduct) ([]volumeProduct, error) {
	type volume struct {
		Code   apiclient.Text `json:"resource_spec_code"`
		Type   apiclient.Text `json:"volume_type" sent:"always"`
		Status apiclient.Text `json:"status" sent:"always"`
	}
	list, err := decode.List(ctx, in, apiclient.ListVolumeProductInfo, "resource_spec_code",
		func(v volume) string { return string(v.Code) })
	if err != nil {
		return nil, err
	}
	counts := map[[2]string]float64{}
	for _, v := range list {
		kind := cmp.Or(string(v.Type), decode.Unknown)
		if v.Status != "" { // else nobody knows that none is on sale
			for _, status := range []string{"normal", decode.SoldOut} {
				counts[[2]string{kind, status}] += 0
			}
		}
		counts[[2]string{kind, cmp.Or(decode.State(v.Status, decode.ProductStates), decode.Unknown)}]++
	}
	return decode.Rows(counts, func(key [2]string, n float64) volumeProduct { return volumeProduct{key[0], key[1], n} },
		func(v volumeProduct) []string { return []string{v.Type, v.Status} }), nil
}
