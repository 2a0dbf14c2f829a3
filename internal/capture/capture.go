// Package capture records what the API answers, without anything personal or
// secret, in the format of the recordings that our tests replay: a report that
// is a test.
package capture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/recording"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
)

const (
	// sharePart is the part of an account's budget that a capture may use, as
	// for a check: an exporter that runs with the same key does not know of it.
	sharePart = 0.2
	// atOnce is how many collectors poll at the same time.
	atOnce = 8
	// ManifestName is the file that tells what a folder is.
	ManifestName = "capture.json"
	// ConfigName is the configuration with which an exporter asks for what was
	// recorded.
	ConfigName = "config.yml"
)

// Options is what Collect needs.
type Options struct {
	Config *config.Config
	// Timeout bounds each attempt of a call.
	Timeout time.Duration
	// Progress is called when a collector has polled; it may be nil.
	Progress func(done, total int, collector string, err error)
	// Transport replaces the network, in tests.
	Transport http.RoundTripper
}

// Manifest tells what a folder of recordings is.
type Manifest struct {
	Exporter string            `json:"exporter"`
	Captured time.Time         `json:"captured"`
	Projects []ManifestProject `json:"projects"`
}

// ManifestProject is a project under another name.
type ManifestProject struct {
	// Name is that of the project's files.
	Name    string    `json:"name"`
	Region  string    `json:"region"`
	ID      string    `json:"project_id"`
	LeftOut []LeftOut `json:"left_out,omitempty"`
}

// LeftOut is a collector without a recording and why.
type LeftOut struct {
	Collector string `json:"collector"`
	Reason    string `json:"reason"`
}

// Capture is what has been recorded, in memory.
type Capture struct {
	Manifest Manifest
	// files are the contents by their path in the folder.
	files map[string][]byte
	mask  *masker
	calls map[string]int // answers by operation
	// differing are the areas whose replay gives other numbers than the answers
	// did.
	differing []string
}

// project is one project on its way through a capture.
type project struct {
	name   string
	config config.Project
	api    *apiclient.Project
	id     string
	polled []recorded
	shares map[string]area.Shared
	left   []LeftOut
	// options are those of the recordings, by collector.
	options map[string]map[string]any
}

// Collect polls every enabled collector once and replaces what must not be
// shown. It fails if nothing can be recorded, or if ctx ends.
func Collect(ctx context.Context, o Options) (*Capture, error) {
	if o.Progress == nil {
		o.Progress = func(int, int, string, error) {}
	}
	mask := newMasker()
	var projects []*project
	total := 0
	for _, a := range o.Config.Accounts {
		account, err := open(ctx, a, o, mask)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", a.Name, err)
		}
		for _, p := range a.Projects {
			projects = append(projects, &project{
				name: fmt.Sprintf("project-%d", len(projects)+1), config: p, shares: map[string]area.Shared{}, options: map[string]map[string]any{},
				api: account.Project(apiclient.ProjectConfig{Name: p.Name, Region: p.Region, ID: p.ID, Endpoint: p.Endpoint}),
			})
			total += len(enabled(p))
		}
	}
	progress := &counter{total: total, report: o.Progress}
	for _, p := range projects {
		p.poll(ctx, o.Timeout, progress)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("the capture was given up, nothing is written: %w", context.Cause(ctx))
		}
	}
	return build(ctx, projects, mask)
}

// open makes the account's way to the API: the daemon's, with a smaller budget.
// Its keys and names are among what must not be found.
func open(ctx context.Context, a config.Account, o Options, mask *masker) (*apiclient.Account, error) {
	source, err := apiclient.NewCredentialSource(daemon.CredentialConfig(a))
	if err != nil {
		return nil, err
	}
	keys, err := source.Credentials(ctx)
	if err != nil {
		return nil, err
	}
	secrets := []string{keys.AccessKey, keys.SecretKey, keys.SecurityToken, a.ProxyURL.Value(), o.Config.Privacy.Salt.Value(), a.Name}
	for _, p := range a.Projects {
		secrets = append(secrets, p.Name, p.ID)
		for _, value := range p.Labels {
			secrets = append(secrets, value)
		}
		secrets = append(secrets, hostOf(p.Endpoint))
	}
	secrets = append(secrets, hostOf(a.IAMEndpoint))
	for _, secret := range secrets {
		if !regionName.MatchString(secret) {
			mask.original.add(secret)
		}
	}
	if proxy, err := url.Parse(a.ProxyURL.Value()); err == nil && proxy.User != nil {
		password, _ := proxy.User.Password()
		mask.original.add(password)
	}
	transport := o.Transport
	if transport == nil {
		if transport, err = apiclient.NewTransport(daemon.TransportConfig(a)); err != nil {
			return nil, err
		}
	}
	return apiclient.NewAccount(apiclient.AccountConfig{
		Name: a.Name, Credentials: source, Signer: apiclient.NewSigner(), IAMEndpoint: a.IAMEndpoint,
		Language: a.Language, Share: a.Share * sharePart, Transport: transport, UserAgent: daemon.UserAgent(),
	}), nil
}

