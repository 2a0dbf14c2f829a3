package inventory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// domains are the directory domains by type, and their certificates.
type domains struct {
	Types        map[string]int       `json:"types"`
	Certificates []decode.Certificate `json:"certificates"`
}

// domainsArea is off by default: the documented answer has a member for the
// password of the directory's administrator, and the main directory's
// certificate is in area service as well.
func domainsArea() area.Collector {
	return area.Declaration[domains]{
		Name:     "domains",
		Help:     "Directory domains and when their certificates expire; the API may answer with more than the exporter reads, passwords included, so allow it only if you need it.",
		Disabled: true,
		Interval: time.Hour,
		Calls:    []area.Call{area.Once(apiclient.ShowDomainsNew)},
		Series:   area.Series(5, nil),
		Fetch:    fetchDomains,
		Families: []area.Family[domains]{
			{
				Name: "directory_domains",
				Help: "Number of directory domains by type.",
				Type: area.Gauge, Labels: []string{"domain_type"},
				Map: func(d domains, put area.Put) {
					for _, domainType := range slices.Sorted(maps.Keys(d.Types)) {
						put.Value(float64(d.Types[domainType]), domainType)
					}
				},
			},
			decode.CertificateExpiry(func(d domains) []decode.Certificate { return d.Certificates }),
		},
	}
}

// domainsAnswer is the answer of ShowDomainsNew, without its passwords.
type domainsAnswer struct {
	Windows *[]struct {
		ID   apiclient.Text   `json:"id"`
		Name apiclient.Text   `json:"domain_name"`
		Type apiclient.Text   `json:"domain_type"`
		TLS  decode.TLSConfig `json:"tls_config"`
	} `json:"domain_infos"`
	UOS *[]struct {
		Type         apiclient.Text `json:"type"`
		AppID        apiclient.Text `json:"app_cert_id"`
		AppEnd       apiclient.Time `json:"app_cert_end_time"`
		AuthorityID  apiclient.Text `json:"openapi_ca_cert_id"`
		AuthorityEnd apiclient.Time `json:"openapi_ca_cert_end_time"`
	} `json:"uos_domain_list"`
}

func fetchDomains(ctx context.Context, in area.Input, _ domains) (domains, error) {
	e := apiclient.ShowDomainsNew
	a, err := decode.Get[domainsAnswer](ctx, in, apiclient.Request{Endpoint: e})
	if err != nil {
		return domains{}, err
	}
	if a.Windows == nil && a.UOS == nil {
		return domains{}, decode.Malformed(e, "answer has neither `domain_infos` nor `uos_domain_list`")
	}
	d := domains{Types: map[string]int{}}
	var found []decode.Certificate
	add := func(id apiclient.Text, end apiclient.Time) {
		found = append(found, decode.Certificate{ID: string(id), Source: decode.SourceDomain, Expiry: end.Time()})
	}
	if a.Windows != nil {
		for _, w := range *a.Windows {
			d.Types[cmp.Or(string(w.Type), decode.Unknown)]++
			add(cmp.Or(w.ID, w.Name), w.TLS.End)
		}
	}
	if a.UOS != nil {
		for _, u := range *a.UOS {
			d.Types[cmp.Or(string(u.Type), decode.Unknown)]++
			add(u.AppID, u.AppEnd)
			add(u.AuthorityID, u.AuthorityEnd)
		}
	}
	d.Certificates = decode.KnownCertificates(found)
	return d, nil
}
