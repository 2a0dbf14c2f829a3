package config

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func testSchema() Schema {
	return Schema{
		Collectors: []CollectorSchema{
			{Name: "alarms", Help: "Alarms that are active.", Enabled: true, Interval: 30 * time.Second},
			{Name: "desktops", Help: "Desktops and their states.", Enabled: true, Interval: time.Minute, Options: []OptionSchema{
				{Name: "per_desktop", Help: "One series for each desktop.", Default: false},
				{Name: "grace", Help: "How long a desktop may take to register.", Default: 10 * time.Minute},
			}},
			{Name: "usage", Help: "Usage of a day.", Interval: time.Hour, Options: []OptionSchema{
				{Name: "top", Help: "Users shown.", Default: 20},
				{Name: "ratio", Help: "Least part shown.", Default: 0.25},
				{Name: "period", Help: "Length of a bucket.", Default: "DAY"},
				{Name: "metrics", Help: "Which statistics.", Default: []string{"desktop_usage", "a, b"}},
			}},
		},
		Reserved:    []string{"state", "pool_id"},
		AlertLabels: []string{"alertname", "severity"},
	}
}

// environment is env for tests.
func environment(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

func testEnv() func(string) string {
	return environment(map[string]string{envAccessKey: canary + "AK", envSecretKey: canary + "SK"})
}

func load(t *testing.T, name string) *Config {
	t.Helper()
	c, err := Load(filepath.Join("testdata", name), testSchema(), testEnv())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMinimal(t *testing.T) {
	t.Parallel()
	want := &Config{
		Privacy: Privacy{UserNames: "hashed"},
		Alerting: Alerting{
			ResendInterval: time.Minute, QueueCapacity: 10_000,
			Severities: map[string]string{"critical": "critical", "major": "warning", "minor": "warning", "info": "info"},
		},
		Accounts: []Account{{
			Name: "default", Credentials: Credentials{AccessKey: "AK", SecretKey: "SK"}, Share: 0.5, Language: "en-us",
			Projects: []Project{{
				Name: "ap-southeast-3", Region: "ap-southeast-3",
				Collectors: map[string]Collector{
					"alarms":   {Enabled: true, Interval: 30 * time.Second, Options: map[string]any{}},
					"desktops": {Enabled: true, Interval: time.Minute, Options: map[string]any{"per_desktop": false, "grace": 10 * time.Minute}},
					"usage": {Interval: time.Hour, Options: map[string]any{
						"top": 20, "ratio": 0.25, "period": "DAY", "metrics": []string{"desktop_usage", "a, b"},
					}},
				},
			}},
		}},
	}
	// nulls.yml says the same with every other key present but empty.
	for _, name := range []string{"minimal.yml", "nulls.yml"} {
		got := load(t, name)
		if len(got.Accounts) == 1 && len(got.Accounts[0].Projects) == 1 && len(got.Accounts[0].Projects[0].Labels) == 0 {
			got.Accounts[0].Projects[0].Labels = nil
		}
		if len(got.Alerting.ExternalLabels) == 0 {
			got.Alerting.ExternalLabels = nil
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, want)
		}
	}
}

func TestFull(t *testing.T) {
	t.Parallel()
	c := load(t, "full.yml")
	if len(c.Accounts) != 3 || len(c.Accounts[0].Projects) != 2 {
		t.Fatalf("got %+v", c)
	}
	prod, token, node := c.Accounts[0], c.Accounts[1], c.Accounts[2]
	hq, branch := prod.Projects[0], prod.Projects[1]
	tests := []struct {
		what      string
		got, want any
	}{
		{"own share", prod.Share, 0.75},
		{"global share", token.Share, 0.4},
		{"language", prod.Language, "zh-cn"},
		{"IAM endpoint", prod.IAMEndpoint, "https://iam.example.com"},
		{"key file beside the configuration", prod.Credentials.SecretKeyFile, "testdata/secrets/secret_key"},
		{"no file", token.Credentials.SecurityTokenFile, ""},
		{"access key of digits", token.Credentials.AccessKey.Value(), "00123456"},
		{"secret key like a number", token.Credentials.SecretKey.Value(), "1e10"},
		{"security token", token.Credentials.SecurityToken.Value(), canary + "TOKEN"},
		{"CA file", prod.TLS.CAFile, "testdata/secrets/cert.pem"},
		{"TLS version", int(prod.TLS.MinVersion), tls.VersionTLS13},
		{"server name", prod.TLS.ServerName, "workspace.internal"},
		{"proxy", prod.ProxyURL.Value(), "http://user:Canary%2FSekret+@proxy.example.com:3128"},
		{"source", node.Credentials.Source, "metadata"},
		{"project id of digits", hq.ID, "00123456789012345678901234567890"},
		{"endpoint without slash", hq.Endpoint, "http://127.0.0.1:8080"},
		{"labels", hq.Labels, map[string]string{"site": "sg1", "floor": "2"}},
		{"merged labels", branch.Labels, map[string]string{"site": "sg2", "floor": "2"}},
		{"global interval", branch.Collectors["alarms"].Interval, 1500 * time.Millisecond},
		{"overridden interval", hq.Collectors["alarms"].Interval, 24 * time.Hour},
		{"the override keeps the other keys", hq.Collectors["alarms"].Enabled, true},
		{"global option", branch.Collectors["desktops"].Options["per_desktop"], true},
		{"overridden option", hq.Collectors["desktops"].Options["per_desktop"], false},
		{"the override keeps the other options", hq.Collectors["desktops"].Options["grace"], 90 * time.Minute},
		{"int", hq.Collectors["usage"].Options["top"], 5},
		{"float", hq.Collectors["usage"].Options["ratio"], 1.0},
		{"string", hq.Collectors["usage"].Options["period"], "HOUR"},
		{"list", hq.Collectors["usage"].Options["metrics"], []string{"x", "y"}},
		{"user names", c.Privacy.UserNames, "omitted"},
		{"salt", c.Privacy.SaltFile, "testdata/secrets/secret_key"},
		{"alias of a project", node.Projects[0].Region, "ap-southeast-3"},
	}
	for _, test := range tests {
		if !reflect.DeepEqual(test.got, test.want) {
			t.Errorf("%s: got %v, want %v", test.what, test.got, test.want)
		}
	}
}

// TestBad loads one file for each mistake and compares all messages with the
// .txt file beside it.
func TestBad(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			c, err := Load(file, testSchema(), environment(map[string]string{envAccessKey: canary + "AK"}))
			if err == nil || c != nil {
				t.Fatal("accepted")
			}
			golden(t, strings.TrimSuffix(file, ".yml")+".txt", err)
		})
	}
}

