package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// document returns the content's only YAML document, or nil after reporting
// why there is none.
func (p *problems) document(content []byte) *yaml.Node {
	r := &lineReader{lines: slices.Collect(bytes.Lines(content))}
	documents, err := documents(r)
	switch {
	case err != nil:
		p.stop(r.errorLine(err), "not valid YAML: %s", syntaxProblem(err))
	case len(documents) == 0 || isNull(documents[0].Content[0]):
		p.stop(0, "the file is empty: begin with config.example.yml, which holds every key, or try --demo")
	case len(documents) > 1:
		p.stop(documents[1].Line, "a second YAML document begins here: put everything in one document, without --- lines")
	default:
		return documents[0].Content[0]
	}
	return nil
}

// documents parses up to the second document.
func documents(r io.Reader) ([]*yaml.Node, error) {
	var all []*yaml.Node
	d := yaml.NewDecoder(r)
	for len(all) < 2 {
		var n yaml.Node
		err := d.Decode(&n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		all = append(all, &n)
	}
	return all, nil
}

var yamlPrefix = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxProblem is what the YAML library says, which is free of content but
// for the name of an unknown anchor: an unquoted secret may begin with `*`.
func syntaxProblem(err error) string {
	problem := stripLine(err)
	if strings.HasPrefix(problem, "unknown anchor") {
		return "an alias (*name) has no anchor (&name) before it: put values that begin with * in quotes"
	}
	return problem + ": check indentation, brackets and quotes around here"
}

func stripLine(err error) string { return yamlPrefix.ReplaceAllString(err.Error(), "") }

// lineReader delivers a file line by line and so knows how far a parser read.
type lineReader struct {
	lines [][]byte
	// line and column are where to read on.
	line, column int
}

// Read implements io.Reader.
func (r *lineReader) Read(p []byte) (int, error) {
	if r.line == len(r.lines) {
		return 0, io.EOF
	}
	n := copy(p, r.lines[r.line][r.column:])
	r.column += n
	if r.column == len(r.lines[r.line]) {
		r.line, r.column = r.line+1, 0
	}
	return n, nil
}

// maxBack is how many lines before the end of what the parser read an error
// is searched. Each costs another run of the parser.
const maxBack = 20

// errorLine finds the line of a syntax error: the one after the longest
// beginning of the file without the error. The library names a line too early,
// that of the structure around the error, or none; its line is used where
// quotes or brackets span many lines.
func (r *lineReader) errorLine(err error) int {
	last := min(r.line+1, len(r.lines))
	for line := last; line > max(last-maxBack, 0); line-- {
		_, before := documents(bytes.NewReader(bytes.Join(r.lines[:line-1], nil)))
		if before == nil || stripLine(before) != stripLine(err) {
			return line
		}
	}
	line, _ := strconv.Atoi(yamlPrefix.FindStringSubmatch(err.Error())[1])
	return line
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
