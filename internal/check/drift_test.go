package check

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// deviant is a server that writes something else into its answers.
type deviant struct {
	http.Handler
	path, old, new string
}

func (d deviant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	d.Handler.ServeHTTP(answer, r)
	body := answer.Body.Bytes()
	if strings.HasSuffix(r.URL.Path, d.path) {
		body = bytes.ReplaceAll(body, []byte(d.old), []byte(d.new))
	}
	answer.Header().Del("Content-Length")
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(body)
}

// TestDrift: what differs is in both forms of the report, without its value,
// and the checks are as before.
func TestDrift(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		cfg := parse(t, oneAccount+only("login_state", "desktops"))
		server := deviant{newSimulator(), "/login-state", `"in_use_num":`, `"mail":"zhang.san@example.com","in_use_num":`}
		report, err := Run(t.Context(), Options{Config: cfg, Transport: testutil.Transport{Handler: server}})
		if err != nil {
			t.Fatal(err)
		}
		if !report.OK || len(report.Drift) != 1 {
			t.Fatalf("ok is %t, differences are %v", report.OK, report.Drift)
		}
		if d := report.Drift[0]; d.API != apiclient.ListLoginState.Operation || d.Place != "mail" || d.Difference != "unknown_member" || d.Project != "hq" {
			t.Errorf("difference %+v", d)
		}
		document, err := report.JSON()
		if err != nil {
			t.Fatal(err)
		}
		for _, shown := range []string{string(document), report.Table()} {
			if !strings.Contains(shown, "unknown member") || strings.Contains(shown, "zhang") {
				t.Errorf("the report is\n%s", shown)
			}
		}
	})
}

// TestUnsubscribedInOtherClothes: lists of users and groups say it with codes of
// their own, and 400.
func TestUnsubscribedInOtherClothes(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		sim := newSimulator()
		sim.SetFault("ListUsers", simulator.Failing(400, "WKS.00170312"))
		sim.SetFault("ListUserGroups", simulator.Failing(400, "WKS.00170117"))
		o := checked(t, oneAccount+only("users", "user_groups"), sim)
		for _, operation := range []string{"ListUsers", "ListUserGroups"} {
			o.one(t, "hq", operation).expect(t, NotSubscribed)
		}
		if o.took > time.Minute {
			t.Errorf("it took %s", o.took)
		}
	})
}