// hostOf is the host of an endpoint, "" for those that tell nothing: of this
// machine and of the provider.
func hostOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil || strings.HasSuffix(u.Hostname(), ".myhuaweicloud.com") || u.Hostname() == "localhost" {
		return ""
	}
	if address, err := netip.ParseAddr(u.Hostname()); err == nil && address.IsLoopback() {
		return ""
	}
	return u.Hostname()
}

// enabled are the collectors of a project, those that share first.
func enabled(p config.Project) []area.Collector {
	var all []area.Collector
	for _, c := range collector.All() {
		if p.Collectors[c.Spec().Name].Enabled {
			all = append(all, c)
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return shares(all[i]) && !shares(all[j]) })
	return all
}

func shares(c area.Collector) bool { return slices.Contains(recording.Sharing(), c.Spec().Name) }

// counter counts the collectors that have polled.
type counter struct {
	mu          sync.Mutex
	done, total int
	report      func(done, total int, collector string, err error)
}

func (c *counter) add(name string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	c.report(c.done, c.total, name, err)
}

// poll lets all collectors poll, first those that others ask.
func (p *project) poll(ctx context.Context, timeout time.Duration, progress *counter) {
	all := enabled(p.config)
	first := slices.IndexFunc(all, func(c area.Collector) bool { return !shares(c) })
	if first < 0 {
		first = len(all)
	}
	nothing := func(string) area.Shared { return nil }
	p.pollAll(ctx, timeout, all[:first], nothing, progress)
	for _, r := range p.polled {
		if shared := r.collector.Share(r.result); r.err == nil && shared != nil {
			p.shares[shared.Area()] = shared
		}
	}
	p.pollAll(ctx, timeout, all[first:], func(name string) area.Shared { return p.shares[name] }, progress)
	p.id = p.api.KnownID()
}

func (p *project) pollAll(ctx context.Context, timeout time.Duration, all []area.Collector, peer func(string) area.Shared, progress *counter) {
	results := make([][]recorded, len(all))
	places := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	for i, c := range all {
		wait.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if ctx.Err() != nil {
				return
			}
			options := area.Options(p.config.Collectors[c.Spec().Name].Options)
			r := poll(ctx, p.api.Poll(timeout), c, options, peer)
			results[i] = []recorded{r}
			if r.err == nil {
				if more, fresh := probe(ctx, p.api.Poll(timeout), r); fresh {
					results[i] = append(results[i], more)
				}
			}
			progress.add(c.Spec().Name, r.err)
		})
	}
	wait.Wait()
	for _, r := range results {
		p.polled = append(p.polled, r...)
	}
}

// build masks what was recorded and makes the files.
func build(ctx context.Context, projects []*project, mask *masker) (*Capture, error) {
	c := &Capture{files: map[string][]byte{}, mask: mask, calls: map[string]int{}}
	c.Manifest = Manifest{Exporter: daemon.UserAgent(), Captured: time.Now().UTC().Truncate(time.Second)}
	for _, p := range projects { // the first time, to learn
		p.region(mask)
		for _, r := range p.polled {
			if !r.usable() {
				continue
			}
			if _, err := r.masked(mask); err != nil {
				return nil, fmt.Errorf("collector %s: an answer cannot be read: %w", r.collector.Spec().Name, err)
			}
		}
	}
	mask.learned()
	for _, p := range projects {
		if err := c.add(ctx, p); err != nil {
			return nil, err
		}
		region, id := p.region(mask)
		c.Manifest.Projects = append(c.Manifest.Projects, ManifestProject{Name: p.name, Region: region, ID: id, LeftOut: p.left})
	}
	if len(c.files) == 0 {
		return nil, errors.New("no collector could be recorded: workspace_exporter check tells what is wrong, and its report is what we need\n" + c.leftOut())
	}
	c.files[ConfigName] = c.config(projects)
	manifest, err := json.MarshalIndent(c.Manifest, "", "  ")
	if err != nil {
		return nil, err
	}
	c.files[ManifestName] = append(manifest, '\n')
	return c, nil
}

func (p *project) region(m *masker) (region, id string) {
	return m.text("region", p.config.Region), m.text("project_id", p.id)
}

// usable tells whether a poll can be recorded: it worked, or an answer could
// not be understood, which is what reports are about.
func (r recorded) usable() bool {
	return r.err == nil || apiclient.KindOf(r.err) == apiclient.Malformed && len(r.calls) > 0
}

