package daemon

import (
	"cmp"
	"os"

	"github.com/prometheus/common/version"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
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
	reserve(reserved, OwnFamilies())
	for name := range reserved {
		schema.Reserved = append(schema.Reserved, name)
	}
	return schema
}

// reserve notes the label names of families: a configured extra label of the
// same name would collide.
func reserve(names map[string]bool, families []area.FamilySpec) {
	for _, f := range families {
		for _, label := range f.Labels {
			names[label] = true
		}
	}
}

// targets are the projects of an account with their collectors.
func (a *account) targets() []scraper.Target {
	var targets []scraper.Target
	for _, p := range a.config.Projects {
		target := newTarget(a.config, p)
		if p.ID == "" {
			target.Asker = a.asker()
		}
		target.API = a.api.Project(apiclient.ProjectConfig{Name: p.Name, Region: p.Region, ID: p.ID, Endpoint: p.Endpoint})
		targets = append(targets, target)
	}
	return targets
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

// Targets returns what a configuration asks to be watched, without the API:
// for planning.
func Targets(c *config.Config) []scraper.Target {
	var targets []scraper.Target
	for _, a := range c.Accounts {
		for _, p := range a.Projects {
			targets = append(targets, newTarget(a, p))
		}
	}
	return targets
}

func newTarget(a config.Account, p config.Project) scraper.Target {
	target := scraper.Target{Account: a.Name, Region: p.Region, Project: p.Name, Labels: p.Labels, Share: a.Share}
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
