package simulator

import (
	"fmt"
	"time"
)

// policyGroupList has as many groups as the quota says are used.
func policyGroupList(w *world, r request) any {
	var rows []row
	for i := range 7 {
		targets := []row{{"target_id": "default-apply-all-targets", "target_name": "All-Targets", "target_type": "ALL", "target_domain": ""}}
		if i > 0 {
			targets = nil
			for n := range i {
				targets = append(targets, row{"target_id": fmt.Sprintf("user-%d", n), "target_name": userName(n), "target_type": "USER", "target_domain": ""})
			}
			if len(w.pools) > 0 {
				p := w.pools[i%len(w.pools)]
				targets = append(targets, row{"target_id": p.id, "target_name": p.name, "target_type": "DESKTOPSPOOL", "target_domain": ""})
			}
		}
		rows = append(rows, row{"policy_group_id": fmt.Sprintf("policy-group-%d", i), "policy_group_name": fmt.Sprintf("group %d", i), "priority": i + 1,
			"update_time": w.born.AddDate(0, 0, -10*i-1).UTC().Format(time.DateTime), "description": "", "policies": row{"peripherals": row{}, "audio": row{}},
			"targets": targets})
	}
	return rowsAnswer(r, "policy_groups", "total_count", rows, len(rows), "policy_group_id", "policy_group_name", "priority", "update_time", "description")
}

// accessPolicies are the ids of all, in order.
func accessPolicies() []string {
	return []string{"access-internet", "access-office", "access-partners"}
}

func accessPolicyList(w *world, r request) any {
	var rows []row
	for i, id := range accessPolicies() {
		one := row{"policy_name": id, "blacklist_type": "INTERNET", "access_control_type": "IP_WHITE_LIST", "ip_list": []row{{"ip_address": "198.51.100.0", "subnet_mask": "255.255.255.0"}},
			"is_enable": i != 2, "is_block_all": false, "ip_total_count": 1, "policy_id": id, "create_time": stamp(w.born.AddDate(0, -4, 0))}
		if i == 0 {
			one["access_control_type"], one["ip_list"], one["ip_total_count"] = "ACCESS_TYPE", []row{}, 0
		}
		rows = append(rows, one)
	}
	return rowsAnswer(r, "policies", "total", rows, 100, "access_control_type")
}

func accessPolicyObjects(_ *world, r request) any {
	for i, id := range accessPolicies() {
		if id == r.path["access_policy_id"] {
			var rows []row
			for n := range 12 * i {
				rows = append(rows, row{"object_id": fmt.Sprintf("user-%d", n), "object_name": userName(n), "object_type": "USER"})
			}
			return rowsAnswer(r, "policy_objects_list", "total", rows, 10)
		}
	}
	return refusal("the access policy does not exist")
}

func userEventsLog(*world, request) any {
	return row{"enable": true, "log_group_id": "log-group", "log_stream_id": "log-stream"}
}

// screenRecordList has states that its filter does not know.
func screenRecordList(w *world, r request) any {
	var rows []row
	for _, at := range slots(w.now, 10*time.Minute, 15*day) {
		n := w.dice("screen", at)
		d := w.someDesktop(n)
		if d == nil {
			break
		}
		length := time.Duration(10+n>>8%50) * time.Minute
		end, status := at.Add(length), "UPLOAD_COMPLETED"
		switch over := w.now.Sub(end); {
		case over < 0:
			status, end = "RECORDING", time.Time{}
		case over < 2*time.Minute:
			status = "REC_COMPLETED"
		case over < 10*time.Minute:
			status = "UPLOADING"
		case n>>32%30 == 0:
			status = "REC_FAILED"
		case n>>40%30 == 0:
			status = "UPLOAD_FAILED"
		}
		rows = append(rows, row{"id": fmt.Sprintf("screen-%x", at.Unix()), "desktop_id": d.id, "desktop_name": d.name, "desktop_pool_id": d.poolID(), "username": d.userName(),
			"size": 100 << 20, "type": "FULL", "status": status, "start_time": stamp(at), "end_time": stamp(end), "duration": int(length.Seconds())})
	}
	by := within("start_time", time.DateTime, "start_time", "end_time")
	for _, member := range []string{"desktop_id", "username", "status", "type"} {
		by[member] = exactly(func(one row) string { return one.text(member) })
	}
	return filteredRows(r, "screen_records", "total_count", rows, 100, by)
}

// exportTaskList leaves out what was downloaded unless it is asked for.
func exportTaskList(w *world, r request) any {
	var rows []row
	for i, status := range []string{"SUCCESS", "SUCCESS", "SUCCESS", "FAIL", "EXPIRED", "EXPIRED"} {
		downloaded := i == 0
		if downloaded != (r.text("is_download") == "true") {
			continue
		}
		at := w.born.Add(-time.Duration(i) * day)
		rows = append(rows, row{"task_id": fmt.Sprintf("export-%d", i), "file_name": "desktops.csv", "status": status, "fail_reason": "", "error_code": "",
			"create_time": at.Format("2006-01-02T15:04:05.000Z"), "end_time": at.Add(time.Minute).Format("2006-01-02T15:04:05.000Z"), "is_download": downloaded})
	}
	return rowsAnswer(r, "export_tasks", "count", rows, 20, "file_name", "task_id", "status", "is_download")
}
