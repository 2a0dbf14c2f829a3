// Package config turns the configuration file, or the environment, into a
// checked Config. Every mistake is reported at once, each with its line and
// key, and no message ever contains a value of the file.
package config

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	promconfig "github.com/prometheus/common/config"
)

// Config is a checked configuration with all defaults applied. It comes from
// Load, FromEnvironment or Parse only, and is never changed afterwards.
type Config struct {
	Accounts []Account
	Privacy  Privacy
	// Alertmanagers get the alarms; nothing is sent if there are none.
	Alertmanagers []Alertmanager
	Alerting      Alerting
	// StatePath is the directory of what is kept over restarts, "" for nothing.
	StatePath string
}

// Account is one set of credentials and the projects read with it.
type Account struct {
	// Name is the label `account`, unique.
	Name        string
	Credentials Credentials
	// Share is the part of each published limit that may be used, in (0,1].
	Share float64
	// IAMEndpoint is a URL without trailing slash; empty: that of the region.
	IAMEndpoint string
	// Language is that of texts in answers, such as en-us.
	Language string
	// TLS has absolute paths or paths relative to the working directory.
	TLS promconfig.TLSConfig
	// ProxyURL may hold a password; empty: taken from the environment.
	ProxyURL Secret
	// Projects is not empty.
	Projects []Project
}

// Credentials says where the keys of an account come from: Source, or an
// access key and a secret key, each either given or in a file.
type Credentials struct {
	AccessKey, SecretKey, SecurityToken             Secret
	AccessKeyFile, SecretKeyFile, SecurityTokenFile string
	// Source is environment, profile, metadata, or empty for keys.
	Source string
}

// Project is one project of the Workspace service in one region.
type Project struct {
	// Name is the label `project`, unique within the account.
	Name string
	// Region is the region id, for example ap-southeast-3.
	Region string
	// ID is the project id; empty: to be asked from IAM by region.
	ID string
	// Endpoint is the URL of the Workspace API without trailing slash.
	Endpoint string
	// Labels are added to every series of the project.
	Labels map[string]string
	// Collectors has an entry for every collector of the Schema.
	Collectors map[string]Collector
}

// Collector is how one collector runs for one project.
type Collector struct {
	Enabled  bool
	Interval time.Duration
	// Options has a value for every option of the Schema, of its type.
	Options map[string]any
}

// Privacy says how names of users are shown.
type Privacy struct {
	// UserNames is hashed, plain or omitted.
	UserNames string
	// Salt is the key of the hash; empty without SaltFile: chosen at random.
	Salt     Secret
	SaltFile string
}

// Alertmanager is one receiver of alerts.
type Alertmanager struct {
	// URL is unique and has neither a user nor a trailing slash.
	URL     string
	Timeout time.Duration
	HTTP    HTTPClient
}

// Alerting says how alerts are made of alarms.
type Alerting struct {
	ResendInterval time.Duration
	QueueCapacity  int
	ExternalLabels map[string]string
	// Severities are by level: critical, major, minor, info.
	Severities map[string]string
}

// Schema lists the collectors there are. The program gives it, so that this
// package needs to know none of them.
type Schema struct {
	Collectors []CollectorSchema
	// Reserved are label names that project labels must not use.
	Reserved []string
	// AlertLabels are label names that an alert has of its own. No configured
	// label may have them.
	AlertLabels []string
	// Offline checks a file away from where it is used: the files that it names
	// need not be there, nor the keys in the environment.
	Offline bool
}

// CollectorSchema describes the section of one collector and its defaults.
type CollectorSchema struct {
	Name, Help string
	Enabled    bool
	Interval   time.Duration
	// Options are the keys beside enabled and interval.
	Options []OptionSchema
}

// Switches returns the settings that turn on every boolean option.
func (c CollectorSchema) Switches() []string {
	var settings []string
	for _, o := range c.Options {
		if _, isSwitch := o.Default.(bool); isSwitch {
			settings = append(settings, o.Name+": true")
		}
	}
	return settings
}

// CollectorsSection returns the section collectors of a file: which of them
// are enabled, and with which settings.
func (s Schema) CollectorsSection(choose func(CollectorSchema) (enabled bool, settings []string)) string {
	var b strings.Builder
	b.WriteString("collectors:\n")
	for _, c := range s.Collectors {
		enabled, settings := choose(c)
		fmt.Fprintf(&b, "  %s: {%s}\n", c.Name, strings.Join(append([]string{fmt.Sprint("enabled: ", enabled)}, settings...), ", "))
	}
	return b.String()
}

// OptionSchema describes one option. The type of Default is the type of the
// key: bool, int, float64, string, time.Duration or []string.
type OptionSchema struct {
	Name, Help string
	Default    any
}

// Load reads the configuration file at path. env looks up environment
// variables for accounts whose credentials come from there. The error is of
// type Errors.
func Load(path string, schema Schema, env func(string) string) (*Config, error) {
	content, err := Read(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, content, schema, env)
}

// Parse checks the content of a configuration file called name, which errors
// mention and whose directory relative paths start from. The error is of type
// Errors.
func Parse(name string, content []byte, schema Schema, env func(string) string) (*Config, error) {
	p := newProblems(name)
	f := defaults()
	if root := p.document(content); root != nil {
		d := decoder{problems: p, schema: schema}
		d.value(root, path{}, reflect.ValueOf(&f).Elem())
	}
	if p.fatal {
		return nil, p.err()
	}
	return newChecker(p, filepath.Dir(name), schema, env).config(f)
}
