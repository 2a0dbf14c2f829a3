package config

import (
	"cmp"
	"os"
	"regexp"
	"strings"
	"unicode"
)

const (
	defaultAccount = "default"
	defaultShare   = 0.5
	hashed         = "hashed"
)

// checker turns what was written into what is meant, and reports whatever
// cannot be meant.
type checker struct {
	*problems
	// dir is where relative paths start from.
	dir    string
	schema Schema
	env    func(string) string
	// accounts and keys remember who used a name or key first.
	accounts, keys map[string]path
}

func newChecker(p *problems, dir string, schema Schema, env func(string) string) *checker {
	return &checker{problems: p, dir: dir, schema: schema, env: env, accounts: map[string]path{}, keys: map[string]path{}}
}

// config checks everything and returns the configuration or all mistakes,
// also those found before.
func (c *checker) config(f fileConfig) (*Config, error) {
	top := path{}
	share := c.share(top.key("budget"), f.Budget, defaultShare)
	c.intervals(top.key("collectors"), f.Collectors)
	config := &Config{
		Privacy:       c.privacy(top.key("privacy"), f.Privacy),
		Alertmanagers: c.alertmanagers(top.key("alertmanagers"), f.Alertmanagers),
		Alerting:      c.alerting(top.key("alerting"), f.Alerting),
		StatePath:     c.state(top.key("state").key("path"), f.State.Path),
	}
	at := top.key("accounts")
	if len(f.Accounts) == 0 {
		c.wrong(at, "there is no account: add one with credentials and at least one project, see config.example.yml")
	}
	for i, account := range f.Accounts {
		config.Accounts = append(config.Accounts, c.account(at.index(i), account, share, f.Collectors))
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return config, nil
}

// account checks an account; share and collectors are the global ones.
func (c *checker) account(at path, f fileAccount, share float64, collectors collectorKeys) Account {
	a := Account{
		Name:        cmp.Or(f.Name, defaultAccount),
		Credentials: c.credentials(at.key("credentials"), f.Credentials),
		Share:       c.share(at.key("budget"), f.Budget, share),
		IAMEndpoint: c.endpoint(at.key("iam_endpoint"), f.IAMEndpoint),
		Language:    c.language(at.key("language"), f.Language),
		TLS:         c.tls(at.key("tls_config"), f.TLSConfig),
		ProxyURL:    f.ProxyURL,
	}
	c.name(at.key("name"), a.Name, c.accounts, "an account without a name is called "+defaultAccount)
	c.proxy(at.key("proxy_url"), f.ProxyURL)
	at = at.key("projects")
	if len(f.Projects) == 0 {
		c.wrong(at, "the account has no project: add one with its region")
	}
	names := map[string]path{}
	for i, project := range f.Projects {
		a.Projects = append(a.Projects, c.project(at.index(i), project, collectors, names))
	}
	return a
}

const defaultLanguage = "en-us"

var languageTag = regexp.MustCompile(`^[a-z]{2}-[a-z]{2}$`)

func (c *checker) language(at path, text string) string {
	text = cmp.Or(text, defaultLanguage)
	if !languageTag.MatchString(text) {
		c.wrong(at, "not a language: write it like en-us or zh-cn, lower case")
	}
	return text
}

// A region id names a host (workspace.<region>...), so it must not be able to
// name another one.
var regionID = regexp.MustCompile(`^[a-z]{2,}(-[a-z0-9]+){1,4}$`)

// A project id is opaque but becomes part of URL paths.
var projectID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (c *checker) project(at path, f fileProject, global collectorKeys, names map[string]path) Project {
	p := Project{
		Name: cmp.Or(f.Name, f.Region), Region: f.Region, ID: f.ProjectID,
		Endpoint:   c.endpoint(at.key("endpoint"), f.Endpoint),
		Labels:     f.Labels,
		Collectors: c.collectors(at.key("collectors"), f.Collectors, global),
	}
	if p.Name != "" {
		c.name(at.key("name"), p.Name, names, "a project without a name is called like its region")
	}
	switch {
	case f.Region == "":
		c.wrong(at.key("region"), "the region is missing: give its id, for example ap-southeast-3")
	case !regionID.MatchString(f.Region):
		c.wrong(at.key("region"), "not a region id: write it like ap-southeast-3, lower case")
	}
	if f.ProjectID != "" && !projectID.MatchString(f.ProjectID) {
		c.wrong(at.key("project_id"), "not a project id: expected up to 64 letters, digits, - and _, as the console shows it under My Credentials")
	}
	c.labels(at.key("labels"), f.Labels)
	return p
}

func (c *checker) privacy(at path, f filePrivacy) Privacy {
	p := Privacy{UserNames: cmp.Or(f.UserNames, hashed), Salt: f.Salt, SaltFile: c.resolve(f.SaltFile)}
	switch p.UserNames {
	case hashed, "plain", "omitted":
	default:
		c.wrong(at.key("user_names"), "expected hashed, plain or omitted")
	}
	c.secret(at, "salt", f.Salt, p.SaltFile)
	return p
}

// share returns the given share, or otherwise.
func (c *checker) share(at path, f fileBudget, otherwise float64) float64 {
	if f.Share == nil {
		return otherwise
	}
	if *f.Share <= 0 || *f.Share > 1 {
		c.wrong(at.key("share"), "expected a number above 0 up to 1, for example 0.5 for half of each limit")
	}
	return *f.Share
}

// state checks the directory of the state; it is made when it is not there.
func (c *checker) state(at path, name string) string {
	if name == "" {
		return ""
	}
	dir := c.resolve(name)
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		c.wrong(at, "is a file: name a directory")
	}
	return dir
}

// name checks a name that must be unique in its scope.
func (c *checker) name(at path, name string, first map[string]path, hint string) {
	if strings.ContainsFunc(name, unicode.IsControl) {
		c.wrong(at, "the name has control characters (line breaks, tabs): remove them")
	}
	c.unique(at, name, first, "the name is that of %s already: choose another one ("+hint+")")
}

// unique reports a value that somebody else has. format takes the place of
// the first.
func (c *checker) unique(at path, value string, first map[string]path, format string) {
	if before, taken := first[value]; taken {
		c.wrong(at, format, before.shown)
		return
	}
	first[value] = at
}
