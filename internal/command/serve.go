package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
)

// shutdownTimeout is how long requests in flight may take after SIGTERM.
const shutdownTimeout = 4 * time.Second

// serveFlags are the flags of the serve command.
type serveFlags struct {
	configFile  string
	check, demo bool
	demoListen  string
	fleet       fleet
	options     daemon.Options
	web         *web.FlagConfig
}

func serveCommand(app *kingpin.Application, f *serveFlags) {
	c := app.Command("serve", "Poll the API and serve metrics (the default).").Default()
	c.Flag("config.file", "Configuration file. Without it one project is taken from the environment (HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_REGION).").StringVar(&f.configFile)
	c.Flag("config.check", "Check the configuration, print every mistake with its place, and exit.").BoolVar(&f.check)
	c.Flag("web.telemetry-path", "Path of the metrics.").Default("/metrics").StringVar(&f.options.TelemetryPath)
	c.Flag("web.enable-pprof", "Serve /debug/pprof for profiling.").BoolVar(&f.options.Pprof)
	c.Flag("demo", "Run on the built-in simulator: no key and no file are needed.").BoolVar(&f.demo)
	c.Flag("demo.listen", "Address of the demo's simulator, to start incidents there; see simulate --help.").Default("127.0.0.1:0").StringVar(&f.demoListen)
	fleetFlags(c, "demo.", &f.fleet)
	f.web = kingpinflag.AddFlags(c, ":9926")
}

func runServe(ctx context.Context, f serveFlags, logger *slog.Logger, stdout io.Writer) error {
	// Before anything else: a SIGHUP that nobody handles ends the process.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	options := f.options
	options.Logger = logger
	load, stop, err := configLoader(ctx, f, logger)
	if err != nil {
		return err
	}
	defer stop()
	if options.Config, err = load(); err != nil {
		return err
	}
	options.Load = load
	if !strings.HasPrefix(options.TelemetryPath, "/") || options.TelemetryPath == "/" {
		return fmt.Errorf("--web.telemetry-path %q: it begins with / and is not / itself, which is the status page", options.TelemetryPath)
	}
	if err := web.Validate(*f.web.WebConfigFile); err != nil {
		return fmt.Errorf("--web.config.file %s: %w", *f.web.WebConfigFile, err)
	}
	if f.check {
		return validateConfig(options, stdout)
	}
	d, err := daemon.New(options)
	if err != nil {
		return err
	}
	logger.Info("starting", "version", version.Info(), "build", version.BuildContext())
	d.Start(ctx)
	go reloadOnHangup(ctx, hangups, d)
	defer func() {
		if stopErr := d.Stop(); stopErr != nil {
			logger.Error("the state was not closed well", "err", stopErr)
		}
	}()
	for _, address := range *f.web.WebListenAddresses {
		logger.Info("metrics are served, the status page is at /", "look_at", browserURL(address, *f.web.WebConfigFile != "")+options.TelemetryPath)
	}
	return serveHTTP(ctx, newServer(d.Handler(), logger), func(s *http.Server) error {
		return web.ListenAndServe(s, f.web, logger)
	})
}

// newServer logs what net/http has to say, such as handshakes that fail, by the
// logger: in its format, and at level debug, as anybody can cause it.
func newServer(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}

// configLoader returns the function that loads the configuration, at the start
// and for each reload, and the one that stops the demo's simulator.
func configLoader(ctx context.Context, f serveFlags, logger *slog.Logger) (load func() (*config.Config, error), stop func(), err error) {
	switch {
	case f.demo && f.configFile != "":
		return nil, nil, errors.New("--demo brings its own configuration: leave out --config.file, or start `workspace_exporter simulate` and point the file's endpoint at it")
	case f.demo:
		return startDemo(ctx, f.fleet, f.demoListen, logger)
	}
	load = func() (*config.Config, error) { return loadConfig(f.configFile, daemon.Schema()) }
	return load, func() {}, nil
}

// reloadOnHangup reloads the configuration at each hangup until ctx ends.
func reloadOnHangup(ctx context.Context, hangups <-chan os.Signal, d *daemon.Daemon) {
	for {
		select {
		case <-hangups:
			_ = d.Reload() // it logs what is wrong
		case <-ctx.Done():
			return
		}
	}
}

// validateConfig builds the daemon without starting it, and without the state: an
// exporter that is running may have it open.
func validateConfig(options daemon.Options, stdout io.Writer) error {
	stateless := *options.Config
	stateless.StatePath = ""
	options.Config, options.Logger = &stateless, slog.New(slog.DiscardHandler)
	if _, err := daemon.New(options); err != nil {
		return err
	}
	fmt.Fprintln(stdout, "the configuration is valid")
	return nil
}

// serveHTTP serves until ctx ends, then lets requests in flight finish.
func serveHTTP(ctx context.Context, server *http.Server, listen func(*http.Server) error) error {
	failed := make(chan error, 1)
	go func() { failed <- listen(server) }()
	select {
	case err := <-failed:
		return fmt.Errorf("cannot serve HTTP: %w", err)
	case <-ctx.Done():
	}
	timeout, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(timeout); err != nil {
		return server.Close()
	}
	return nil
}

// browserURL is an address as one types it into a browser on this machine.
func browserURL(listen string, tls bool) string {
	if strings.HasPrefix(listen, ":") {
		listen = "localhost" + listen
	}
	if tls {
		return "https://" + listen
	}
	return "http://" + listen
}
