package config

import "time"

// The types below are the file as it is written. Their tags are its only
// declaration: `yaml` is the key, `help` its line in config.example.yml, and
// `alternative` the value of a key that the example shows commented out because
// it excludes another one; so it shows what a pointer to a struct has. A key
// with `required` has no default. The zero value of a field means "not given".

type fileConfig struct {
	Accounts      []fileAccount      `yaml:"accounts" help:"One entry for each IAM user; the API limits count per user." required:"yes"`
	Budget        fileBudget         `yaml:"budget" help:"How much of the API limits is used."`
	Collectors    collectorKeys      `yaml:"collectors" help:"What is read, and how often."`
	Privacy       filePrivacy        `yaml:"privacy" help:"What is shown of people."`
	Alertmanagers []fileAlertmanager `yaml:"alertmanagers" help:"Where alarms of Workspace are sent, all of them to each. Default: none, nothing is sent."`
	Alerting      fileAlerting       `yaml:"alerting" help:"How they are sent."`
	State         fileState          `yaml:"state" help:"What is kept over restarts: counters, last good results, budgets."`
}

type fileAccount struct {
	Name        string          `yaml:"name" help:"Label account, unique."`
	Credentials fileCredentials `yaml:"credentials" help:"Keys, key files, or a source." required:"yes"`
	Budget      fileBudget      `yaml:"budget" help:"Overrides the global budget."`
	IAMEndpoint string          `yaml:"iam_endpoint" help:"URL of IAM, which is asked for missing project ids. Default: that of the region (docs/regions.md)."`
	Language    string          `yaml:"language" help:"Language of texts in answers (X-Language), which show as labels and in messages: en-us or zh-cn."`
	TLSConfig   fileTLS         `yaml:"tls_config" help:"TLS towards the API and IAM."`
	ProxyURL    Secret          `yaml:"proxy_url" help:"http, https or socks5 URL. Default: taken from HTTPS_PROXY and NO_PROXY."`
	Projects    []fileProject   `yaml:"projects" help:"One entry for each project and region." required:"yes"`
}

type fileCredentials struct {
	AccessKey         Secret `yaml:"access_key" help:"Access key (AK) of the IAM user." required:"yes"`
	AccessKeyFile     string `yaml:"access_key_file" help:"File that holds it, read again when it changes." alternative:"access_key"`
	SecretKey         Secret `yaml:"secret_key" help:"Secret key (SK) of the IAM user." required:"yes"`
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
	MinVersion         string `yaml:"min_version" help:"TLS10, TLS11, TLS12 or TLS13; towards the API at least TLS12. Default: TLS12."`
}

