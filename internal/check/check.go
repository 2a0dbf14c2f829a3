// Package check tries out a configuration on the live API: can the keys be
// read, the hosts be reached, is the clock right, and does the API answer each
// operation of the enabled collectors.
package check

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/apiclient/drift"
	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
)

const (
	// sharePart is the part of an account's budget that a check may use: an
	// exporter that runs with the same key does not know of these calls.
	sharePart = 0.2
	// defaultTimeout is shorter than the exporter's: somebody waits.
	defaultTimeout = 10 * time.Second
	// maxUnanswered calls in a row without an answer end the calls of a
	// project: the host is down, and each further call would take long.
	maxUnanswered = 5

	// skewWarning and skewFailure are how wrong the clock may be. Signatures
	// are refused from 15 minutes on.
	skewWarning = time.Minute
	skewFailure = 5 * time.Minute
	// expiresSoon is when a certificate should have been replaced.
	expiresSoon = 14 * 24 * time.Hour
)

// Options is what Run needs.
type Options struct {
	Config *config.Config
	// Timeout bounds each attempt of a call, 0 means 10 s.
	Timeout time.Duration
	// Progress is called after each check; it may be nil.
	Progress func(done, total int, c Check)
	// Transport replaces the network, in tests; hosts are not connected to
	// then.
	Transport http.RoundTripper
}

// Run makes all checks, one after the other. It fails only if ctx ends.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Progress == nil {
		o.Progress = func(int, int, Check) {}
	}
	model, err := drift.NewModel()
	if err != nil {
		return Report{}, err
	}
	r := run{options: o, drift: drift.NewFullMonitor(model)}
	for _, a := range o.Config.Accounts {
		r.total++ // credentials
		for _, p := range a.Projects {
			r.total += len(projectKinds(p)) + len(operationsOf(p))
		}
	}
	var all []Check
	for _, a := range o.Config.Accounts {
		all = append(all, r.account(ctx, a)...)
		if ctx.Err() != nil {
			return Report{}, context.Cause(ctx)
		}
	}
	report := newReport(all)
	report.Drift = r.differences()
	return report, nil
}

// run is one run of the checks.
type run struct {
	options     Options
	drift       *drift.Monitor // of every answer
	done, total int
}

// differences are where the answers differ from what the exporter believes of
// them.
func (r *run) differences() []Difference {
	all := []Difference{}
	for _, a := range r.options.Config.Accounts {
		for _, project := range a.Projects {
			for _, p := range r.drift.Places(drift.Project{Account: a.Name, Region: project.Region, Name: project.Name}) {
				all = append(all, Difference{
					Account: a.Name, Region: project.Region, Project: project.Name,
					API: p.Operation, Place: p.Place, Difference: string(p.Kind), Text: p.Kind.Text(),
				})
			}
		}
	}
	return all
}

// report reports the progress and returns the check.
func (r *run) report(c Check) Check {
	r.done++
	r.options.Progress(r.done, r.total, c)
	return c
}

// account checks an account and its projects.
func (r *run) account(ctx context.Context, a config.Account) []Check {
	about := Check{Account: a.Name, Kind: kindCredentials, Name: sourceOf(a.Credentials)}
	begin := time.Now()
	source, keys, err := readKeys(ctx, a)
	if err != nil {
		about = about.done(Failed, err.Error(), "correct the account's credentials")
	} else {
		about = about.done(OK, describeKeys(keys), "")
	}
	all := []Check{r.report(about.took(time.Since(begin)))}
	acc := accountRun{run: r, config: a, source: source}
	if err != nil {
		acc.halted = "not made: there are no credentials"
	}
	if err := acc.open(); err != nil {
		acc.halted = "not made: " + err.Error()
	}
	for _, p := range a.Projects {
		all = append(all, acc.project(ctx, p)...)
	}
	return all
}

