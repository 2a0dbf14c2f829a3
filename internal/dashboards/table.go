package dashboards

import "github.com/grafana/grafana-foundation-sdk/go/dashboard"

// transformations make one table of the answers to all queries: rows with the
// same labels become one, labels and values get their titles.
func transformations(p Panel) []dashboard.DataTransformerConfig {
	var all []dashboard.DataTransformerConfig
	if len(p.Queries) > 1 {
		all = append(all, dashboard.DataTransformerConfig{Id: "merge", Options: map[string]any{}})
	}
	excluded, titles, order := map[string]bool{"Time": true}, map[string]string{}, map[string]int{}
	for _, label := range []string{"job", "account", "region"} {
		excluded[label] = true
	}
	for i, c := range p.Columns {
		delete(excluded, c.Label)
		titles[c.Label], order[c.Label] = c.title(), i
	}
	for i, q := range p.Queries {
		field := valueField(p, i)
		if q.Legend == "" {
			excluded[field] = true
			continue
		}
		titles[field], order[field] = q.Legend, len(p.Columns)+i
	}
	return append(all, dashboard.DataTransformerConfig{Id: "organize", Options: map[string]any{
		"excludeByName": excluded, "renameByName": titles, "indexByName": order,
	}})
}

// valueField is what Grafana calls the values of a query in a table.
func valueField(p Panel, i int) string {
	if len(p.Queries) == 1 {
		return "Value"
	}
	return "Value #" + refID(i)
}

// title is what the column is called once the table is made. Hidden ones keep
// the name of their label.
func (c Column) title() string {
	if c.Hidden {
		return c.Label
	}
	return c.Title
}

// overrides give each column its own unit, colors and links.
func overrides(p Panel) []dashboard.DashboardFieldConfigSourceOverrides {
	// A cell without a value is not what the text for no data is about.
	all := []dashboard.DashboardFieldConfigSourceOverrides{{
		Matcher:    dashboard.MatcherConfig{Id: "byRegexp", Options: "/.*/"},
		Properties: []dashboard.DynamicConfigValue{{Id: "noValue", Value: "-"}},
	}}
	for _, c := range p.Columns {
		var properties []dashboard.DynamicConfigValue
		if c.Hidden {
			properties = append(properties, dashboard.DynamicConfigValue{Id: "custom.hidden", Value: true})
		}
		if c.Link != nil {
			properties = append(properties, dashboard.DynamicConfigValue{Id: "links", Value: []map[string]any{{"title": c.Link.Title, "url": c.Link.url()}}})
		}
		all = append(all, override(c.title(), properties)...)
	}
	for _, q := range p.Queries {
		if q.Legend == "" {
			continue
		}
		var properties []dashboard.DynamicConfigValue
		if q.Unit != "" {
			properties = append(properties, dashboard.DynamicConfigValue{Id: "unit", Value: q.Unit})
		}
		if len(q.Steps) > 0 {
			properties = append(properties, dashboard.DynamicConfigValue{Id: "thresholds", Value: thresholds(q.Below, q.Steps)})
		}
		if len(q.Values) > 0 {
			properties = append(properties, dashboard.DynamicConfigValue{Id: "mappings", Value: mappings(q.Values)})
		}
		if len(q.Steps)+len(q.Values) > 0 {
			properties = append(properties, dashboard.DynamicConfigValue{Id: "custom.cellOptions", Value: map[string]string{"type": "color-text"}})
		}
		all = append(all, override(q.Legend, properties)...)
	}
	return all
}

func override(title string, properties []dashboard.DynamicConfigValue) []dashboard.DashboardFieldConfigSourceOverrides {
	if len(properties) == 0 {
		return nil
	}
	return []dashboard.DashboardFieldConfigSourceOverrides{{
		Matcher: dashboard.MatcherConfig{Id: "byName", Options: title}, Properties: properties,
	}}
}
