package daemon

import (
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

// retired is an account that a reload has left out. The API goes on counting
// its calls: whoever comes with the same keys has to take over its budgets.
type retired struct {
	*account
	since time.Time
}

// rememberRetired is far longer than any call counts.
const rememberRetired = time.Hour

// newAccount makes all of an account that can fail. What an account of the
// same settings has made before is used again.
func (d *Daemon) newAccount(a config.Account, before []*account) (*account, error) {
	made := &account{config: a}
	credentials, err := credentials(a, before)
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", a.Name, err)
	}
	transport, err := d.transport(a, before)
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", a.Name, err)
	}
	made.settings = apiclient.AccountConfig{
		Name: a.Name, Credentials: credentials, Signer: apiclient.NewSigner(), IAMEndpoint: a.IAMEndpoint,
		Share: a.Share, Transport: transport, Observer: d.stats,
		Logger:    d.options.Logger.With("account", a.Name),
		UserAgent: UserAgent(),
	}
	if d.store != nil {
		made.settings.Ledger = d.store
	}
	return made, nil
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

// open puts made in force. An account of the same name goes on with the new
// settings. One that has another's keys begins with the other's budgets.
func (made *account) open(before []*account, gone []retired) {
	at := slices.IndexFunc(before, func(b *account) bool { return b.config.Name == made.config.Name })
	sameKeys := func(b *account) bool { return b.config.Credentials == made.config.Credentials }
	if at >= 0 && (sameKeys(before[at]) || !slices.ContainsFunc(before, sameKeys)) {
		made.api = before[at].api
		made.api.Apply(made.settings)
		return
	}
	made.api = apiclient.NewAccount(made.settings)
	for _, r := range gone {
		if sameKeys(r.account) {
			made.api.Adopt(r.api)
		}
	}
	for _, b := range before {
		if sameKeys(b) {
			made.api.Adopt(b.api)
		}
	}
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