// accountRun is one account on its way through the checks.
type accountRun struct {
	*run
	config    config.Account
	source    apiclient.CredentialSource
	responses *responseRecorder
	api       *apiclient.Account
	// halted says why the account makes no more calls, "" while it does.
	halted string
}

// open makes the account's way to the API: the same as the exporter's, with a
// smaller budget and nothing kept.
func (a *accountRun) open() error {
	transport := a.options.Transport
	if transport == nil {
		var err error
		if transport, err = apiclient.NewTransport(daemon.TransportConfig(a.config)); err != nil {
			return err
		}
	}
	a.responses = newResponseRecorder(transport)
	a.api = apiclient.NewAccount(apiclient.AccountConfig{
		Name: a.config.Name, Credentials: a.source, Signer: apiclient.NewSigner(), IAMEndpoint: a.config.IAMEndpoint,
		Share: a.config.Share * sharePart, Transport: a.responses, Answers: a.drift, UserAgent: daemon.UserAgent(), Language: a.config.Language,
	})
	return nil
}

func readKeys(ctx context.Context, a config.Account) (apiclient.CredentialSource, apiclient.Credentials, error) {
	source, err := apiclient.NewCredentialSource(daemon.CredentialConfig(a))
	if err != nil {
		return nil, apiclient.Credentials{}, err
	}
	keys, err := source.Credentials(ctx)
	return source, keys, err
}

// sourceOf names where the keys come from, never what they are.
func sourceOf(c config.Credentials) string {
	switch {
	case c.Source != "":
		return c.Source
	case c.AccessKeyFile != "" && c.SecretKeyFile != "":
		return "files " + c.AccessKeyFile + " and " + c.SecretKeyFile
	case c.AccessKeyFile != "":
		return "configuration and file " + c.AccessKeyFile
	case c.SecretKeyFile != "":
		return "configuration and file " + c.SecretKeyFile
	default:
		return "configuration"
	}
}

func describeKeys(keys apiclient.Credentials) string {
	switch {
	case !keys.Expiry.IsZero():
		return "temporary keys, good until " + keys.Expiry.UTC().Format(time.RFC3339)
	case keys.SecurityToken != "":
		return "temporary keys"
	default:
		return "permanent keys"
	}
}

// enabledCollector is a collector with its settings.
type enabledCollector struct {
	area.Collector
	options area.Options
}

func enabledCollectors(p config.Project) []enabledCollector {
	var all []enabledCollector
	for _, c := range collector.All() {
		if settings := p.Collectors[c.Spec().Name]; settings.Enabled {
			all = append(all, enabledCollector{c, settings.Options})
		}
	}
	return all
}

// operationsOf returns the distinct operations of a project's collectors, in
// the order in which the collectors declare them.
func operationsOf(p config.Project) []*operation {
	var all []*operation
	byKey := map[string]*operation{}
	for _, c := range enabledCollectors(p) {
		for _, e := range c.Spec().Endpoints {
			op := byKey[keyOf(e)]
			if op == nil {
				op = &operation{endpoint: e}
				byKey[keyOf(e)] = op
				all = append(all, op)
			}
			op.collectors = append(op.collectors, c.Spec().Name)
		}
	}
	return all
}

// Needs returns the operations of an account's enabled collectors, and whether
// a project id has to be asked for.
func Needs(a config.Account) (endpoints []apiclient.Endpoint, findProjects bool) {
	for _, p := range a.Projects {
		for _, op := range operationsOf(p) {
			endpoints = append(endpoints, op.endpoint)
		}
		findProjects = findProjects || p.ID == ""
	}
	return endpoints, findProjects
}

// input is what a collector is probed with: it gets no result of others and
// no name of a user.
func (e enabledCollector) input(now time.Time) area.Input {
	return area.Input{
		Options:  e.options,
		UserName: func(string) string { return "" },
		Peer:     func(string) area.Shared { return nil },
		Now:      now,
		Log:      slog.New(slog.DiscardHandler),
	}
}
