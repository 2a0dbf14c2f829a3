package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"strings"

	promconfig "github.com/prometheus/common/config"
)

// maxFile is far above any key, token or bundle of certificates.
const maxFile = 4 << 20

// tls checks that the files are there and hold what they should.
func (c *checker) tls(at path, f fileTLS) promconfig.TLSConfig {
	t := promconfig.TLSConfig{
		CAFile: c.resolve(f.CAFile), CertFile: c.resolve(f.CertFile), KeyFile: c.resolve(f.KeyFile),
		ServerName: f.ServerName, InsecureSkipVerify: f.InsecureSkipVerify,
	}
	if f.MinVersion != "" {
		version, ok := promconfig.TLSVersions[f.MinVersion]
		if !ok {
			c.wrong(at.key("min_version"), "expected TLS10, TLS11, TLS12 or TLS13")
		}
		t.MinVersion = version
	}
	if ca := c.read(at.key("ca_file"), t.CAFile); len(ca) > 0 && !x509.NewCertPool().AppendCertsFromPEM(ca) {
		c.wrong(at.key("ca_file"), "the file holds no certificate in PEM form")
	}
	cert, key := c.read(at.key("cert_file"), t.CertFile), c.read(at.key("key_file"), t.KeyFile)
	switch {
	case t.CertFile != "" && t.KeyFile == "":
		c.wrong(at.key("key_file"), "is missing: cert_file and key_file belong together")
	case t.CertFile == "" && t.KeyFile != "":
		c.wrong(at.key("cert_file"), "is missing: cert_file and key_file belong together")
	case len(cert) > 0 && len(key) > 0:
		// The error of X509KeyPair quotes words of the files.
		if _, err := tls.X509KeyPair(cert, key); err != nil {
			c.wrong(at.key("cert_file"), "cert_file and key_file are not a certificate and its private key in PEM form")
		}
	}
	return t
}

// resolve makes a relative path start from the directory of the file.
func (c *checker) resolve(name string) string { return promconfig.JoinDir(c.dir, name) }

// read returns the content of a file named by a key; nil without a name or
// after reporting why it cannot be read.
func (c *checker) read(at path, name string) []byte {
	if name == "" || c.schema.Offline {
		return nil
	}
	content, err := readRegular(name)
	switch {
	case err != nil:
		c.wrong(at, "cannot read the file: %s; a relative path starts from the directory of the configuration file", reason(err))
	case strings.TrimSpace(string(content)) == "":
		c.wrong(at, "the file is empty")
	default:
		return content
	}
	return nil
}

// Causes that reason prints as they are.
var (
	errNotRegular = errors.New("not a regular file")
	errTooLarge   = errors.New("too large")
)

// readRegular reads a file that has an end: not a pipe or a device.
func readRegular(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: name, Err: errNotRegular}
	case info.Size() > maxFile:
		return nil, &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
	}
	return os.ReadFile(name)
}

// reason is the cause of a file error without the path: a secret pasted in
// the place of a path must not show.
func reason(err error) string {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err.Error()
	}
	return "unknown error"
}
