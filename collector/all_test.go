package collector

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

var snakeCase = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func TestAreasAreDeclaredWell(t *testing.T) {
	t.Parallel()
	catalogue := apiclient.Catalogue()
	names := map[string]bool{}
	for _, c := range All() {
		s := c.Spec()
		if !snakeCase.MatchString(s.Name) || names[s.Name] {
			t.Errorf("area name %q is not snake_case or not unique", s.Name)
		}
		names[s.Name] = true
		checkSentence(t, s.Name, s.Help)
		if s.Interval < 10*time.Second {
			t.Errorf("%s: interval %s", s.Name, s.Interval)
		}
		if len(s.Endpoints) == 0 || len(s.Families) == 0 {
			t.Errorf("%s declares %d endpoints and %d families", s.Name, len(s.Endpoints), len(s.Families))
		}
		for _, e := range s.Endpoints {
			if !slices.Contains(catalogue, e) {
				t.Errorf("%s: endpoint %s is not in the catalogue", s.Name, e.Operation)
			}
		}
		options := map[string]bool{"enabled": true, "interval": true}
		for _, o := range s.Options {
			if !snakeCase.MatchString(o.Name) || options[o.Name] {
				t.Errorf("%s: option name %q is not snake_case or taken", s.Name, o.Name)
			}
			options[o.Name] = true
			checkSentence(t, s.Name+"."+o.Name, o.Help)
			switch o.Default.(type) {
			case bool, int, string, time.Duration, []string:
			default:
				t.Errorf("%s.%s: no configuration key can be a %T", s.Name, o.Name, o.Default)
			}
		}
	}
}

func TestFamiliesAreDeclaredWell(t *testing.T) {
	t.Parallel()
	reserved := []string{"account", "region", "project", "instance", "job", "le", "quantile"}
	seen := map[string]area.FamilySpec{}
	for _, c := range All() {
		for _, f := range c.Spec().Families {
			bare, prefixed := strings.CutPrefix(f.Name, area.Prefix)
			other, again := seen[f.Name]
			if !prefixed || !snakeCase.MatchString(bare) || again && !slices.Contains(sharedFamilies(), bare) {
				t.Errorf("family name %q lacks the prefix, is not snake_case or not unique", f.Name)
			}
			if again && !reflect.DeepEqual(f, other) {
				t.Errorf("%s is declared in two ways: %+v and %+v", f.Name, f, other)
			}
			seen[f.Name] = f
			checkSentence(t, f.Name, f.Help)
			if (f.Type == area.Counter) != strings.HasSuffix(f.Name, "_total") {
				t.Errorf("%s is a %s: counters and nothing else end in _total", f.Name, f.Type)
			}
			for _, suffix := range []string{"_count", "_sum", "_bucket", "_created"} {
				if strings.HasSuffix(f.Name, suffix) {
					t.Errorf("%s: the ending %s belongs to histograms", f.Name, suffix)
				}
			}
			for i, label := range f.Labels {
				if !snakeCase.MatchString(label) || !model.LegacyValidation.IsValidLabelName(label) || slices.Contains(reserved, label) || slices.Contains(f.Labels[:i], label) {
					t.Errorf("%s: label %q is not snake_case, reserved or there twice", f.Name, label)
				}
			}
		}
	}
}

// sharedFamilies are the families that several areas have, without prefix.
// Every such family is declared by one function (shared.go), so that name, help,
// type and labels are the same everywhere, and has a label that keeps the
// series of the areas apart.
func sharedFamilies() []string {
	return []string{"certificate_expiry_timestamp_seconds", "usage_statistics_timestamp_seconds"}
}

// checkSentence takes help that somebody can read aloud.
func checkSentence(t *testing.T, what, help string) {
	t.Helper()
	switch {
	case !strings.HasSuffix(help, "."), strings.ContainsAny(help, "\n\t\"\\"), strings.Contains(help, "  "),
		strings.ToUpper(help[:1]) != help[:1], len(strings.Fields(help)) < 4:
		t.Errorf("%s: help is no sentence: %q", what, help)
	}
}

