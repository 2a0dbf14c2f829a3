package config

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// entry is one key of a mapping.
type entry struct {
	key   string
	line  int
	value *yaml.Node
}

// entries returns the keys of a mapping in the order of the file, then those
// merged into it (<<) that it does not have itself.
func (d *decoder) entries(n *yaml.Node, at path, line int) []entry {
	if n.Kind != yaml.MappingNode {
		d.fail(at, line, "expected a mapping: lines of \"key: value\", or {...}")
		return nil
	}
	var own, merged []entry
	seen := map[string]int{} // line by key
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, line, value := target(n.Content[i]), n.Content[i].Line, n.Content[i+1]
		switch before, again := seen[k.Value]; {
		case !d.withinLimit(line):
			return nil
		case k.Kind != yaml.ScalarNode:
			d.add(at, line, "a key must be one word")
		case k.ShortTag() == "!!merge":
			merged = append(merged, d.merged(value, at)...)
		case again:
			d.add(at.key(k.Value), line, "the key is given in line %d already: keep one of the two", before)
		default:
			seen[k.Value] = line
			own = append(own, entry{k.Value, line, value})
		}
	}
	for _, e := range merged {
		if _, again := seen[e.key]; !again {
			seen[e.key] = e.line
			own = append(own, e)
		}
	}
	for _, e := range own {
		d.lines[at.key(e.key).id] = e.line
	}
	return own
}

// merged returns the keys that a << brings.
func (d *decoder) merged(n *yaml.Node, at path) []entry {
	line := n.Line
	n = target(n)
	if slices.Contains(d.merging, n) {
		d.fail(at, line, "the mapping is merged (<<) into itself: remove the alias")
		return nil
	}
	if !d.withinLimit(line) {
		return nil
	}
	d.merging = append(d.merging, n)
	defer func() { d.merging = d.merging[:len(d.merging)-1] }()
	if n.Kind != yaml.SequenceNode {
		return d.entries(n, at, line)
	}
	var all []entry
	for _, item := range n.Content {
		all = append(all, d.merged(item, at)...)
	}
	return all
}

// unknown reports a key that does not exist. The key that was probably meant
// counts as failed, so that it is not reported as missing too.
func (d *decoder) unknown(at path, e entry, what string, known []string) {
	meant := closest(e.key, known)
	if meant == "" {
		d.fail(at.key(e.key), e.line, "unknown %s; there are %s", what, enumeration(known))
		return
	}
	d.fail(at.key(e.key), e.line, "unknown %s: did you mean %s? There are %s", what, meant, enumeration(known))
	d.failed[at.key(meant).id] = true
}
