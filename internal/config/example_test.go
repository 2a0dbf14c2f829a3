package config

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestExampleLoads also proves that the values in the example are the
// defaults: it means the same as the shortest file.
func TestExampleLoads(t *testing.T) {
	t.Parallel()
	got, err := Parse("config.example.yml", Example(testSchema()), testSchema(), testEnv())
	if err != nil {
		t.Fatal(err)
	}
	want := load(t, "minimal.yml")
	// What the example must fill in, or says although Go has the same default.
	want.Accounts[0].Credentials = Credentials{AccessKey: "YOUR-ACCESS-KEY", SecretKey: "YOUR-SECRET-KEY"}
	want.Accounts[0].TLS.MinVersion = got.Accounts[0].TLS.MinVersion
	want.Accounts[0].Projects[0].Labels = map[string]string{}
	want.Alerting.ExternalLabels = map[string]string{}
	want.Alertmanagers = loadText(t, "alertmanagers: [{url: \"http://localhost:9093\"}]\n").Alertmanagers
	want.Alertmanagers[0].HTTP.config.TLSConfig.MinVersion = got.Accounts[0].TLS.MinVersion
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

var alternative = regexp.MustCompile(`(?m)^( *)#(\w+:)`)

// TestExampleHasEveryKey compares the keys of the example, alternatives
// included, with those of the types and the schema.
func TestExampleHasEveryKey(t *testing.T) {
	t.Parallel()
	content := Example(testSchema())
	var root yaml.Node
	if err := yaml.Unmarshal(alternative.ReplaceAll(content, []byte("$1$2")), &root); err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{}
	writtenKeys(root.Content[0], "", written)

	declared := map[string]bool{}
	declaredKeys(reflect.TypeFor[fileConfig](), "", declared)
	for _, c := range testSchema().Collectors {
		declared["collectors."+c.Name] = true
		declared["collectors."+c.Name+".enabled"] = true
		declared["collectors."+c.Name+".interval"] = true
		for _, o := range c.Options {
			declared["collectors."+c.Name+"."+o.Name] = true
		}
	}
	for key := range declared {
		if !written[key] {
			t.Errorf("%s is not in the example", key)
		}
	}
	for key := range written {
		if !declared[key] {
			t.Errorf("%s is in the example but does not exist", key)
		}
	}
	if len(declared) < 40 {
		t.Errorf("only %d keys found: %v", len(declared), slices.Sorted(maps.Keys(declared)))
	}

	for i, line := range strings.Split(strings.TrimPrefix(string(content), exampleHead), "\n") {
		if _, help, _ := strings.Cut(line, "  # "); line != "" && len(help) < 5 {
			t.Errorf("line %d has no comment: %s", i, line)
		}
	}
}

func writtenKeys(n *yaml.Node, prefix string, keys map[string]bool) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			key := prefix + n.Content[i].Value
			keys[key] = true
			writtenKeys(n.Content[i+1], key+".", keys)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			writtenKeys(item, prefix, keys)
		}
	}
}

func declaredKeys(t reflect.Type, prefix string, keys map[string]bool) {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for f := range t.Fields() {
		key := prefix + f.Tag.Get("yaml")
		if f.Tag.Get("yaml") == "" || f.Tag.Get("help") == "" {
			panic(fmt.Sprintf("%s.%s lacks a tag", t, f.Name))
		}
		keys[key] = true
		declaredKeys(f.Type, key+".", keys)
	}
}