// TestCoreMetrics holds the names that rules, dashboards and outside checks
// are built on.
func TestCoreMetrics(t *testing.T) {
	t.Parallel()
	type metric struct {
		area   string
		typ    area.Type
		labels string
	}
	want := map[string]metric{
		"desktops":                             {"statistics", area.Gauge, "desktop_type"},
		"desktops_attach_state":                {"statistics", area.Gauge, "state"},
		"desktops_login_state":                 {"login_state", area.Gauge, "state"},
		"desktops_run_state":                   {"run_state", area.Gauge, "state"},
		"desktop_group_desktops":               {"connection_status", area.Gauge, "group state"},
		"desktop_group_login_state":            {"connection_status", area.Gauge, "group state"},
		"desktop_group_attach_state":           {"connection_status", area.Gauge, "group state"},
		"pool_info":                            {"pools", area.Gauge, "pool_id pool type charging_mode autoscale_type product_id image_id os_type availability_zone"},
		"pool_desktops":                        {"statistics", area.Gauge, "pool_id"},
		"pool_desktops_attach_state":           {"statistics", area.Gauge, "pool_id state"},
		"pool_desktops_login_state":            {"statistics", area.Gauge, "pool_id state"},
		"pool_desktops_run_state":              {"statistics", area.Gauge, "pool_id state"},
		"desktops_observed":                    {"desktops", area.Gauge, "pool_id run_state login_state maintenance"},
		"desktop_info":                         {"desktops", area.Gauge, "desktop_id name pool_id desktop_type availability_zone user os_type product_id"},
		"desktop_run_state":                    {"desktops", area.Gauge, "desktop_id state"},
		"desktop_login_state":                  {"desktops", area.Gauge, "desktop_id state"},
		"desktops_registration_overdue":        {"desktops", area.Gauge, "pool_id"},
		"desktops_idle":                        {"desktop_idle", area.Gauge, "bucket"},
		"alarms_active":                        {"alarms", area.Gauge, "level"},
		"alarm_active_since_timestamp_seconds": {"alarms", area.Gauge, "record_id alarm_id alarm level metric_name resource_id"},
		"alarm_records":                        {"alarm_statistics", area.Gauge, "level"},
		"online_users":                         {"online_users", area.Gauge, ""},
		"connections_total":                    {"login_records", area.Counter, "terminal_type reconnect result"},
		"connection_failures_total":            {"login_records", area.Counter, "reason"},
		"connection_setup_duration_seconds":    {"login_records", area.HistogramType, ""},
		"connection_rtt_seconds":               {"login_records", area.HistogramType, ""},
		"connection_e2e_rtt_seconds":           {"login_records", area.HistogramType, ""},
		"session_duration_seconds":             {"login_records", area.HistogramType, ""},
		"quota_limit":                          {"quotas", area.Gauge, "site_id resource unit"},
		"quota_used":                           {"quotas", area.Gauge, "site_id resource unit"},
		"quota_limit_bytes":                    {"quotas", area.Gauge, "site_id resource"},
		"quota_used_bytes":                     {"quotas", area.Gauge, "site_id resource"},
	}
	for _, c := range All() {
		for _, f := range c.Spec().Families {
			name := strings.TrimPrefix(f.Name, area.Prefix)
			if w, fixed := want[name]; fixed {
				if got := (metric{c.Spec().Name, f.Type, strings.Join(f.Labels, " ")}); got != w {
					t.Errorf("%s is %+v, want %+v", name, got, w)
				}
				delete(want, name)
			}
		}
	}
	for name := range want {
		t.Errorf("no area has %s", name)
	}
}

// TestCoreAreas holds what runs without any configuration, and how often.
func TestCoreAreas(t *testing.T) {
	t.Parallel()
	want := map[string]time.Duration{
		"login_state": 30 * time.Second, "run_state": 30 * time.Second, "alarms": 30 * time.Second,
		"statistics": time.Minute, "connection_status": time.Minute, "desktops": time.Minute,
		"alarm_statistics": time.Minute, "online_users": time.Minute, "login_records": time.Minute,
		"pools": 5 * time.Minute, "quotas": 5 * time.Minute,
	}
	for _, c := range All() {
		s := c.Spec()
		if s.Core && s.Disabled {
			t.Errorf("%s is a core area and disabled", s.Name)
		}
		if interval, core := want[s.Name]; core != s.Core || core && interval != s.Interval {
			t.Errorf("%s: core %t every %s, want %t every %s", s.Name, s.Core, s.Interval, core, interval)
		}
		delete(want, s.Name)
	}
	if len(want) > 0 {
		t.Errorf("areas that are not there: %v", want)
	}
}

// TestShared: each type of package peer is shared by the area that it names.
func TestShared(t *testing.T) {
	t.Parallel()
	shared := map[string]struct {
		as     area.Shared
		result string
	}{
		"pools":         {peer.Pools{}, `[{"id":"p1"}]`},
		"desktops":      {peer.Desktops{}, `{"each":[{"id":"d1"}]}`},
		"login_records": {peer.Logons{}, `{"recent":[{"transaction_id":"t1"}]}`},
		"alarms":        {peer.Alarms{}, `[{"record_id":"r1"}]`},
		"sites":         {peer.Sites{}, `[{"id":"s1"}]`},
		"subnets":       {peer.Subnets{}, `[{"id":"sn1"}]`},
	}
	for _, c := range All() {
		name := c.Spec().Name
		want, shares := shared[name]
		if !shares {
			want.result = `null`
		}
		result, err := c.Restore([]byte(want.result))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := c.Share(result)
		switch {
		case !shares && got != nil:
			t.Errorf("%s shares a %T that this test does not know", name, got)
		case shares && (reflect.TypeOf(got) != reflect.TypeOf(want.as) || got.Area() != name || reflect.ValueOf(got).Len() != 1):
			t.Errorf("%s shares %#v, want one entry of %T", name, got, want.as)
		}
		delete(shared, name)
	}
	if len(shared) > 0 {
		t.Errorf("areas that are not there: %v", shared)
	}
}
