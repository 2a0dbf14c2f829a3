// Command workspace_exporter is a Prometheus exporter and alerting daemon for
// Huawei Cloud Workspace (cloud desktops).
package main

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
	"github.com/go-kit/log"
	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"
	slogkit "github.com/tjhop/slog-gokit"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
)

// shutdownTimeout is how long requests in flight may take after SIGTERM.
const shutdownTimeout = 4 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitStatus(err))
	}
}

// commandLine declares the commands, and holds what was given for their flags.
type commandLine struct {
	app                 *kingpin.Application
	logLevel, logFormat *string

	simulate, check, plan *kingpin.CmdClause // serve is what is left
	serveFlags            serveFlags
	simulateFlags         simulateFlags
	checkFlags            checkFlags
	planFlags             *planFlags
}

func newCommandLine(stdout, stderr io.Writer) *commandLine {
	app := kingpin.New("workspace_exporter", "Prometheus exporter for Huawei Cloud Workspace (cloud desktops).")
	app.UsageWriter(stdout).ErrorWriter(stderr).HelpFlag.Short('h')
	app.Version(version.Print("workspace_exporter"))
	c := &commandLine{app: app}
	c.logLevel = app.Flag("log.level", "Log lines of this level and above.").Default("info").Enum("debug", "info", "warn", "error")
	c.logFormat = app.Flag("log.format", "Format of the log lines.").Default("logfmt").Enum("logfmt", "json")

	serve := app.Command("serve", "Poll the API and serve metrics (the default).").Default()
	f := &c.serveFlags
	serve.Flag("config.file", "Configuration file. Without it one project is taken from the environment (HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_REGION).").StringVar(&f.configFile)
	serve.Flag("config.check", "Check the configuration, print every mistake with its place, and exit.").BoolVar(&f.check)
	serve.Flag("web.telemetry-path", "Path of the metrics.").Default("/metrics").StringVar(&f.options.TelemetryPath)
	serve.Flag("web.enable-pprof", "Serve /debug/pprof for profiling.").BoolVar(&f.options.Pprof)
	serve.Flag("demo", "Run on the built-in simulator: no key and no file are needed.").BoolVar(&f.demo)
	serve.Flag("demo.listen", "Address of the demo's simulator, to start incidents there; see simulate --help.").Default("127.0.0.1:0").StringVar(&f.demoListen)
	fleetFlags(serve, "demo.", &f.fleet)
	f.web = kingpinflag.AddFlags(serve, ":9926")

	c.simulate = app.Command("simulate", "Serve the built-in simulator of the Workspace API alone. "+incidentHelp())
	c.simulate.Flag("listen", "Address to listen on; the simulator is meant for loopback addresses.").Default("127.0.0.1:8080").StringVar(&c.simulateFlags.listen)
	fleetFlags(c.simulate, "", &c.simulateFlags.fleet)

	c.check = checkCommand(app, &c.checkFlags)
	c.plan, c.planFlags = planCommand(app)
	return c
}

// run is the program but for the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c := newCommandLine(stdout, stderr)
	command, err := c.app.Parse(args)
	if err != nil {
		return exitError{exitUsage, fmt.Errorf("%w; try --help", err)}
	}
	logger, err := newLogger(stderr, *c.logLevel, *c.logFormat)
	if err != nil {
		return err
	}
	switch command {
	case c.simulate.FullCommand():
		return runSimulator(ctx, c.simulateFlags, logger)
	case c.check.FullCommand():
		return runCheck(ctx, c.checkFlags, stdout, stderr)
	case c.plan.FullCommand():
		return runPlan(ctx, c.planFlags, stdout)
	}
	return runServe(ctx, c.serveFlags, logger, stdout)
}

// serveFlags are the flags of the serve command.
type serveFlags struct {
	configFile  string
	check, demo bool
	demoListen  string
	fleet       fleet
	options     daemon.Options
	web         *web.FlagConfig
}

func runServe(ctx context.Context, f serveFlags, logger *slog.Logger, stdout io.Writer) error {
	// From the first moment to the last: a signal to reload must never kill.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	options := f.options
	options.Logger = logger
	load, stop, err := configuration(ctx, f, logger)
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
		return checkOnly(options, stdout)
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
		logger.Info("metrics are served, the status page is at /", "look_at", lookAt(address, *f.web.WebConfigFile != "")+options.TelemetryPath)
	}
	return serveHTTP(ctx, &http.Server{Handler: d.Handler(), ReadHeaderTimeout: 10 * time.Second}, func(s *http.Server) error {
		return web.ListenAndServe(s, f.web, logger)
	})
}

// configuration returns what reads the configuration, now and for each reload,
// and what ends that it is about.
func configuration(ctx context.Context, f serveFlags, logger *slog.Logger) (load func() (*config.Config, error), stop func(), err error) {
	stop = func() {}
	switch {
	case f.demo && f.configFile != "":
		return nil, nil, errors.New("--demo brings its own configuration: leave out --config.file, or start `workspace_exporter simulate` and point the file's endpoint at it")
	case f.demo:
		return startDemo(ctx, f.fleet, f.demoListen, logger)
	case f.configFile != "":
		load = func() (*config.Config, error) { return config.Load(f.configFile, daemon.Schema(), os.Getenv) }
	default:
		load = func() (*config.Config, error) { return config.FromEnvironment(daemon.Schema(), os.Getenv) }
	}
	return load, stop, nil
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

// checkOnly makes everything that can fail and leaves it. The state belongs to
// the exporter that may be running meanwhile.
func checkOnly(options daemon.Options, stdout io.Writer) error {
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

// newLogger returns a logger whose lines go-kit/log writes.
func newLogger(w io.Writer, level, format string) (*slog.Logger, error) {
	sink := log.NewLogfmtLogger(log.NewSyncWriter(w))
	if format == "json" {
		sink = log.NewJSONLogger(log.NewSyncWriter(w))
	}
	var least slog.LevelVar
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log.level: %w", err)
	}
	return slog.New(slogkit.NewGoKitHandler(sink, &least)), nil
}
