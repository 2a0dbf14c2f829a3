package daemon

import (
	"cmp"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// usageCollectors are those of use, users and their events.
var usageCollectors = map[string][]string{
	"users":              {"desktops: true"},
	"user_groups":        {"per_group: true"},
	"otp_devices":        nil,
	"user_events":        nil,
	"user_notifications": nil,
	"access_stages":      nil,
	"notify_rules":       nil,
	"statistics_metrics": {"metric_names: [user_login_count, no_such_metric], dimensions: []"},
	"desktop_usage":      {"top: 10"},
	"user_usage":         {"top: 1000"},
	"app_access":         nil,
	"unused_desktops":    nil,
	"used_desktops":      nil,
	"desktop_idle":       nil,
	"login_records":      nil,
}

func usageOnly() string {
	return hqConfig + "privacy: {user_names: plain}\n" + Schema().CollectorsSection(func(c config.CollectorSchema) (bool, []string) {
		settings, enabled := usageCollectors[c.Name]
		return enabled, settings
	})
}

// TestUsage lets all collectors of use and users watch a night and a working
// morning and compares with the truth. The counting begins at night, when
// nobody logs in.
func TestUsage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Config{
			Desktops: 200, Seed: 11, StartHour: 3.5, Speed: 4,
			AccessKeys: map[string]string{"AKPROD": secretCanary},
			Projects:   []simulator.Project{{ID: projectHQ, Region: "ap-southeast-3"}},
		})
		h := start(t, usageOnly(), sim)
		advance(2*time.Minute, synctest.Wait)
		before := h.sim.Truth().Projects[projectHQ]
		advance(4*time.Hour, synctest.Wait)
		h.sim.Freeze()
		advance(70*time.Minute, synctest.Wait)
		truth := h.sim.Truth().Projects[projectHQ]
		s := h.scrape()
		for name := range usageCollectors {
			s.expect(1, "exporter_collector_success", "collector="+name)
		}
		compareUsers(s, truth)
		compareUse(s, truth)
		compareEvents(s, before, truth)
		h.withinBudget(0.5)
		for _, line := range h.warnings() {
			t.Errorf("unexpected: %s", line)
		}
	})
}

func count[T any](all []T, is func(T) bool) float64 {
	n := 0
	for _, one := range all {
		if is(one) {
			n++
		}
	}
	return float64(n)
}

func compareUsers(s scraped, p simulator.ProjectTruth) {
	s.Helper()
	type user = simulator.User
	now := time.Now()
	for metric, is := range map[string]func(user) bool{
		"users":                         func(user) bool { return true },
		"users_locked":                  func(u user) bool { return u.Locked },
		"users_disabled":                func(u user) bool { return u.Disabled },
		"users_expired":                 func(u user) bool { return u.Expired },
		"users_password_never_expires":  func(u user) bool { return u.PasswordNever },
		"users_password_change_pending": func(u user) bool { return u.PasswordChange },
		"users_without_desktop":         func(u user) bool { return u.Desktops == 0 },
		"users_disabled_with_desktop":   func(u user) bool { return u.Desktops > 0 && (u.Disabled || u.Expired) },
	} {
		s.expect(count(p.Users, is), metric)
	}
	for within, days := range map[string]int{"7d": 7, "30d": 30} {
		s.expect(count(p.Users, func(u user) bool { return u.Expires.After(now) && !u.Expires.After(now.AddDate(0, 0, days)) }), "users_expiring", "within="+within)
	}
	for state, otp := range map[string]string{"REGISTERED": "REGISTERED", "UNREGISTER": "UNREGISTER", "none": ""} {
		s.expect(count(p.Users, func(u user) bool { return u.OTP == otp }), "users_otp", "state="+state)
	}
	s.expect(1, "users_otp_coverage_ratio")
	groups := map[string]float64{}
	for _, u := range p.Users {
		groups[u.Group]++
	}
	s.expect(float64(len(groups)), "user_groups", "platform_type=LOCAL")
	s.expect(float64(len(p.Users)), "user_group_users")
}

