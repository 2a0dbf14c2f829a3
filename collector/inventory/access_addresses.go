package inventory

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// accessAddresses are the backup addresses of a site.
type accessAddresses struct {
	SiteID  string           `json:"site_id"`
	Enabled apiclient.Number `json:"enabled"`
	Backups apiclient.Number `json:"backups"`
}

func accessAddressesArea() area.Collector {
	return area.Declaration[[]accessAddresses]{
		Name:     "access_addresses",
		Help:     "Backup addresses under which clients reach the sites.",
		Interval: time.Hour,
		Calls:    []area.Call{area.Once(apiclient.ListAccessAddressBackupConfig), decode.CallSites},
		Series:   area.Series(2, area.Per{area.EdgeSites: 2}),
		Fetch:    fetchAccessAddresses,
		Families: []area.Family[[]accessAddresses]{
			{
				Name: "access_address_backups",
				Help: "Number of backup addresses of the site; without one, clients have nowhere to go when its access address fails.",
				Type: area.Gauge, Labels: []string{"site_id"},
				Map: area.Each(func(a accessAddresses, put area.Put) { put.Number(a.Backups, a.SiteID) }),
			},
			{
				Name: "access_address_backup_enabled",
				Help: "Whether clients may use the backup addresses of the site (1).",
				Type: area.Gauge, Labels: []string{"site_id"},
				Map: area.Each(func(a accessAddresses, put area.Put) { put.Number(a.Enabled, a.SiteID) }),
			},
		},
	}
}

// accessAddressesAnswer is an entry of ListAccessAddressBackupConfig.
type accessAddressesAnswer struct {
	SiteID  apiclient.Text `json:"site_id"`
	Mode    apiclient.Text `json:"backup_mode"`
	Backups []struct{}     `json:"backup_info"`
}

func fetchAccessAddresses(ctx context.Context, in area.Input, _ []accessAddresses) ([]accessAddresses, error) {
	answers, err := decode.List(ctx, in, apiclient.ListAccessAddressBackupConfig, "site_id",
		func(a accessAddressesAnswer) string { return string(a.SiteID) })
	if err != nil {
		return nil, err
	}
	sites, err := decode.Sites(ctx, in)
	if err != nil {
		return nil, err
	}
	all := make([]accessAddresses, len(answers))
	for i, a := range answers {
		all[i] = accessAddresses{SiteID: sites.Label(string(a.SiteID)), Enabled: decode.Switch(a.Mode)}
		if a.Backups != nil {
			all[i].Backups = apiclient.NumberOf(float64(len(a.Backups)))
		}
	}
	return all, nil
}
