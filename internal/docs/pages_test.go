package docs_test

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/promqltest"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// root is the project, seen from here.
const root = "../.."

// page is a document that people wrote or that was generated for them.
type page struct {
	// name is the path in the project.
	name, text string
}

// pages returns README.md, CHANGELOG.md, all of docs/, and the chart's page.
func pages(t *testing.T) []page {
	t.Helper()
	names := []string{"README.md", "CHANGELOG.md", "deploy/helm/workspace-exporter/README.md"}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md"} {
		for _, f := range testutil.Glob(t, filepath.Join(root, pattern)) {
			names = append(names, strings.TrimPrefix(filepath.ToSlash(f), root+"/"))
		}
	}
	all := make([]page, 0, len(names))
	for _, name := range names {
		all = append(all, page{name, readFile(t, name)})
	}
	return all
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	return string(testutil.ReadFile(t, filepath.Join(root, filepath.FromSlash(name))))
}

var (
	fence      = regexp.MustCompile("(?ms)^( *)```.*?^ *```$")
	inlineCode = regexp.MustCompile("`[^`\n]+`")
	link       = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	heading    = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	notSlug    = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// prose is the text without code, in which nothing is a link.
func (p page) prose() string {
	return inlineCode.ReplaceAllString(fence.ReplaceAllString(p.text, ""), "")
}

// anchors are the places within the page that links can lead to.
func (p page) anchors() []string {
	var all []string
	for _, h := range heading.FindAllStringSubmatch(fence.ReplaceAllString(p.text, ""), -1) {
		text := link.ReplaceAllString(h[1], "]")
		all = append(all, strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(text), ""), " ", "-"))
	}
	return all
}

// TestLinksLeadSomewhere: files and headings that pages link to are there.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	all := pages(t)
	for _, p := range all {
		for _, m := range link.FindAllStringSubmatch(p.prose(), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			name := p.name
			if target != "" {
				name = path.Join(path.Dir(p.name), target)
			}
			if _, err := os.Stat(filepath.Join(root, name)); err != nil {
				t.Errorf("%s links to %s, which is not there", p.name, m[1])
				continue
			}
			if strings.HasSuffix(name, ".md") && anchor != "" && !slices.Contains((page{name, readFile(t, name)}).anchors(), anchor) {
				t.Errorf("%s links to %s: %s has no such heading", p.name, m[1], name)
			}
		}
	}
}

// inTree is a path of the project, not one to fill in.
var inTree = regexp.MustCompile("`((?:alerts|apiclient|collector|dashboards|deploy|docs|internal|notifier|scraper|tools)/[\\w./-]*)`")

// TestPathsAreThere: files and directories that pages name are there.
func TestPathsAreThere(t *testing.T) {
	t.Parallel()
	for _, p := range pages(t) {
		for _, m := range inTree.FindAllStringSubmatch(fence.ReplaceAllString(p.text, ""), -1) {
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil && !strings.Contains(m[1], "NAME") {
				t.Errorf("%s names %s, which is not there", p.name, m[1])
			}
		}
	}
}

