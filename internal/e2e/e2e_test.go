// Package e2e runs the exporter together with the programs it is made for:
// Prometheus with the shipped rules, Alertmanager with the shipped routing.
package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/VictoriaMetrics/metricsql"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"github.com/workspace-exporter/workspace_exporter/internal/promqltest"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// speed makes an hour of the morning last 90 seconds.
const speed = 40

// simulated is how long something lasts that takes this long in production.
func simulated(d time.Duration) time.Duration { return d / speed }

// The projects: one that incidents happen in, one without a single desktop,
// and one that is no longer watched after the restart of the exporter.
var (
	hq    = fleet{"hq", "ap-southeast-3", 300}
	empty = fleet{"empty", "ap-southeast-2", 0}
	lab   = fleet{"lab", "ap-southeast-1", 20}
)

// expectedAlerts fire on the simulator's fleet without an incident, and for what
// reason.
var expectedAlerts = map[string]string{
	"HuaweiWorkspaceAlarm":               "the simulator raises an alarm now and then",
	"HuaweiWorkspaceAlarmCritical":       "some of them are critical",
	"HuaweiWorkspaceAlarmMajor":          "and some are major",
	"HuaweiWorkspaceHostUnavailable":     "one of the dedicated hosts is faulty",
	"HuaweiWorkspaceNatGatewayNotActive": "a gateway is being changed",
	"HuaweiWorkspacePoolBelowMinIdle":    "people arrive faster than pools grow",
	"HuaweiWorkspaceProductSoldOut":      "a product is sold out",
}

// byCalendar are the components whose failures the simulator draws by date: on
// some days the newest run of a task fails or loses a desktop, on others none.
var byCalendar = []string{"jobs", "backup"}

// intermittent are metrics that come and go: a rule may ask for one while it is
// not there.
var intermittent = map[string]string{
	"huaweicloud_workspace_desktops_task_overdue": "counts desktops that have a task, and tasks take a second here",
}

// morning is the test's view of a running stack.
type morning struct {
	*stack
	prom
	hook *webhook
	t    *testing.T
}

// TestMorning runs the programs as an operator does through a morning with a
// restart of the exporter and an incident.
func TestMorning(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	hook := startWebhook(t, func(notification) {})
	s := startStack(ctx, t, plan{speed: speed, fleets: []fleet{hq, empty, lab}, webhook: hook.URL})
	m := &morning{s, s.prometheus(), hook, t}

	for _, phase := range []struct {
		name string
		run  func()
	}{
		{"settles", m.settles}, {"restarts", m.restarts}, {"has incidents", m.hasIncidents},
		{"shows everything", m.showsEverything}, {"inhibits", m.inhibits}, {"recovers", m.recovers},
	} {
		begin := time.Now()
		phase.run()
		t.Logf("%s: %v", phase.name, time.Since(begin).Round(time.Second))
	}
}

// settles waits for the first evaluations and lets some minutes go by: what
// fires now must be the case.
func (m *morning) settles() {
	m.t.Helper()
	testutil.Eventually(m.t, time.Minute, "every rule is evaluated", m.healthy)
	m.sleep(10 * time.Minute)
	m.onlyExpectedAlerts()
}

// restarts stops the exporter for a moment and takes a project away.
func (m *morning) restarts() {
	m.t.Helper()
	m.programs[exporterName].Stop()
	m.startExporter([]fleet{hq, empty})
	m.programs[exporterName].Ready(m.url(exporterName) + "/-/ready")
	m.sleep(8 * time.Minute)
	m.onlyExpectedAlerts()
	if left, err := m.query(`{__name__=~"huaweicloud_workspace_.+",project="lab"}`); err != nil || len(left) > 0 {
		m.t.Errorf("%d series are left of the project that is not watched any more, %v", len(left), err)
	}
}

// labelsOf an alert of the project that has incidents.
func labelsOf(alertname string, more ...string) map[string]string {
	labels := map[string]string{"alertname": alertname, "project": hq.name}
	for _, pair := range more {
		name, value, _ := strings.Cut(pair, "=")
		labels[name] = value
	}
	return labels
}

