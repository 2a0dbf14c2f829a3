package dashboards_test

import (
	"encoding/json"
	"flag"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/workspace-exporter/workspace_exporter/internal/dashboards"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

var update = flag.Bool("update", false, "write the generated files")

const root = "../../"

// TestFilesAreUpToDate fails when a dashboard in the tree is not what is
// declared, or is declared no more.
func TestFilesAreUpToDate(t *testing.T) {
	t.Parallel()
	files, err := dashboards.Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		testutil.UpToDate(t, root+name, string(want), *update, "make dashboards")
	}
	there, err := filepath.Glob(root + "dashboards/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range there {
		if name := strings.TrimPrefix(filepath.ToSlash(path), root); files[name] == nil {
			t.Errorf("%s is declared nowhere: delete it", name)
		}
	}
}

// rendered is what the tests read of a dashboard as Grafana does.
type rendered struct {
	UID, Title, Description string
	SchemaVersion           int
	Panels                  []renderedPanel
	Templating              struct{ List []renderedVariable }
	Annotations             struct{ List []struct{ Expr string } }
	Links                   []struct {
		IncludeVars, KeepTime bool
		Tags                  []string
	}
	Tags []string
	raw  string
}

type renderedPanel struct {
	ID                       int
	Type, Title, Description string
	GridPos                  struct{ X, Y, W, H int }
	Targets                  []struct{ Expr, LegendFormat, RefID string }
	Links                    []renderedLink
	FieldConfig              struct {
		Defaults struct {
			Unit, NoValue string
			Links         []renderedLink
		}
		Overrides []struct {
			Matcher    struct{ Options string }
			Properties []struct {
				ID    string
				Value any
			}
		}
	}
}

type renderedLink struct{ URL string }

type renderedVariable struct {
	Type, Name, AllValue, Definition string
	Multi, IncludeAll                bool
}

func all(t *testing.T) []rendered {
	t.Helper()
	files, err := dashboards.Files()
	if err != nil {
		t.Fatal(err)
	}
	var found []rendered
	for name, data := range files {
		d := rendered{raw: string(data)}
		if err := json.Unmarshal(data, &d); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if name != "dashboards/"+d.UID+".json" {
			t.Errorf("%s has the uid %s", name, d.UID)
		}
		found = append(found, d)
	}
	slices.SortFunc(found, func(a, b rendered) int { return strings.Compare(a.UID, b.UID) })
	return found
}

// TestDashboards holds what is true of every dashboard.
func TestDashboards(t *testing.T) {
	t.Parallel()
	titles := map[string]bool{}
	for _, d := range all(t) {
		if !strings.HasPrefix(d.UID, "hcws-") || titles[d.Title] || !strings.HasSuffix(d.Title, "?") || d.Description == "" {
			t.Errorf("%s: uid, title (a question, and unique) or description is not right: %q", d.UID, d.Title)
		}
		titles[d.Title] = true
		if d.SchemaVersion < 39 || d.SchemaVersion > 41 {
			t.Errorf("%s: schema %d is not of Grafana 11 or 12", d.UID, d.SchemaVersion)
		}
		if len(d.Links) != 1 || !d.Links[0].IncludeVars || !d.Links[0].KeepTime || !slices.Equal(d.Links[0].Tags, d.Tags) {
			t.Errorf("%s: the links to the other dashboards are not right: %+v", d.UID, d.Links)
		}
		for _, uid := range regexp.MustCompile(`"uid": "([^"]*)"`).FindAllStringSubmatch(d.raw, -1) {
			if uid[1] != d.UID && uid[1] != "${datasource}" {
				t.Errorf("%s: data source %s is fixed", d.UID, uid[1])
			}
		}
		for i, want := range []string{"datasource", "account", "region", "project"} {
			if len(d.Templating.List) <= i || d.Templating.List[i].Name != want {
				t.Errorf("%s: variable %d is not %s", d.UID, i, want)
			}
		}
		for _, v := range d.Templating.List {
			if v.Type == "query" && (!v.Multi || !v.IncludeAll || v.AllValue != ".*") {
				t.Errorf("%s: variable %s does not allow many or all: %+v", d.UID, v.Name, v)
			}
		}
	}
	if len(titles) != 8 {
		t.Errorf("%d dashboards, want 8", len(titles))
	}
}

// TestPanels holds what is true of every panel.
func TestPanels(t *testing.T) {
	t.Parallel()
	for _, d := range all(t) {
		ids, titles := map[int]bool{}, map[string]bool{}
		taken := map[[2]int]string{}
		if d.Panels[0].Type != "row" || d.Panels[0].GridPos.Y != 0 {
			t.Errorf("%s does not begin with a row", d.UID)
		}
		for _, p := range d.Panels {
			where := d.UID + ", " + p.Title
			if p.ID == 0 || ids[p.ID] || titles[p.Title] {
				t.Errorf("%s: id %d or title is not unique", where, p.ID)
			}
			ids[p.ID], titles[p.Title] = true, true
			for x := range p.GridPos.W {
				for y := range p.GridPos.H {
					at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
					if taken[at] != "" || at[0] >= 24 {
						t.Fatalf("%s lies on %q or off the page", where, taken[at])
					}
					taken[at] = p.Title
				}
			}
			if p.Type == "row" {
				continue
			}
			if p.FieldConfig.Defaults.Unit == "" || p.FieldConfig.Defaults.NoValue == "" || len(p.Targets) == 0 {
				t.Errorf("%s lacks a unit, a text for no data, or queries", where)
			}
			if len(p.Description) < 40 || !strings.HasSuffix(p.Description, ".") {
				t.Errorf("%s: description says too little: %q", where, p.Description)
			}
			for _, q := range p.Targets {
				if p.Type != "table" && q.LegendFormat == "" {
					t.Errorf("%s: query %s has no legend", where, q.RefID)
				}
			}
		}
	}
}

