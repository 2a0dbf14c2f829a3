package decode

import (
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// TLSConfig is what is known of a directory's certificate.
type TLSConfig struct {
	End apiclient.Time `json:"cert_end_time"`
}

// Certificate is a certificate with an end, by what the API identifies it by.
type Certificate struct {
	ID     string    `json:"id"`
	Source string    `json:"source"`
	Expiry time.Time `json:"expiry"`
}

// Where a certificate was found.
const (
	SourceDirectory = "directory" // TLS of the directory that the service uses
	SourceDomain    = "domain"    // list of domains
	SourceAuthority = "authority" // certificate authorities of the tenant
)

// CertificateExpiry is the family that every area with certificates has.
func CertificateExpiry[T any](of func(T) []Certificate) area.Family[T] {
	return area.Family[T]{
		Name: "certificate_expiry_timestamp_seconds",
		Help: "When the certificate expires; from then on logons that need it fail.",
		Type: area.Gauge, Labels: []string{"certificate", "source"},
		Map: func(t T, put area.Put) {
			for _, c := range of(t) {
				put.Value(area.UnixSeconds(c.Expiry), c.ID, c.Source)
			}
		},
	}
}

// KnownCertificates leaves out certificates that cannot be told apart or have no end, and
// the second of two with the same id.
func KnownCertificates(all []Certificate) []Certificate {
	known := make([]Certificate, 0, len(all))
	for _, c := range all {
		same := func(other Certificate) bool { return other.ID == c.ID && other.Source == c.Source }
		if c.ID != "" && !c.Expiry.IsZero() && !slices.ContainsFunc(known, same) {
			known = append(known, c)
		}
	}
	return known
}
