package daemon

import (
	"fmt"
	"net/http"
	"net/http/pprof"

	"github.com/prometheus/client_golang/prometheus"
)

func (d *Daemon) routes(process prometheus.Gatherer) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+d.options.TelemetryPath, d.scraper.Handler(process))
	mux.HandleFunc("GET /{$}", d.serveStatus)
	mux.HandleFunc("GET /api/v1/status", d.serveReport)
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "workspace_exporter is healthy.")
	})
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) {
		if !d.scraper.Ready() {
			http.Error(w, "workspace_exporter is not ready: the first polls are under way.", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "workspace_exporter is ready.")
	})
	mux.HandleFunc("POST /-/reload", d.serveReload)
	mux.HandleFunc("PUT /-/reload", d.serveReload)
	if d.options.Pprof {
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	}
	return mux
}
