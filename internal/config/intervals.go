package config

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"gopkg.in/yaml.v3"
)

// Interval is an interval to set for a collector of a project.
type Interval struct {
	Account, Project, Collector string
	Interval                    time.Duration
}

// Read returns the content of a configuration file. The error is of type
// Errors.
func Read(path string) ([]byte, error) {
	content, err := readNonBlocking(path)
	if err != nil {
		return nil, Errors{{File: path, Message: "cannot read the configuration file: " + reason(err) + "; check --config.file"}}
	}
	return content, nil
}

// readNonBlocking reads a file or what is in a pipe. A named pipe that nobody
// writes to counts as empty: it must not block a reload and the shutdown.
func readNonBlocking(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// WithIntervals returns the content of a file, which c was parsed from, with
// other intervals: in the global section where all projects that have the
// collector get the same one, otherwise in the project's own. What is secret is
// replaced by words that say what to put back.
func WithIntervals(content []byte, c *Config, intervals []Interval) ([]byte, error) {
	all, err := documents(bytes.NewReader(content))
	if err != nil || len(all) == 0 {
		return nil, fmt.Errorf("the configuration cannot be read again: %w", err)
	}
	root := all[0].Content[0]
	for _, name := range collectorsOf(intervals) {
		of := slices.DeleteFunc(slices.Clone(intervals), func(i Interval) bool { return i.Collector != name })
		setIntervals(root, c, name, of)
	}
	(&redactor{keys: secretKeys(reflect.TypeFor[fileConfig]())}).redact(all[0])
	var out bytes.Buffer
	out.WriteString("# The intervals are those that `workspace_exporter plan --suggest` found to fit.\n" +
		"# Keys and passwords are not printed: put them back where it says PUT-BACK.\n" +
		"# Relative paths start from the directory of the file that this was made from: keep it there.\n")
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(all[0]); err != nil {
		return nil, fmt.Errorf("the configuration cannot be written: %w", err)
	}
	return out.Bytes(), e.Close()
}

func collectorsOf(intervals []Interval) []string {
	var names []string
	for _, i := range intervals {
		if !slices.Contains(names, i.Collector) {
			names = append(names, i.Collector)
		}
	}
	return names
}

// setIntervals sets the interval of one collector.
func setIntervals(root *yaml.Node, c *Config, name string, intervals []Interval) {
	same := true
	var places []*yaml.Node
	accounts := member(root, "accounts")
	for i, account := range c.Accounts {
		projects := member(item(accounts, i), "projects")
		for j, project := range account.Projects {
			node := item(projects, j)
			wanted := slices.IndexFunc(intervals, func(i Interval) bool { return i.Account == account.Name && i.Project == project.Name })
			own := find(find(find(node, "collectors"), name), intervalKey)
			if wanted < 0 {
				same = same && !project.Collectors[name].Enabled
				continue
			}
			same = same && own == nil && intervals[wanted].Interval == intervals[0].Interval
			places = append(places, node)
		}
	}
	if same {
		set(root, name, intervals[0].Interval)
		return
	}
	for i, interval := range intervals {
		set(places[i], name, interval.Interval)
	}
}

// set sets collectors.<name>.interval below a mapping.
func set(n *yaml.Node, name string, interval time.Duration) {
	collector := member(member(n, "collectors"), name)
	value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: formatDuration(interval)}
	if place := place(collector, intervalKey); place >= 0 {
		collector.Content[place] = value
		return
	}
	collector.Content = append(collector.Content, key(intervalKey), value)
}

func key(name string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}
}

// place is the index of the value of a key that a mapping itself has, -1 if
// it has not.
func place(n *yaml.Node, name string) int {
	if n == nil || n.Kind != yaml.MappingNode {
		return -1
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return i + 1
		}
	}
	return -1
}

// find returns the value of a key, be it from a mapping that is merged in, nil
// if there is none.
func find(n *yaml.Node, name string) *yaml.Node {
	if n == nil {
		return nil
	}
	n = target(n)
	if i := place(n, name); i >= 0 {
		return target(n.Content[i])
	}
	merged := place(n, "<<")
	if merged < 0 {
		return nil
	}
	sources := []*yaml.Node{target(n.Content[merged])}
	if sources[0].Kind == yaml.SequenceNode {
		sources = sources[0].Content
	}
	for _, source := range sources {
		if value := find(source, name); value != nil {
			return value
		}
	}
	return nil
}

// member returns the value of a key for changing: aliases and what is merged
// in become copies, what is missing an empty mapping.
func member(n *yaml.Node, name string) *yaml.Node {
	i := place(n, name)
	switch {
	case i < 0:
		value := &yaml.Node{Kind: yaml.MappingNode}
		if merged := find(n, name); merged != nil && !isNull(merged) {
			value = deepCopy(merged)
		}
		n.Content = append(n.Content, key(name), value)
		return value
	case isNull(n.Content[i]):
		n.Content[i] = &yaml.Node{Kind: yaml.MappingNode}
	case n.Content[i].Kind == yaml.AliasNode:
		n.Content[i] = deepCopy(n.Content[i].Alias)
	}
	return n.Content[i]
}

// item is member for a sequence.
func item(n *yaml.Node, i int) *yaml.Node {
	if n.Content[i].Kind == yaml.AliasNode {
		n.Content[i] = deepCopy(n.Content[i].Alias)
	}
	return n.Content[i]
}

// deepCopy copies a node without its anchors.
func deepCopy(n *yaml.Node) *yaml.Node {
	c := *n
	c.Anchor = ""
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = deepCopy(child)
	}
	return &c
}

// secretKeys are the keys, at any place of the file, whose value is a secret.
// URLs are not among them: of those only the user goes.
func secretKeys(of reflect.Type) []string {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return secretKeys(of.Elem())
	case reflect.Struct:
	default:
		return nil
	}
	var keys []string
	for field := range of.Fields() {
		name := field.Tag.Get("yaml")
		if field.Type == reflect.TypeFor[Secret]() || field.Type == reflect.TypeFor[[]Secret]() {
			if !strings.HasSuffix(name, "url") {
				keys = append(keys, name)
			}
			continue
		}
		keys = append(keys, secretKeys(field.Type)...)
	}
	return keys
}

// userInfo is what stands before the host of a URL.
var userInfo = regexp.MustCompile(`://[^/@\s]*@`)

// redactor takes out what is secret. Comments that speak of a secret go too:
// they may hold an old one.
type redactor struct {
	keys  []string
	count int
}

func (r *redactor) redact(n *yaml.Node) {
	for _, comment := range []*string{&n.HeadComment, &n.LineComment, &n.FootComment} {
		if slices.ContainsFunc(r.keys, func(key string) bool { return strings.Contains(*comment, key) }) {
			*comment = ""
		}
		*comment = userInfo.ReplaceAllString(*comment, "://")
	}
	if n.Kind == yaml.ScalarNode {
		n.Value = userInfo.ReplaceAllString(n.Value, "://")
	}
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && slices.Contains(r.keys, n.Content[i-1].Value) {
			r.replace(child, n.Content[i-1].Value)
		}
		r.redact(child)
	}
}

// replace replaces a value that is a secret, or a list of them.
func (r *redactor) replace(n *yaml.Node, key string) {
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			r.replace(item, key)
		}
	}
	if n.Kind == yaml.ScalarNode && n.Value != "" {
		r.count++ // two accounts must not seem to have the same key
		n.Value, n.Tag, n.Style = fmt.Sprintf("PUT-BACK-%s-%d", key, r.count), "!!str", 0
	}
}
