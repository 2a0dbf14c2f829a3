package daemon

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/state"
)

// newUserName returns what turns the name of a user into what
// privacy.user_names allows to show: a keyed hash of it (12 hexadecimal
// digits, upper and lower case alike), the name itself, or nothing.
//
// Without a configured salt a random one is used, so that hashes cannot be
// looked up in a table. It is kept in the state; without one hashes differ
// from one start of the process to the next.
func newUserName(p config.Privacy, store *state.Store) (func(string) string, error) {
	switch p.UserNames {
	case "plain":
		return func(name string) string { return name }, nil
	case "omitted":
		return func(string) string { return "" }, nil
	}
	salt := []byte(p.Salt.Value())
	if p.SaltFile != "" {
		content, err := os.ReadFile(p.SaltFile)
		if err != nil {
			return nil, fmt.Errorf("privacy.salt_file: %w", err)
		}
		salt = []byte(strings.TrimSpace(string(content)))
	}
	switch {
	case len(salt) > 0:
	case store == nil:
		salt = randomSalt()
	default:
		var err error
		if salt, err = store.Salt(randomSalt); err != nil {
			return nil, err
		}
	}
	return func(name string) string {
		if name == "" {
			return ""
		}
		h := hmac.New(sha256.New, salt)
		h.Write([]byte(strings.ToLower(name)))
		return hex.EncodeToString(h.Sum(nil)[:6])
	}, nil
}

func randomSalt() []byte {
	salt := make([]byte, sha256.Size)
	_, _ = rand.Read(salt) // never fails, by its documentation
	return salt
}
