package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestDurations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "500ms": 500 * time.Millisecond, "1m30s": 90 * time.Second, "1d": 24 * time.Hour,
		"1w2d": 9 * 24 * time.Hour, "1.5h": 90 * time.Minute, "100us": 100 * time.Microsecond,
	} {
		got, ok := parseDuration(text)
		if !ok || got != want {
			t.Errorf("%s = %s, %v; want %s", text, got, ok, want)
		}
		if again, ok := parseDuration(formatDuration(want)); !ok || again != want {
			t.Errorf("%s is formatted as %s", want, formatDuration(want))
		}
	}
	for _, text := range []string{"", "30", "-1s", "1 m", "1d1.5h", "s", "1000000000000000000000s", "300y"} {
		if got, ok := parseDuration(text); ok {
			t.Errorf("%q is accepted as %s", text, got)
		}
	}
}

func TestLargeFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, maxFile+1); err != nil {
		t.Fatal(err)
	}
	if _, err := readRegular(name); !errors.Is(err, errTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"127.0.0.1": true, "127.255.255.254": true, "::1": true, "localhost": true, "LOCALHOST": true,
		"128.0.0.1": false, "0.0.0.0": false, "::": false, "10.0.0.1": false, "localhost.example.com": false,
		"127.0.0.1.example.com": false, "127.1": false, "": false,
	} {
		if got := loopback(host); got != want {
			t.Errorf("%s: got %v, want %v", host, got, want)
		}
	}
}

func TestClosest(t *testing.T) {
	t.Parallel()
	known := []string{"access_key", "access_key_file", "secret_key", "ca_file"}
	for name, want := range map[string]string{
		"acces_key": "access_key", "access_keyfile": "access_key_file", "secretkey": "secret_key", "key_secret": "",
		"x": "", "": "", "cafile": "ca_file",
	} {
		if got := closest(name, known); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	privateKey, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: privateKey},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Absolute paths stay, relative ones start from the file's directory.
	content := "accounts:\n- credentials: {source: metadata}\n  projects: [{region: cn-north-4}]\n" +
		"  tls_config: {cert_file: cert.pem, key_file: " + filepath.Join(dir, "key.pem") + "}\n"
	c, err := Parse(filepath.Join(dir, "config.yml"), []byte(content), testSchema(), testEnv())
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Accounts[0].TLS; got.CertFile != filepath.Join(dir, "cert.pem") || got.KeyFile != filepath.Join(dir, "key.pem") {
		t.Errorf("got %+v", got)
	}
}
