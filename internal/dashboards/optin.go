package dashboards

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// option is the collector's option that a family is shown with.
type option struct{ collector, setting string }

// behindOptions lists the families that their collector shows only when an
// option asks for them; families do not declare that.
func behindOptions() map[string]option {
	desktop := option{"desktops", "per_desktop: true"}
	group := option{"user_groups", "per_group: true"}
	owners := option{"users", "desktops: true"}
	names := option{"statistics_metrics", "enabled: true, metric_names: [...]"}
	return map[string]option{
		"desktop_info":                    desktop,
		"desktop_run_state":               desktop,
		"desktop_login_state":             desktop,
		"desktop_hour_package_used_ratio": {"desktop_details", "per_desktop: true"},
		"user_group_info":                 group,
		"user_group_users":                group,
		"users_without_desktop":           owners,
		"users_disabled_with_desktop":     owners,
		"statistic":                       names,
		"statistic_trend":                 names,
		"statistic_growth_ratio":          names,
	}
}

var metricName = regexp.MustCompile(area.Prefix + `[a-z0-9_]+`)

// settings returns what the configuration must say for all of a panel's
// expressions to have data, nothing for what is on by default.
func settings(queries []Query) []string {
	disabled, options := disabledFamilies(), behindOptions()
	var needed []string
	for _, q := range queries {
		for _, metric := range metricName.FindAllString(q.Expr, -1) {
			name := strings.TrimPrefix(family(metric), area.Prefix)
			setting := ""
			if o, behind := options[name]; behind {
				setting = fmt.Sprintf("%s: {%s}", o.collector, o.setting)
			} else if area := disabled[name]; area != "" {
				setting = area + ": {enabled: true}"
			}
			if setting != "" && !slices.Contains(needed, setting) {
				needed = append(needed, setting)
			}
		}
	}
	return needed
}

// family is the metric without the suffixes of a histogram's series.
func family(metric string) string {
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if base, cut := strings.CutSuffix(metric, suffix); cut && strings.HasSuffix(base, "_seconds") {
			return base
		}
	}
	return metric
}

// disabledFamilies are the families that no collector shows by default, with
// one that does when it is enabled.
func disabledFamilies() map[string]string {
	found, enabled := map[string]string{}, map[string]bool{}
	for _, c := range collector.All() {
		spec := c.Spec()
		for _, f := range spec.Families {
			name := strings.TrimPrefix(f.Name, area.Prefix)
			if !spec.Disabled {
				enabled[name] = true
			} else if found[name] == "" {
				found[name] = spec.Name
			}
		}
	}
	for name := range enabled {
		delete(found, name)
	}
	return found
}

// described is a panel's description with what has to be enabled for it.
func described(p Panel) string {
	needed := settings(p.Queries)
	if len(needed) == 0 {
		return p.Description
	}
	return fmt.Sprintf("%s Off by default; under `collectors:` set `%s`.", p.Description, strings.Join(needed, "` and `"))
}

// noValue is the text in place of no data.
func noValue(p Panel) string {
	needed := settings(p.Queries)
	switch {
	case len(needed) > 0:
		return "enable " + strings.Join(needed, ", ")
	case p.Empty != "":
		return p.Empty
	default:
		return "no data"
	}
}
