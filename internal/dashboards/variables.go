package dashboards

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// Kinds of query of a variable, as Grafana's Prometheus data source counts.
const (
	labelValues = 1
	queryResult = 3
)

// variables are those of every dashboard, each within the choice of those
// before it, and the dashboard's own.
func variables(d Dashboard) []dashboard.VariableModel {
	const info = area.Prefix + "project_info"
	all := []dashboard.VariableModel{
		{
			Type: dashboard.VariableTypeDatasource, Name: "datasource", Label: pointer("Data source"),
			Query:   &dashboard.StringOrMap{String: pointer("prometheus")},
			Current: &dashboard.VariableOption{Selected: pointer(true), Text: text("default"), Value: text("default")},
			Refresh: pointer(dashboard.VariableRefreshOnDashboardLoad),
		},
		choice("account", "Account", labelValues, "label_values("+info+", account)", ""),
		choice("region", "Region", labelValues, "label_values("+info+`{account=~"$account"}, region)`, ""),
		choice("project", "Project", labelValues, "label_values("+info+`{account=~"$account",region=~"$region"}, project)`, ""),
	}
	for _, v := range d.Variables {
		all = append(all, choice(v.Name, v.Label, queryResult, "query_result("+v.Query+")", valueAndText(v)))
	}
	return all
}

// valueAndText takes both from a result such as {pool="a",pool_id="1"} 1 0,
// in whatever order the server writes the labels.
func valueAndText(v Variable) string {
	return fmt.Sprintf(`/^(?=.*[{,]%s="(?<text>[^"]*)")(?=.*[{,]%s="(?<value>[^"]*)").*$/`, v.Text, v.ID)
}

// choice is a variable of which one may choose several values or all.
func choice(name, label string, kind int, query, regex string) dashboard.VariableModel {
	v := dashboard.VariableModel{
		Type: dashboard.VariableTypeQuery, Name: name, Label: &label, Datasource: source(), Definition: &query,
		Query: &dashboard.StringOrMap{Map: map[string]any{
			"qryType": kind, "query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery",
		}},
		Regex: &regex, Multi: pointer(true), IncludeAll: pointer(true), AllValue: pointer(".*"),
		Current: &dashboard.VariableOption{
			Selected: pointer(true),
			Text:     dashboard.StringOrArrayOfString{ArrayOfString: []string{"All"}},
			Value:    dashboard.StringOrArrayOfString{ArrayOfString: []string{"$__all"}},
		},
		Refresh: pointer(dashboard.VariableRefreshOnTimeRangeChanged), Sort: pointer(dashboard.VariableSortAlphabeticalAsc),
	}
	return v
}

func text(s string) dashboard.StringOrArrayOfString {
	return dashboard.StringOrArrayOfString{String: &s}
}

// annotations are what every graph marks.
func annotations() []dashboard.AnnotationQuery {
	return []dashboard.AnnotationQuery{
		annotation("Firing alerts", "red", alerts, "{{alertname}}", "{{severity}} {{project}} {{pool_id}}"),
		annotation("Pools in maintenance", "purple", withPool(gauge("pool_in_maintenance"))+" == 1", "Maintenance: {{pool}}", "{{project}}"),
	}
}

func annotation(name, color, expr, title, body string) dashboard.AnnotationQuery {
	return dashboard.AnnotationQuery{
		Name: name, Datasource: source(), Enable: true, Hide: pointer(false), IconColor: color,
		Expr: &expr, Step: pointer("60s"), TitleFormat: &title, TextFormat: &body,
		Target: prometheus.Dataquery{Expr: expr, RefId: pointer("Anno"), Range: pointer(true)},
	}
}
