package config

import (
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// Bounds of an interval: below, a poll is over budget before it is through;
// above, multiples of it no longer fit a duration.
const (
	minInterval = time.Second
	maxInterval = 365 * 24 * time.Hour
)

// collectors lays the project's keys over the global ones and those over the
// defaults of the schema.
func (c *checker) collectors(at path, project, global collectorKeys) map[string]Collector {
	c.intervals(at, project)
	all := make(map[string]Collector, len(c.schema.Collectors))
	for _, s := range c.schema.Collectors {
		merged := Collector{Options: make(map[string]any, len(s.Options))}
		for _, o := range s.options() {
			value := o.Default
			for _, given := range []map[string]any{global[s.Name], project[s.Name]} {
				if v, ok := given[o.Name]; ok {
					value = v
				}
			}
			switch o.Name {
			case enabledKey:
				merged.Enabled = value.(bool)
			case intervalKey:
				merged.Interval = value.(time.Duration)
			default:
				merged.Options[o.Name] = value
			}
		}
		all[s.Name] = merged
	}
	return all
}

func (c *checker) intervals(at path, given collectorKeys) {
	for name, keys := range given {
		if interval, ok := keys[intervalKey].(time.Duration); ok && (interval < minInterval || interval > maxInterval) {
			c.wrong(at.key(name).key(intervalKey), "expected a time from %s to %s", formatDuration(minInterval), formatDuration(maxInterval))
		}
	}
}

// reservedLabels are the exporter's own labels, those Prometheus adds (pod, in
// Kubernetes, tells replicas apart: the rules leave it out), and those of
// histograms and summaries.
var reservedLabels = []string{"account", "region", "project", "job", "instance", "pod", "le", "quantile"}

func (c *checker) labels(at path, labels map[string]string) {
	for name, value := range labels {
		at := at.key(name)
		switch {
		case !model.LegacyValidation.IsValidLabelName(name):
			c.wrong(at, "not a label name: use letters, digits and _, and do not begin with a digit")
		case strings.HasPrefix(name, "__"), slices.Contains(reservedLabels, name), slices.Contains(c.schema.Reserved, name),
			slices.Contains(c.schema.AlertLabels, name):
			c.wrong(at, "the label name is in use by the exporter or Prometheus: choose another one")
		case value == "":
			c.wrong(at, "an empty label is none: give it a value or remove it")
		}
	}
}