// golden compares an error with a file, and knows no secret to be in it.
func golden(t *testing.T, name string, err error) {
	t.Helper()
	got := err.Error() + "\n"
	if strings.Contains(strings.ToLower(got), strings.ToLower(canary)) {
		t.Errorf("the message holds a secret: %s", got)
	}
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

func TestUnreadableFile(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"testdata/absent.yml": "testdata/absent.yml: cannot read the configuration file: no such file or directory; check --config.file",
		"testdata":            "testdata: cannot read the configuration file: is a directory; check --config.file",
	} {
		_, err := Load(file, testSchema(), testEnv())
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	_, err := Parse("dir/x.yml", []byte("accounts:\n- name: a\n  credentials: {source: metadata}\n  projects:\n  - {region: AP}\nbudget: {share: 2}\n"), testSchema(), testEnv())
	want := Errors{
		{"dir/x.yml", 5, "accounts[0].projects[0].region", "not a region id: write it like ap-southeast-3, lower case"},
		{"dir/x.yml", 6, "budget.share", "expected a number above 0 up to 1, for example 0.5 for half of each limit"},
	}
	got, ok := errors.AsType[Errors](err)
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", err)
	}
}

// TestSyntaxErrorLines has errors far from where the parser notices them.
func TestSyntaxErrorLines(t *testing.T) {
	t.Parallel()
	lines := strings.Repeat("b: {c: d}\n", 1000)
	for content, want := range map[string]int{
		lines + "a: b: c\n" + lines:                   1001,
		"a: b\na: \"x\n" + lines:                      2,
		lines + "a: [x\n" + lines:                     1001,
		lines + "a: \x01" + lines:                     1001,
		lines + "a: *nowhere\n" + lines:               1001,
		"a: " + strings.Repeat("x", 9000) + "\n b: c": 2,
	} {
		_, err := Parse("x.yml", []byte(content), testSchema(), testEnv())
		if got, ok := errors.AsType[Errors](err); !ok || len(got) != 1 || got[0].Line != want {
			t.Errorf("got %v, want line %d", err, want)
		}
	}
}