// add makes the files of a project.
func (c *Capture) add(ctx context.Context, p *project) error {
	var peers recording.Peers
	for _, r := range p.polled {
		name := r.collector.Spec().Name
		if !r.usable() {
			if !r.probe {
				p.left = append(p.left, LeftOut{name, reason(r.err)})
			}
			continue
		}
		rec, err := r.masked(c.mask)
		if err != nil {
			return fmt.Errorf("collector %s: %w", name, err)
		}
		rec.Peers = peers.Only(r.peers)
		shared, exposition, same, err := replayed(ctx, r, &rec)
		if err != nil {
			p.left = append(p.left, LeftOut{name, "its recording could not be replayed: " + string(apiclient.KindOf(err))})
			continue
		}
		if shared != nil {
			peers.Add(shared)
		}
		text, err := rec.Encode()
		if err != nil {
			return fmt.Errorf("collector %s: %w", name, err)
		}
		if !r.probe {
			p.options[name] = rec.Options
		}
		file := path.Join(name, p.name)
		if r.probe {
			file += "-probe"
		}
		c.files[file+".json"] = text
		if exposition != "" || r.err == nil && !r.probe {
			c.files[file+".prom"] = []byte(exposition)
		}
		if !same {
			c.differing = append(c.differing, name)
		}
		for _, call := range rec.Polls[0].Calls {
			c.calls[call.Operation]++
		}
	}
	return nil
}

// reason says why a collector failed without a word of the answer.
func reason(err error) string {
	failure, ok := errors.AsType[*apiclient.Error](err)
	if !ok {
		return "it failed: " + string(apiclient.KindOf(err))
	}
	text := failure.Operation + ": " + string(failure.Kind)
	if failure.Status != 0 {
		text += fmt.Sprintf(", HTTP %d", failure.Status)
	}
	if errorCode.MatchString(failure.Code) {
		text += " " + failure.Code
	}
	return text
}

// replayed polls the collector with its recording, as it will be written. It
// tells what is shared, what metrics come of it, and whether these are those
// that came of the answers, but for labels.
func replayed(ctx context.Context, r recorded, rec *recording.Recording) (shared area.Shared, exposition string, same bool, err error) {
	text, err := rec.Encode()
	if err != nil {
		return nil, "", false, err
	}
	var written recording.Recording
	if err := json.Unmarshal(text, &written); err != nil {
		return nil, "", false, err
	}
	options := area.Options{}
	for _, o := range r.collector.Spec().Options {
		options[o.Name] = o.Default
	}
	for name, value := range written.Options {
		if err := recording.SetOption(r.collector.Spec(), options, name, value); err != nil {
			return nil, "", false, err
		}
	}
	unexpected := 0
	api := recording.Replay{Poll: written.Polls[0], Unexpected: func(string) { unexpected++ }}
	in := input(api, options, written.Peers.Lookup, written.Polls[0].Now)
	if r.probe {
		err = r.collector.Probe(ctx, in)
		return nil, "", true, err
	}
	result, err := r.collector.Poll(ctx, in, nil)
	failure, _ := errors.AsType[*apiclient.Error](err)
	switch {
	case unexpected > 0:
		return nil, "", false, errors.New("it makes other calls")
	case r.err != nil && failure != nil && failure.Kind == apiclient.Malformed:
		rec.Error = failure.Fact()
		return nil, "", true, nil
	case err != nil:
		return nil, "", false, err
	case r.err != nil:
		return nil, "", false, errors.New("the replay does not fail")
	}
	families, err := recording.Families(r.collector, result)
	if err != nil {
		return nil, "", false, err
	}
	before, err := recording.Families(r.collector, r.result)
	if err != nil {
		return nil, "", false, err
	}
	exposition, err = recording.Exposition(r.collector, result)
	return r.collector.Share(result), exposition, slices.Equal(numbers(families), numbers(before)), err
}

// numbers are the samples of families without their labels, sorted.
func numbers(families []*dto.MetricFamily) []string {
	var all []string
	for _, f := range families {
		for _, metric := range f.GetMetric() {
			labels := metric.Label
			metric.Label = nil
			for _, b := range metric.GetHistogram().GetBucket() {
				b.Exemplar = nil
			}
			if counter := metric.GetCounter(); counter != nil {
				counter.Exemplar = nil
			}
			all = append(all, f.GetName()+" "+metric.String())
			metric.Label = labels
		}
	}
	slices.Sort(all)
	return all
}

// leftOut lists the collectors without a recording.
func (c *Capture) leftOut() string {
	var b strings.Builder
	for _, p := range c.Manifest.Projects {
		for _, l := range p.LeftOut {
			fmt.Fprintf(&b, "  %s of %s: %s\n", l.Collector, p.Name, l.Reason)
		}
	}
	return b.String()
}