func compareUse(s scraped, p simulator.ProjectTruth) {
	s.Helper()
	for name := range usageCollectors {
		if _, n := s.sum("usage_statistics_timestamp_seconds", "collector="+name); n > 0 {
			s.expect(float64(p.Aggregated.Unix()), "usage_statistics_timestamp_seconds", "collector="+name)
		}
	}
	var usage, logins, failures, access float64
	for _, u := range p.UserDays {
		usage += u.Usage.Seconds()
		logins += float64(u.Logins)
		failures += float64(u.Failures)
		access += float64(u.Access)
	}
	s.expect(usage, "user_usage_seconds")
	s.expect(logins, "user_logins")
	s.expect(failures, "user_login_failures")
	s.expect(logins-failures, "user_login_successes")
	s.expect(access, "app_access_failures")

	var seconds float64
	for _, id := range slices.Sorted(maps.Keys(p.UsedHours)) {
		seconds += p.UsedHours[id] * 3600
	}
	s.expect(float64(len(p.UsedHours)), "desktops_used")
	if got, _ := s.sum("desktops_use_seconds"); got < seconds-1 || got > seconds+1 {
		s.Errorf("desktops_use_seconds is %v, want %v", got, seconds)
	}
	longest := slices.SortedFunc(maps.Keys(p.UsedHours), func(a, b string) int { return cmp.Compare(p.UsedHours[b], p.UsedHours[a]) })
	if v, n := s.sum("desktop_usage_seconds", "desktop_id="+longest[0]); n != 1 || v < p.UsedHours[longest[0]]*3600-20 {
		s.Errorf("desktop_usage_seconds of the most used desktop is %v", v)
	}
	if _, n := s.sum("desktop_idle_seconds"); n != 10 {
		s.Errorf("%d series of desktop_idle_seconds, want 10", n)
	}
	for _, rule := range p.NotifyRules {
		s.expect(float64(rule.Days), "notify_rule_threshold_days", "rule_id="+rule.ID)
		s.expect(float64(p.IdleDesktops(rule.Days)), "notify_rule_matched_desktops", "rule_id="+rule.ID)
	}
	if want := slices.ContainsFunc(p.NotifyRules, func(r simulator.NotifyRule) bool { return !r.Enabled }); !want {
		s.Error("no rule is disabled: nothing to compare")
	}
	day := p.Aggregated.Truncate(24 * time.Hour)
	value, _ := simulator.Statistic("user_login_count", day, p.Aggregated)
	s.expect(value, "statistic", "name=user_login_count", "period=day")
	s.expectAbsent("statistic", "name=no_such_metric")
	s.expectAbsent("statistic_growth_ratio", "name=no_such_metric")
	if _, n := s.sum("statistic_trend", "name=user_login_count", "period=hour"); n != 1 {
		s.Error("there is no trend")
	}
}

func compareEvents(s scraped, before, after simulator.ProjectTruth) {
	s.Helper()
	events := map[[2]string]float64{}
	failures := map[[2]string]float64{}
	add := func(records []simulator.LoginRecord, n float64) {
		for _, record := range records {
			for _, e := range simulator.EventsOf(record) {
				result := "success"
				if e.Code != "" {
					result = "failure"
					failures[[2]string{e.Type, e.Code}] += n
				}
				events[[2]string{e.Type, result}] += n
			}
		}
	}
	add(after.Records, 1)
	add(before.Records, -1)
	if events[[2]string{"LOGIN", "success"}] < 50 || len(failures) == 0 {
		s.Fatalf("only %v: nothing to compare", events)
	}
	for e, n := range events {
		if n > 0 {
			s.expect(n, "user_events_total", "event_type="+e[0], "result="+e[1])
		}
	}
	for f, n := range failures {
		if n > 0 {
			s.expect(n, "user_event_failures_total", "event_type="+f[0], "error_code="+f[1])
		}
	}
	if sum, n := s.sum("access_stage_attempts_total", "stage=CONNECT"); n == 0 || sum < 50 {
		s.Errorf("stages of %v logons", sum)
	}
	if failed, _ := s.sum("access_stage_failures_total"); failed == 0 {
		s.Error("no stage has failed")
	}
	s.expect(0, "access_stage_samples_total", "result=missing")
	since := time.Now().Add(-5*time.Hour - 11*time.Minute)
	want := count(after.Notifications, func(n simulator.Notification) bool { return n.At.After(since) })
	if got, _ := s.sum("user_notification_failures_total"); got < want-3 || got > want+3 || want == 0 {
		s.Errorf("%v notifications are counted, about %v came", got, want)
	}
}
