// Package command holds the commands of the program: serve, which is the
// default, simulate, check, plan and capture.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/alecthomas/kingpin/v2"
	"github.com/go-kit/log"
	"github.com/prometheus/common/version"
	slogkit "github.com/tjhop/slog-gokit"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
)

// Exit statuses beside 0, documented in docs/check.md.
const (
	exitFailed = 1
	exitUsage  = 2
)

// exitError is an error with an exit status of its own.
type exitError struct {
	status int
	error
}

func (e exitError) Unwrap() error { return e.error }

// ExitStatus returns the exit status of a process that ends with err.
func ExitStatus(err error) int {
	if e, ok := errors.AsType[exitError](err); ok {
		return e.status
	}
	if err != nil {
		return exitFailed
	}
	return 0
}

// Run runs the command that the arguments name until it ends or ctx does.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
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
		return runSimulate(ctx, c.simulateFlags, logger)
	case c.capture.FullCommand():
		return runCapture(ctx, c.captureFlags, stdout, stderr)
	case c.check.FullCommand():
		return runCheck(ctx, c.checkFlags, stdout, stderr)
	case c.plan.FullCommand():
		return runPlan(ctx, c.planFlags, stdout)
	}
	return runServe(ctx, c.serveFlags, logger, stdout)
}

// commandLine declares the commands and holds the values of their flags.
type commandLine struct {
	app                 *kingpin.Application
	logLevel, logFormat *string

	simulate, capture, check, plan *kingpin.CmdClause // serve is the default

	serveFlags    serveFlags
	simulateFlags simulateFlags
	captureFlags  captureFlags
	checkFlags    checkFlags
	planFlags     planFlags
}

func newCommandLine(stdout, stderr io.Writer) *commandLine {
	app := kingpin.New("workspace_exporter", "Prometheus exporter for Huawei Cloud Workspace (cloud desktops).")
	app.UsageWriter(stdout).ErrorWriter(stderr).HelpFlag.Short('h')
	app.Version(version.Print("workspace_exporter"))
	c := &commandLine{app: app}
	c.logLevel = app.Flag("log.level", "Log lines of this level and above.").Default("info").Enum("debug", "info", "warn", "error")
	c.logFormat = app.Flag("log.format", "Format of the log lines.").Default("logfmt").Enum("logfmt", "json")
	serveCommand(app, &c.serveFlags)
	c.simulate = simulateCommand(app, &c.simulateFlags)
	c.check = checkCommand(app, &c.checkFlags)
	c.plan = planCommand(app, &c.planFlags)
	c.capture = captureCommand(app, &c.captureFlags)
	return c
}

// loadConfig reads the file, or the environment if file is "".
func loadConfig(file string, schema config.Schema) (*config.Config, error) {
	if file == "" {
		return config.FromEnvironment(schema, os.Getenv)
	}
	return config.Load(file, schema, os.Getenv)
}

// newLogger returns a logger whose lines go-kit/log writes.
func newLogger(w io.Writer, level, format string) (*slog.Logger, error) {
	sink := log.NewLogfmtLogger(log.NewSyncWriter(w))
	if format == "json" {
		sink = log.NewJSONLogger(log.NewSyncWriter(w))
	}
	var minLevel slog.LevelVar
	if err := minLevel.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log.level: %w", err)
	}
	return slog.New(slogkit.NewGoKitHandler(sink, &minLevel)), nil
}
