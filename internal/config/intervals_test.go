package config

import (
	"strings"
	"testing"
	"time"
)

// TestWithIntervals sets intervals where they belong, through aliases and
// merged mappings, and prints no secret.
func TestWithIntervals(t *testing.T) {
	t.Parallel()
	schema := Schema{Offline: true, Collectors: []CollectorSchema{
		{Name: "alarms", Enabled: true, Interval: time.Minute},
		{Name: "desktops", Enabled: true, Interval: time.Minute},
	}}
	account := func(projects string) string {
		return "accounts:\n  - credentials: {access_key: canary-ak, secret_key: canary-sk}\n    projects:\n" + projects
	}
	for name, tt := range map[string]struct {
		file      string
		intervals []Interval
		// want are the intervals of desktops by project, and global the line
		// that sets it for all.
		want   map[string]time.Duration
		global bool
	}{
		"one project": {
			account("      - {region: eu-west-0}\n"), []Interval{{"default", "eu-west-0", "desktops", 2 * time.Minute}},
			map[string]time.Duration{"eu-west-0": 2 * time.Minute}, true,
		},
		"the global section is null": {
			account("      - {region: eu-west-0}\n") + "collectors:\n", []Interval{{"default", "eu-west-0", "desktops", 2 * time.Minute}},
			map[string]time.Duration{"eu-west-0": 2 * time.Minute}, true,
		},
		"one of two projects": {
			account("      - {region: eu-west-0, collectors: {alarms: {enabled: false}}}\n      - {name: b, region: eu-west-0}\n"),
			[]Interval{{"default", "b", "desktops", 3 * time.Minute}},
			map[string]time.Duration{"eu-west-0": time.Minute, "b": 3 * time.Minute}, false,
		},
		"both, one with its own": {
			account("      - {region: eu-west-0, collectors: {desktops: {interval: 5s}}}\n      - {name: b, region: eu-west-0}\n"),
			[]Interval{{"default", "eu-west-0", "desktops", 3 * time.Minute}, {"default", "b", "desktops", 3 * time.Minute}},
			map[string]time.Duration{"eu-west-0": 3 * time.Minute, "b": 3 * time.Minute}, false,
		},
		"aliases": {
			account("      - &p {region: eu-west-0, collectors: &c {desktops: {interval: 5s}}}\n      - {<<: *p, name: b}\n      - {name: d, region: eu-west-0, collectors: *c}\n"),
			[]Interval{{"default", "b", "desktops", 3 * time.Minute}},
			map[string]time.Duration{"eu-west-0": 5 * time.Second, "b": 3 * time.Minute, "d": 5 * time.Second}, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := Parse("config.yml", []byte(tt.file), schema, nil)
			if err != nil {
				t.Fatal(err)
			}
			out, err := WithIntervals([]byte(tt.file), c, tt.intervals)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(out), "canary") {
				t.Errorf("a secret is shown:\n%s", out)
			}
			changed, err := Parse("config.yml", out, schema, nil)
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, p := range changed.Accounts[0].Projects {
				if got := p.Collectors["desktops"].Interval; got != tt.want[p.Name] {
					t.Errorf("%s: interval %v, want %v\n%s", p.Name, got, tt.want[p.Name], out)
				}
				if before := c.Accounts[0].Projects[0].Collectors["alarms"]; p.Name == "eu-west-0" && p.Collectors["alarms"].Enabled != before.Enabled {
					t.Errorf("other settings are lost:\n%s", out)
				}
			}
			if got := strings.Contains(string(out), "\ncollectors:\n"); got != tt.global {
				t.Errorf("set for all: %t\n%s", got, out)
			}
		})
	}
}

// TestSuggestionsShowNoSecret: nothing of type Secret is printed, wherever it
// stands, nor a user in a URL.
func TestSuggestionsShowNoSecret(t *testing.T) {
	t.Parallel()
	const file = `accounts:
  - credentials: {access_key: canary-1, secret_key: canary-2, security_token: canary-3} # secret_key: canary-4
    proxy_url: http://me:canary-5@proxy:3128
    projects: [{region: eu-west-0}]
privacy: {salt: canary-6}
alertmanagers:
  - url: http://localhost:9093
    basic_auth: {username: me, password: canary-7}
  - url: https://me:canary-8@localhost:9094
    http_headers: {X-Key: {secrets: [canary-9]}}
  - url: http://localhost:9095
    authorization: {credentials: canary-10}
`
	schema := Schema{Offline: true}
	c, err := Parse("config.yml", []byte(file), schema, nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := WithIntervals([]byte(file), c, nil)
	if err != nil || strings.Contains(string(out), "canary") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := Parse("config.yml", out, schema, nil); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestOffline: what is read away from home need not have its files.
func TestOffline(t *testing.T) {
	t.Parallel()
	const file = `accounts:
  - credentials: {access_key_file: /nowhere/ak, secret_key_file: /nowhere/sk}
    tls_config: {ca_file: /nowhere/ca}
    projects: [{region: eu-west-0}]
  - name: second
    credentials: {source: environment}
    projects: [{region: eu-west-0}]
`
	env := func(string) string { return "" }
	if _, err := Parse("config.yml", []byte(file), Schema{Offline: true}, env); err != nil {
		t.Error(err)
	}
	if _, err := Parse("config.yml", []byte(file), Schema{}, env); err == nil {
		t.Error("at home the files must be there")
	}
}
