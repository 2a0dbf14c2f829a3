package core

import (
	"cmp"
	"context"
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
		Calls:    []area.Call{area.Once(apiclient.ShowQuotas), decode.CallSites, area.CallEach(apiclient.ShowQuotaDetails, area.EdgeSites)},
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
	case "b", "byte", "bytes":
		return 1
	case "kb", "kib", "k":
		return 1 << 10
	case "mb", "mib", "m":
		return 1 << 20
	case "gb", "gib", "g":
		return 1 << 30
	case "tb", "tib", "t":
		return 1 << 40
	case "pb", "pib", "p":
		return 1 << 50
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
	overview, err := decode.Get[struct {
		Center siteQuotas   `json:"quotas"`
		Sites  []siteQuotas `json:"site_quotas"`
	}](ctx, in, apiclient.Request{Endpoint: apiclient.ShowQuotas})
	if err != nil {
		return nil, err
	}
	table := quotaTable{}
	if err := table.add(in, apiclient.ShowQuotas, decode.CenterSite, overview.Center); err != nil {
		return nil, err
	}
	ids, err := edgeSites(ctx, in, overview.Sites)
	if err != nil {
		return nil, err
	}
	for _, site := range overview.Sites {
		// The detail has them anyway.
		if site.Resources != nil && slices.Contains(ids, string(site.SiteID)) {
			if table.add(in, apiclient.ShowQuotas, string(site.SiteID), site) != nil {
				in.Skip(1, "site_quotas[].resources[].type", "absent")
			}
		}
	}
	// A site whose detail cannot be read keeps what the overview says of it, and
	// costs no other one: the main site has been read.
	sites := append([]string{decode.CenterSite}, ids...)
	_, err = decode.Each(in, apiclient.ShowQuotaDetails, sites, decode.ObjectMissing, func(id string) (struct{}, error) {
		if id == decode.CenterSite {
			return struct{}{}, nil
		}
		detail, err := decode.Get[siteQuotas](ctx, in, apiclient.Request{
			Endpoint: apiclient.ShowQuotaDetails, Query: url.Values{"site_id": {id}},
		})
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, table.add(in, apiclient.ShowQuotaDetails, id, detail)
	})
	if err != nil {
		return nil, err
	}
	return table.quotas(), nil
}

// edgeSites are the ids of the sites beside the main one, whose quotas are
// those of the project. Some answers list it among the others all the same.
func edgeSites(ctx context.Context, in area.Input, listed []siteQuotas) ([]string, error) {
	nameless := 0
	var ids []string
	for _, site := range listed {
		switch id := string(site.SiteID); {
		case id == "":
			nameless++
		case !slices.Contains(ids, id):
			ids = append(ids, id)
		}
	}
	if nameless > 0 && len(ids) == 0 {
		return nil, decode.Malformed(apiclient.ShowQuotas, "an entry of `site_quotas` has no `site_id`")
	}
	in.Skip(nameless, "site_quotas[].site_id", "absent")
	if len(ids) == 0 {
		return nil, nil
	}
	sites, err := decode.Sites(ctx, in)
	switch kind := apiclient.KindOf(err); kind {
	case "":
	case apiclient.Forbidden, apiclient.NotFound, apiclient.Client, apiclient.Server, apiclient.Malformed, apiclient.Timeout:
		// Which of them is the main one nobody knows: it must not count twice.
		in.Skip(len(ids), apiclient.ListSiteConfigs.Operation, "call failed: "+string(kind))
		return nil, nil
	default:
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return sites.Label(id) == decode.CenterSite })
	slices.Sort(ids)
	return ids, nil
}

// quotaTable holds quotas by site and resource. `cores` and `Cores` are two
// resources.
type quotaTable map[[2]string]quota

// add puts the resources of one answer over what is known of the site: a
// number that it leaves out stays as it was.
func (t quotaTable) add(in area.Input, e apiclient.Endpoint, site string, answer siteQuotas) error {
	if answer.Resources == nil {
		return decode.Malformed(e, "answer has no member `resources` for site %s", site)
	}
	latest := map[string]quotaResource{}
	nameless := 0
	for _, r := range *answer.Resources {
		if r.Type == "" {
			nameless++
			continue
		}
		latest[string(r.Type)] = r
	}
	if nameless > 0 && len(latest) == 0 {
		return decode.Malformed(e, "an entry of `resources` has no `type`")
	}
	in.Skip(nameless, "resources[].type", "absent")
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
