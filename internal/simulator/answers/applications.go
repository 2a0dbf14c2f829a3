package answers

import (
	"fmt"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func applicationsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListApps":            {Params: query.Params(query.Text("name"), query.Paging(100, query.AnyOffset)), Reply: appList},
		"ListJobs":            {Params: query.Params(query.Text("instance_id", "app_id", "target"), query.OneOf("job_status", "INIT", "WAITING", "SUCCESS", "FAIL"), query.Paging(100, query.AnyOffset)), Reply: appJobList},
		"ListAppRule":         {Params: query.Params(query.Text("name"), query.Paging(100, query.AnyOffset)), Reply: appRuleList(5)},
		"ListRestrictedRule":  {Params: query.Params(query.Text("name"), query.Paging(100, query.AnyOffset)), Reply: appRuleList(2)},
		"ShowRuleRestriction": {Reply: ruleRestriction},
	}
}

func appList(w *world.World, r query.Request) any {
	var rows []object
	for i, name := range []string{"editor", "browser", "office", "mail", "reader", "cad", "erp", "chat", "archive", "notes", "viewer", "terminal"} {
		status := "NORMAL"
		if i%5 == 4 {
			status = "FORBIDDEN"
		}
		rows = append(rows, object{"id": fmt.Sprintf("app-%d", i+1), "tenant_id": w.Domain, "name": name, "version": "1.0", "description": "", "authorization_type": "ALL_USER",
			"install_type": "QUIET_INSTALL", "support_os": "Windows", "status": status, "application_source": "CUSTOM", "create_time": stamp(w.Started.AddDate(0, 0, -i))})
	}
	return list(r, "items", "count", rows, 10, "name")
}

func appJobList(w *world.World, r query.Request) any {
	var rows []object
	for _, at := range world.Periods(w.Now, 30*time.Minute, 7*world.Day) {
		n := w.RandomAt("app job", at)
		d := w.DesktopAt(n)
		if d == nil {
			break
		}
		status, message := "SUCCESS", ""
		switch age := w.Now.Sub(at); {
		case age < 2*time.Minute:
			status = "INIT"
		case age < 10*time.Minute:
			status = "WAITING"
		case n>>32%15 == 0:
			status, message = "FAIL", "timeout"
		}
		app := fmt.Sprintf("app-%d", 1+n>>16%12)
		rows = append(rows, object{"id": fmt.Sprintf("app-job-%x", at.Unix()), "app_id": app, "app_name": app, "app_version": "1.0", "instance_id": d.ID, "instance_sid": d.SID,
			"instance_name": d.Name, "operator": "admin", "target": d.UserName(), "job_status": status, "error_message": message,
			"create_time": stamp(at), "update_time": stamp(at)})
	}
	return list(r, "items", "count", rows, 10, "instance_id", "app_id", "target", "job_status")
}

func appRuleList(n int) func(*world.World, query.Request) any {
	return func(w *world.World, r query.Request) any {
		var rows []object
		for i := range n {
			rows = append(rows, object{"id": fmt.Sprintf("rule-%d", i+1), "name": fmt.Sprintf("no games %d", i+1), "description": "",
				"rule": object{"scope": "PRODUCT", "product_rule": object{"product_name": "game"}}, "rule_source": "CUSTOM",
				"create_time": stamp(w.Started.AddDate(0, -2, 0)), "update_time": stamp(w.Started.AddDate(0, -1, 0))})
		}
		return list(r, "items", "count", rows, 10, "name")
	}
}

func ruleRestriction(*world.World, query.Request) any {
	return object{"app_restrict_rule_switch": true, "app_control_mode": 0, "app_periodic_switch": true, "app_periodic_interval": 5, "app_force_kill_proc_switch": false}
}