type fileProject struct {
	Name       string            `yaml:"name" help:"Label project, unique in the account. Default: the region."`
	Region     string            `yaml:"region" help:"Label region; region id." required:"yes"`
	ProjectID  string            `yaml:"project_id" help:"Default: asked from IAM by the name of the region."`
	Endpoint   string            `yaml:"endpoint" help:"URL of the Workspace API. Default: that of the region (docs/regions.md)."`
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

type fileAlertmanager struct {
	URL                  string                `yaml:"url" help:"URL of Alertmanager with its path prefix, if any; http is fine on a network you trust." required:"yes"`
	Timeout              time.Duration         `yaml:"timeout" help:"Time for one request."`
	BasicAuth            *fileBasicAuth        `yaml:"basic_auth" help:"One of basic_auth, authorization and oauth2."`
	Authorization        *fileAuthorization    `yaml:"authorization" help:"A bearer token or the like."`
	OAuth2               *fileOAuth2           `yaml:"oauth2" help:"A token from an OAuth 2 server (client credentials)."`
	TLSConfig            fileTLS               `yaml:"tls_config" help:"TLS towards Alertmanager."`
	ProxyURL             Secret                `yaml:"proxy_url" help:"http, https or socks5 URL. Default: no proxy."`
	NoProxy              string                `yaml:"no_proxy" help:"With proxy_url: hosts, domains and networks that are reached without it, separated by commas."`
	ProxyFromEnvironment bool                  `yaml:"proxy_from_environment" help:"Take the proxy from HTTPS_PROXY, HTTP_PROXY and NO_PROXY."`
	FollowRedirects      *bool                 `yaml:"follow_redirects" help:"Follow redirects."`
	EnableHTTP2          *bool                 `yaml:"enable_http2" help:"Use HTTP/2 where the server does (https only)."`
	HTTPHeaders          map[string]fileHeader `yaml:"http_headers" help:"More headers, by name: {X-Scope-OrgID: {values: [vdi]}}, or secrets, or files that are read at each request."`
}

type fileBasicAuth struct {
	Username     string `yaml:"username" help:"Name of the user." required:"yes"`
	UsernameFile string `yaml:"username_file" help:"File that holds it, read again when it changes." alternative:"username"`
	Password     Secret `yaml:"password" help:"Password of the user."`
	PasswordFile string `yaml:"password_file" help:"File that holds it, read again when it changes." alternative:"password"`
}

type fileAuthorization struct {
	Type            string `yaml:"type" help:"First word of the header Authorization. Default: Bearer."`
	Credentials     Secret `yaml:"credentials" help:"The token." required:"yes"`
	CredentialsFile string `yaml:"credentials_file" help:"File that holds it, read again when it changes." alternative:"token"`
}

type fileOAuth2 struct {
	ClientID         string            `yaml:"client_id" help:"Id of the client." required:"yes"`
	ClientSecret     Secret            `yaml:"client_secret" help:"Secret of the client."`
	ClientSecretFile string            `yaml:"client_secret_file" help:"File that holds it, read again when it changes." alternative:"client_secret"`
	Scopes           []string          `yaml:"scopes" help:"Scopes to ask for."`
	TokenURL         string            `yaml:"token_url" help:"URL that hands out tokens." required:"yes"`
	EndpointParams   map[string]string `yaml:"endpoint_params" help:"Parameters to add to that URL."`
	TLSConfig        fileTLS           `yaml:"tls_config" help:"TLS towards that URL."`
	ProxyURL         Secret            `yaml:"proxy_url" help:"http, https or socks5 URL. Default: no proxy."`
}

type fileHeader struct {
	Values  []string `yaml:"values" help:"Values of the header."`
	Secrets []Secret `yaml:"secrets" help:"Values that are not shown."`
	Files   []string `yaml:"files" help:"Files that hold a value each."`
}

type fileAlerting struct {
	ResendInterval time.Duration     `yaml:"resend_interval" help:"An active alert is sent again after this time, and forgotten by Alertmanager after four times as long."`
	QueueCapacity  int               `yaml:"queue_capacity" help:"Most alerts that wait for one Alertmanager; beyond it the oldest are dropped."`
	ExternalLabels map[string]string `yaml:"external_labels" help:"Added to every alert, for example {cluster: sg1}."`
	Severities     fileSeverities    `yaml:"severities" help:"Label severity of the alerts, by the level of the alarm."`
}

type fileSeverities struct {
	Critical string `yaml:"critical" help:"Level 1."`
	Major    string `yaml:"major" help:"Level 2."`
	Minor    string `yaml:"minor" help:"Level 3."`
	Info     string `yaml:"info" help:"Level 4."`
}

type fileState struct {
	Path string `yaml:"path" help:"Directory, made if it is not there. Empty: nothing is kept."`
}

// collectorKeys are the keys given for collectors: by collector, by key. The
// Schema declares them.
type collectorKeys map[string]map[string]any

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
		Privacy: filePrivacy{UserNames: hashed},
		Alerting: fileAlerting{
			ResendInterval: time.Minute, QueueCapacity: 10_000,
			Severities: fileSeverities{Critical: "critical", Major: "warning", Minor: "warning", Info: "info"},
		},
	}
}
