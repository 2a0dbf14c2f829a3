package apiclient

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "<secret>"

// hidden, embedded in a struct that holds keys, makes the struct print as
// <secret> whichever way it comes to a log line, an error or a document.
type hidden struct{}

func (hidden) String() string { return redacted }

// Format serves every verb: %+v and %#v would walk the fields otherwise.
func (hidden) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

func (hidden) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText covers JSON and YAML.
func (hidden) MarshalText() ([]byte, error) { return []byte(redacted), nil }
