package core

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// quota is the quota of one resource at one site.
type quota struct {
	SiteID   string           `json:"site_id"`
	Resource string           `json:"resource"`
	Unit     string           `json:"unit"`
	Limit    apiclient.Number `json:"limit"`
	Used     apiclient.Number `json:"used"`
}

func quotasArea() area.Collector {
	return area.Declaration[[]quota]{
		Name:     "quotas",
		Help:     "Quotas of the project and how much of them is used, for the main site and every edge site.",
		Core:     true,
		Interval: 5 * time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ShowQuotas), area.CallEach(apiclient.ShowQuotaDetails, area.EdgeSites)},
		Series:   area.Series(19, area.Per{area.EdgeSites: 18}),
		Fetch:    fetchQuotas,
		Families: []area.Family[[]quota]{
			{
				Name: "quota_limit",
				Help: "Quota of the resource in the API's own unit; an unlimited resource has no series.",
				Type: area.Gauge, Labels: []string{"site_id", "resource", "unit"},
				Map: eachQuota(func(q quota, put area.Put) { put.Number(q.Limit, q.SiteID, q.Resource, q.Unit) }),
			},
			{
				Name: "quota_used",
				Help: "How much of the quota is used, in the API's own unit; at the limit nothing new can be created.",
				Type: area.Gauge, Labels: []string{"site_id", "resource", "unit"},
				Map: eachQuota(func(q quota, put area.Put) { put.Number(q.Used, q.SiteID, q.Resource, q.Unit) }),
			},
			{
				Name: "quota_limit_bytes",
				Help: "Quota of the memory or disk resource in bytes; an unlimited resource has no series.",
				Type: area.Gauge, Labels: []string{"site_id", "resource"},
				Map: eachQuota(func(q quota, put area.Put) { q.putBytes(put, q.Limit) }),
			},
			{
				Name: "quota_used_bytes",
				Help: "How much of the memory or disk quota is used, in bytes; at the limit nothing new can be created.",
				Type: area.Gauge, Labels: []string{"site_id", "resource"},
				Map: eachQuota(func(q quota, put area.Put) { q.putBytes(put, q.Used) }),
			},
		},
	}
}

func eachQuota(sample func(quota, area.Put)) func([]quota, area.Put) {
	return func(quotas []quota, put area.Put) {
		for _, q := range quotas {
			sample(q, put)
		}
	}
}

func (q quota) putBytes(put area.Put, n apiclient.Number) {
	v, sent := n.Value()
	if bytes := q.unitBytes(); sent && bytes != 0 {
		put.Value(v*bytes, q.SiteID, q.Resource)
	}
}

// unitBytes is the number of bytes in the unit, 0 if it is none of memory.
// Units are free text; where the API leaves them out, these two resources are
// known to be measured so.
func (q quota) unitBytes() float64 {
	switch strings.ToLower(strings.TrimSpace(q.Unit)) {
	case "mb", "mib":
		return 1 << 20
	case "gb", "gib":
		return 1 << 30
	case "":
		switch q.Resource {
		case "Memory":
			return 1 << 20
		case "volume_gigabytes":
			return 1 << 30
		}
	}
	return 0
}

// siteQuotas is a list of resources in the answers of both operations.
type siteQuotas struct {
	SiteID    apiclient.Text   `json:"site_id"`
	Resources *[]quotaResource `json:"resources"`
}

type quotaResource struct {
	Type  apiclient.Text   `json:"type"`
	Quota apiclient.Number `json:"quota"`
	Used  apiclient.Number `json:"used"`
	Unit  apiclient.Text   `json:"unit"`
}

func fetchQuotas(ctx context.Context, in area.Input, _ []quota) ([]quota, error) {
	overview, err := apiclient.Get[struct {
		Center siteQuotas   `json:"quotas"`
		Sites  []siteQuotas `json:"site_quotas"`
	}](ctx, in.API, apiclient.Request{Endpoint: apiclient.ShowQuotas})
	if err != nil {
		return nil, err
	}
	table := quotaTable{}
	if err := table.add(apiclient.ShowQuotas, decode.CenterSite, overview.Center); err != nil {
		return nil, err
	}
	sites := map[string]bool{}
	for _, site := range overview.Sites {
		if site.SiteID == "" {
			return nil, decode.Malformed(apiclient.ShowQuotas, "an entry of `site_quotas` has no `site_id`")
		}
		// The detail has them anyway.
		if site.Resources != nil {
			if err := table.add(apiclient.ShowQuotas, string(site.SiteID), site); err != nil {
				return nil, err
			}
		}
		sites[string(site.SiteID)] = true
	}
	for _, id := range slices.Sorted(maps.Keys(sites)) {
		detail, err := apiclient.Get[siteQuotas](ctx, in.API, apiclient.Request{
			Endpoint: apiclient.ShowQuotaDetails, Query: url.Values{"site_id": {id}},
		})
		if err != nil {
			return nil, err
		}
		if err := table.add(apiclient.ShowQuotaDetails, id, detail); err != nil {
			return nil, err
		}
	}
	return table.quotas(), nil
}

// quotaTable holds quotas by site and resource. `cores` and `Cores` are two
// resources.
type quotaTable map[[2]string]quota

// add puts the resources of one answer over what is known of the site: a
// number that it leaves out stays as it was.
func (t quotaTable) add(e apiclient.Endpoint, site string, answer siteQuotas) error {
	if answer.Resources == nil {
		return decode.Malformed(e, "answer has no member `resources` for site %s", site)
	}
	latest := map[string]quotaResource{}
	for _, r := range *answer.Resources {
		if r.Type == "" {
			return decode.Malformed(e, "an entry of `resources` has no `type`")
		}
		latest[string(r.Type)] = r
	}
	for name, r := range latest {
		key := [2]string{site, name}
		q := t[key]
		q.SiteID, q.Resource = site, name
		q.Unit = cmp.Or(string(r.Unit), q.Unit)
		// A negative limit means unlimited: it must hide an earlier one.
		if _, sent := r.Quota.Value(); sent {
			q.Limit = r.Quota
		}
		if _, sent := r.Used.Value(); sent {
			q.Used = r.Used
		}
		t[key] = q
	}
	return nil
}

// quotas returns the table in a fixed order, without numbers below 0.
func (t quotaTable) quotas() []quota {
	list := make([]quota, 0, len(t))
	for _, q := range t {
		q.Limit, q.Used = decode.NotNegative(q.Limit), decode.NotNegative(q.Used)
		list = append(list, q)
	}
	slices.SortFunc(list, func(a, b quota) int {
		return cmp.Or(cmp.Compare(a.SiteID, b.SiteID), cmp.Compare(a.Resource, b.Resource))
	})
	return list
}
