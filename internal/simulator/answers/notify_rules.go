package answers

import (
	"fmt"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func notifyRulesAnswers() map[string]Answer {
	return map[string]Answer{
		"ListMetricNotifyRule":   {Params: query.Params(query.Text("metric_name", "rule_id"), query.Paging(100, query.AnyOffset)), Reply: notifyRules},
		"ListMetricNotifyRecord": {Params: query.Params(query.Text("metric_name", "rule_id"), query.Paging(100, query.AnyOffset)), Reply: notifyRecords},
	}
}

type notifyCondition struct {
	Metric    string `json:"metric_name"`
	Threshold int    `json:"threshold"` // days
	Operator  string `json:"comparison_operator"`
}

type notifyRuleEntry struct {
	ID string `json:"rule_id"`
	notifyCondition
	Interval int    `json:"interval"` // days
	Enabled  bool   `json:"enable"`
	Object   string `json:"notify_object"`
}

func conditionOf(n world.NotifyRule) notifyCondition {
	return notifyCondition{"desktop_idle_duration", n.Days, ">="}
}

func notifyFilters() filter.Set[world.NotifyRule] {
	return filter.Set[world.NotifyRule]{
		"rule_id":     filter.Equal(func(n world.NotifyRule) string { return n.ID }),
		"metric_name": filter.Const[world.NotifyRule]("desktop_idle_duration"),
	}
}

func notifyRules(w *world.World, r query.Request) any {
	found := notifyFilters().Apply(r, w.NotifyRules())
	return members{{"count", len(found)}, {"items", page(r, found, 10, func(n world.NotifyRule) notifyRuleEntry {
		return notifyRuleEntry{
			ID: n.ID, notifyCondition: conditionOf(n), Interval: 1, Enabled: n.Enabled,
			Object: fmt.Sprintf("urn:smn:%s:%s:idle-desktops", w.Project.Region, w.Project.ID),
		}
	})}}
}

type notifyRecordEntry struct {
	Matched int `json:"match_count"`
	notifyCondition
}

// notifyRecords counts as of the newest aggregated day.
func notifyRecords(w *world.World, r query.Request) any {
	if !r.Has("rule_id") && !r.Has("metric_name") {
		return response.Refusal("metric_name or rule_id is needed")
	}
	found := notifyFilters().Apply(r, w.NotifyRules())
	return members{{"count", len(found)}, {"items", page(r, found, 10, func(n world.NotifyRule) notifyRecordEntry {
		entry := notifyRecordEntry{notifyCondition: conditionOf(n)}
		for i := range w.Desktops {
			if w.Desktops[i].IdleAt(w.Aggregated) >= time.Duration(n.Days)*world.Day {
				entry.Matched++
			}
		}
		return entry
	})}}
}
