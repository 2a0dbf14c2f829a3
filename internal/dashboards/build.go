package dashboards

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
)

// schema is that of Grafana 11.0: newer ones read it and migrate it.
const schema = 39

const tag = "huaweicloud-workspace"

// pageWidth is in Grafana's units.
const pageWidth = 24

// classic is a dashboard of the schema that Grafana 11 reads; it does not know
// the successor.
type classic = dashboard.Dashboard //nolint:staticcheck // see above

// Files returns every dashboard as JSON, by its path in the project.
func Files() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, d := range All() {
		data, err := encode(build(d))
		if err != nil {
			return nil, fmt.Errorf("dashboard %s: %w", d.UID, err)
		}
		files["dashboards/"+d.UID+".json"] = data
	}
	return files, nil
}

// encode writes JSON with sorted members, and with > and & as they are:
// expressions are full of them.
func encode(d classic) ([]byte, error) {
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	var plain any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&plain); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err = encoder.Encode(plain)
	return b.Bytes(), err
}

func build(d Dashboard) classic {
	built := dashboard.NewDashboard()
	built.Uid, built.Title, built.Description = &d.UID, &d.Title, &d.Description
	built.Tags = []string{tag}
	built.SchemaVersion = schema
	built.GraphTooltip = pointer(dashboard.DashboardCursorSyncCrosshair)
	built.Time = &dashboard.DashboardDashboardTime{From: "now-6h", To: "now"}
	built.Refresh = pointer("1m")
	built.Links = []dashboard.DashboardLink{{
		Title: "Workspace", Type: dashboard.DashboardLinkTypeDashboards, Icon: "dashboard", Tags: []string{tag},
		AsDropdown: true, IncludeVars: true, KeepTime: true,
	}}
	built.Templating.List = variables(d)
	built.Annotations.List = annotations()
	built.Panels = layout(d.Rows)
	return *built
}

// layout places the panels of each row from left to right.
func layout(rows []Row) []dashboard.PanelOrRowPanel {
	var panels []dashboard.PanelOrRowPanel
	var id, y uint32
	for _, row := range rows {
		id++
		panels = append(panels, dashboard.PanelOrRowPanel{RowPanel: &dashboard.RowPanel{
			Type: "row", Title: &row.Title, Id: id, Panels: []dashboard.Panel{},
			GridPos: &dashboard.GridPos{H: 1, W: pageWidth, Y: y},
		}})
		y++
		var x, highest uint32
		for _, p := range row.Panels {
			if x+p.Width > pageWidth {
				x, y, highest = 0, y+highest, 0
			}
			id++
			built := panel(p)
			built.Id = pointer(id)
			built.GridPos = &dashboard.GridPos{X: x, Y: y, W: p.Width, H: height(p)}
			panels = append(panels, dashboard.PanelOrRowPanel{Panel: &built})
			x, highest = x+p.Width, max(highest, height(p))
		}
		y += highest
	}
	return panels
}

func height(p Panel) uint32 {
	switch {
	case p.Kind == Stat:
		return 4
	case p.Kind == Table && p.Width == pageWidth:
		return 10
	default:
		return 8
	}
}

func panel(p Panel) dashboard.Panel {
	kind, _, _ := strings.Cut(string(p.Kind), " ")
	if p.Kind == Stacked {
		kind = string(Lines)
	}
	config, options := drawing(p)
	built := dashboard.Panel{
		Type: kind, Title: &p.Title, Description: pointer(described(p)), Datasource: source(),
		Options: options, FieldConfig: &config, Interval: pointer("1m"),
	}
	for i, q := range p.Queries {
		built.Targets = append(built.Targets, query(p, i, q))
	}
	if p.Kind == Table {
		built.Transformations = transformations(p)
	}
	if p.Link != nil {
		if p.Kind == Stat || p.Kind == Bars {
			config.Defaults.Links = []dashboard.DashboardLink{panelLink(*p.Link)}
		} else {
			built.Links = []dashboard.DashboardLink{panelLink(*p.Link)}
		}
	}
	return built
}

func query(p Panel, i int, q Query) prometheus.Dataquery {
	built := prometheus.Dataquery{Expr: q.Expr, RefId: pointer(refID(i)), Datasource: source(), EditorMode: pointer(prometheus.QueryEditorModeCode)}
	switch p.Kind {
	case Stat, Bars:
		built.Instant, built.LegendFormat = pointer(true), legend(p, q)
	case Table:
		built.Instant, built.Format = pointer(true), pointer(prometheus.PromQueryFormatTable)
	case Heatmap:
		built.Range, built.Format, built.LegendFormat = pointer(true), pointer(prometheus.PromQueryFormatHeatmap), legend(p, q)
	default:
		built.Range, built.LegendFormat = pointer(true), legend(p, q)
	}
	return built
}

// legend names the only series of a panel after the panel.
func legend(p Panel, q Query) *string {
	if q.Legend == "" {
		return &p.Title
	}
	return &q.Legend
}

// refID is what Grafana calls the query.
func refID(i int) string { return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i : i+1] }

// source is the data source that the variable names.
func source() *common.DataSourceRef {
	return &common.DataSourceRef{Type: pointer("prometheus"), Uid: pointer("${datasource}")}
}

func panelLink(l Link) dashboard.DashboardLink {
	return dashboard.DashboardLink{Title: l.Title, Type: dashboard.DashboardLinkTypeLink, Url: pointer(l.url()), Tags: []string{}}
}

func (l Link) url() string {
	if l.URL != "" {
		return l.URL
	}
	u := "/d/" + l.UID + "?${__url_time_range}"
	for _, v := range []string{"datasource", "account", "region", "project"} {
		u += "&${" + v + ":queryparam}"
	}
	for variable, field := range l.Set {
		u += "&var-" + variable + "=${__data.fields." + field + "}"
	}
	return u
}

func pointer[T any](v T) *T { return &v }