var variableUse = regexp.MustCompile(`\$\{?([a-z_]+)`)

// TestVariables: what a dashboard refers to is declared, and nothing else is.
func TestVariables(t *testing.T) {
	t.Parallel()
	for _, d := range all(t) {
		declared, used := map[string]bool{}, map[string]bool{}
		for _, v := range d.Templating.List {
			declared[v.Name] = true
		}
		for _, m := range variableUse.FindAllStringSubmatch(d.raw, -1) {
			used[m[1]] = true
			if !declared[m[1]] && !strings.HasPrefix(m[1], "__") {
				t.Errorf("%s uses the variable %s, which it does not have", d.UID, m[1])
			}
		}
		for name := range declared {
			if !used[name] {
				t.Errorf("%s does not use its variable %s", d.UID, name)
			}
		}
	}
}

var (
	linkTarget = regexp.MustCompile(`^/d/([a-z-]+)\?`)
	linkSets   = regexp.MustCompile(`var-([a-z]+)=\$\{__data\.fields\.(\w+)\}`)
)

// TestLinks follows every link: its dashboard exists, has the variables that
// are set, and the table has the fields that they are set to.
func TestLinks(t *testing.T) {
	t.Parallel()
	boards := map[string]rendered{}
	for _, d := range all(t) {
		boards[d.UID] = d
	}
	linked := map[string]bool{}
	for _, d := range boards {
		for _, p := range d.Panels {
			links := slices.Concat(p.Links, p.FieldConfig.Defaults.Links)
			columns := map[string]bool{}
			for _, o := range p.FieldConfig.Overrides {
				columns[o.Matcher.Options] = true
				for _, property := range o.Properties {
					if property.ID != "links" {
						continue
					}
					for _, l := range property.Value.([]any) {
						links = append(links, renderedLink{URL: l.(map[string]any)["url"].(string)})
					}
				}
			}
			for _, l := range links {
				if strings.HasPrefix(l.URL, "https://") {
					continue
				}
				m := linkTarget.FindStringSubmatch(l.URL)
				if m == nil || boards[m[1]].UID == "" {
					t.Errorf("%s, %s: nothing is at %s", d.UID, p.Title, l.URL)
					continue
				}
				linked[m[1]] = true
				if !strings.Contains(l.URL, "${__url_time_range}") || !strings.Contains(l.URL, "${project:queryparam}") {
					t.Errorf("%s, %s: %s loses the time or the variables", d.UID, p.Title, l.URL)
				}
				for _, set := range linkSets.FindAllStringSubmatch(l.URL, -1) {
					if !slices.ContainsFunc(boards[m[1]].Templating.List, func(v renderedVariable) bool { return v.Name == set[1] }) {
						t.Errorf("%s, %s: %s has no variable %s", d.UID, p.Title, m[1], set[1])
					}
					if !columns[set[2]] {
						t.Errorf("%s, %s: %s is no column with an override", d.UID, p.Title, set[2])
					}
				}
			}
		}
	}
	for uid := range boards {
		if !linked[uid] && uid != "hcws-overview" && uid != "hcws-usage" {
			t.Errorf("no panel leads to %s", uid)
		}
	}
}

// TestGrafanaReadsThem: Grafana's own types take every member of the files.
func TestGrafanaReadsThem(t *testing.T) {
	t.Parallel()
	plugins.RegisterDefaultPlugins()
	for _, d := range all(t) {
		var strict dashboard.Dashboard //nolint:staticcheck // its successor is for Grafana 12 and later
		// Without a mistake they return an empty list of mistakes, not nil.
		for _, err := range []error{strict.UnmarshalJSONStrict([]byte(d.raw)), strict.Validate()} {
			if err != nil && err.Error() != "" {
				t.Errorf("%s: %v", d.UID, err)
			}
		}
	}
}

// objectName is what two projects may both have one of.
var objectName = regexp.MustCompile(`\{\{(pool|host|subnet|site_name|nat_gateway|bandwidth|certificate|agency)\}\}`)

// TestLegendsTellProjectsApart: without the project, a pool of one project
// and its namesake in another would look like one.
func TestLegendsTellProjectsApart(t *testing.T) {
	t.Parallel()
	named := 0
	for _, d := range all(t) {
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				if !objectName.MatchString(q.LegendFormat) {
					continue
				}
				named++
				if !strings.Contains(q.LegendFormat, "{{project}}") {
					t.Errorf("%s, %s: the legend %q does not say of which project", d.UID, p.Title, q.LegendFormat)
				}
			}
		}
	}
	if named == 0 {
		t.Error("no legend has the name of an object")
	}
}
