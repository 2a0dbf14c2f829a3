package collector

import (
	"slices"
	"time"
)

// certificate is a certificate with an end, by what the API identifies it by.
type certificate struct {
	ID     string    `json:"id"`
	Source string    `json:"source"`
	Expiry time.Time `json:"expiry"`
}

// Where a certificate was found.
const (
	sourceDirectory = "directory" // TLS of the directory that the service uses
	sourceDomain    = "domain"    // list of domains
	sourceAuthority = "authority" // certificate authorities of the tenant
)

func certificateExpiry[T any](of func(T) []certificate) Family[T] {
	return Family[T]{
		Name: "certificate_expiry_timestamp_seconds",
		Help: "When the certificate expires; from then on logons that need it fail.",
		Type: Gauge, Labels: []string{"certificate", "source"},
		Map: func(t T, put Put) {
			for _, c := range of(t) {
				put.Value(unixSeconds(c.Expiry), c.ID, c.Source)
			}
		},
	}
}

// knownCertificates leaves out certificates that cannot be told apart or have no end, and
// the second of two with the same id.
func knownCertificates(all []certificate) []certificate {
	known := make([]certificate, 0, len(all))
	for _, c := range all {
		same := func(other certificate) bool { return other.ID == c.ID && other.Source == c.Source }
		if c.ID != "" && !c.Expiry.IsZero() && !slices.ContainsFunc(known, same) {
			known = append(known, c)
		}
	}
	return known
}

// unixSeconds is a time as metrics show it.
func unixSeconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
