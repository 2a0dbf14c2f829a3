package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
)

// account is an account as it is configured, with what was made of that.
// Neither changes; a reload makes a new one, as a rule around the same api.
type account struct {
	config   config.Account
	settings apiclient.AccountConfig
	api      *apiclient.Account
}

// retiredAccount is an account that a reload has left out. The API goes on
// counting its calls: an account with the same keys takes over its budgets.
type retiredAccount struct {
	*account
	since time.Time
}

// retiredRetention is far longer than a call counts in any budget.
const retiredRetention = time.Hour

// newAccount makes all of an account that can fail. What an account of the
// same settings has made before is used again.
func (d *Daemon) newAccount(a config.Account, before []*account, userNames string) (*account, error) {
	built := &account{config: a}
	credentials, err := credentials(a, before)
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", a.Name, err)
	}
	transport, err := d.transport(a, before)
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", a.Name, err)
	}
	built.settings = apiclient.AccountConfig{
		Name: a.Name, Credentials: credentials, Signer: apiclient.NewSigner(), IAMEndpoint: a.IAMEndpoint,
		Share: a.Share, Transport: transport, Observer: d.stats, Answers: d.drift,
		Logger:    d.options.Logger.With("account", a.Name),
		UserAgent: UserAgent(), Language: a.Language,
	}
	if userNames != "plain" {
		built.settings.Clean = d.known.clean
	}
	if d.store != nil {
		built.settings.Ledger = d.store
	}
	return built, nil
}

func credentials(a config.Account, before []*account) (apiclient.CredentialSource, error) {
	for _, b := range before {
		if b.config.Credentials == a.Credentials {
			return b.settings.Credentials, nil
		}
	}
	return apiclient.NewCredentialSource(CredentialConfig(a))
}

func (d *Daemon) transport(a config.Account, before []*account) (http.RoundTripper, error) {
	if d.options.Transport != nil {
		return d.options.Transport, nil
	}
	for _, b := range before {
		if b.config.ProxyURL == a.ProxyURL && reflect.DeepEqual(b.config.TLS, a.TLS) {
			return b.settings.Transport, nil
		}
	}
	return apiclient.NewTransport(TransportConfig(a))
}

// open starts to use the account. The API client of an account of the same name
// takes the new settings; a new client takes over the budgets of other accounts
// with the same keys.
func (a *account) open(before []*account, retired []retiredAccount) {
	at := slices.IndexFunc(before, func(other *account) bool { return other.config.Name == a.config.Name })
	sameKeys := func(other *account) bool { return other.config.Credentials == a.config.Credentials }
	if at >= 0 && (sameKeys(before[at]) || !slices.ContainsFunc(before, sameKeys)) {
		a.api = before[at].api
		a.api.Apply(a.settings)
		return
	}
	a.api = apiclient.NewAccount(a.settings)
	for _, r := range retired {
		if sameKeys(r.account) {
			a.api.Adopt(r.api)
		}
	}
	for _, other := range before {
		if sameKeys(other) {
			a.api.Adopt(other.api)
		}
	}
}

// asker is a fingerprint of who asks IAM for project ids, "" if that is not
// known: keys of the metadata service change by themselves and take a call.
//
//nolint:contextcheck // nothing is waited for
func (a *account) asker() string {
	if a.config.Credentials.Source == "metadata" {
		return ""
	}
	keys, err := a.settings.Credentials.Credentials(context.Background())
	if err != nil {
		return "" // who needs the keys will tell
	}
	sum := sha256.Sum256([]byte(keys.AccessKey + "\x00" + a.config.IAMEndpoint))
	return hex.EncodeToString(sum[:8])
}

// closeIdle lets go of the connections of accounts that are no longer used.
func closeIdle(old, now []*account) {
	for _, a := range old {
		used := slices.ContainsFunc(now, func(b *account) bool { return b.settings.Transport == a.settings.Transport })
		if idle, ok := a.settings.Transport.(interface{ CloseIdleConnections() }); ok && !used {
			idle.CloseIdleConnections()
		}
	}
}
