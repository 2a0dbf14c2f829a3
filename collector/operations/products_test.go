package operations

import (
	"testing"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// TestProductsInUse: only packages that pools are made of have a series, and
// one that can be had in some way is not sold out.
func TestProductsInUse(t *testing.T) {
	t.Parallel()
	c := productsArea()
	// One answer for both lists: of products, and of pools that are made of none.
	in := areatest.Input(t, c, areatest.AnswerAll(`{"total_count":5,
		"desktop_pools":[{"id":"p1"},{"id":"p2"},{"id":"p3"},{"id":"p4"},{"id":"p5"}],"products":[
		{"product_id":"a","charge_mode":"0","status":"sellout"},{"product_id":"a","charge_mode":"1","status":"normal"},
		{"product_id":"b","charge_mode":"0","status":"sellout"},{"product_id":"b","charge_mode":"1","status":"SellOut"},
		{"product_id":"c","charge_mode":"1","status":"sellout"}]}`))
	for name, peer := range map[string]func(string) area.Shared{
		"no peers": nil,
		"no pools": func(string) area.Shared { return nil },
	} {
		in.Peer = peer
		result, err := c.Poll(t.Context(), in, nil)
		if err != nil {
			t.Fatal(err)
		}
		areatest.WantSamples(t, areatest.Samples(t, c, result), "product_sold_out", map[string]string{})
		if got := areatest.Samples(t, c, result)[`products{status="sellout"}`]; got != "4" {
			t.Errorf("%s: %s sold out, want 4", name, got)
		}
	}
	in.Peer = func(area string) area.Shared {
		if area != "pools" {
			return nil
		}
		return peer.Pools{{ID: "p1", ProductID: "a"}, {ID: "p2", ProductID: "b"}, {ID: "p3", ProductID: "b"}, {ID: "p4"}}
	}
	result, err := c.Poll(t.Context(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	areatest.WantSamples(t, areatest.Samples(t, c, result), "product_sold_out", map[string]string{
		`product_sold_out{product_id="a"}`: "0",
		`product_sold_out{product_id="b"}`: "1",
	})
}
