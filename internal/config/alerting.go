package config

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	promconfig "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

const defaultAlertTimeout = 10 * time.Second

// Bounds of alerting. Alertmanager forgets an alert after four resend
// intervals, so that a long one hides that the exporter is gone.
const (
	minResend, maxResend = time.Second, time.Hour
	maxAlertTimeout      = 5 * time.Minute
	maxQueue             = 1_000_000
)

func (c *checker) alertmanagers(at path, all []fileAlertmanager) []Alertmanager {
	var checked []Alertmanager
	urls := map[string]path{}
	for i, f := range all {
		checked = append(checked, c.alertmanager(at.index(i), f, urls))
	}
	return checked
}

func (c *checker) alertmanager(at path, f fileAlertmanager, urls map[string]path) Alertmanager {
	var basic *promconfig.BasicAuth
	if f.BasicAuth != nil {
		basic = c.basicAuth(at.key("basic_auth"), *f.BasicAuth)
	}
	address, user := c.alertmanagerURL(at.key("url"), f.URL)
	if user != nil {
		if basic != nil {
			c.wrong(at.key("url"), "the URL has a user and basic_auth is given as well: keep basic_auth")
		}
		basic = user
	}
	if address != "" {
		c.unique(at.key("url"), address, urls, "the URL is that of %s already: each Alertmanager gets everything once, remove one of the two")
	}
	h := promconfig.HTTPClientConfig{
		BasicAuth: basic, Authorization: c.authorization(at.key("authorization"), f.Authorization),
		OAuth2: c.oauth2(at.key("oauth2"), f.OAuth2), TLSConfig: c.tls(at.key("tls_config"), f.TLSConfig),
		ProxyConfig: promconfig.ProxyConfig{
			ProxyURL: c.proxy(at.key("proxy_url"), f.ProxyURL), NoProxy: f.NoProxy, ProxyFromEnvironment: f.ProxyFromEnvironment,
		},
		FollowRedirects: trueUnlessSet(f.FollowRedirects), EnableHTTP2: trueUnlessSet(f.EnableHTTP2),
		HTTPHeaders: c.headers(at.key("http_headers"), f.HTTPHeaders),
	}
	c.oneAuthMethod(at, h)
	switch {
	case f.ProxyURL != "" && f.ProxyFromEnvironment:
		c.wrong(at.key("proxy_from_environment"), "proxy_url is given as well: keep one of the two")
	case f.NoProxy != "" && f.ProxyURL == "":
		c.wrong(at.key("no_proxy"), "needs proxy_url: give it or remove no_proxy (the environment has its own, NO_PROXY)")
	}
	timeout := cmp.Or(f.Timeout, defaultAlertTimeout)
	c.within(at.key("timeout"), timeout, time.Millisecond, maxAlertTimeout)
	return Alertmanager{URL: address, Timeout: timeout, HTTP: HTTPClient{h}}
}

// alertmanagerURL returns the URL as it is shown, and the user that was in it.
// Other than towards the API http is allowed: Alertmanager often has no TLS.
func (c *checker) alertmanagerURL(at path, text string) (string, *promconfig.BasicAuth) {
	if text == "" {
		c.wrong(at, "the URL is missing: give it, for example http://alertmanager:9093")
		return "", nil
	}
	u, problems := parseURL(text, "http", "https")
	if u != nil && strings.ContainsAny(text, "?#") {
		problems = append(problems, "remove everything from the ? or # on")
	}
	if u != nil && strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/api/v2/alerts") {
		problems = append(problems, "remove /api/v2/alerts: it is added to the URL")
	}
	for _, problem := range problems {
		c.wrong(at, "%s", problem)
	}
	if len(problems) > 0 {
		return "", nil
	}
	var user *promconfig.BasicAuth
	if u.User != nil {
		password, _ := u.User.Password()
		user = &promconfig.BasicAuth{Username: u.User.Username(), Password: promconfig.Secret(password)}
	}
	u.User, u.Host = nil, strings.ToLower(u.Host)
	return strings.TrimRight(u.String(), "/"), user
}

// oneAuthMethod reports ways to log in that exclude each other.
func (c *checker) oneAuthMethod(at path, h promconfig.HTTPClientConfig) {
	var given []string
	for key, set := range map[string]bool{
		"basic_auth": h.BasicAuth != nil, "authorization": h.Authorization != nil, "oauth2": h.OAuth2 != nil,
	} {
		if set {
			given = append(given, key)
		}
	}
	slices.Sort(given)
	if len(given) > 1 {
		c.wrong(at, "there are %s: keep one of them", enumeration(given))
	}
}

func (c *checker) basicAuth(at path, f fileBasicAuth) *promconfig.BasicAuth {
	b := &promconfig.BasicAuth{
		Username: f.Username, UsernameFile: c.resolve(f.UsernameFile),
		Password: promconfig.Secret(f.Password), PasswordFile: c.resolve(f.PasswordFile),
	}
	user := c.secret(at, "username", Secret(f.Username), b.UsernameFile)
	c.secret(at, "password", f.Password, b.PasswordFile)
	if !user.given && !c.failed[at.key("username_file").id] {
		c.wrong(at.key("username"), "is missing: give username or username_file")
	}
	return b
}

// isAuthScheme tells whether s can be a scheme of the header Authorization.
func isAuthScheme(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-'
	})
}