// The alerts that an operator must get.
var (
	unregistered = labelsOf("HuaweiWorkspaceDesktopsUnregistered", "severity=critical")
	burning      = labelsOf("HuaweiWorkspaceConnectionErrorBudgetBurn", "severity=critical", "long=1h")
	alarm        = labelsOf("HuaweiWorkspaceAlarm", "alarm_name="+simulator.IncidentAlarm)
	abnormal     = labelsOf("HuaweiWorkspaceServiceAbnormal")
)

// oncall is the receiver of critical alerts in the shipped routes.
const oncall = "oncall"

// hasIncidents begins incidents and waits until everybody knows. The alarm
// comes and goes meanwhile.
func (m *morning) hasIncidents() {
	m.t.Helper()
	m.begin(simulator.RegistrationLost, simulator.LogonsFail, simulator.CriticalAlarm)
	m.isNotified(alarm, "firing")
	m.end(simulator.CriticalAlarm)
	m.isNotified(burning, "firing")
	m.isNotified(alarm, "resolved")
	m.isNotified(unregistered, "firing")
}

// inhibits adds an outage of the service, during which nobody wants to hear of
// its consequences.
func (m *morning) inhibits() {
	m.t.Helper()
	m.begin(simulator.ServiceDown)
	m.isNotified(abnormal, "firing")
	testutil.Eventually(m.t, time.Minute, "the alert about desktops is suppressed", func() error {
		causes, err := m.alerts(abnormal)
		if err != nil {
			return err
		}
		consequences, err := m.alerts(unregistered)
		if err != nil {
			return err
		}
		for _, c := range consequences {
			for _, cause := range causes {
				if c.Status.State == "suppressed" && slices.Contains(c.Status.InhibitedBy, cause.Fingerprint) {
					return nil
				}
			}
		}
		return fmt.Errorf("causes %+v, consequences %+v", causes, consequences)
	})
	m.end(simulator.ServiceDown)
	m.isNotified(abnormal, "resolved")
}

// recovers ends what is left and waits until everybody knows. It comes after
// inhibits: of what ends while it is suppressed nobody would be told.
func (m *morning) recovers() {
	m.t.Helper()
	m.end(simulator.Incidents()...)
	m.isNotified(unregistered, "resolved")
	m.isNotified(burning, "resolved")
}

// begin and end incidents of the project that has them.
func (m *morning) begin(kinds ...simulator.Incident) { m.incidents(http.MethodPost, kinds) }
func (m *morning) end(kinds ...simulator.Incident)   { m.incidents(http.MethodDelete, kinds) }

func (m *morning) incidents(method string, kinds []simulator.Incident) {
	m.t.Helper()
	for _, kind := range kinds {
		if _, err := testutil.Call(m.ctx, method, m.url(m.simulator(hq))+simulator.ControlPath+"incident?kind="+string(kind)); err != nil {
			m.t.Fatal(err)
		}
	}
}

// sleep lets simulated time go by.
func (m *morning) sleep(d time.Duration) { time.Sleep(simulated(d)) }

// isNotified waits until the last notification of an alert has the status and
// Alertmanager agrees.
func (m *morning) isNotified(alert map[string]string, status string) {
	m.t.Helper()
	testutil.Eventually(m.t, 2*time.Minute, fmt.Sprint(alert, " is told as ", status), func() error {
		n, ok := m.hook.last(alert)
		if !ok || n.Status != status {
			return fmt.Errorf("the last notification is %+v, and %v are firing", n, m.firing())
		}
		if n.Receiver != oncall {
			return fmt.Errorf("%s is told instead of %s", n.Receiver, oncall)
		}
		held, err := m.alerts(alert)
		if err == nil && (len(held) > 0) != (status == "firing") {
			err = fmt.Errorf("alertmanager has %v", held)
		}
		return err
	})
}

// onlyExpectedAlerts fails if any other critical or warning alert has fired so
// far.
func (m *morning) onlyExpectedAlerts() {
	m.t.Helper()
	fired, err := m.query(`max_over_time(ALERTS{alertstate="firing",severity=~"critical|warning"}[1h])`)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, alert := range fired {
		if expectedAlerts[string(alert.Metric["alertname"])] == "" && !slices.Contains(byCalendar, string(alert.Metric["component"])) {
			m.t.Errorf("fired although nothing is wrong: %v", alert.Metric)
		}
	}
}

