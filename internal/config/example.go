package config

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

const exampleHead = `# Configuration of workspace_exporter: every key with its default.
#
# The shortest useful file is one account with its keys and one project with
# its region. Unknown keys are errors; --config.check lists all mistakes.
# "#key:" is an alternative to what stands above or below it: use one of them.
# Durations are written 30s, 1m30s or 1d. Relative paths start from the
# directory of this file.
#
# Generated from the declarations in internal/config and collector.
`

// Example renders the reference configuration file, config.example.yml.
func Example(schema Schema) []byte {
	e := example{schema: schema}
	e.WriteString(exampleHead)
	e.fields(reflect.ValueOf(exampleFile()), "")
	return e.Bytes()
}

// exampleFile is the file with every default, and one entry in each list.
func exampleFile() fileConfig {
	f := defaults()
	f.Budget = fileBudget{Share: new(defaultShare)}
	f.Accounts = []fileAccount{{
		Name:        defaultAccount,
		Credentials: fileCredentials{AccessKey: "YOUR-ACCESS-KEY", SecretKey: "YOUR-SECRET-KEY"},
		Budget:      f.Budget,
		Language:    defaultLanguage,
		TLSConfig:   fileTLS{MinVersion: "TLS12"},
		Projects:    []fileProject{{Name: "ap-southeast-3", Region: "ap-southeast-3"}},
	}}
	f.Alertmanagers = []fileAlertmanager{{
		URL: "http://localhost:9093", Timeout: defaultAlertTimeout, TLSConfig: fileTLS{MinVersion: "TLS12"},
		FollowRedirects: new(true), EnableHTTP2: new(true),
	}}
	return f
}

// example is a file being rendered.
type example struct {
	bytes.Buffer
	schema Schema
	// dash is what the next line begins with instead of its indentation.
	dash string
	// comment stands before the keys of an alternative: # or nothing.
	comment string
}

// fields renders the keys of a struct.
func (e *example) fields(v reflect.Value, indent string) {
	outer := e.comment
	for f, value := range v.Fields() {
		key, help := f.Tag.Get("yaml"), f.Tag.Get("help")
		alternative := f.Tag.Get("alternative")
		if indent == "" {
			e.WriteString("\n")
		}
		switch {
		case alternative != "":
			e.comment = "#"
			e.line(indent, key, alternative, help)
		case f.Type == reflect.TypeFor[collectorKeys]() && indent == "":
			e.line(indent, key, "", help)
			e.collectors(indent + "  ")
		case f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct:
			e.comment = "#"
			e.line(indent, key, "", help)
			e.fields(reflect.New(f.Type.Elem()).Elem(), indent+"  ")
		case value.Kind() == reflect.Struct:
			e.line(indent, key, "", help)
			e.fields(value, indent+"  ")
		case value.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
			e.line(indent, key, "", help)
			for i := range value.Len() {
				e.dash = indent + "  - "
				e.fields(value.Index(i), indent+"    ")
			}
		default:
			e.line(indent, key, inline(value), help)
		}
		e.comment = outer
	}
}

// collectors renders the section that the schema declares.
func (e *example) collectors(indent string) {
	for _, c := range e.schema.Collectors {
		e.line(indent, c.Name, "", c.Help)
		for _, o := range c.options() {
			e.line(indent+"  ", o.Name, inline(reflect.ValueOf(o.Default)), o.Help)
		}
	}
}

func (e *example) line(indent, key, value, help string) {
	if e.dash != "" {
		indent, e.dash = e.dash, ""
	}
	text := strings.TrimSuffix(indent+e.comment+key+": "+value, " ")
	fmt.Fprintf(&e.Buffer, "%-40s  # %s\n", text, help)
}

// inline renders a value on one line.
func inline(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch value := v.Interface().(type) {
	case time.Duration:
		return formatDuration(value)
	case Secret:
		return inline(reflect.ValueOf(value.Value()))
	}
	switch {
	case v.Kind() == reflect.Map && v.Len() == 0:
		return "{}"
	case v.Kind() == reflect.Slice && v.Len() == 0:
		return "[]"
	}
	var n yaml.Node
	if err := n.Encode(v.Interface()); err != nil {
		panic(err) // only types that a schema must not have
	}
	n.Style |= yaml.FlowStyle
	text, err := yaml.Marshal(&n)
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(text))
}
