package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// canary stands in every secret of the tests; no output may contain it.
const canary = "Canary/Sekret+"

// TestSecretsDoNotPrint renders a configuration with five secrets and three
// HTTP clients in every way there is.
func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	c := load(t, "secrets.yml")
	const secrets = 5 + 3
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "config", c.Accounts[0], "salt", c.Privacy.Salt,
		"a", c.Alertmanagers[0].HTTP, "b", c.Alertmanagers[1], "c", c.Alertmanagers[2].HTTP)
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	outputs := map[string]string{
		"json": strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(asJSON)),
		"yaml": string(asYAML), "log": logged.String(),
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		outputs[verb] = fmt.Sprintf(verb, *c)
	}
	for how, text := range outputs {
		if n := strings.Count(text, hidden); n != secrets {
			t.Errorf("%s: %d of %d secrets are hidden in %s", how, n, secrets, text)
		}
		if strings.Contains(text, "Sekret") || strings.Contains(text, fmt.Sprintf("%x", "Sekret")) {
			t.Errorf("%s: a secret shows in %s", how, text)
		}
	}
	if got := c.Privacy.Salt.Value(); got != canary {
		t.Errorf("Value() = %q", got)
	}
	empty := fmt.Sprintf("%v%s%#v%d", Secret(""), Secret(""), Secret(""), Secret(""))
	if empty != "" {
		t.Errorf("an empty secret prints %q", empty)
	}
}
