package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/workspace-exporter/workspace_exporter/internal/check"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/iam"
)

// checkFlags are the flags of the check command.
type checkFlags struct {
	configFile, account, format string
	timeout                     time.Duration
	iamPolicy                   bool
	policyFormat                string
}

func checkCommand(app *kingpin.Application, f *checkFlags) *kingpin.CmdClause {
	c := app.Command("check", "Try out the configuration on the live API: credentials, hosts, clock, project ids, and one smallest call of each operation. Exits with 1 if something failed, 2 if the configuration or a flag is wrong.")
	c.Flag("config.file", "Configuration file. Without it one project is taken from the environment, as for serve.").StringVar(&f.configFile)
	c.Flag("account", "Check this account only.").StringVar(&f.account)
	c.Flag("format", "Format of the report on standard output.").Default("table").EnumVar(&f.format, "table", "json")
	c.Flag("timeout", "How long to wait for the answer to a call.").Default("10s").DurationVar(&f.timeout)
	c.Flag("iam-policy", "Call nothing: print the IAM policy that the enabled collectors need. Keys need not be there.").BoolVar(&f.iamPolicy)
	c.Flag("iam-policy.format", "An identity policy (Version 5.0) or a classic custom policy (Version 1.1).").Default(iam.Formats()[0]).EnumVar(&f.policyFormat, iam.Formats()...)
	return c
}

func runCheck(ctx context.Context, f checkFlags, stdout, stderr io.Writer) error {
	cfg, err := f.config()
	if err != nil {
		return exitError{exitUsage, err}
	}
	if f.iamPolicy {
		return printPolicies(cfg, iam.Format(f.policyFormat), stdout, stderr)
	}
	report, err := check.Run(ctx, check.Options{Config: cfg, Timeout: f.timeout, Progress: progress(stderr, isTerminal(stderr))})
	if err != nil {
		return fmt.Errorf("the check was given up: %w", err)
	}
	text := []byte(report.Table())
	if f.format == "json" {
		if text, err = report.JSON(); err != nil {
			return err
		}
	}
	if _, err := stdout.Write(text); err != nil {
		return fmt.Errorf("cannot write the report: %w", err)
	}
	if !report.OK {
		return fmt.Errorf("%d of %d checks failed: the details are in the report, and docs/check.md says what to do", report.Bad(), len(report.Checks))
	}
	return nil
}

// config loads the configuration and leaves the accounts to check.
func (f checkFlags) config() (*config.Config, error) {
	schema := daemon.Schema()
	// The policy comes before the user that it is for, and that before its keys.
	schema.Offline = f.iamPolicy
	cfg, err := loadConfig(f.configFile, schema)
	if err != nil || f.account == "" {
		return cfg, err
	}
	selected := *cfg
	selected.Accounts = slices.DeleteFunc(slices.Clone(cfg.Accounts), func(a config.Account) bool { return a.Name != f.account })
	if len(selected.Accounts) == 0 {
		return nil, fmt.Errorf("--account %q: the configuration has no account of this name", f.account)
	}
	return &selected, nil
}

// progress writes a line for each check, or counts where a terminal shows it.
func progress(w io.Writer, terminal bool) func(done, total int, c check.Check) {
	if !terminal {
		var last check.Check
		return func(done, total int, c check.Check) {
			if !c.SameSkip(last) { // the first line says it for all that follow
				fmt.Fprintf(w, "[%d/%d] %s\n", done, total, c.Line())
			}
			last = c
		}
	}
	return func(done, total int, c check.Check) {
		fmt.Fprintf(w, "\r\x1b[K%d of %d checks", done, total)
		if !c.Result.Good() {
			fmt.Fprintf(w, "\r\x1b[K%s\n", c.Line())
		}
		if done == total {
			fmt.Fprint(w, "\r\x1b[K")
		}
	}
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// printPolicies prints the policy of the one account, or of each by its name.
func printPolicies(cfg *config.Config, format iam.Format, stdout, stderr io.Writer) error {
	policies := map[string]iam.Policy{}
	for _, a := range cfg.Accounts {
		endpoints, findProjects := check.Needs(a)
		policies[a.Name] = iam.New(format, endpoints, findProjects)
		for _, note := range iam.Notes(format, endpoints, findProjects) {
			fmt.Fprintf(stderr, "account %s: %s\n", a.Name, note)
		}
	}
	document := iam.JSONByName(policies)
	if len(cfg.Accounts) == 1 {
		document = policies[cfg.Accounts[0].Name].JSON()
	} else {
		fmt.Fprintln(stderr, "the policies are printed by the name of their account; --account prints one alone")
	}
	_, err := stdout.Write(document)
	return err
}
