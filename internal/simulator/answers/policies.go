package answers

import (
	"fmt"
	"math"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func policiesAnswers() map[string]Answer {
	return map[string]Answer{
		"ListPolicyGroup": {
			Params: query.Params(query.Text("policy_group_id", "policy_group_name", "update_time", "description"), query.Number(0, math.MaxInt32, "priority"),
				query.Bool("is_group_name_accurate"), query.Paging(100, 1000)),
			Reply: policyGroupList,
		},
		"ListAccessPolicies":      {Params: query.Params(query.OneOf("access_control_type", "ACCESS_TYPE", "IP_WHITE_LIST"), query.Paging(100, 99)), Reply: accessPolicyList},
		"ListAccessPolicyObjects": {Params: query.Paging(2000, 1999), Reply: accessPolicyObjects},
	}
}

// policyGroupList has as many groups as the quota says are used.
func policyGroupList(w *world.World, r query.Request) any {
	var rows []object
	for i := range 7 {
		targets := []object{{"target_id": "default-apply-all-targets", "target_name": "All-Targets", "target_type": "ALL", "target_domain": ""}}
		if i > 0 {
			targets = nil
			for n := range i {
				targets = append(targets, object{"target_id": fmt.Sprintf("user-%d", n), "target_name": world.UserName(n), "target_type": "USER", "target_domain": ""})
			}
			if len(w.Pools) > 0 {
				p := w.Pools[i%len(w.Pools)]
				targets = append(targets, object{"target_id": p.ID, "target_name": p.Name, "target_type": "DESKTOPSPOOL", "target_domain": ""})
			}
		}
		rows = append(rows, object{"policy_group_id": fmt.Sprintf("policy-group-%d", i), "policy_group_name": fmt.Sprintf("group %d", i), "priority": i + 1,
			"update_time": w.Started.AddDate(0, 0, -10*i-1).UTC().Format(time.DateTime), "description": "", "policies": object{"peripherals": object{}, "audio": object{}},
			"targets": targets})
	}
	return list(r, "policy_groups", "total_count", rows, len(rows), "policy_group_id", "policy_group_name", "priority", "update_time", "description")
}

// accessPolicies are the ids of all, in order.
func accessPolicies() []string {
	return []string{"access-internet", "access-office", "access-partners"}
}

func accessPolicyList(w *world.World, r query.Request) any {
	var rows []object
	for i, id := range accessPolicies() {
		one := object{"policy_name": id, "blacklist_type": "INTERNET", "access_control_type": "IP_WHITE_LIST", "ip_list": []object{{"ip_address": "198.51.100.0", "subnet_mask": "255.255.255.0"}},
			"is_enable": i != 2, "is_block_all": false, "ip_total_count": 1, "policy_id": id, "create_time": stamp(w.Started.AddDate(0, -4, 0))}
		if i == 0 {
			one["access_control_type"], one["ip_list"], one["ip_total_count"] = "ACCESS_TYPE", []object{}, 0
		}
		rows = append(rows, one)
	}
	return list(r, "policies", "total", rows, 100, "access_control_type")
}

func accessPolicyObjects(_ *world.World, r query.Request) any {
	for i, id := range accessPolicies() {
		if id == r.Path["access_policy_id"] {
			var rows []object
			for n := range 12 * i {
				rows = append(rows, object{"object_id": fmt.Sprintf("user-%d", n), "object_name": world.UserName(n), "object_type": "USER"})
			}
			return list(r, "policy_objects_list", "total", rows, 10)
		}
	}
	return response.Refusal("the access policy does not exist")
}
