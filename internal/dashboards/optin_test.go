package dashboards

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// TestBehindOptions: each family and option that is listed exists.
func TestBehindOptions(t *testing.T) {
	t.Parallel()
	specs := map[string]area.Spec{}
	for _, c := range collector.All() {
		specs[c.Spec().Name] = c.Spec()
	}
	for name, o := range behindOptions() {
		spec := specs[o.collector]
		if !slices.ContainsFunc(spec.Families, func(f area.FamilySpec) bool { return f.Name == area.Prefix+name }) {
			t.Errorf("collector %s has no family %s", o.collector, name)
		}
		for _, setting := range strings.Split(o.setting, ", ") {
			key, _, _ := strings.Cut(setting, ":")
			if key != "enabled" && !slices.ContainsFunc(spec.Options, func(o area.Option) bool { return o.Name == key }) {
				t.Errorf("collector %s has no option %s", o.collector, key)
			}
		}
	}
}

// TestPanelsSayWhatToEnable looks at what is declared off by default.
func TestPanelsSayWhatToEnable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expr, want string }{
		{gauge("desktops_used"), "used_desktops: {enabled: true}"},
		{rate("user_notification_failures_total", interval), "user_notifications: {enabled: true}"},
		{gauge("desktop_info"), "desktops: {per_desktop: true}"},
		{gauge("statistic"), "statistics_metrics: {enabled: true, metric_names: [...]}"},
		{gauge("desktops"), ""},
		{gauge("certificate_expiry_timestamp_seconds"), ""},
		{quantile(0.5, "connection_setup_duration_seconds", "5m", ""), ""},
	} {
		p := Panel{Description: "About it.", Queries: []Query{{Expr: c.expr}}}
		text, empty := described(p), noValue(p)
		if c.want == "" && (text != p.Description || empty != "no data") {
			t.Errorf("%s is on by default, the panel says %q, %q", c.expr, text, empty)
		}
		if !strings.Contains(text, c.want) || !strings.Contains(empty, c.want) {
			t.Errorf("%s needs %s, the panel says %q, %q", c.expr, c.want, text, empty)
		}
	}
}

// TestGuideListsWhatToEnable: who copies the guide's example sees every panel.
func TestGuideListsWhatToEnable(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/dashboards.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range All() {
		for _, r := range d.Rows {
			for _, p := range r.Panels {
				for _, setting := range settings(p.Queries) {
					wanted := strings.TrimSuffix(strings.TrimSuffix(setting, "}"), "[...]")
					if !strings.Contains(string(guide), "  "+wanted) {
						t.Errorf("docs/dashboards.md does not list %s, which %q needs", setting, p.Title)
					}
				}
			}
		}
	}
}
