package e2e

import (
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

var (
	demoStack = flag.Bool("demo-stack", false, "start everything for a person to look at, until Ctrl-C")
	demoSpeed = flag.Int("demo-speed", 1, "how many times faster than in production")
)

// TestDemoStack starts the same programs as TestMorning for a person:
// `make demo-stack`.
func TestDemoStack(t *testing.T) {
	if !*demoStack {
		t.Skip("this is for a person: make demo-stack")
	}
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	hook := startWebhook(t, func(n notification) {
		fmt.Printf("%s  %s is told: %s %s %s\n", time.Now().Format(time.TimeOnly), n.Receiver, n.Status, n.Labels["alertname"], n.Labels)
	})
	fmt.Println("building and starting ...")
	watched := fleet{"hq", "ap-southeast-3", simulator.DefaultDesktops}
	// The programs live until the test ends, not only until Ctrl-C: they are
	// stopped one after the other, the way an operator does.
	s := startStack(t.Context(), t, plan{speed: *demoSpeed, fleets: []fleet{watched}, webhook: hook.URL, addresses: map[string]string{
		exporterName: defaultAddress(t, "9926"), prometheusName: defaultAddress(t, "9090"), alertmanagerName: defaultAddress(t, "9093"),
	}})
	fmt.Println(s.instructions(watched))
	<-ctx.Done()
	fmt.Println("\nstopping ...")
}

// defaultAddress has the default port of a program, or a free one if it is taken.
func defaultAddress(t testing.TB, port string) string {
	address := "127.0.0.1:" + port
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return testutil.FreeAddress(t)
	}
	_ = listener.Close()
	return address
}

// instructions says where the programs are and how to begin incidents.
func (s *stack) instructions(f fleet) string {
	var kinds []string
	for _, kind := range simulator.Incidents() {
		kinds = append(kinds, string(kind))
	}
	return strings.NewReplacer(
		"EXPORTER", s.url(exporterName), "PROMETHEUS", s.url(prometheusName), "ALERTMANAGER", s.url(alertmanagerName),
		"CONTROL", s.url(s.simulator(f))+simulator.ControlPath, "KINDS", strings.Join(kinds, ", "), "KIND", kinds[0],
		"DIR", s.dir, "SPEED", fmt.Sprint(s.speed),
	).Replace(`
exporter      EXPORTER/           status page
              EXPORTER/metrics
Prometheus    PROMETHEUS/         the shipped rules, SPEED times as fast as in production
Alertmanager  ALERTMANAGER/         the shipped routes; what receivers are told is printed here

Built by tools/install, Prometheus and Alertmanager answer without web pages:
  promtool query instant PROMETHEUS 'ALERTS{alertstate="firing"}'
  amtool --alertmanager.url=ALERTMANAGER alert query
Released programs that come first on the PATH are used instead, and have pages.

Dashboards: in a Grafana add PROMETHEUS as a Prometheus data source, then import
the files in dashboards/ (Dashboards, New, Import).

Something goes wrong (KINDS), and is well again:
  curl -X POST   'CONTROLincident?kind=KIND'
  curl -X DELETE 'CONTROLincident?kind=KIND'

Configurations and logs are in DIR until Ctrl-C.
`)
}
