package check

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
)

// projectKinds lists the checks of a project beside its calls: IAM's host
// matters only where IAM is asked for the project id.
func projectKinds(p config.Project) []string {
	kinds := []string{kindEndpoint, kindProjectID, kindClock}
	if p.ID == "" {
		kinds = append(kinds, kindEndpoint)
	}
	return kinds
}

// projectRun is one project on its way through the checks.
type projectRun struct {
	*accountRun
	project config.Project
	api     *apiclient.Project
	// halted says why the project makes no more calls, "" while it does.
	halted string
	// unanswered counts calls in a row without an answer.
	unanswered int
	// accepted says that the API knows the project, shutOut why it does not.
	accepted bool
	noAccess error
}

// project checks a project. The clock and the id are known only when calls
// were answered, but stand before them in the report.
func (a *accountRun) project(ctx context.Context, p config.Project) []Check {
	run := &projectRun{accountRun: a, project: p, api: a.api.Project(apiclient.ProjectConfig{
		Name: p.Name, Region: p.Region, ID: p.ID, Endpoint: p.Endpoint,
	})}
	a.responses.takeSkew() // another project's
	hosts := []Check{run.endpoint(ctx, run.api.Endpoint())}
	if p.ID == "" {
		hosts = append(hosts, run.endpoint(ctx, run.api.IAMEndpoint()))
	}
	var id Check
	if p.ID == "" {
		id = run.report(run.findID(ctx))
	}
	calls := run.calls(ctx)
	if p.ID != "" {
		id = run.report(run.configuredID())
	}
	for i := range hosts {
		hosts[i] = run.certificateOf(hosts[i])
	}
	return append(append(hosts, id, run.report(run.clock())), calls...)
}

// newCheck begins a check of the project.
func (p *projectRun) newCheck(kind, name string) Check {
	return Check{Account: p.config.Name, Region: p.project.Region, Project: p.project.Name, Kind: kind, Name: name}
}

// skipReason says why calls are skipped now, "" if they are not.
func (p *projectRun) skipReason() string { return cmp.Or(p.accountRun.halted, p.halted) }

// endpoint checks whether a host can be reached.
func (p *projectRun) endpoint(ctx context.Context, endpoint string) Check {
	about := p.newCheck(kindEndpoint, endpoint)
	if p.options.Transport != nil {
		return p.report(about.done(OK, "", ""))
	}
	begin := time.Now()
	reached, err := apiclient.Reach(ctx, daemon.TransportConfig(p.config), endpoint)
	about = about.took(time.Since(begin))
	if err != nil {
		p.halted = "not made: " + endpoint + " cannot be reached"
		if failure, ok := errors.AsType[*apiclient.ReachError](err); ok {
			advice := failure.Advice
			if hint := apiclient.HostAdvice(p.project.Region, endpoint); hint != "" {
				advice += "; " + hint
			}
			return p.report(about.done(Failed, failure.Step+": "+failure.Message, advice))
		}
		return p.report(about.done(Failed, err.Error(), ""))
	}
	switch {
	case reached.Proxy != "":
		about = about.done(OK, "through the proxy "+reached.Proxy+" at "+reached.Address, "")
	case reached.Certificate == nil:
		about = about.done(OK, reached.Address+", without TLS", "")
	default:
		about = withCertificate(about.done(OK, reached.Address+", "+reached.TLS, ""), reached.Certificate)
	}
	return p.report(about)
}

// certificateOf adds the certificate of a host behind a proxy, which only
// answers show.
func (p *projectRun) certificateOf(host Check) Check {
	u, err := url.Parse(host.Name)
	if err != nil || host.Result != OK || strings.Contains(host.Message, "certificate") {
		return host
	}
	if certificate := p.responses.certificate(u.Host); certificate != nil {
		return withCertificate(host, certificate)
	}
	return host
}

func withCertificate(c Check, certificate *x509.Certificate) Check {
	c.Message += ", certificate until " + certificate.NotAfter.UTC().Format(time.DateOnly)
	if left := time.Until(certificate.NotAfter); left < expiresSoon {
		c.Result, c.Advice = Warning, "the server needs a new certificate soon: nothing can be read once it has expired"
	}
	return c
}

// findID asks IAM for the project id.
func (p *projectRun) findID(ctx context.Context) Check {
	e := apiclient.FindProjects()
	about := p.newCheck(kindProjectID, "asked from IAM")
	about.Request = e.Method + " " + e.Path
	if reason := p.skipReason(); reason != "" {
		return about.done(Skipped, reason, "")
	}
	begin := time.Now()
	id, err := p.api.ID(ctx)
	about = about.took(time.Since(begin))
	p.observe(err)
	if err != nil {
		if p.halted == "" {
			p.halted = "not made: the project id is not known"
		}
		about = about.failed(e, err)
		if about.Result == Forbidden {
			about.Advice += ", or set project_id"
		}
		return about
	}
	return about.done(OK, id, "")
}

