package config

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Reference renders every key of the file as tables in Markdown, from the
// declarations that config.example.yml is made of.
func Reference(schema Schema) []byte {
	var r reference
	file := reflect.ValueOf(exampleFile())
	for f, value := range file.Fields() {
		key := f.Tag.Get("yaml")
		fmt.Fprintf(&r, "\n### %s\n\n%s\n\n", key, f.Tag.Get("help"))
		if f.Type == reflect.TypeFor[collectorKeys]() {
			r.collectors(schema)
			continue
		}
		r.head("key")
		if value.Kind() == reflect.Slice {
			key, value = key+"[]", value.Index(0)
		}
		r.fields(key, value)
	}
	return r.Bytes()
}

type reference struct{ bytes.Buffer }

func (r *reference) head(first string) {
	fmt.Fprintf(r, "| %s | type | default | meaning |\n|---|---|---|---|\n", first)
}

func (r *reference) row(key, kind, standard, help string) {
	fmt.Fprintf(r, "| `%s` | %s | %s | %s |\n", key, kind, standard, strings.ReplaceAll(help, "|", "\\|"))
}

// fields renders the keys of a struct and what is below them.
func (r *reference) fields(at string, v reflect.Value) {
	for f, value := range v.Fields() {
		key := at + "." + f.Tag.Get("yaml")
		help, standard := f.Tag.Get("help"), "none"
		before, stated, found := strings.Cut(help, "Default: ")
		switch {
		case f.Tag.Get("required") != "":
			standard = "required"
		case found:
			help, standard = strings.TrimSuffix(before, " "), strings.TrimSuffix(stated, ".")
			if strings.ContainsAny(standard, "<>") {
				standard = "`" + standard + "`"
			}
		case key == "accounts[].budget.share":
			standard = "that of `budget.share`"
		case value.Kind() != reflect.Struct && value.Kind() != reflect.Slice && !value.IsZero() || value.Kind() == reflect.Bool:
			standard = "`" + inline(value) + "`"
		}
		if base, isFile := strings.CutSuffix(f.Tag.Get("yaml"), "_file"); isFile && f.Tag.Get("alternative") != "" {
			help += " Instead of `" + base + "`."
		}
		kind := kindOf(f)
		if kind == "section" && standard == "none" {
			standard = ""
		}
		r.row(key, kind, standard, help)
		r.below(key, f, value)
	}
}

// below renders the keys of a section or of the entries of a list.
func (r *reference) below(key string, f reflect.StructField, value reflect.Value) {
	switch {
	case value.Kind() == reflect.Struct:
		r.fields(key, value)
	case f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct:
		r.fields(key, reflect.New(f.Type.Elem()).Elem())
	case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
		r.fields(key+"[]", value.Index(0))
	case f.Type.Kind() == reflect.Map && f.Type.Elem().Kind() == reflect.Struct:
		r.fields(key+".<name>", reflect.New(f.Type.Elem()).Elem())
	}
}

// kindOf is what a person has to write for the field.
func kindOf(f reflect.StructField) string {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch name := f.Tag.Get("yaml"); {
	case t == reflect.TypeFor[collectorKeys]():
		return "section"
	case t.Kind() == reflect.String && t != reflect.TypeFor[Secret]() && (strings.HasSuffix(name, "_file") || name == "path"):
		return "path"
	}
	return kindOfType(t)
}

func kindOfType(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[Secret]():
		return "secret"
	case t == reflect.TypeFor[time.Duration]():
		return "duration"
	}
	switch t.Kind() {
	case reflect.Struct:
		return "section"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return "list"
		}
		return "list of " + kindOfType(t.Elem()) + "s"
	case reflect.Map:
		return "name: " + kindOfType(t.Elem())
	case reflect.Bool:
		return "true, false"
	case reflect.Int:
		return "whole number"
	case reflect.Float64:
		return "number"
	default:
		return "string"
	}
}

// collectors renders the section that the schema declares: what all have in
// common, the defaults of each, and what each has of its own.
func (r *reference) collectors(schema Schema) {
	r.WriteString("The keys stand below the name of the collector, for all projects here and for one under\n" +
		"`accounts[].projects[].collectors`, where they override those here one by one.\n\n")
	common := map[string]bool{}
	r.head("key of every collector")
	for _, o := range schema.commonOptions() {
		common[o.Name] = true
		r.row(o.Name, kindOfType(reflect.TypeOf(o.Default)), schema.commonDefault(o), o.Help)
	}
	r.WriteString("\n| collector | `enabled` | `interval` | reads |\n|---|---|---|---|\n")
	for _, c := range schema.Collectors {
		fmt.Fprintf(r, "| `%s` | %t | %s | %s |\n", c.Name, c.Enabled, formatDuration(c.Interval), strings.ReplaceAll(c.Help, "|", "\\|"))
	}
	r.WriteByte('\n')
	r.head("option of one collector")
	for _, c := range schema.Collectors {
		for _, o := range c.options() {
			if !common[o.Name] {
				r.row(c.Name+"."+o.Name, kindOfType(reflect.TypeOf(o.Default)), "`"+inline(reflect.ValueOf(o.Default))+"`", o.Help)
			}
		}
	}
}

// commonOptions returns the options that every collector has.
func (s Schema) commonOptions() []OptionSchema {
	if len(s.Collectors) == 0 {
		return nil
	}
	all := s.Collectors[0].options()
	for _, c := range s.Collectors[1:] {
		all = slices.DeleteFunc(all, func(o OptionSchema) bool {
			return !slices.ContainsFunc(c.options(), func(other OptionSchema) bool { return o.Name == other.Name && o.Help == other.Help })
		})
	}
	return all
}

// commonDefault is the default of a common option, where all have the same.
func (s Schema) commonDefault(option OptionSchema) string {
	for _, c := range s.Collectors {
		for _, o := range c.options() {
			if o.Name == option.Name && o.Default != option.Default {
				return "below"
			}
		}
	}
	return "`" + inline(reflect.ValueOf(option.Default)) + "`"
}
