package daemon

import (
	"cmp"
	"fmt"
	"os"

	"github.com/prometheus/common/version"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/state"
	"github.com/workspace-exporter/workspace_exporter/notifier"
	"github.com/workspace-exporter/workspace_exporter/scraper"
)

// maxSeries is a key that all collectors have. The default leaves 10,000
// desktops ten series each.
const (
	maxSeries        = "max_series"
	defaultMaxSeries = 100_000
)

// Schema tells the configuration which collectors there are.
func Schema() config.Schema {
	schema := config.Schema{AlertLabels: notifier.Labels()}
	reserved := map[string]bool{}
	for _, c := range collector.All() {
		spec := c.Spec()
		s := config.CollectorSchema{Name: spec.Name, Help: spec.Help, Enabled: !spec.Disabled, Interval: spec.Interval}
		for _, o := range spec.Options {
			s.Options = append(s.Options, config.OptionSchema{Name: o.Name, Help: o.Help, Default: o.Default})
		}
		s.Options = append(s.Options, config.OptionSchema{
			Name: maxSeries, Default: defaultMaxSeries,
			Help: "Most series shown; beyond it those of the newest objects are cut. 0: no limit.",
		})
		schema.Collectors = append(schema.Collectors, s)
		reserve(reserved, spec.Families)
	}
	reserve(reserved, scraper.OwnFamilies())
	for name := range reserved {
		schema.Reserved = append(schema.Reserved, name)
	}
	return schema
}

// reserve notes the label names of families: a configured extra label of the
// same name would collide.
func reserve(names map[string]bool, families []collector.FamilySpec) {
	for _, f := range families {
		for _, label := range f.Labels {
			names[label] = true
		}
	}
}

// build makes accounts and targets. An account's budget is shared by its
// projects of one region.
func build(options Options, stats *scraper.APIStats, store *state.Store) ([]*apiclient.Account, []scraper.Target, error) {
	var accounts []*apiclient.Account
	var targets []scraper.Target
	for _, a := range options.Config.Accounts {
		account, err := newAccount(a, options, stats, store)
		if err != nil {
			return nil, nil, fmt.Errorf("account %s: %w", a.Name, err)
		}
		accounts = append(accounts, account)
		for _, p := range a.Projects {
			targets = append(targets, newTarget(account, a, p))
		}
	}
	return accounts, targets, nil
}

func newAccount(a config.Account, options Options, stats *scraper.APIStats, store *state.Store) (*apiclient.Account, error) {
	credentials, err := apiclient.NewCredentialSource(CredentialConfig(a))
	if err != nil {
		return nil, err
	}
	transport := options.Transport
	if transport == nil {
		transport, err = apiclient.NewTransport(TransportConfig(a))
		if err != nil {
			return nil, err
		}
	}
	cfg := apiclient.AccountConfig{
		Name: a.Name, Credentials: credentials, Signer: apiclient.NewSigner(), IAMEndpoint: a.IAMEndpoint,
		Share: a.Share, Transport: transport, Observer: stats,
		Logger:    options.Logger.With("account", a.Name),
		UserAgent: UserAgent(),
	}
	if store != nil {
		cfg.Ledger = store
	}
	return apiclient.NewAccount(cfg), nil
}

// UserAgent is what the program calls itself.
func UserAgent() string { return "workspace_exporter/" + cmp.Or(version.Version, "devel") }

// CredentialConfig says where the keys of a configured account come from.
func CredentialConfig(a config.Account) apiclient.CredentialConfig {
	return apiclient.CredentialConfig{
		AccessKey: a.Credentials.AccessKey.Value(), AccessKeyFile: a.Credentials.AccessKeyFile,
		SecretKey: a.Credentials.SecretKey.Value(), SecretKeyFile: a.Credentials.SecretKeyFile,
		SecurityToken: a.Credentials.SecurityToken.Value(), SecurityTokenFile: a.Credentials.SecurityTokenFile,
		Source: a.Credentials.Source, Env: os.Getenv,
	}
}

// TransportConfig says how the hosts of a configured account are reached.
func TransportConfig(a config.Account) apiclient.TransportConfig {
	return apiclient.TransportConfig{TLS: a.TLS, ProxyURL: a.ProxyURL.Value()}
}

func newTarget(account *apiclient.Account, a config.Account, p config.Project) scraper.Target {
	target := scraper.Target{
		Account: a.Name, Region: p.Region, Project: p.Name, Labels: p.Labels, Share: a.Share,
		API: account.Project(apiclient.ProjectConfig{Name: p.Name, Region: p.Region, ID: p.ID, Endpoint: p.Endpoint}),
	}
	for _, c := range collector.All() {
		if settings := p.Collectors[c.Spec().Name]; settings.Enabled {
			target.Collectors = append(target.Collectors, scraper.Enabled{
				Collector: c, Interval: settings.Interval, Options: settings.Options,
				MaxSeries: settings.Options[maxSeries].(int),
			})
		}
	}
	return target
}
