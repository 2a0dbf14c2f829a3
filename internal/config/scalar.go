package config

import (
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"
)

// scalar sets out to the single value n holds, or says what it expected.
func scalar(n *yaml.Node, out reflect.Value) (problem string) {
	tag := n.ShortTag()
	if n.Kind != yaml.ScalarNode {
		tag = ""
	}
	switch v := out.Addr().Interface().(type) {
	case *time.Duration:
		duration, ok := parseDuration(n.Value)
		if !ok {
			return "expected a duration with its unit, such as 30s, 5m or 1d"
		}
		*v = duration
	case *bool:
		if tag != "!!bool" || n.Decode(v) != nil {
			return "expected true or false"
		}
	case *int:
		if tag != "!!int" || n.Decode(v) != nil {
			return "expected a whole number"
		}
	case *float64:
		if tag != "!!int" && tag != "!!float" || n.Decode(v) != nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
			return "expected a number"
		}
	default: // string and Secret
		// Keys and ids may look like a number and are taken as they are written.
		if !slices.Contains([]string{"!!str", "!!int", "!!float", "!!bool", "!!timestamp"}, tag) {
			return "expected a string: put it in quotes"
		}
		out.SetString(n.Value)
	}
	return ""
}

// parseDuration understands durations as Prometheus (1d) and Go (1.5h) write
// them. A number without unit is none: which unit was meant is anyone's guess.
func parseDuration(s string) (time.Duration, bool) {
	if d, err := model.ParseDuration(s); err == nil {
		return time.Duration(d), true
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0
}

// formatDuration is the inverse of parseDuration.
func formatDuration(d time.Duration) string {
	if d%time.Millisecond != 0 {
		return d.String()
	}
	return model.Duration(d).String()
}
