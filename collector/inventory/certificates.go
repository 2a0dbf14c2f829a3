package inventory

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// authority is a certificate authority of the tenant.
type authority struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Type   string    `json:"type"`
	Status string    `json:"status"`
	Expiry time.Time `json:"expiry"`
}

func certificatesArea() area.Collector {
	return area.Declaration[[]authority]{
		Name:     "certificates",
		Help:     "The tenant's certificate authorities: their status and when they expire.",
		Interval: time.Hour,
		Calls:    []area.Call{area.Once(apiclient.ListCerts)},
		Series:   area.Series(12, nil),
		Fetch:    fetchCertificates,
		Families: []area.Family[[]authority]{
			{
				Name: "certificate_info",
				Help: "Properties of the certificate authority, always 1; join on certificate to show its name beside other metrics.",
				Type: area.Gauge, Labels: []string{"certificate", "common_name", "type"},
				Map: area.Each(func(a authority, put area.Put) { put.Value(1, a.ID, a.Name, a.Type) }),
			},
			{
				Name: "certificate_status",
				Help: "Statuses of the certificate authority, 1 for the current one and 0 for the others; what it signed works only in status ENABLE.",
				Type: area.Gauge, Labels: []string{"certificate", "status"},
				Map: area.Each(func(a authority, put area.Put) { area.PutState(put, certificateStates, a.Status, a.ID) }),
			},
			decode.CertificateExpiry(func(all []authority) []decode.Certificate {
				certificates := make([]decode.Certificate, len(all))
				for i, a := range all {
					certificates[i] = decode.Certificate{ID: a.ID, Source: decode.SourceAuthority, Expiry: a.Expiry}
				}
				return decode.KnownCertificates(certificates)
			}),
		},
	}
}

// authorityAnswer is an entry of ListCerts.
type authorityAnswer struct {
	ID     apiclient.Text `json:"cert_id"`
	Name   apiclient.Text `json:"common_name"`
	Type   apiclient.Text `json:"type"`
	Status apiclient.Text `json:"status" sent:"always"`
	End    apiclient.Time `json:"not_after" sent:"always"`
}

func fetchCertificates(ctx context.Context, in area.Input, _ []authority) ([]authority, error) {
	answers, err := decode.List(ctx, in, apiclient.ListCerts, "cert_id", func(a authorityAnswer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	all := make([]authority, len(answers))
	for i, a := range answers {
		all[i] = authority{ID: string(a.ID), Name: string(a.Name), Type: string(a.Type), Status: decode.State(a.Status, certificateStates), Expiry: a.End.Time()}
	}
	return all, nil
}

// certificateStates are those of the SDK.
var certificateStates = []string{"DISABLE", "ENABLE", "EXPIRED", "DELETE"}