// healthy tells whether all rules were evaluated without an error.
func (m *morning) healthy() error {
	for _, group := range m.groups() {
		for _, rule := range group.Rules {
			var health v1.RuleHealth
			var name, problem string
			switch r := rule.(type) {
			case v1.RecordingRule:
				name, health, problem = r.Name, r.Health, r.LastError
			case v1.AlertingRule:
				name, health, problem = r.Name, r.Health, r.LastError
			}
			if health != v1.RuleHealthGood {
				return fmt.Errorf("rule %s is %s: %s", name, health, problem)
			}
		}
	}
	return nil
}

// showsEverything asks for all that rules and dashboards ask for. What has no
// answer is asked again: a scrape may have failed, or nothing been the case.
func (m *morning) showsEverything() {
	m.t.Helper()
	if err := m.healthy(); err != nil {
		m.t.Error(err)
	}
	var open []question
	for _, group := range m.groups() {
		for _, rule := range group.Rules {
			switch r := rule.(type) {
			case v1.RecordingRule:
				open = append(open, m.exists(r.Name, r.Query), m.hasData("rule "+r.Name, r.Name, lookingAtNow(m.t, r.Query)))
			case v1.AlertingRule:
				if r.Name == "HuaweiWorkspaceAPIDrift" { // its metric is there only where the API differs, and the simulator does not
					continue
				}
				open = append(open, m.exists(r.Name, r.Query))
			}
		}
	}
	for _, p := range panels(m.t) {
		open = append(open, m.hasData(p.where, p.expr))
	}
	for begin := time.Now(); ; time.Sleep(2 * time.Second) {
		shown := m.scrape()
		var unanswered []question
		var problems []error
		for _, ask := range open {
			if err := ask(shown); err != nil {
				unanswered, problems = append(unanswered, ask), append(problems, err)
			}
		}
		if open = unanswered; len(open) == 0 {
			return
		}
		if time.Since(begin) > time.Minute {
			m.t.Errorf("these have no answer:\n%v", errors.Join(problems...))
			return
		}
	}
}

// question is something that the stack must be able to tell; what the exporter
// shows at the moment is at hand.
type question func(promqltest.Scrape) error

func (m *morning) scrape() promqltest.Scrape {
	m.t.Helper()
	page, err := testutil.Get(m.ctx, m.url(exporterName)+"/metrics")
	if err != nil {
		m.t.Fatal(err)
	}
	shown, err := promqltest.ReadScrape(strings.NewReader(page))
	if err != nil {
		m.t.Fatal(err)
	}
	return shown
}

// hasData asks whether one of the expressions has a value now.
func (m *morning) hasData(what string, exprs ...string) question {
	return func(promqltest.Scrape) error {
		for _, expr := range exprs {
			if got, err := m.query(expr); err != nil || len(got) > 0 {
				return err
			}
		}
		return fmt.Errorf("%s has no data: %s", what, exprs[0])
	}
}

// exists asks whether the exporter shows what an expression names: metrics,
// labels and values of labels. What rules record is not scraped.
func (m *morning) exists(rule, expr string) question {
	m.t.Helper()
	use, err := promqltest.Parse(expr)
	if err != nil {
		m.t.Errorf("%s: %v", rule, err)
	}
	return func(shown promqltest.Scrape) error {
		var missing []string
		for _, s := range use.Selectors {
			if strings.HasPrefix(s.Metric, "huaweicloud_workspace_") && intermittent[s.Metric] == "" {
				missing = append(missing, shown.Missing(s)...)
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("%s: %s", rule, strings.Join(missing, ", "))
		}
		return nil
	}
}

// lookingAtNow is an expression without its offsets: what it compares with, a
// day or a week ago, is older than the test.
func lookingAtNow(t testing.TB, expr string) string {
	t.Helper()
	tree, err := metricsql.Parse(expr)
	if err != nil {
		t.Fatal(err)
	}
	metricsql.VisitAll(tree, func(node metricsql.Expr) {
		if n, ok := node.(*metricsql.RollupExpr); ok {
			n.Offset = nil
		}
	})
	return string(tree.AppendString(nil))
}
