package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/workspace-exporter/workspace_exporter/internal/capture"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
)

// captureFlags are the flags of the capture command.
type captureFlags struct {
	configFile, output string
	projects           []string
	timeout            time.Duration
	yes                bool
}

func captureCommand(app *kingpin.Application, f *captureFlags) *kingpin.CmdClause {
	c := app.Command("capture", "Record what the API answers to one poll of every enabled collector, with everything personal or secret replaced, "+
		"for a report or a test. It shows what will be written and asks before it writes. simulate --replay serves the folder.")
	c.Flag("config.file", "Configuration file. Without it one project is taken from the environment, as for serve.").StringVar(&f.configFile)
	c.Flag("output", "Folder to write; it must not be there, or be empty.").Required().StringVar(&f.output)
	c.Flag("project", "Capture this project only, as PROJECT or ACCOUNT/PROJECT (repeatable).").StringsVar(&f.projects)
	c.Flag("timeout", "How long to wait for the answer to a call.").Default("30s").DurationVar(&f.timeout)
	c.Flag("yes", "Write without asking.").Short('y').BoolVar(&f.yes)
	return c
}

func runCapture(ctx context.Context, f captureFlags, stdout, stderr io.Writer) error {
	cfg, err := f.config()
	if err != nil {
		return exitError{exitUsage, err}
	}
	if err := capture.Free(f.output); err != nil {
		return exitError{exitUsage, err}
	}
	if !f.yes && !isTerminal(os.Stdin) {
		return exitError{exitUsage, errors.New("nobody can be asked: standard input is no terminal; give --yes to write without asking")}
	}
	captured, err := capture.Collect(ctx, capture.Options{Config: cfg, Timeout: f.timeout, Progress: func(done, total int, name string, err error) {
		outcome := "ok"
		if err != nil {
			outcome = err.Error()
		}
		fmt.Fprintf(stderr, "[%d/%d] %s: %s\n", done, total, name, outcome)
	}})
	if err != nil {
		return err
	}
	captured.Summary(stdout)
	if !f.yes {
		fmt.Fprintf(stdout, "\nWrite this to %s? [y/N] ", f.output)
		if !confirmed(ctx, os.Stdin) {
			return errors.New("nothing was written")
		}
	}
	if err := captured.Write(ctx, f.output); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "\n%s is written. A search of it for everything that was replaced found nothing. Look at it before you send it.\n", f.output)
	return nil
}

// confirmed waits for a yes.
func confirmed(ctx context.Context, in io.Reader) bool {
	answer := make(chan string, 1)
	go func() { // it ends with the process
		line, _ := bufio.NewReader(in).ReadString('\n') // an error leaves no yes
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case line := <-answer:
		return line == "y" || line == "yes"
	case <-ctx.Done():
		return false
	}
}

// config loads the configuration and leaves the projects to capture.
func (f captureFlags) config() (*config.Config, error) {
	cfg, err := loadConfig(f.configFile, daemon.Schema())
	if err != nil || len(f.projects) == 0 {
		return cfg, err
	}
	selected := *cfg
	selected.Accounts = nil
	found := map[string]bool{}
	for _, a := range cfg.Accounts {
		projects := a.Projects
		a.Projects = nil
		for _, p := range projects {
			for _, name := range []string{p.Name, a.Name + "/" + p.Name} {
				if slices.Contains(f.projects, name) && !found[a.Name+"\x00"+p.Name] {
					found[name], found[a.Name+"\x00"+p.Name] = true, true
					a.Projects = append(a.Projects, p)
				}
			}
		}
		if len(a.Projects) > 0 {
			selected.Accounts = append(selected.Accounts, a)
		}
	}
	for _, name := range f.projects {
		if !found[name] {
			return nil, fmt.Errorf("--project %q: the configuration has no project of this name", name)
		}
	}
	return &selected, nil
}
