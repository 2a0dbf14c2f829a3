package config

import (
	"reflect"
	"testing"
	"time"

	promconfig "github.com/prometheus/common/config"
)

// loadText adds text to the shortest configuration.
func loadText(t *testing.T, text string) *Config {
	t.Helper()
	const minimal = "accounts:\n- {credentials: {access_key: AK, secret_key: SK}, projects: [{region: ap-southeast-3}]}\n"
	c, err := Parse("testdata/x.yml", []byte(minimal+text), testSchema(), testEnv())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAlerting(t *testing.T) {
	t.Parallel()
	c := load(t, "full.yml")
	if len(c.Alertmanagers) != 4 {
		t.Fatalf("got %+v", c.Alertmanagers)
	}
	basic, user, bearer, oauth := c.Alertmanagers[0], c.Alertmanagers[1], c.Alertmanagers[2], c.Alertmanagers[3]
	const file = "testdata/secrets/secret_key"
	tests := []struct {
		what      string
		got, want any
	}{
		{"URL", basic.URL, "https://alertmanager.example.com/prefix"},
		{"timeout", basic.Timeout, 3 * time.Second},
		{"default timeout", user.Timeout, 10 * time.Second},
		{"basic auth", *basic.HTTP.Config().BasicAuth, promconfig.BasicAuth{Username: "prom", PasswordFile: file}},
		{"CA file", basic.HTTP.Config().TLSConfig.CAFile, "testdata/secrets/cert.pem"},
		{"proxy", basic.HTTP.Config().ProxyURL.String(), "http://proxy.example.com"},
		{"no proxy", basic.HTTP.Config().NoProxy, "10.0.0.0/8"},
		{"no redirects", basic.HTTP.Config().FollowRedirects, false},
		{"redirects by default", user.HTTP.Config().FollowRedirects, true},
		{"HTTP/2 by default", basic.HTTP.Config().EnableHTTP2, true},
		{"no HTTP/2", user.HTTP.Config().EnableHTTP2, false},
		{"headers", basic.HTTP.Config().HTTPHeaders.Headers, map[string]promconfig.Header{"X-Scope-OrgID": {Values: []string{"vdi"}, Files: []string{file}}}},
		{"URL without user", user.URL, "http://alertmanager:9093"},
		{"user of the URL", *user.HTTP.Config().BasicAuth, promconfig.BasicAuth{Username: "user", Password: canary}},
		{"proxy from the environment", user.HTTP.Config().ProxyFromEnvironment, true},
		{"bearer", *bearer.HTTP.Config().Authorization, promconfig.Authorization{Type: "Bearer", CredentialsFile: file}},
		{"OAuth 2", *oauth.HTTP.Config().OAuth2, promconfig.OAuth2{
			ClientID: "id", ClientSecretFile: file, Scopes: []string{"a", "b"}, TokenURL: "https://login.example.com/token",
			EndpointParams: map[string]string{"audience": "am"},
		}},
		{"resend", c.Alerting.ResendInterval, 30 * time.Second},
		{"queue", c.Alerting.QueueCapacity, 50},
		{"external labels", c.Alerting.ExternalLabels, map[string]string{"cluster": "sg1"}},
		{"severities", c.Alerting.Severities, map[string]string{"critical": "page", "major": "warning", "minor": "warning", "info": "none"}},
	}
	for _, test := range tests {
		if !reflect.DeepEqual(test.got, test.want) {
			t.Errorf("%s: got %+v, want %+v", test.what, test.got, test.want)
		}
	}
	for _, a := range c.Alertmanagers {
		h := a.HTTP.Config()
		if err := h.Validate(); err != nil {
			t.Errorf("%s: %v", a.URL, err)
		}
	}
}
