package command

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/plan"
)

// errDoesNotFit is why plan exits with status 1; the plan has said the rest.
var errDoesNotFit = errors.New("plan: not every interval can be kept within the budgets")

// planFlags are the flags of the plan command.
type planFlags struct {
	configFile string
	counts     map[area.Kind]*string
	projects   []string
	observed   string
	answerTime time.Duration
	format     string
	asJSON     bool
	suggest    bool
}

func planCommand(app *kingpin.Application, f *planFlags) *kingpin.CmdClause {
	c := app.Command("plan", "Foretell, offline, what a configuration costs: calls of each API and how much of its budget they are, "+
		"the intervals that can be kept, how old data gets, series and memory. The worst age of a served value is the effective interval plus the longest poll; "+
		"the series of a collector that fails disappear 3 effective intervals after its last good poll. Exit status 1: an interval cannot be kept.")
	f.counts = map[area.Kind]*string{}
	c.Flag("config.file", "Configuration file. Without it one project with the default configuration is planned. Files of secrets need not be there.").StringVar(&f.configFile)
	for _, k := range area.FleetKinds() {
		flag := c.Flag(flagOf(k.Kind), "How many "+k.Many+" a project has. Default: "+k.Why+".").PlaceHolder("N")
		if k.Kind == area.Desktops {
			flag = flag.Default("10000")
		}
		f.counts[k.Kind] = flag.String()
	}
	c.Flag("project", "Numbers of one project, as ACCOUNT/PROJECT:desktops=500,pools=3 (repeatable).").StringsVar(&f.projects)
	c.Flag("observed", "Take calls and series from a running exporter: its URL, or a file with its /api/v1/status.").StringVar(&f.observed)
	c.Flag("answer-time", "How long the API takes to answer a call.").Default("200ms").DurationVar(&f.answerTime)
	c.Flag("format", "table or json.").Default("table").EnumVar(&f.format, "table", "json")
	c.Flag("json", "Short for --format=json.").BoolVar(&f.asJSON)
	c.Flag("suggest", "Print, instead of the plan, the configuration with intervals that can be kept. Secrets are not printed.").BoolVar(&f.suggest)
	return c
}

func runPlan(ctx context.Context, f planFlags, stdout io.Writer) error {
	q, err := f.input(ctx)
	if err != nil {
		return exitError{exitUsage, err}
	}
	p := plan.New(q.options)
	switch {
	case f.suggest:
		suggestion, err := q.suggest(p)
		if err != nil {
			return err
		}
		_, err = stdout.Write(suggestion)
		return err
	case f.asJSON || f.format == "json":
		e := json.NewEncoder(stdout)
		e.SetIndent("", "  ")
		if err := e.Encode(p); err != nil {
			return err
		}
	default:
		p.Print(stdout)
	}
	if !p.Fits {
		return errDoesNotFit
	}
	return nil
}

// planInput is the configuration to plan, as written and as parsed, and the fleet.
type planInput struct {
	content []byte
	config  *config.Config
	schema  config.Schema
	options plan.Options
}

func (f planFlags) input(ctx context.Context) (planInput, error) {
	q := planInput{content: []byte(defaultPlanConfig), schema: daemon.Schema()}
	q.schema.Offline = true
	var err error
	if f.configFile != "" {
		if q.content, err = config.Read(f.configFile); err != nil {
			return q, err
		}
	}
	if q.config, err = config.Parse(cmp.Or(f.configFile, "the default configuration"), q.content, q.schema, os.Getenv); err != nil {
		return q, err
	}
	q.options = plan.Options{Targets: daemon.Targets(q.config), Answer: f.answerTime}
	if q.options.Fleet, err = f.fleet(); err != nil {
		return q, err
	}
	if q.options.Fleets, err = f.fleets(q.options); err != nil {
		return q, err
	}
	if f.observed != "" {
		q.options.Observed, err = plan.Observe(ctx, f.observed)
	}
	return q, err
}

// suggest returns a configuration that fits, and makes sure that it does.
func (q planInput) suggest(p plan.Plan) ([]byte, error) {
	suggestion, err := config.WithIntervals(q.content, q.config, intervals(p))
	if err != nil {
		return nil, err
	}
	checked, err := config.Parse("the suggestion", suggestion, q.schema, os.Getenv)
	if err != nil {
		return nil, err
	}
	q.options.Targets = daemon.Targets(checked)
	if !plan.New(q.options).Fits {
		return nil, errors.New("plan: no intervals were found that fit: disable collectors, or raise budget.share")
	}
	return suggestion, nil
}

// defaultPlanConfig stands for a file that does not exist yet.
const defaultPlanConfig = `accounts:
  - credentials: {source: environment}
    projects:
      - region: ap-southeast-3
`

func intervals(p plan.Plan) []config.Interval {
	var all []config.Interval
	for _, c := range p.SlowDown {
		all = append(all, config.Interval{
			Account: c.Account, Project: c.Project, Collector: c.Collector, Interval: time.Duration(c.Needed * float64(time.Second)),
		})
	}
	return all
}

// fleet is what the flags count.
func (f planFlags) fleet() (plan.Counts, error) {
	counts := plan.Counts{}
	for kind, text := range f.counts {
		if *text == "" {
			continue
		}
		n, err := parseCount(*text)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", flagOf(kind), err)
		}
		counts[kind] = n
	}
	return counts, nil
}

// fleets are the counts of single projects.
func (f planFlags) fleets(o plan.Options) (map[plan.ProjectName]plan.Counts, error) {
	known := map[plan.ProjectName]bool{}
	for _, t := range o.Targets {
		known[plan.ProjectName{Account: t.Account, Project: t.Project}] = true
	}
	all := map[plan.ProjectName]plan.Counts{}
	for _, text := range f.projects {
		name, numbers, _ := strings.Cut(text, ":")
		account, project, _ := strings.Cut(name, "/")
		id := plan.ProjectName{Account: account, Project: project}
		if !known[id] {
			return nil, fmt.Errorf("--project=%s: the configuration has no project %q of an account %q; write ACCOUNT/PROJECT:desktops=500", text, project, account)
		}
		counts := plan.Counts{}
		for _, pair := range strings.Split(numbers, ",") {
			key, value, _ := strings.Cut(pair, "=")
			kind := area.Kind(strings.ReplaceAll(strings.TrimSpace(key), "-", "_"))
			if f.counts[kind] == nil {
				return nil, fmt.Errorf("--project=%s: there is no number called %q; plan --help lists them", text, key)
			}
			n, err := parseCount(value)
			if err != nil {
				return nil, fmt.Errorf("--project=%s: %s: %w", text, key, err)
			}
			counts[kind] = n
		}
		all[id] = counts
	}
	return all, nil
}

// flagOf is the flag of a kind.
func flagOf(kind area.Kind) string { return strings.ReplaceAll(string(kind), "_", "-") }

// maxCount is far above anything that can be.
const maxCount = 100_000_000

func parseCount(text string) (float64, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 || n > maxCount {
		return 0, fmt.Errorf("expected a whole number from 0 to %d, not %q", maxCount, text)
	}
	return float64(n), nil
}
