package apiclient

import (
	"strings"
	"testing"
)

func environment(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func TestCredentialSourceFixed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		cfg  CredentialConfig
		want Credentials
	}{
		{
			"permanent keys",
			CredentialConfig{AccessKey: "AK", SecretKey: "SK"},
			Credentials{AccessKey: "AK", SecretKey: "SK"},
		},
		{
			"temporary keys, with the line breaks of a template",
			CredentialConfig{AccessKey: "AK\n", SecretKey: " SK", SecurityToken: "TOKEN\r\n"},
			Credentials{AccessKey: "AK", SecretKey: "SK", SecurityToken: "TOKEN"},
		},
		{
			"environment",
			CredentialConfig{Source: "environment", Env: environment(map[string]string{
				"HUAWEICLOUD_SDK_AK": "AK", "HUAWEICLOUD_SDK_SK": "SK\n", "HUAWEICLOUD_SDK_SECURITY_TOKEN": "TOKEN",
			})},
			Credentials{AccessKey: "AK", SecretKey: "SK", SecurityToken: "TOKEN"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			source, err := NewCredentialSource(c.cfg)
			if err != nil {
				t.Fatal(err)
			}
			got, err := source.Credentials(t.Context())
			if err != nil || got != c.want {
				t.Errorf("not the keys that were given; error %v", err)
			}
			if changed, err := source.Refresh(t.Context()); changed || err != nil {
				t.Errorf("Refresh: %v, %v", changed, err)
			}
		})
	}
}

func TestCredentialSourceMistakes(t *testing.T) {
	t.Parallel()
	none := environment(nil)
	for _, c := range []struct {
		name string
		cfg  CredentialConfig
		want []string
	}{
		{"nothing", CredentialConfig{}, []string{
			"credentials: no access_key; give access_key, access_key_file or a source",
			"credentials: no secret_key; give secret_key, secret_key_file or a source",
		}},
		{"twice", CredentialConfig{AccessKey: "SECRET", AccessKeyFile: "f", SecretKey: "SECRET", SecretKeyFile: "f", SecurityToken: "SECRET", SecurityTokenFile: "f"}, []string{
			"credentials: access_key and access_key_file are both given; keep one",
			"credentials: secret_key and secret_key_file are both given; keep one",
			"credentials: security_token and security_token_file are both given; keep one",
		}},
		{"token alone", CredentialConfig{SecurityToken: "SECRET"}, []string{"no access_key", "no secret_key"}},
		{"blank key", CredentialConfig{AccessKey: "AK", SecretKey: "SECRET SECRET"}, []string{"credentials: the secret key holds a blank"}},
		{"byte order mark", CredentialConfig{AccessKey: "\ufeffSECRET", SecretKey: "SECRET"}, []string{"credentials: the access key holds a blank"}},
		{"only blanks", CredentialConfig{AccessKey: "AK", SecretKey: " "}, []string{"credentials: the secret key is empty"}},
		{"unknown source", CredentialConfig{Source: "vault"}, []string{`credentials: unknown source "vault"; use environment, profile or metadata`}},
		{"source and key", CredentialConfig{Source: "metadata", AccessKey: "SECRET"}, []string{`credentials: source "metadata" and keys of its own are both given`}},
		{"source and file", CredentialConfig{Source: "profile", SecurityTokenFile: "f"}, []string{`source "profile" and keys of its own`}},
		{"empty environment", CredentialConfig{Source: "environment", Env: none}, []string{"credentials from the environment: the access key is empty; set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK"}},
		{"half an environment", CredentialConfig{Source: "environment", Env: environment(map[string]string{"HUAWEICLOUD_SDK_AK": "SECRET"})}, []string{"the secret key is empty"}},
		{"homeless profile", CredentialConfig{Source: "profile", Env: none}, []string{"no home directory", "set HUAWEICLOUD_SDK_CREDENTIALS_FILE"}},
		{"metadata URL", CredentialConfig{Source: "metadata", MetadataURL: "http://user:SECRET@host"}, []string{"not of the form http://169.254.169.254"}},
		{"metadata host", CredentialConfig{Source: "metadata", MetadataURL: "169.254.169.254"}, []string{"not of the form http://169.254.169.254"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := NewCredentialSource(c.cfg)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error is\n%v\nand does not say\n%s", err, want)
				}
			}
			if strings.Contains(err.Error(), "SECRET ") || strings.Contains(err.Error(), "SECRET@") || strings.HasSuffix(err.Error(), "SECRET") {
				t.Errorf("the error holds a secret: %v", err)
			}
		})
	}
}
