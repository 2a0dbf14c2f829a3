package command

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kingpin/v2"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/docs"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// TestConfigurationPage fails when the page tells of other keys, variables or
// flags than the program has.
func TestConfigurationPage(t *testing.T) {
	t.Parallel()
	testutil.UpToDate(t, filepath.Join(root, "docs", "configuration.md"), renderConfiguration(t), *update, "make docs")
}

func renderConfiguration(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`# Configuration

<!-- Generated from declarations in internal/config, collector/ and internal/command by ` + "`make docs`" + `; do not edit. -->

The exporter is configured by a file, or for a single project by the environment alone; flags say where things are.
[config.example.yml](../config.example.yml) is the file with every key and its default. A mistake does not hide others:

` + "```sh" + `
workspace_exporter --config.check --config.file=config.yml
` + "```" + `

prints all of them with their line and key, and never a value of the file, because any value may be a misplaced secret.
SIGHUP and ` + "`POST /-/reload`" + ` put a changed file in force ([how](architecture.md#reload)); all keys but ` + "`state.path`" + ` can
change so.

## File

YAML, strict: an unknown key, a key that is given twice and a value of the wrong type are errors. Anchors, aliases and
merges (` + "`<<`" + `) work.

| type | how to write it |
|---|---|
| duration | number and unit: ` + "`30s`, `1m30s`, `1d`" + ` |
| path | a relative one starts from the directory of the configuration file |
| secret | text that is never shown, neither in logs nor on pages nor in errors; where there is a key ending in ` + "`_file`" + `, it can be in a file of its own, of which white space at the ends is left out |
| name: string | a mapping of free names |
| section | a mapping of the keys in the lines below |
`)
	b.Write(config.Reference(daemon.Schema()))
	b.WriteString("\n## Environment\n\n| variable | read for | meaning |\n|---|---|---|\n")
	for _, v := range config.Variables() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.Name, v.For, v.Help)
	}
	b.WriteString("\n## Flags\n\nA switch (true, false) is turned off with `--no-` before its name.\n\n")
	model := newCommandLine(io.Discard, io.Discard).app.Model()
	flagTable(&b, "every command", "", model.Flags)
	for _, c := range model.Commands {
		if c.Name != "help" {
			flagTable(&b, c.Name, c.Help, c.Flags)
		}
	}
	return b.String()
}

func flagTable(w io.Writer, title, help string, flags []*kingpin.FlagModel) {
	fmt.Fprintf(w, "### %s\n\n", title)
	if help != "" {
		fmt.Fprintf(w, "%s\n\n", docs.Wrap(help))
	}
	fmt.Fprint(w, "| flag | default | meaning |\n|---|---|---|\n")
	for _, f := range flags {
		if f.Hidden {
			continue
		}
		standard := "none"
		switch {
		case f.IsBoolFlag():
			standard = "`false`"
		case len(f.Default) > 0 && f.Default[0] != "":
			standard = "`" + f.Default[0] + "`"
		}
		fmt.Fprintf(w, "| `--%s` | %s | %s |\n", f.Name, standard, strings.ReplaceAll(f.Help, "|", "\\|"))
	}
	fmt.Fprintln(w)
}
