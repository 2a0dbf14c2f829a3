package config

import (
	"strings"
	"unicode"
)

// Sources of credentials other than keys.
const (
	fromEnvironment = "environment"
	fromProfile     = "profile"
	fromMetadata    = "metadata"
)

func (c *checker) credentials(at path, f fileCredentials) Credentials {
	r := Credentials{
		AccessKey: f.AccessKey, AccessKeyFile: c.resolve(f.AccessKeyFile),
		SecretKey: f.SecretKey, SecretKeyFile: c.resolve(f.SecretKeyFile),
		SecurityToken: f.SecurityToken, SecurityTokenFile: c.resolve(f.SecurityTokenFile),
		Source: f.Source,
	}
	access := c.secret(at, "access_key", r.AccessKey, r.AccessKeyFile)
	secret := c.secret(at, "secret_key", r.SecretKey, r.SecretKeyFile)
	token := c.secret(at, "security_token", r.SecurityToken, r.SecurityTokenFile)
	c.noWhiteSpace(access)
	c.noWhiteSpace(secret)
	c.noWhiteSpace(token)
	keys := access.given || secret.given || token.given
	switch {
	case f.Source != "":
		c.source(at.key("source"), f.Source, keys)
	case keys:
		c.required(at, "access_key", access)
		c.required(at, "secret_key", secret)
		c.uniqueKey(access.at, access.text)
	case !c.failed[at.key("access_key").id] && !c.failed[at.key("secret_key").id] && !c.failed[at.key("source").id]:
		c.wrong(at, "the account has no credentials: give access_key and secret_key, their _file forms, or source")
	}
	return r
}

// source checks credentials that come from somewhere else.
func (c *checker) source(at path, source string, keys bool) {
	if keys {
		c.wrong(at, "the credentials have keys as well: keep either source or the keys")
	}
	switch source {
	case fromEnvironment:
		var missing []string
		for _, name := range []string{envAccessKey, envSecretKey} {
			if c.env(name) == "" {
				missing = append(missing, name)
			}
		}
		if len(missing) > 0 && !c.schema.Offline {
			c.wrong(at, "not set in the environment: %s; set what is missing or choose another source", enumeration(missing))
		}
		c.uniqueKey(at, c.env(envAccessKey))
	case fromProfile, fromMetadata:
		// No access key can look like this: it is not one word.
		c.uniqueKey(at, "source "+source)
	default:
		c.wrong(at, "expected environment, profile or metadata")
	}
}

// uniqueKey reports an access key that another account uses. The API counts
// calls by user: two accounts would each use the whole budget of the same one.
func (c *checker) uniqueKey(at path, key string) {
	if key != "" {
		c.unique(at, key, c.keys, "the access key is that of %s already: put the projects of one key under one account, they share its API limits")
	}
}

// secretInput is a key that was given in the file or in a file of its own.
type secretInput struct {
	at    path
	given bool
	// text is empty if it could not be read.
	text string
}

// secret reads a key that has a _file form; file is already resolved.
func (c *checker) secret(at path, key string, value Secret, file string) secretInput {
	direct, byFile := at.key(key), at.key(key+"_file")
	switch {
	case value != "" && file != "":
		c.wrong(byFile, "%s is given as well: keep one of the two", key)
		return secretInput{at: byFile, given: true}
	case file != "":
		return secretInput{at: byFile, given: true, text: strings.TrimSpace(string(c.read(byFile, file)))}
	default:
		return secretInput{at: direct, given: value != "", text: value.Value()}
	}
}

// required reports a key that is missing beside another one, unless it was
// given but could not be read.
func (c *checker) required(at path, key string, input secretInput) {
	if !input.given && !c.failed[at.key(key+"_file").id] {
		c.wrong(at.key(key), "is missing: access_key and secret_key, or their _file forms, belong together")
	}
}

// noWhiteSpace refuses white space and control characters: a header cannot carry
// them, and they come from careless copying.
func (c *checker) noWhiteSpace(input secretInput) {
	if strings.ContainsFunc(input.text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		c.wrong(input.at, "has white space or control characters inside: copy it again")
	}
}
