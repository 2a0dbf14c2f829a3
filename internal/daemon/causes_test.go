package daemon

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// TestOneLineForOneCause: a key that is refused and a host that gives no answer
// are one line in the log and on the status page, not one for each collector of
// three projects, and one when all is well again.
func TestOneLineForOneCause(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault   simulator.Fault
		of      string
		lines   int
		minutes time.Duration
	}{
		// Of each account: that it is paused, the first collector that fails, that
		// values are too old; and once that those of collectors are that wait for one.
		"key":  {simulator.TokenExpired(), "the key of account prod", 2*3 + 1, 10},
		"host": {simulator.Fault{Hang: true}, "the host " + apiHost, 2 + 1, 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := start(t, testConfig+"collectors: {}\n", newSimulator(20))
				advance(6*time.Minute, synctest.Wait)
				h.warnings()
				h.sim.SetFault("", c.fault)
				advance(c.minutes*time.Minute, synctest.Wait)
				if lines := h.warnings(); len(lines) == 0 || len(lines) > c.lines {
					t.Errorf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
				}
				w := httptest.NewRecorder()
				h.daemon.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
				_, failing, _ := strings.Cut(w.Body.String(), "What does not work")
				failing, _, _ = strings.Cut(failing, "</table>")
				if rows := strings.Count(failing, "<tr>"); rows > 4 || !strings.Contains(failing, " collectors, by "+c.of) {
					t.Errorf("%d rows do not work:\n%s", rows, failing)
				}
				h.sim.Repair("")
				advance(11*time.Minute, synctest.Wait)
				if n := strings.Count(h.log.Take(), `level=INFO msg="collector works again"`); n == 0 || n > 2 {
					t.Errorf("%d lines say that a collector works again", n)
				}
			})
		})
	}
}