func (c *checker) authorization(at path, f *fileAuthorization) *promconfig.Authorization {
	if f == nil {
		return nil
	}
	a := &promconfig.Authorization{
		Type: cmp.Or(strings.TrimSpace(f.Type), "Bearer"), Credentials: promconfig.Secret(f.Credentials),
		CredentialsFile: c.resolve(f.CredentialsFile),
	}
	switch {
	case strings.EqualFold(a.Type, "basic"):
		c.wrong(at.key("type"), "for Basic use basic_auth, which takes user name and password")
	case !isAuthScheme(a.Type):
		c.wrong(at.key("type"), "expected one word such as Bearer")
	}
	token := c.secret(at, "credentials", f.Credentials, a.CredentialsFile)
	if !token.given && !c.failed[at.key("credentials_file").id] {
		c.wrong(at.key("credentials"), "is missing: give credentials or credentials_file")
	}
	if strings.ContainsFunc(token.text, unicode.IsControl) {
		c.wrong(token.at, "has control characters inside: copy it again")
	}
	return a
}

func (c *checker) oauth2(at path, f *fileOAuth2) *promconfig.OAuth2 {
	if f == nil {
		return nil
	}
	o := &promconfig.OAuth2{
		ClientID: f.ClientID, ClientSecret: promconfig.Secret(f.ClientSecret), ClientSecretFile: c.resolve(f.ClientSecretFile),
		Scopes: f.Scopes, TokenURL: f.TokenURL, EndpointParams: f.EndpointParams,
		TLSConfig:   c.tls(at.key("tls_config"), f.TLSConfig),
		ProxyConfig: promconfig.ProxyConfig{ProxyURL: c.proxy(at.key("proxy_url"), f.ProxyURL)},
	}
	if f.ClientID == "" {
		c.wrong(at.key("client_id"), "is missing: give the id that the OAuth 2 server knows")
	}
	c.secret(at, "client_secret", f.ClientSecret, o.ClientSecretFile)
	if f.TokenURL == "" {
		c.wrong(at.key("token_url"), "is missing: give the URL of the OAuth 2 server that hands out tokens")
	} else if u, problems := parseURL(f.TokenURL, "https", "http"); len(problems) > 0 {
		c.wrong(at.key("token_url"), "%s", problems[0])
	} else if u.User != nil {
		c.wrong(at.key("token_url"), "a URL with user or password is not accepted here: use client_id and client_secret")
	}
	return o
}

func (c *checker) headers(at path, all map[string]fileHeader) *promconfig.Headers {
	if len(all) == 0 {
		return nil
	}
	headers := map[string]promconfig.Header{}
	for name, f := range all {
		at := at.key(name)
		_, reserved := promconfig.ReservedHeaders[http.CanonicalHeaderKey(name)]
		switch {
		case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) }):
			c.wrong(at, "not the name of a header: use letters, digits and -")
		case reserved:
			c.wrong(at, "the header is set by the exporter: use basic_auth, authorization or oauth2 to log in, and leave the others out")
		case len(f.Values)+len(f.Secrets)+len(f.Files) == 0:
			c.wrong(at, "the header has no value: give values, secrets or files")
		}
		h := promconfig.Header{Values: f.Values}
		for i, s := range f.Secrets {
			c.headerValue(at.key("secrets").index(i), s.Value())
			h.Secrets = append(h.Secrets, promconfig.Secret(s))
		}
		for i, v := range f.Values {
			c.headerValue(at.key("values").index(i), v)
		}
		for i, file := range f.Files {
			name := c.resolve(file)
			c.headerValue(at.key("files").index(i), strings.TrimSpace(string(c.read(at.key("files").index(i), name))))
			h.Files = append(h.Files, name)
		}
		headers[name] = h
	}
	return &promconfig.Headers{Headers: headers}
}

func (c *checker) headerValue(at path, value string) {
	if strings.ContainsFunc(value, unicode.IsControl) {
		c.wrong(at, "has control characters inside (line breaks, tabs), which a header cannot carry")
	}
}

func (c *checker) alerting(at path, f fileAlerting) Alerting {
	c.within(at.key("resend_interval"), f.ResendInterval, minResend, maxResend)
	if f.QueueCapacity < 1 || f.QueueCapacity > maxQueue {
		c.wrong(at.key("queue_capacity"), "expected a number from 1 to %d", maxQueue)
	}
	for name, value := range f.ExternalLabels {
		at := at.key("external_labels").key(name)
		switch {
		case !model.LegacyValidation.IsValidLabelName(name) || strings.HasPrefix(name, "__"):
			c.wrong(at, "not a label name: use letters, digits and _, and do not begin with a digit or __")
		case slices.Contains(c.schema.AlertLabels, name):
			c.wrong(at, "alerts have a label of this name already: choose another one")
		case value == "":
			c.wrong(at, "an empty label is none: give it a value or remove it")
		}
	}
	standard := defaults().Alerting.Severities
	return Alerting{
		ResendInterval: f.ResendInterval, QueueCapacity: f.QueueCapacity, ExternalLabels: f.ExternalLabels,
		Severities: map[string]string{
			"critical": cmp.Or(f.Severities.Critical, standard.Critical), "major": cmp.Or(f.Severities.Major, standard.Major),
			"minor": cmp.Or(f.Severities.Minor, standard.Minor), "info": cmp.Or(f.Severities.Info, standard.Info),
		},
	}
}

func (c *checker) within(at path, d, least, most time.Duration) {
	if d < least || d > most {
		c.wrong(at, "expected a time from %s to %s", formatDuration(least), formatDuration(most))
	}
}

func trueUnlessSet(given *bool) bool { return given == nil || *given }