func TestAliasesDoNotExplode(t *testing.T) {
	t.Parallel()
	var keys strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&keys, "k%d: v, ", i)
	}
	list := func(item string, n int) string { return "[" + strings.Repeat(item+", ", n) + "]" }
	for what, content := range map[string]string{
		"projects": "accounts:\n- projects: [&p {region: ap-southeast-3}]\n- {projects: &q " + list("*p", 1000) + "}\n" + strings.Repeat("- {projects: *q}\n", 1000),
		"words":    "accounts:\n- projects:\n  - &p {collectors: {usage: {metrics: " + list("x", 1000) + "}}}\n" + strings.Repeat("  - *p\n", 1000),
		"merges":   "budget: &a {}\nprivacy: &b {<<: " + list("*a", 1000) + "}\nstate: {<<: " + list("*b", 1000) + "}\n",
		"keys":     "alerting:\n  external_labels: &l {" + keys.String() + "}\naccounts:\n- projects: [{labels: {<<: " + list("*l", 1000) + "}}]\n",
	} {
		_, err := Parse("x.yml", []byte(content), testSchema(), testEnv())
		if err == nil || !strings.Contains(err.Error(), "multiply to more than 200000 values") {
			t.Errorf("%s: got %.1000v", what, err)
		}
	}
}

func TestFromEnvironment(t *testing.T) {
	t.Parallel()
	variables := map[string]string{
		envAccessKey: canary + "AK", envSecretKey: canary + "SK", envRegion: "ap-southeast-3",
	}
	c, err := FromEnvironment(testSchema(), environment(variables))
	if err != nil {
		t.Fatal(err)
	}
	a := c.Accounts[0]
	p := a.Projects[0]
	if a.Name != "default" || !reflect.DeepEqual(a.Credentials, Credentials{Source: "environment"}) || a.Share != 0.5 ||
		p.Name != "ap-southeast-3" || p.Endpoint != "" || len(p.Collectors) != 3 {
		t.Errorf("got %+v", c)
	}

	all := maps.Clone(variables)
	all[envProjectID] = "0123"
	all[envIAMEndpoint] = "https://iam.example.com/"
	all["HUAWEICLOUD_SDK_REGION_WORKSPACE_AP_SOUTHEAST_3"] = "http://localhost:8080/,https://second.example.com"
	c, err = FromEnvironment(testSchema(), environment(all))
	if err != nil {
		t.Fatal(err)
	}
	p = c.Accounts[0].Projects[0]
	if p.ID != "0123" || p.Endpoint != "http://localhost:8080" || c.Accounts[0].IAMEndpoint != "https://iam.example.com" {
		t.Errorf("got %+v", c)
	}
}

func TestFromEnvironmentMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		variables map[string]string
		want      string
	}{
		{"nothing", nil,
			"environment: not set: HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and HUAWEICLOUD_REGION; set what is missing, or pass --config.file, or try --demo"},
		{"no secret key", map[string]string{envAccessKey: canary, envRegion: "ap-southeast-3"},
			"environment: not set: HUAWEICLOUD_SDK_SK; set what is missing, or pass --config.file, or try --demo"},
		{"all wrong", map[string]string{envAccessKey: "a", envSecretKey: "b", envRegion: canary, envProjectID: canary, envIAMEndpoint: canary},
			"environment: HUAWEICLOUD_REGION: not a region id: write it like ap-southeast-3, lower case\n" +
				"environment: HUAWEICLOUD_SDK_IAM_ENDPOINT: not a URL of the form https://host (https and http are possible)\n" +
				"environment: HUAWEICLOUD_SDK_PROJECT_ID: not a project id: expected up to 64 letters, digits, - and _, as the console shows it under My Credentials"},
		{"endpoint", map[string]string{envAccessKey: "a", envSecretKey: "b", envRegion: "cn-north-4", "HUAWEICLOUD_SDK_REGION_WORKSPACE_CN_NORTH_4": "http://example.com"},
			"environment: HUAWEICLOUD_SDK_REGION_WORKSPACE_CN_NORTH_4: http:// is for loopback hosts only (127.0.0.0/8, ::1, localhost): use https://"},
	}
	for _, test := range tests {
		_, err := FromEnvironment(testSchema(), environment(test.variables))
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got:\n%v\nwant:\n%s", test.name, err, test.want)
		}
	}
}
