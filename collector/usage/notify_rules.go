package usage

import (
	"context"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// notifyRule is a rule that sends a message about desktops that are idle. Its
// receiver is left out: it is an address.
type notifyRule struct {
	ID       string           `json:"id"`
	Metric   string           `json:"metric_name"`
	Operator string           `json:"comparison_operator"`
	Interval string           `json:"interval_days"`
	Days     apiclient.Number `json:"threshold_days"`
	Enabled  apiclient.Number `json:"enabled"`
	Matched  apiclient.Number `json:"matched_desktops"`
}

func notifyRulesArea() area.Collector {
	return area.Declaration[[]notifyRule]{
		Name: "notify_rules",
		Help: "Rules that send messages about idle desktops, and how many desktops they match.",
		// Opt-in for its one fixed name in days, which linters of metrics object to.
		Disabled: true,
		Interval: 10 * time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ListMetricNotifyRule), area.CallEach(apiclient.ListMetricNotifyRecord, area.NotifyRules)},
		Series:   area.Series(0, area.Per{area.NotifyRules: 4}),
		Fetch:    fetchNotifyRules,
		Families: []area.Family[[]notifyRule]{
			{
				Name: "notify_rule_info",
				Help: "Properties of the notification rule, always 1; join on rule_id to show what it watches.",
				Type: area.Gauge, Labels: []string{"rule_id", "metric_name", "comparison_operator", "interval_days"},
				Map: area.Each(func(r notifyRule, put area.Put) { put.Value(1, r.ID, r.Metric, r.Operator, r.Interval) }),
			},
			{
				Name: "notify_rule_enabled",
				Help: "Whether the notification rule is enabled: 1 if it sends messages, 0 if not.",
				Type: area.Gauge, Labels: []string{"rule_id"},
				Map: area.Each(func(r notifyRule, put area.Put) { put.Number(r.Enabled, r.ID) }),
			},
			{
				Name: "notify_rule_threshold_days",
				Help: "Days that the rule compares the idle time of each desktop with.",
				Type: area.Gauge, Labels: []string{"rule_id"},
				Map: area.Each(func(r notifyRule, put area.Put) { put.Number(r.Days, r.ID) }),
			},
			{
				Name: "notify_rule_matched_desktops",
				Help: "Number of desktops that the rule matches now, whether or not it sends messages.",
				Type: area.Gauge, Labels: []string{"rule_id"},
				Map: area.Each(func(r notifyRule, put area.Put) { put.Number(r.Matched, r.ID) }),
			},
		},
	}
}

// condition is what a rule and its record have in common; the record has no id.
type condition struct {
	Metric   apiclient.Text   `json:"metric_name"`
	Operator apiclient.Text   `json:"comparison_operator"`
	Days     apiclient.Number `json:"threshold" sent:"always"`
}

func fetchNotifyRules(ctx context.Context, in area.Input, _ []notifyRule) ([]notifyRule, error) {
	type answer struct {
		ID apiclient.Text `json:"rule_id"`
		condition
		Interval apiclient.Text `json:"interval"`
		Enabled  apiclient.Text `json:"enable" sent:"always"`
	}
	answers, err := decode.List(ctx, in, apiclient.ListMetricNotifyRule, "rule_id", func(a answer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	return decode.Each(in, apiclient.ListMetricNotifyRecord, answers, decode.ObjectMissing, func(a answer) (notifyRule, error) {
		matched, err := matchedDesktops(ctx, in, a.ID, a.condition)
		return notifyRule{
			ID: string(a.ID), Metric: string(a.Metric), Operator: string(a.Operator), Interval: string(a.Interval),
			Days: a.Days, Enabled: decode.Switch(a.Enabled), Matched: matched,
		}, err
	})
}

// matchedDesktops is the count in the record of a rule. No record at all says
// that no desktop matches; records of other conditions alone say nothing.
func matchedDesktops(ctx context.Context, in area.Input, rule apiclient.Text, wanted condition) (apiclient.Number, error) {
	type record struct {
		condition
		Matched apiclient.Number `json:"match_count"`
	}
	records, err := decode.Entries(ctx, in, apiclient.Request{
		Endpoint: apiclient.ListMetricNotifyRecord, Query: url.Values{"rule_id": {string(rule)}},
	}, func(record) string { return "" })
	if err != nil {
		return apiclient.Number{}, err
	}
	for _, r := range records {
		if r.condition == wanted {
			return r.Matched, nil
		}
	}
	if len(records) == 0 {
		return apiclient.NumberOf(0), nil
	}
	return apiclient.Number{}, nil
}
