package apiclient

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"
)

// Environment variables of the Huawei Cloud SDK (its credential providers), so that
// an environment made for the SDK serves the exporter as well.
//
//nolint:gosec // these are names, not keys
const (
	envAccessKey     = "HUAWEICLOUD_SDK_AK"
	envSecretKey     = "HUAWEICLOUD_SDK_SK"
	envSecurityToken = "HUAWEICLOUD_SDK_SECURITY_TOKEN"
	envProfile       = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
)

// Credentials is what one request is signed with. However it is printed,
// logged or marshalled, it shows as <secret>.
type Credentials struct {
	hidden

	AccessKey string
	SecretKey string
	// SecurityToken belongs to temporary keys; it is empty for permanent ones.
	SecurityToken string
	// Expiry is the moment the keys end, in UTC. It is zero where the source
	// does not say.
	Expiry time.Time
}

// sameKeys leaves Expiry aside: a later expiry of the same keys is no change
// for a request that was refused.
func (c Credentials) sameKeys(o Credentials) bool {
	return c.AccessKey == o.AccessKey && c.SecretKey == o.SecretKey && c.SecurityToken == o.SecurityToken
}

// check refuses keys that could only end in a wrong signature: five of those
// in a row lock the key (API Gateway FAQ).
func (c Credentials) check() error {
	if c.AccessKey == "" {
		return errors.New("the access key is empty")
	}
	if c.SecretKey == "" {
		return errors.New("the secret key is empty")
	}
	for _, part := range []struct{ name, text string }{
		{"access key", c.AccessKey}, {"secret key", c.SecretKey}, {"security token", c.SecurityToken},
	} {
		if strings.ContainsFunc(part.text, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return fmt.Errorf("the %s holds a blank, a line break or another character that no key has; copy it again, alone", part.name)
		}
	}
	return nil
}

// CredentialSource hands out the keys of one account. Sources are safe for
// concurrent use and print as <secret>.
type CredentialSource interface {
	// Credentials returns the keys to sign with now. It is cheap: call it for
	// every attempt. While a source cannot be read, the last good keys are
	// returned for as long as they are valid.
	Credentials(ctx context.Context) (Credentials, error)
	// Refresh reads the source again at once, for use after a refused
	// signature. It says whether the keys differ from those held before; on an
	// error the keys held before stay.
	Refresh(ctx context.Context) (changed bool, err error)
}

// CredentialConfig says where the keys of one account come from: keys, each
// given as text or as the name of a file that holds it, or else Source.
type CredentialConfig struct {
	hidden

	AccessKey, SecretKey, SecurityToken             string
	AccessKeyFile, SecretKeyFile, SecurityTokenFile string
	// Source is "environment", "profile", "metadata", or "" for the keys above.
	Source string
	// Env looks up environment variables; os.Getenv if nil.
	Env func(string) string
	// MetadataURL is the base of the metadata service,
	// "http://169.254.169.254" if empty.
	MetadataURL string
	// Logger hears of changed keys and of sources that fail while the last
	// good keys are still in use. Nothing is logged if it is nil.
	Logger *slog.Logger
}

// NewCredentialSource checks cfg and makes its source. Files and the metadata
// service are not read before the first call of Credentials: they may come
// later than the exporter.
func NewCredentialSource(cfg CredentialConfig) (CredentialSource, error) {
	env := cfg.Env
	if env == nil {
		env = os.Getenv
	}
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if cfg.Source == "" {
		return newKeySource(cfg, log)
	}
	if cfg.hasKeys() {
		return nil, fmt.Errorf("credentials: source %q and keys of its own are both given; keep one", cfg.Source)
	}
	switch cfg.Source {
	case "environment":
		return newEnvironmentSource(env)
	case "profile":
		return newProfileSource(env, log)
	case "metadata":
		return newMetadataSource(cfg.MetadataURL, metadataTransport(), log)
	}
	return nil, fmt.Errorf("credentials: unknown source %q; use environment, profile or metadata, or give access_key and secret_key", cfg.Source)
}

func (cfg CredentialConfig) hasKeys() bool {
	return cfg.AccessKey != "" || cfg.SecretKey != "" || cfg.SecurityToken != "" ||
		cfg.AccessKeyFile != "" || cfg.SecretKeyFile != "" || cfg.SecurityTokenFile != ""
}

// newKeySource makes a source of the keys given in the configuration, as text
// or as files, and reports all that is wrong with them at once.
func newKeySource(cfg CredentialConfig, log *slog.Logger) (CredentialSource, error) {
	var keys Credentials
	var files []keyFile
	var mistakes []error
	for _, part := range []struct {
		name, text, file string
		needed           bool
		into             func(*Credentials) *string
	}{
		{"access_key", cfg.AccessKey, cfg.AccessKeyFile, true, func(c *Credentials) *string { return &c.AccessKey }},
		{"secret_key", cfg.SecretKey, cfg.SecretKeyFile, true, func(c *Credentials) *string { return &c.SecretKey }},
		{"security_token", cfg.SecurityToken, cfg.SecurityTokenFile, false, func(c *Credentials) *string { return &c.SecurityToken }},
	} {
		switch {
		case part.text != "" && part.file != "":
			mistakes = append(mistakes, fmt.Errorf("credentials: %s and %[1]s_file are both given; keep one", part.name))
		case part.file != "":
			files = append(files, keyFile{path: part.file, into: part.into})
		case part.text != "":
			*part.into(&keys) = strings.TrimSpace(part.text)
		case part.needed:
			mistakes = append(mistakes, fmt.Errorf("credentials: no %s; give %[1]s, %[1]s_file or a source", part.name))
		}
	}
	if err := errors.Join(mistakes...); err != nil {
		return nil, err
	}
	if len(files) > 0 {
		return newKeyFileSource(keys, files, log), nil
	}
	if err := keys.check(); err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	return fixedSource{keys: keys}, nil
}

// newEnvironmentSource reads the environment once: it cannot change while the
// process runs.
func newEnvironmentSource(env func(string) string) (CredentialSource, error) {
	keys := Credentials{
		AccessKey:     strings.TrimSpace(env(envAccessKey)),
		SecretKey:     strings.TrimSpace(env(envSecretKey)),
		SecurityToken: strings.TrimSpace(env(envSecurityToken)),
	}
	if err := keys.check(); err != nil {
		return nil, fmt.Errorf("credentials from the environment: %w; set %s and %s (and %s for temporary keys)",
			err, envAccessKey, envSecretKey, envSecurityToken)
	}
	return fixedSource{keys: keys}, nil
}

// fixedSource holds keys that cannot change while the exporter runs.
type fixedSource struct {
	hidden
	keys Credentials
}

func (s fixedSource) Credentials(context.Context) (Credentials, error) { return s.keys, nil }

func (s fixedSource) Refresh(context.Context) (bool, error) { return false, nil }
