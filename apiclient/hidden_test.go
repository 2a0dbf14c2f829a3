package apiclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	promconfig "github.com/prometheus/common/config"
)

func TestSecretsNeverPrint(t *testing.T) {
	t.Parallel()
	const key = "WORD-THAT-MUST-NOT-APPEAR"
	config := CredentialConfig{AccessKey: key, SecretKey: key, SecurityToken: key}
	fixed, err := NewCredentialSource(config)
	if err != nil {
		t.Fatal(err)
	}
	credentials := Credentials{AccessKey: key, SecretKey: key, SecurityToken: key}
	for name, v := range map[string]any{
		"credentials":         credentials,
		"pointer":             &credentials,
		"in a struct":         struct{ Inner Credentials }{credentials},
		"in a slice":          []Credentials{credentials},
		"configuration":       config,
		"transport":           TransportConfig{TLS: promconfig.TLSConfig{CA: key}, ProxyURL: "http://u:" + key + "@proxy"},
		"fixed source":        fixed,
		"file source":         &fileSource{held: credentials},
		"metadata source":     &metadataSource{held: credentials},
		"source in a struct":  struct{ Source CredentialSource }{fixed},
		"source in a pointer": &struct{ Source CredentialSource }{&fileSource{held: credentials}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%10v"} {
				out.Reset()
				fmt.Fprintf(&out, verb, v)
				expectHidden(t, verb, out.String(), key)
			}
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			// JSON writes the angle brackets as escapes.
			expectHidden(t, "JSON", strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(b)), key)

			out.Reset()
			slog.New(slog.NewTextHandler(&out, nil)).Info("m", "v", v)
			expectHidden(t, "slog text", out.String(), key)
			out.Reset()
			slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", v)
			expectHidden(t, "slog JSON", out.String(), key)
		})
	}
	if got := credentials.String(); got != "<secret>" {
		t.Errorf("String() is %q", got)
	}
	if got := credentials.LogValue().String(); got != "<secret>" {
		t.Errorf("LogValue() is %q", got)
	}
}

func expectHidden(t *testing.T, how, text, key string) {
	t.Helper()
	// %x of the key would be another way of printing it.
	if strings.Contains(text, key) || strings.Contains(text, fmt.Sprintf("%x", key)) {
		t.Errorf("%s prints the secret: %s", how, text)
	}
	if !strings.Contains(text, "<secret>") {
		t.Errorf("%s does not say that a secret is there: %s", how, text)
	}
}