// configuredID says whether the API knew the configured project id.
func (p *projectRun) configuredID() Check {
	about := p.newCheck(kindProjectID, "configured")
	switch {
	case p.noAccess != nil:
		failed := about.failed(apiclient.Endpoint{}, p.noAccess)
		return failed.done(Failed, p.project.ID+" is not a project of this key in "+p.project.Region+": "+failed.Message,
			"check project_id and region, or leave project_id out to have it asked from IAM")
	case p.accepted:
		return about.done(OK, p.project.ID+" is accepted by the API", "")
	default:
		return about.done(Skipped, p.project.ID+" could not be verified: no call was accepted", "")
	}
}

// clock compares the clocks by the answers so far.
func (p *projectRun) clock() Check {
	about := p.newCheck(kindClock, "")
	skew, known := p.responses.takeSkew()
	if !known {
		return about.done(Skipped, "no answer told the server's time", "")
	}
	way := "ahead of"
	if skew < 0 {
		way = "behind"
	}
	message := fmt.Sprintf("this machine's clock is %s %s the server's", skew.Abs().Round(time.Second), way)
	const advice = "set the clock of this machine, best by NTP: signatures are refused from 15 minutes on, and times in metrics are off"
	switch off := skew.Abs(); {
	case off >= skewFailure:
		return about.done(Failed, message, advice)
	case off >= skewWarning:
		return about.done(Warning, message, advice)
	case off < time.Second:
		return about.done(OK, "this machine's clock agrees with the server's", "")
	default:
		return about.done(OK, message, "")
	}
}

// observe decides from the outcome of a call whether others follow.
func (p *projectRun) observe(err error) {
	failure, failed := errors.AsType[*apiclient.Error](err)
	switch {
	case err == nil:
		p.unanswered, p.accepted = 0, true
		return
	case !failed:
		return
	}
	switch failure.Kind {
	case apiclient.Network, apiclient.Timeout, apiclient.Server:
		if p.unanswered++; p.unanswered == maxUnanswered {
			p.halted = fmt.Sprintf("not made: %d calls in a row got no answer or failed in the service", maxUnanswered)
		}
		return
	case apiclient.Unauthorized, apiclient.Paused:
		p.accountRun.halted = "not made: the key was refused, and more than five wrong signatures in a row would lock it"
	case apiclient.Forbidden:
		if strings.HasSuffix(failure.Code, ".0310") && shutOut(failure) {
			p.noAccess = failure
			p.halted = "not made: the key has no access to this project"
		} else {
			p.accepted = true
		}
	case apiclient.Unsubscribed, apiclient.Client:
		p.accepted = p.accepted || failure.Status != 0
	}
	p.unanswered = 0
}

// calls makes one call of each operation.
func (p *projectRun) calls(ctx context.Context) []Check {
	operations := operationsOf(p.project)
	v := &view{
		api: p.api.Poll(p.options.Timeout), operations: map[string]*operation{},
		halted: p.skipReason, observe: p.observe,
	}
	for _, op := range operations {
		v.operations[keyOf(op.endpoint)] = op
	}
	now := time.Now()
	for _, c := range enabledCollectors(p.project) {
		for _, op := range v.probe(ctx, c.Collector, c.input(now)) {
			if op.skipped == "" {
				p.report(p.call(op, v))
			}
		}
		if ctx.Err() != nil {
			return nil
		}
	}
	checks := make([]Check, len(operations))
	for i, op := range operations {
		checks[i] = p.call(op, v)
		if !op.requested || op.skipped != "" {
			p.report(checks[i])
		}
	}
	return checks
}

// call is the check of an operation.
func (p *projectRun) call(op *operation, v *view) Check {
	about := p.newCheck(kindCall, op.endpoint.Operation).took(op.took)
	about.Request = op.endpoint.Method + " " + op.endpoint.Path
	about.Collectors = op.collectors
	switch {
	case op.skipped != "":
		return about.done(Skipped, op.skipped, "")
	case !op.requested:
		return about.done(Skipped, p.unrequestedReason(op, v), "")
	case op.err != nil:
		about = about.failed(op.endpoint, op.err)
		kind := apiclient.KindOf(op.err)
		if hint := apiclient.HostAdvice(p.project.Region, p.api.Endpoint()); hint != "" && (about.Result == NotAvailable || kind == apiclient.Network) {
			about.Advice += "; " + hint
		}
		return about
	default:
		return about.done(OK, "", "")
	}
}

// unrequestedReason says why no collector got as far as an operation.
func (p *projectRun) unrequestedReason(op *operation, v *view) string {
	if reason := p.skipReason(); reason != "" {
		return reason
	}
	for _, c := range enabledCollectors(p.project) {
		endpoints := c.Spec().Endpoints
		uses := false
		for _, e := range endpoints {
			uses = uses || keyOf(e) == keyOf(op.endpoint)
		}
		for _, e := range endpoints {
			if other := v.operations[keyOf(e)]; uses && other.err != nil {
				return "not made: it goes on from the answer of " + e.Operation + ", which failed"
			}
		}
	}
	if op.endpoint.NamesObject() {
		return "not made: no object of this kind exists"
	}
	return "not made: there is no object to ask about, or the collector's options need no such call"
}
