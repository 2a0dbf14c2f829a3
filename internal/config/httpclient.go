package config

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	promconfig "github.com/prometheus/common/config"
)

// HTTPClient is a checked configuration of an HTTP client with absolute
// paths, or paths relative to the working directory. It prints as <secret>:
// much of it may be one.
type HTTPClient struct{ config promconfig.HTTPClientConfig }

// Config reveals it.
func (h HTTPClient) Config() promconfig.HTTPClientConfig { return h.config }

// Format implements fmt.Formatter.
func (h HTTPClient) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalYAML implements yaml.Marshaler.
func (h HTTPClient) MarshalYAML() (any, error) { return hidden, nil }

// MarshalJSON implements json.Marshaler.
func (h HTTPClient) MarshalJSON() ([]byte, error) { return json.Marshal(hidden) }

// LogValue implements slog.LogValuer.
func (h HTTPClient) LogValue() slog.Value { return slog.StringValue(hidden) }
