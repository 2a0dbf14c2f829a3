package decode

import (
	"context"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// What an area needs of another one it takes from there, or reads itself where
// that is off, has not polled yet or has no result that is young enough.
var (
	CallPools   = area.Unless[peer.Pools](area.CallPages(apiclient.ListDesktopPools, area.Pools))
	CallSites   = area.Unless[peer.Sites](area.Once(apiclient.ListSiteConfigs))
	CallSubnets = area.Unless[peer.Subnets](area.Once(apiclient.ListSubnets))
)

// Pools are the desktop pools of the project.
func Pools(ctx context.Context, in area.Input) (peer.Pools, error) {
	if pools, known := area.Peer[peer.Pools](in); known {
		return pools, nil
	}
	type pool struct {
		ID      apiclient.Text `json:"id"`
		Product struct {
			ID apiclient.Text `json:"product_id"`
		} `json:"product"`
	}
	list, err := List(ctx, in, apiclient.ListDesktopPools, "id", func(p pool) string { return string(p.ID) })
	if err != nil {
		return nil, err
	}
	pools := make(peer.Pools, len(list))
	for i, p := range list {
		pools[i] = peer.Pool{ID: string(p.ID), ProductID: string(p.Product.ID)}
	}
	return pools, nil
}

// CenterSite is the site_id of the main site. Some answers leave it without
// one, others call it by an id of its own: Sites tells which.
const CenterSite = "center"

// MainSiteType is the type of the main site.
const MainSiteType = "CENTER"

// Sites are the sites of the service.
func Sites(ctx context.Context, in area.Input) (peer.Sites, error) {
	if sites, known := area.Peer[peer.Sites](in); known {
		return sites, nil
	}
	type site struct {
		ID   apiclient.Text `json:"site_id"`
		Type apiclient.Text `json:"site_type"`
	}
	list, err := List(ctx, in, apiclient.ListSiteConfigs, "site_id", func(s site) string { return string(s.ID) })
	if err != nil {
		return nil, err
	}
	sites := make(peer.Sites, len(list))
	for i, s := range list {
		sites[i] = peer.Site{ID: string(s.ID), Main: State(s.Type, []string{MainSiteType}) == MainSiteType}
	}
	return sites, nil
}

// Subnets are the ids of the subnets that the service can use.
func Subnets(ctx context.Context, in area.Input) (peer.Subnets, error) {
	if subnets, known := area.Peer[peer.Subnets](in); known {
		return subnets, nil
	}
	type subnet struct {
		ID apiclient.Text `json:"id"`
	}
	list, err := List(ctx, in, apiclient.ListSubnets, "id", func(s subnet) string { return string(s.ID) })
	if err != nil {
		return nil, err
	}
	subnets := make(peer.Subnets, len(list))
	for i, s := range list {
		subnets[i] = string(s.ID)
	}
	return subnets, nil
}
