package config

import "time"

// The types below are the file as it is written. Their tags are its only
// declaration: `yaml` is the key, `help` its line in config.example.yml, and
// `alternative` the value of a key that the example shows commented out because
// it excludes another one. The zero value of a field means "not given".

type fileConfig struct {
	Accounts      []fileAccount `yaml:"accounts" help:"One entry for each IAM user; the API limits count per user."`
	Budget        fileBudget    `yaml:"budget" help:"How much of the API limits is used."`
	Collectors    collectorKeys `yaml:"collectors" help:"What is read, and how often."`
	Privacy       filePrivacy   `yaml:"privacy" help:"What is shown of people."`
	Alertmanagers unread        `yaml:"alertmanagers" help:"Where Workspace alarms are sent. Not available in this version."`
	Alerting      fileAlerting  `yaml:"alerting" help:"How they are sent. Not available in this version."`
	State         fileState     `yaml:"state" help:"What is kept over restarts: counters, last good results, budgets."`
}

type fileAccount struct {
	Name        string          `yaml:"name" help:"Label account, unique."`
	Credentials fileCredentials `yaml:"credentials" help:"Keys, key files, or a source."`
	Budget      fileBudget      `yaml:"budget" help:"Overrides the global budget."`
	IAMEndpoint string          `yaml:"iam_endpoint" help:"URL of IAM, which is asked for missing project ids. Default: that of the region."`
	TLSConfig   fileTLS         `yaml:"tls_config" help:"TLS towards the API and IAM."`
	ProxyURL    Secret          `yaml:"proxy_url" help:"http, https or socks5 URL. Default: taken from HTTPS_PROXY and NO_PROXY."`
	Projects    []fileProject   `yaml:"projects" help:"One entry for each project and region."`
}

type fileCredentials struct {
	AccessKey         Secret `yaml:"access_key" help:"Access key (AK) of the IAM user."`
	AccessKeyFile     string `yaml:"access_key_file" help:"File that holds it, read again when it changes." alternative:"access_key"`
	SecretKey         Secret `yaml:"secret_key" help:"Secret key (SK) of the IAM user."`
	SecretKeyFile     string `yaml:"secret_key_file" help:"File that holds it, read again when it changes." alternative:"secret_key"`
	SecurityToken     Secret `yaml:"security_token" help:"Only with temporary keys."`
	SecurityTokenFile string `yaml:"security_token_file" help:"File that holds it, read again when it changes." alternative:"security_token"`
	Source            string `yaml:"source" help:"Instead of keys: environment, profile, or metadata (agency of an ECS or CCE node)." alternative:"environment"`
}

type fileTLS struct {
	CAFile             string `yaml:"ca_file" help:"Certificates (PEM) to trust. Default: those of the system."`
	CertFile           string `yaml:"cert_file" help:"Client certificate (PEM)."`
	KeyFile            string `yaml:"key_file" help:"Its private key (PEM)."`
	ServerName         string `yaml:"server_name" help:"Name expected in the server's certificate. Default: the host."`
	InsecureSkipVerify bool   `yaml:"insecure_skip_verify" help:"Accept any certificate. Never in production."`
	MinVersion         string `yaml:"min_version" help:"TLS10, TLS11, TLS12 or TLS13."`
}

type fileProject struct {
	Name       string            `yaml:"name" help:"Label project, unique in the account. Default: the region."`
	Region     string            `yaml:"region" help:"Label region; region id."`
	ProjectID  string            `yaml:"project_id" help:"Default: asked from IAM by the name of the region."`
	Endpoint   string            `yaml:"endpoint" help:"URL of the Workspace API. Default: https://workspace.<region>.myhuaweicloud.com."`
	Labels     map[string]string `yaml:"labels" help:"Added to every series of the project, for example {site: sg1}."`
	Collectors collectorKeys     `yaml:"collectors" help:"Overrides the global section key by key, for example {alarms: {interval: 1m}}."`
}

type fileBudget struct {
	// Share is nil when not given.
	Share *float64 `yaml:"share" help:"Part of each published limit, above 0 up to 1."`
}

type filePrivacy struct {
	UserNames string `yaml:"user_names" help:"hashed, plain or omitted; in metrics, alerts, logs and state alike."`
	Salt      Secret `yaml:"salt" help:"Key of the hash. Default: a random one, kept in the state if there is one."`
	SaltFile  string `yaml:"salt_file" help:"File that holds it." alternative:"salt"`
}

type fileAlerting struct {
	ResendInterval time.Duration     `yaml:"resend_interval" help:"An active alert is sent again after this time."`
	ExternalLabels map[string]string `yaml:"external_labels" help:"Added to every alert."`
}

type fileState struct {
	Path string `yaml:"path" help:"Directory, made if it is not there. Empty: nothing is kept."`
}

// collectorKeys are the keys given for collectors: by collector, by key. The
// Schema declares them.
type collectorKeys map[string]map[string]any

// unread is the number of entries of a list that this version knows but
// cannot use.
type unread int

const (
	enabledKey, enabledHelp   = "enabled", "Whether it is read at all."
	intervalKey, intervalHelp = "interval", "Time between two polls."
)

// options returns every key of a collector's section with its default.
func (c CollectorSchema) options() []OptionSchema {
	return append([]OptionSchema{
		{Name: enabledKey, Help: enabledHelp, Default: c.Enabled},
		{Name: intervalKey, Help: intervalHelp, Default: c.Interval},
	}, c.Options...)
}

// defaults is what keys are that are not given, where that is not their zero
// value.
func defaults() fileConfig {
	return fileConfig{
		Privacy:  filePrivacy{UserNames: hashed},
		Alerting: fileAlerting{ResendInterval: time.Minute},
	}
}
