package plan

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/scraper"
)

// target has some collectors with their default options, at other intervals.
func target(account, project string, share float64, intervals map[string]time.Duration) scraper.Target {
	t := scraper.Target{Account: account, Region: "ap-southeast-3", Project: project, Share: share}
	for _, c := range collector.All() {
		spec := c.Spec()
		interval, wanted := intervals[spec.Name]
		if !wanted {
			continue
		}
		options := area.Options{}
		for _, o := range spec.Options {
			options[o.Name] = o.Default
		}
		t.Collectors = append(t.Collectors, scraper.Enabled{Collector: c, Interval: interval, Options: options})
	}
	return t
}

func desktops(n float64) Counts { return Counts{area.Desktops: n} }

// TestSharedBudget: projects of one account share the budget of an API, others
// do not, and the heavy user is slowed rather than the light one.
func TestSharedBudget(t *testing.T) {
	t.Parallel()
	lists := map[string]time.Duration{"desktops": time.Minute}
	p := New(Options{
		Targets: []scraper.Target{
			target("prod", "large", 0.5, lists), target("prod", "small", 0.5, lists), target("other", "large", 0.5, lists),
		},
		Fleets: map[ProjectName]Counts{
			{"prod", "large"}: desktops(190_000), {"prod", "small"}: desktops(10_000), {"other", "large"}: desktops(90_000),
		},
	})
	if p.Fits || len(p.Budgets) != 4 { // two APIs for each account
		t.Fatalf("plan %+v", p)
	}
	want := []string{"prod/large desktops: 1m -> 2m20s (ListDesktops)"}
	var got []string
	for _, c := range p.SlowDown {
		got = append(got, c.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("changes %q, want %q", got, want)
	}
	for _, project := range p.Projects {
		effective := project.Collectors[0].Effective
		if stretched := project.Account == "prod"; stretched != (effective > 115) || !stretched && effective != 60 {
			t.Errorf("%s/%s: effective interval %v", project.Account, project.Project, effective)
		}
	}
	for _, b := range p.Budgets {
		if b.API == "ListDesktops" && b.Bottleneck != (b.Account == "prod") {
			t.Errorf("budget %+v", b)
		}
		if b.Calls > b.Budget*1.001 {
			t.Errorf("%s: %v calls a minute are planned of %v", b.API, b.Calls, b.Budget)
		}
	}
}

// TestWorstAge: the interval and a poll while all others poll too.
func TestWorstAge(t *testing.T) {
	t.Parallel()
	lists := map[string]time.Duration{"desktops": 5 * time.Minute}
	p := New(Options{
		Targets: []scraper.Target{target("prod", "a", 0.5, lists), target("prod", "b", 0.5, lists)},
		Fleet:   desktops(50_000), Answer: 100 * time.Millisecond,
	})
	c := p.Projects[0].Collectors[0]
	// 102 calls of both, 0.606 s apart: pages overlap by a row.
	if c.Effective != 300 || c.Poll < 60 || c.Poll > 62 || c.WorstAge != c.Effective+c.Poll || c.GoneAfter != 900 {
		t.Errorf("collector %+v", c)
	}
}

// TestSuggestionsFit: whatever is slowed down, the result fits.
func TestSuggestionsFit(t *testing.T) {
	t.Parallel()
	all := map[string]time.Duration{}
	for _, c := range collector.All() {
		all[c.Spec().Name] = 10 * time.Second
	}
	for _, n := range []float64{0, 1, 999, 20_000, 1_000_000} {
		for _, share := range []float64{0.01, 0.5, 1} {
			t.Run(fmt.Sprint(n, " ", share), func(t *testing.T) {
				t.Parallel()
				o := Options{Targets: []scraper.Target{target("prod", "a", share, all), target("prod", "b", share, all)}, Fleet: desktops(n), Answer: 200 * time.Millisecond}
				for _, c := range New(o).SlowDown {
					if c.Needed <= c.Interval || c.API == "" {
						t.Errorf("change %+v", c)
					}
					for i := range o.Targets {
						for j, e := range o.Targets[i].Collectors {
							if o.Targets[i].Project == c.Project && e.Spec().Name == c.Collector {
								o.Targets[i].Collectors[j].Interval = time.Duration(c.Needed * float64(time.Second))
							}
						}
					}
				}
				if p := New(o); !p.Fits {
					t.Errorf("still to slow down: %v", p.SlowDown)
				}
			})
		}
	}
}

func TestFairLevel(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rates  []float64
		budget float64
		want   float64
	}{
		{[]float64{200}, 100, 100},
		{[]float64{1, 200}, 100, 99},
		{[]float64{80, 80}, 100, 50},
		{[]float64{10, 60, 90}, 100, 45},
	} {
		if got := fairLevel(tt.rates, tt.budget); got != tt.want {
			t.Errorf("%v of %v: level %v, want %v", tt.rates, tt.budget, got, tt.want)
		}
	}
}
