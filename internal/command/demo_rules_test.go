package command

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/promqltest"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// checkRules holds the shipped rules and the queries of the runbooks against a
// scrape: every metric, label and label value of every expression must be
// there. For the series of a recording rule, those it is made of must be.
func checkRules(t *testing.T, page string) {
	t.Helper()
	scrape, err := promqltest.ReadScrape(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	uses := map[string][]promqltest.Selector{} // by the name of the rule, all with one name together
	recorded := map[string]bool{}
	for _, r := range promqltest.Rules(t, filepath.Join(root, "alerts")) {
		use, err := promqltest.Parse(r.Expr)
		if err != nil {
			t.Error(err)
		}
		name := r.Record + r.Alert
		uses[name] = append(uses[name], use.Selectors...)
		recorded[r.Record] = true
	}
	for name, selectors := range runbookQueries(t) {
		uses[name] = selectors
	}
	var missing func(s promqltest.Selector) []string
	missing = func(s promqltest.Selector) []string {
		if s.Metric == "up" || s.Metric == "scrape_duration_seconds" { // of Prometheus itself
			return nil
		}
		if s.Metric == "huaweicloud_workspace_exporter_api_drift" { // nothing differs in the demo
			return nil
		}
		if !recorded[s.Metric] {
			return scrape.Missing(s)
		}
		var all []string
		for _, source := range uses[s.Metric] {
			source.Matchers = s.Matchers
			found := missing(source)
			if len(found) == 0 {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
	for name, selectors := range uses {
		for _, s := range selectors {
			for _, m := range missing(s) {
				t.Errorf("%s: %s", name, m)
			}
		}
	}
}

// runbookQueries returns what the queries of each runbook ask for, without the
// values that its reader fills in, as in pool_id="<POOL_ID>".
func runbookQueries(t *testing.T) map[string][]promqltest.Selector {
	t.Helper()
	asked := map[string][]promqltest.Selector{}
	for _, name := range testutil.Glob(t, filepath.Join(root, "docs", "runbooks", "*.md")) {
		for _, expr := range promqltest.Expressions(string(testutil.ReadFile(t, name))) {
			use, err := promqltest.Parse(expr)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for _, s := range use.Selectors {
				for i, m := range s.Matchers {
					m.Values = slices.DeleteFunc(m.Values, func(v string) bool { return strings.HasPrefix(v, "<") })
					s.Matchers[i] = m
				}
				if notShown[strings.TrimPrefix(s.Metric, area.Prefix)] == "" {
					asked[name] = append(asked[name], s)
				}
			}
		}
	}
	return asked
}
