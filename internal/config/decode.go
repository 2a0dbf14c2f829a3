package config

import (
	"reflect"
	"slices"

	"gopkg.in/yaml.v3"
)

// maxValues bounds what aliases of aliases can grow to.
const maxValues = 200_000

// decoder fills Go values from YAML nodes. The decoder of yaml.v3 would not
// do: its messages quote values and name no keys, and it is not strict inside
// types that decode themselves.
type decoder struct {
	*problems
	schema Schema
	values int
	// merging has the mappings that are being merged (<<), as YAML allows a
	// mapping to contain itself.
	merging []*yaml.Node
}

// value sets out to what n holds and says whether it did. A null is the same
// as an absent key.
func (d *decoder) value(n *yaml.Node, at path, out reflect.Value) bool {
	line := n.Line
	n = target(n)
	if isNull(n) || !d.withinLimit(line) {
		return false
	}
	if v, ok := out.Addr().Interface().(*collectorKeys); ok {
		*v = d.collectors(n, at, line)
		return true
	}
	switch out.Kind() {
	case reflect.Pointer: // tells absent from zero
		pointed := reflect.New(out.Type().Elem())
		if !d.value(n, at, pointed.Elem()) {
			return false
		}
		out.Set(pointed)
	case reflect.Struct:
		d.fields(n, at, line, out)
	case reflect.Map:
		d.table(n, at, line, out)
	case reflect.Slice:
		return d.list(n, at, line, out)
	default:
		if problem := scalar(n, out); problem != "" {
			d.fail(at, line, "%s", problem)
			return false
		}
	}
	return true
}

// withinLimit counts values and gives up when there are too many.
func (d *decoder) withinLimit(line int) bool {
	d.values++
	if d.values == maxValues {
		d.stop(line, "the aliases of the file multiply to more than %d values: write less of it with aliases", maxValues)
	}
	return d.values < maxValues
}

// fields sets the fields of a struct by their yaml tags.
func (d *decoder) fields(n *yaml.Node, at path, line int, out reflect.Value) {
	var known []string
	for f := range out.Type().Fields() {
		known = append(known, f.Tag.Get("yaml"))
	}
	for _, e := range d.entries(n, at, line) {
		if i := slices.Index(known, e.key); i >= 0 {
			d.value(e.value, at.key(e.key), out.Field(i))
		} else {
			d.unknown(at, e, "key", known)
		}
	}
}

// table sets a map whose keys are free.
func (d *decoder) table(n *yaml.Node, at path, line int, out reflect.Value) {
	table := reflect.MakeMap(out.Type())
	for _, e := range d.entries(n, at, line) {
		value := reflect.New(out.Type().Elem()).Elem()
		if d.value(e.value, at.key(e.key), value) {
			table.SetMapIndex(reflect.ValueOf(e.key), value)
		}
	}
	out.Set(table)
}

// list sets a slice.
func (d *decoder) list(n *yaml.Node, at path, line int, out reflect.Value) bool {
	items := d.items(n, at, line)
	all := reflect.MakeSlice(out.Type(), len(items), len(items))
	for i, item := range items {
		d.lines[at.index(i).id] = item.Line
		if !d.value(item, at.index(i), all.Index(i)) && all.Index(i).Kind() != reflect.Struct {
			d.wrong(at.index(i), "the entry is empty: give a value or remove the line")
		}
	}
	out.Set(all)
	return !d.failed[at.id]
}

// items returns the nodes of a list.
func (d *decoder) items(n *yaml.Node, at path, line int) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		d.fail(at, line, "expected a list: lines that begin with \"- \", or [...]")
		return nil
	}
	return n.Content
}

// collectors reads a section of collectors as the schema declares it.
func (d *decoder) collectors(n *yaml.Node, at path, line int) collectorKeys {
	all := collectorKeys{}
	var known []string
	for _, c := range d.schema.Collectors {
		known = append(known, c.Name)
	}
	for _, e := range d.entries(n, at, line) {
		if i := slices.Index(known, e.key); i < 0 {
			d.unknown(at, e, "collector", known)
		} else if value := target(e.value); !isNull(value) {
			all[e.key] = d.options(value, at.key(e.key), e.value.Line, d.schema.Collectors[i].options())
		}
	}
	return all
}

// options reads the section of one collector.
func (d *decoder) options(n *yaml.Node, at path, line int, options []OptionSchema) map[string]any {
	given := map[string]any{}
	var known []string
	for _, o := range options {
		known = append(known, o.Name)
	}
	for _, e := range d.entries(n, at, line) {
		i := slices.Index(known, e.key)
		if i < 0 {
			d.unknown(at, e, "option", known)
			continue
		}
		out := reflect.New(reflect.TypeOf(options[i].Default)).Elem()
		if d.value(e.value, at.key(e.key), out) {
			given[e.key] = out.Interface()
		}
	}
	return given
}

// target follows an alias.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
