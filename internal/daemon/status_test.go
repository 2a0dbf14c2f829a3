package daemon

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// TestStatusPage: who looks at night sees first what does not work and why,
// what the API says is not shown at all, and nothing is loaded from elsewhere.
func TestStatusPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := newSimulator(60)
		h := start(t, testConfig, sim)
		advance(time.Minute, synctest.Wait)
		if _, page := h.page("/"); strings.Contains(page, "What does not work") {
			t.Error("all works, and the page says otherwise")
		}
		sim.SetFault("ListAlarms", simulator.Fault{Status: 500, Code: "WKS.1", Message: `<script>alert("x")</script>`})
		sim.SetFault("ShowQuotas", simulator.Forbidden())
		advance(6*time.Minute, synctest.Wait)
		_, page := h.page("/")
		top, rest, found := strings.Cut(page, `<h2 id="project-0">`)
		for _, want := range []string{"failing, no values", "HTTP 500 WKS.1", "parked: forbidden", "href=\"#project-2\""} {
			if !found || !strings.Contains(top, want) {
				t.Errorf("the top of the page lacks %q", want)
			}
		}
		if !strings.Contains(rest, `id="project-2"`) || strings.Contains(page, "<script") || strings.Contains(page, "alert(") || strings.Contains(page, secretCanary) {
			t.Error("a project is missing, or the page holds markup of the API or a secret")
		}
		for _, from := range []string{"<link", "<img", "src=", "@import", "url("} {
			if strings.Contains(page, from) {
				t.Errorf("the page loads something: %s", from)
			}
		}
	})
}

func TestAge(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "now", 0: "0s", 1640 * time.Millisecond: "1.6s", 2 * time.Second: "2s",
		12*time.Second + 300*time.Millisecond: "12s", 90 * time.Minute: "1h30m",
	} {
		if got := age(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
