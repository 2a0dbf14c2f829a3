package collector

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// soldOut is the status of a product that cannot be bought.
const soldOut = "sellout"

// productStates are the documented states of products.
var productStates = []string{"normal", soldOut, "abandon"}

// products are the packages that desktops are made of.
type products struct {
	Status states `json:"status"`
	// SoldOut is by product id, of the products that pools are made of.
	SoldOut map[string]bool `json:"sold_out"`
}

func productsArea() Collector {
	return Area[products]{
		Name:     "products",
		Help:     "Desktop packages on sale, and whether those that pools are made of are sold out.",
		Interval: 30 * time.Minute,
		Calls:    []Call{callPages(apiclient.ListProducts, Products)},
		Series:   func(l Load) float64 { return 3 + min(l.Fleet[Pools], 5) },
		Fetch:    fetchProducts,
		Families: []Family[products]{
			{
				Name: "products",
				Help: "Number of desktop packages by sale status.",
				Type: Gauge, Labels: []string{"status"},
				Map: func(p products, put Put) { p.Status.put(put) },
			},
			{
				Name: "product_sold_out",
				Help: "Whether a package that a desktop pool is made of is sold out: 1 means that the pool cannot grow.",
				Type: Gauge, Labels: []string{"product_id"},
				Map: func(p products, put Put) {
					for _, id := range slices.Sorted(maps.Keys(p.SoldOut)) {
						put.Number(truth(p.SoldOut[id]), id)
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

func fetchProducts(ctx context.Context, in Input, _ products) (products, error) {
	e := apiclient.ListProducts
	list, err := apiclient.List(ctx, in.API, apiclient.Request{Endpoint: e}, func(p product) string {
		if p.ID == "" {
			return ""
		}
		return string(p.ID + " " + p.ChargeMode)
	})
	if err != nil {
		return products{}, err
	}
	result := products{
		Status:  tallyBy(list, productStates, func(p product) string { return string(p.Status) }),
		SoldOut: map[string]bool{},
	}
	used := poolProducts(in)
	for _, p := range list {
		id := string(p.ID)
		if id == "" {
			return products{}, malformed(e, "an entry of `products` has no `product_id`")
		}
		if !used[id] {
			continue
		}
		// It can be had as long as one way of paying for it is left.
		out, known := result.SoldOut[id]
		result.SoldOut[id] = p.Status == soldOut && (!known || out)
	}
	return result, nil
}

// poolProducts are the ids of the products that pools are made of, as far as
// the pools are known.
func poolProducts(in Input) map[string]bool {
	used := map[string]bool{}
	pools, _ := Peer[peerPools](in)
	for _, p := range pools {
		used[p.ProductID] = true
	}
	return used
}

// truth is a condition as metrics show it.
func truth(is bool) apiclient.Number {
	if is {
		return apiclient.NumberOf(1)
	}
	return apiclient.NumberOf(0)
}

// volumeProduct is the number of disk products of a type in a state.
type volumeProduct struct {
	Type   string  `json:"type"`
	Status string  `json:"status"`
	Count  float64 `json:"count"`
}

func volumeProductsArea() Collector {
	return Area[[]volumeProduct]{
		Name:     "volume_products",
		Help:     "Disk products on sale.",
		Interval: time.Hour,
		Calls:    []Call{once(apiclient.ListVolumeProductInfo)},
		Series:   series(6, nil),
		Fetch:    fetchVolumeProducts,
		Families: []Family[[]volumeProduct]{{
			Name: "volume_products",
			Help: "Number of disk products by type of disk and sale status; with no product left on sale no disk of the type can be added.",
			Type: Gauge, Labels: []string{"volume_type", "status"},
			Map: each(func(v volumeProduct, put Put) { put.Value(v.Count, v.Type, v.Status) }),
		}},
	}
}

func fetchVolumeProducts(ctx context.Context, in Input, _ []volumeProduct) ([]volumeProduct, error) {
	type volume struct {
		Code   apiclient.Text `json:"resource_spec_code"`
		Type   apiclient.Text `json:"volume_type"`
		Status apiclient.Text `json:"status"`
	}
	list, err := listIdentified(ctx, in, apiclient.ListVolumeProductInfo, "resource_spec_code",
		func(v volume) string { return string(v.Code) })
	if err != nil {
		return nil, err
	}
	counts := map[[2]string]float64{}
	for _, v := range list {
		kind := cmp.Or(string(v.Type), unknownLabel)
		for _, status := range []string{"normal", soldOut} {
			counts[[2]string{kind, status}] += 0
		}
		counts[[2]string{kind, cmp.Or(string(v.Status), unknownLabel)}]++
	}
	result := make([]volumeProduct, 0, len(counts))
	for key, n := range counts {
		result = append(result, volumeProduct{key[0], key[1], n})
	}
	slices.SortFunc(result, func(a, b volumeProduct) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Status, b.Status))
	})
	return result, nil
}

// availabilityZone is a zone and what cannot be had there.
type availabilityZone struct {
	Zone    string           `json:"zone"`
	Name    string           `json:"name"`
	SoldOut apiclient.Number `json:"sold_out"`
}

func availabilityZonesArea() Collector {
	return Area[[]availabilityZone]{
		Name:     "availability_zones",
		Help:     "The availability zones of the region and how many packages are sold out in them.",
		Interval: 30 * time.Minute,
		Calls:    []Call{once(apiclient.ListAvailabilityZones)},
		Series:   series(10, nil),
		Fetch:    fetchAvailabilityZones,
		Families: []Family[[]availabilityZone]{
			{
				Name: "availability_zone_info",
				Help: "Display name of the availability zone, always 1.",
				Type: Gauge, Labels: []string{"availability_zone", "name"},
				Map: each(func(z availabilityZone, put Put) { put.Value(1, z.Zone, z.Name) }),
			},
			{
				Name: "availability_zone_sold_out_products",
				Help: "Number of desktop packages that are sold out in the availability zone.",
				Type: Gauge, Labels: []string{"availability_zone"},
				Map: each(func(z availabilityZone, put Put) { put.Number(z.SoldOut, z.Zone) }),
			},
		},
	}
}

func fetchAvailabilityZones(ctx context.Context, in Input, _ []availabilityZone) ([]availabilityZone, error) {
	type zone struct {
		Zone    apiclient.Text `json:"availability_zone"`
		Name    apiclient.Text `json:"display_name"`
		SoldOut struct {
			Products *[]apiclient.Text `json:"products"`
		} `json:"sold_out"`
	}
	list, err := listIdentified(ctx, in, apiclient.ListAvailabilityZones, "availability_zone",
		func(z zone) string { return string(z.Zone) })
	if err != nil {
		return nil, err
	}
	zones := make([]availabilityZone, len(list))
	for i, z := range list {
		zones[i] = availabilityZone{Zone: string(z.Zone), Name: string(z.Name)}
		if z.SoldOut.Products != nil {
			zones[i].SoldOut = apiclient.NumberOf(float64(len(*z.SoldOut.Products)))
		}
	}
	return zones, nil
}

func imagesArea() Collector {
	return Area[states]{
		Name:     "images",
		Help:     "Images that desktops can be made of.",
		Interval: time.Hour,
		Calls:    []Call{callPages(apiclient.ListImages, Images)},
		Series:   series(2, nil),
		Fetch: func(ctx context.Context, in Input, _ states) (states, error) {
			type image struct {
				ID   apiclient.Text `json:"id"`
				Type apiclient.Text `json:"image_type"`
			}
			list, err := listIdentified(ctx, in, apiclient.ListImages, "id", func(i image) string { return string(i.ID) })
			if err != nil {
				return nil, err
			}
			return tallyBy(list, []string{"gold", "private"}, func(i image) string { return string(i.Type) }), nil
		},
		Families: []Family[states]{statesFamily("images", "Number of images that desktops can be made of, by type.", "image_type")},
	}
}