// TestArchitectureIsWhole: docs/architecture.md links to code of each package.
func TestArchitectureIsWhole(t *testing.T) {
	t.Parallel()
	text := readFile(t, "docs/architecture.md")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		if dir := path.Dir(filepath.ToSlash(name)); dir != root && !strings.Contains(text, "("+strings.TrimPrefix(dir, "../")+"/") {
			t.Errorf("docs/architecture.md links to nothing in %s", strings.TrimPrefix(dir, root+"/"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPagesAreReachable: each page is linked from another one.
func TestPagesAreReachable(t *testing.T) {
	t.Parallel()
	all := pages(t)
	linked := map[string]bool{"README.md": true}
	for _, p := range all {
		for _, m := range link.FindAllStringSubmatch(p.prose(), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if to := path.Join(path.Dir(p.name), target); to != p.name {
				linked[to] = true
			}
		}
	}
	for _, p := range all {
		if !linked[p.name] && path.Dir(p.name) != "docs/runbooks" { // alerts lead there
			t.Errorf("%s: no page links to it", p.name)
		}
	}
}

// TestLinesAreShort: 120 columns, but for tables, code, and addresses that
// cannot be broken.
func TestLinesAreShort(t *testing.T) {
	t.Parallel()
	for _, p := range pages(t) {
		inCode := false
		for i, line := range strings.Split(p.text, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "```") {
				inCode = !inCode
			}
			short := len([]rune(line)) <= 120 || strings.HasPrefix(line, "|") || !strings.Contains(strings.TrimSpace(line), " ")
			if !inCode && !short {
				t.Errorf("%s:%d is longer than 120 columns", p.name, i+1)
			}
		}
	}
}

var (
	makeTarget   = regexp.MustCompile("(?m)(?:^|`)make ([a-z-]+)")
	declared     = regexp.MustCompile(`(?m)^([a-z-]+):`)
	flagRow      = regexp.MustCompile("(?m)^\\| `--([a-z.-]+)` \\|")
	flagName     = regexp.MustCompile(`(?:^|[\s(])--(?:no-)?([a-z][a-z.-]*)`)
	ourCommand   = regexp.MustCompile(`(?:^|[\s/])workspace_exporter(?:\s|$)|go run \.`)
	continuation = regexp.MustCompile(`\\\n\s*`)
	ownFlags     = []string{"help", "version", "help-long", "help-man"}
)

// TestMakeTargets: what pages tell to make can be made.
func TestMakeTargets(t *testing.T) {
	t.Parallel()
	var targets []string
	for _, m := range declared.FindAllStringSubmatch(readFile(t, "Makefile"), -1) {
		targets = append(targets, m[1])
	}
	for _, p := range pages(t) {
		for _, m := range makeTarget.FindAllStringSubmatch(p.text, -1) {
			if !slices.Contains(targets, m[1]) {
				t.Errorf("%s tells to make %s, which the Makefile cannot", p.name, m[1])
			}
		}
	}
}

// TestFlags: commands on pages have flags that the program has. Which it has
// is in docs/configuration.md, which a test holds to the program.
func TestFlags(t *testing.T) {
	t.Parallel()
	known := slices.Clone(ownFlags)
	for _, m := range flagRow.FindAllStringSubmatch(readFile(t, "docs/configuration.md"), -1) {
		known = append(known, m[1])
	}
	for _, p := range pages(t) {
		for _, command := range commands(p.text) {
			for _, m := range flagName.FindAllStringSubmatch(command, -1) {
				if !slices.Contains(known, m[1]) {
					t.Errorf("%s: `%s` has the flag --%s, which is unknown", p.name, command, m[1])
				}
			}
		}
	}
}

// commands returns the lines and pieces of code that call the program, each
// up to the next command of the line.
func commands(text string) []string {
	var all []string
	var candidates []string
	for _, block := range fence.FindAllString(text, -1) {
		candidates = append(candidates, strings.Split(continuation.ReplaceAllString(block, " "), "\n")...)
	}
	for _, code := range inlineCode.FindAllString(text, -1) {
		candidates = append(candidates, strings.Trim(code, "`"))
	}
	for _, c := range candidates {
		if at := ourCommand.FindStringIndex(c); at != nil {
			command, _, _ := strings.Cut(c[at[0]:], "|")
			command, _, _ = strings.Cut(command, "#")
			all = append(all, strings.TrimSpace(command))
		}
	}
	return all
}

var verbatim = regexp.MustCompile("(?ms)^<!-- from (\\S+) -->\n```\\w*\n(.*?\n)```$")

// TestCodeIsVerbatim: code that a page quotes from a file is there.
func TestCodeIsVerbatim(t *testing.T) {
	t.Parallel()
	quotes := 0
	for _, p := range pages(t) {
		for _, m := range verbatim.FindAllStringSubmatch(p.text, -1) {
			quotes++
			if !strings.Contains(readFile(t, m[1]), m[2]) {
				t.Errorf("%s quotes what is not in %s (any more):\n%s", p.name, m[1], m[2])
			}
		}
	}
	if quotes == 0 {
		t.Error("no page quotes code")
	}
}

var (
	metricName = regexp.MustCompile(`huaweicloud_workspace_[a-z0-9_]+`)
	recorded   = regexp.MustCompile(`[a-z_]+:huaweicloud_workspace_[a-z0-9_]+(:[a-z0-9_]+)?`)
)

// TestMetricsOnPages: metrics that pages name exist, and their PromQL can be
// parsed. Recorded series are held against the rules by internal/command.
func TestMetricsOnPages(t *testing.T) {
	t.Parallel()
	known := map[string]bool{"huaweicloud_workspace_exporter_build_info": true}
	for _, m := range metricName.FindAllString(readFile(t, "docs/metrics.md"), -1) {
		for _, suffix := range []string{"", "_bucket", "_count", "_sum"} {
			known[m+suffix] = true
		}
	}
	for _, p := range pages(t) {
		for _, expr := range promqltest.Blocks(p.text) {
			if _, err := promqltest.Parse(expr); err != nil {
				t.Errorf("%s: %v", p.name, err)
			}
		}
		for _, m := range metricName.FindAllString(recorded.ReplaceAllString(p.text, ""), -1) {
			if !known[m] && !strings.HasSuffix(m, "_") {
				t.Errorf("%s names %s, which there is not", p.name, m)
			}
		}
	}
}

var (
	yamlBlock     = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")
	configuration = regexp.MustCompile(`(?m)^(accounts|budget|collectors|privacy|alertmanagers|alerting|state):`)
	misspelt      = regexp.MustCompile(`^(unknown|expected|not valid YAML|the key is given)`)
)

// TestConfigurationsOnPages: keys and types of the configurations that pages
// show are right. What they leave out, and files of secrets, is missing.
func TestConfigurationsOnPages(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, p := range pages(t) {
		var texts []string
		for _, m := range yamlBlock.FindAllStringSubmatch(p.text, -1) {
			texts = append(texts, m[1])
		}
		for _, code := range inlineCode.FindAllString(p.text, -1) {
			if strings.Contains(code, ": ") { // not a key alone
				texts = append(texts, strings.Trim(code, "`"))
			}
		}
		for _, text := range texts {
			if !configuration.MatchString(text) || strings.Contains(text, "NAME") { // a name to fill in
				continue
			}
			checked++
			_, err := config.Parse(p.name, []byte(text), daemon.Schema(), func(string) string { return "" })
			mistakes, _ := errors.AsType[config.Errors](err)
			for _, m := range mistakes {
				if misspelt.MatchString(m.Message) {
					t.Errorf("%s shows a configuration with a mistake: %s: %s\n%s", p.name, m.Key, m.Message, text)
				}
			}
		}
	}
	if checked < 5 {
		t.Errorf("%d configurations on all pages: are they no longer found?", checked)
	}
}

var sourceOfMessages = []string{"apiclient/*.go", "internal/*/*.go", "notifier/*.go", "scraper/*.go"}

// TestQuotedMessages: what docs/troubleshooting.md quotes after msg= or in a
// line of its own that begins with "error:" is said by the code.
func TestQuotedMessages(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	for _, pattern := range sourceOfMessages {
		for _, f := range testutil.Glob(t, filepath.Join(root, pattern)) {
			if !strings.HasSuffix(f, "_test.go") {
				code.Write(testutil.ReadFile(t, f))
			}
		}
	}
	quoted := regexp.MustCompile(`msg="([^"]+)"|says "([^"]+)"`)
	page := strings.Join(strings.Fields(readFile(t, "docs/troubleshooting.md")), " ") // lines are broken anywhere
	found := quoted.FindAllStringSubmatch(page, -1)
	if len(found) < 10 {
		t.Errorf("docs/troubleshooting.md quotes %d messages only", len(found))
	}
	for _, m := range found {
		message := m[1] + m[2]
		for _, piece := range strings.Split(message, " ... ") {
			if !strings.Contains(code.String(), piece) {
				t.Errorf("docs/troubleshooting.md quotes %q, which the program does not say", piece)
			}
		}
	}
}
