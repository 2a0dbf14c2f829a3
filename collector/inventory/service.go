package inventory

import (
	"cmp"
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// service is the Workspace service of the project.
type service struct {
	ID           string `json:"id"`
	EnterpriseID string `json:"enterprise_id"`
	AccessMode   string `json:"access_mode"`
	DomainType   string `json:"domain_type"`
	Domain       string `json:"domain"`
	VPCID        string `json:"vpc_id"`
	// Sites begin with the main one.
	Sites        []serviceSite        `json:"sites"`
	Directory    string               `json:"directory"` // in the words of the label
	Certificates []decode.Certificate `json:"certificates"`
}

// serviceSite is the state of the service at a site, in the API's spelling.
type serviceSite struct {
	SiteID       string `json:"site_id"`
	Status       string `json:"status"`
	AccessStatus string `json:"access_status"`
}

func serviceArea() area.Collector {
	return area.Declaration[service]{
		Name:     "service",
		Help:     "Whether the Workspace service, its access from outside and its directory work.",
		Interval: time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ListWorkspaces)},
		Series:   area.Series(32, area.Per{area.EdgeSites: 23}),
		Fetch:    fetchService,
		Families: []area.Family[service]{
			{
				Name: "service_info",
				Help: "Properties of the Workspace service, always 1.",
				Type: area.Gauge, Labels: []string{"service_id", "enterprise_id", "access_mode", "domain_type", "domain", "vpc_id"},
				Map: func(s service, put area.Put) {
					put.Value(1, s.ID, s.EnterpriseID, s.AccessMode, s.DomainType, s.Domain, s.VPCID)
				},
			},
			{
				Name: "service_status",
				Help: "Statuses of the service at the site (center is the main site), 1 for the current one and 0 for the others; where SUBSCRIBED is 0 the service is not or no longer in operation.",
				Type: area.Gauge, Labels: []string{"site_id", "status"},
				Map: func(s service, put area.Put) {
					for _, site := range s.Sites {
						area.PutState(put, decode.ServiceStates, site.Status, site.SiteID)
					}
				},
			},
			{
				Name: "access_status",
				Help: "States of the site's access from internet or dedicated line, 1 for the current one and 0 for the others; one that ends in Failed means that the last change of it did not work.",
				Type: area.Gauge, Labels: []string{"site_id", "status"},
				Map: func(s service, put area.Put) {
					for _, site := range s.Sites {
						area.PutState(put, accessStates, site.AccessStatus, site.SiteID)
					}
				},
			},
			{
				Name: "directory_status",
				Help: "States of the service's connection to its directory, 1 for the current one and 0 for the others; with ad_failed or ad_failed_other users may be unable to log on.",
				Type: area.Gauge, Labels: []string{"status"},
				Map: func(s service, put area.Put) { area.PutState(put, directoryStates, s.Directory) },
			},
			decode.CertificateExpiry(func(s service) []decode.Certificate { return s.Certificates }),
		},
	}
}

// serviceAnswer is the answer of ListWorkspaces.
type serviceAnswer struct {
	ID           apiclient.Text `json:"id"`
	EnterpriseID apiclient.Text `json:"enterprise_id"`
	AccessMode   apiclient.Text `json:"access_mode"`
	VPCID        apiclient.Text `json:"vpc_id"`
	Status       apiclient.Text `json:"status" sent:"always"`
	AccessStatus apiclient.Text `json:"access_status" sent:"always"`
	ConfigStatus apiclient.Text `json:"config_status" sent:"always"`
	Domain       struct {
		Type apiclient.Text   `json:"domain_type"`
		Name apiclient.Text   `json:"domain_name"`
		TLS  decode.TLSConfig `json:"tls_config"`
	} `json:"ad_domains"`
	Sites []struct {
		ID           apiclient.Text `json:"site_id"`
		Type         apiclient.Text `json:"site_type"`
		Status       apiclient.Text `json:"status"`
		AccessStatus apiclient.Text `json:"access_status"`
	} `json:"site_configs"`
}

func fetchService(ctx context.Context, in area.Input, _ service) (service, error) {
	e := apiclient.ListWorkspaces
	a, err := decode.Get[serviceAnswer](ctx, in, apiclient.Request{Endpoint: e})
	switch {
	case err != nil:
		return service{}, err
	case a.ID == "" && decode.State(a.Status, decode.ServiceStates) != "CLOSED": // a service that never was has no id
		return service{}, decode.Malformed(e, "answer has no member `id`")
	}
	s := service{
		ID: string(a.ID), EnterpriseID: string(a.EnterpriseID), AccessMode: string(a.AccessMode),
		DomainType: string(a.Domain.Type), Domain: string(a.Domain.Name), VPCID: string(a.VPCID),
		Sites:     []serviceSite{{SiteID: decode.CenterSite, Status: decode.State(a.Status, decode.ServiceStates), AccessStatus: decode.State(a.AccessStatus, accessStates)}},
		Directory: directoryStatus(string(a.ConfigStatus)),
		Certificates: decode.KnownCertificates([]decode.Certificate{{
			ID: cmp.Or(string(a.Domain.Name), decode.SourceDirectory), Source: decode.SourceDirectory, Expiry: a.Domain.TLS.End.Time(),
		}}),
	}
	listed := map[apiclient.Text]bool{"": true, decode.CenterSite: true}
	for _, site := range a.Sites {
		// The main site is there twice: the members above are its own.
		if decode.State(site.Type, []string{decode.MainSiteType}) != decode.MainSiteType && !listed[site.ID] {
			listed[site.ID] = true
			s.Sites = append(s.Sites, serviceSite{SiteID: string(site.ID), Status: decode.State(site.Status, decode.ServiceStates), AccessStatus: decode.State(site.AccessStatus, accessStates)})
		}
	}
	return s, nil
}

// directoryStates are the words of directoryStatus.
var directoryStates = []string{"connected", "ad_failed", "ad_failed_other", "not_configured"}

// directoryStatus names the documented codes and keeps any other.
func directoryStatus(code string) string {
	switch code {
	case "0":
		return "connected"
	case "1":
		return "ad_failed"
	case "2":
		return "ad_failed_other"
	case "3":
		return "not_configured"
	default:
		return code
	}
}

// accessStates are those of the SDK.
var accessStates = []string{
	"init", "available", "internetOpening", "dedicatedOpening", "internetOpenFailed", "dedicatedOpenFailed", "openSuccess",
	"internetClosing", "dedicatedClosing", "internetCloseFailed", "dedicatedCloseFailed", "closeSuccess",
	"internetAccessPortModifying", "internetAccessPortModifyFailed",
}
