package collector

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

func appJobsArea() Collector {
	return countByArea("app_jobs", "Installations of applications from the application centre, by how they ended.",
		5*time.Minute, false, apiclient.ListJobs, "job_status", []string{"INIT", "WAITING", "SUCCESS", "FAIL"},
		statesFamily("app_jobs", "Number of installations of applications that the API lists, by status; FAIL is those that went wrong.", "status"))
}

func appsArea() Collector {
	return Area[states]{
		Name:     "apps",
		Help:     "Applications of the application centre, visible to users or not.",
		Interval: time.Hour,
		Calls:    []Call{callPages(apiclient.ListApps, Apps)},
		Series:   series(2, nil),
		Fetch: func(ctx context.Context, in Input, _ states) (states, error) {
			type app struct {
				ID     apiclient.Text `json:"id"`
				Status apiclient.Text `json:"status"`
			}
			list, err := listIdentified(ctx, in, apiclient.ListApps, "id", func(a app) string { return string(a.ID) })
			if err != nil {
				return nil, err
			}
			return tallyBy(list, []string{"NORMAL", "FORBIDDEN"}, func(a app) string { return string(a.Status) }), nil
		},
		Families: []Family[states]{statesFamily("apps", "Number of applications in the application centre by status; users do not see FORBIDDEN ones.", "status")},
	}
}

func appRulesArea() Collector {
	return countArea("app_rules", "Rules that describe applications.", time.Hour, false, apiclient.ListAppRule,
		numberFamily("app_rules", "Number of rules that describe applications."))
}

func appRestrictedRulesArea() Collector {
	return countArea("app_restricted_rules", "Rules whose applications are forbidden on desktops.", time.Hour, false, apiclient.ListRestrictedRule,
		numberFamily("app_restricted_rules", "Number of rules whose applications are forbidden on desktops; they act only while the restriction is enabled."))
}

func appRuleRestrictionArea() Collector {
	return Area[apiclient.Number]{
		Name:     "app_rule_restriction",
		Help:     "Whether forbidden applications are kept from running.",
		Disabled: true, // the operation is in no table of limits and may lack in a region
		Interval: time.Hour,
		Calls:    []Call{once(apiclient.ShowRuleRestriction)},
		Series:   series(1, nil),
		Fetch: func(ctx context.Context, in Input, _ apiclient.Number) (apiclient.Number, error) {
			return switchOf(ctx, in, apiclient.ShowRuleRestriction, "app_restrict_rule_switch")
		},
		Families: []Family[apiclient.Number]{
			numberFamily("app_rule_restriction_enabled", "Whether forbidden applications are kept from running: 1 if they are, 0 if not."),
		},
	}
}
