package daemon

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// FuzzHTTP asks a daemon for anything: it answers, does not blame itself and
// shows no secret.
func FuzzHTTP(f *testing.F) {
	for _, path := range []string{"/", "/metrics", "/metrics?name[]=up", "/api/v1/status", "/-/healthy", "/-/ready", "/-/reload", "/debug/pprof/", "/%2e%2e/etc/passwd", "//"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodHead, "TRACE"} {
			f.Add(method, path, "application/openmetrics-text; version=1.0.0", "gzip", "")
			f.Add(method, path, "*/*;q=2", "zstd", "body")
		}
	}
	load := func() (*config.Config, error) {
		return config.Parse("config.yml", []byte(testConfig), Schema(), func(string) string { return "" })
	}
	checked, err := load()
	if err != nil {
		f.Fatal(err)
	}
	d, err := New(Options{Config: checked, Logger: slog.New(slog.DiscardHandler), TelemetryPath: "/metrics",
		Load: load, Transport: testutil.Transport{Handler: newSimulator(1)}})
	if err != nil {
		f.Fatal(err)
	}
	d.Start(f.Context())
	f.Cleanup(func() { _ = d.Stop() })
	handler := d.Handler()
	f.Fuzz(func(t *testing.T, method, target, accept, encoding, body string) {
		at, err := url.ParseRequestURI(target)
		if err != nil {
			t.Skip()
		}
		r := &http.Request{Method: method, URL: at, Host: "localhost", Body: io.NopCloser(strings.NewReader(body)),
			Header: http.Header{"Accept": {accept}, "Accept-Encoding": {encoding}}}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r.WithContext(t.Context()))
		if w.Code >= http.StatusInternalServerError && at.Path != "/-/ready" {
			t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), secretCanary) {
			t.Errorf("%s %s shows a secret", method, target)
		}
	})
}
