package daemon

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
)

// naming is how names of users are shown: in which way, and with which key
// they are hashed.
type naming struct{ mode, salt string }

// naming returns what the configuration asks for. Without a configured salt a
// random one is used, so that hashes cannot be looked up in a table. It is
// kept in the state; without one hashes differ from one start of the process
// to the next, but not from one reload to the next.
func (d *Daemon) naming(p config.Privacy) (naming, error) {
	n := naming{mode: p.UserNames, salt: p.Salt.Value()}
	if n.mode != "hashed" {
		return naming{mode: n.mode}, nil
	}
	if p.SaltFile != "" {
		content, err := os.ReadFile(p.SaltFile)
		if err != nil {
			return n, fmt.Errorf("privacy.salt_file: %w", err)
		}
		n.salt = strings.TrimSpace(string(content))
	}
	switch {
	case n.salt != "":
	case d.store != nil:
		salt, err := d.store.Salt(randomSalt)
		if err != nil {
			return n, err
		}
		n.salt = string(salt)
	default:
		d.salt = cmp.Or(d.salt, string(randomSalt()))
		n.salt = d.salt
	}
	return n, nil
}

// show turns the name of a user into what privacy.user_names allows to show: a
// keyed hash of it (12 hexadecimal digits, upper and lower case alike), the
// name itself, or nothing.
func (n naming) show(name string) string {
	switch {
	case n.mode == "plain":
		return name
	case n.mode == "omitted", name == "":
		return ""
	}
	h := hmac.New(sha256.New, []byte(n.salt))
	h.Write([]byte(strings.ToLower(name)))
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// fingerprint tells one way to show names from another, and not the salt.
func (n naming) fingerprint() string {
	if n.mode != "hashed" {
		return n.mode
	}
	h := hmac.New(sha256.New, []byte(n.salt))
	h.Write([]byte("fingerprint of the salt"))
	return n.mode + " " + hex.EncodeToString(h.Sum(nil)[:8])
}

func randomSalt() []byte {
	salt := make([]byte, sha256.Size)
	_, _ = rand.Read(salt) // never fails, by its documentation
	return salt
}
