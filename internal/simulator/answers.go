package simulator

import (
	"maps"
	"math"
)

// answer is how one operation is answered.
type answer struct {
	// params are the query parameters it takes; any other is refused.
	params []param
	// reply makes the answer's JSON value from a world that is up to date and
	// held still. A refusal is answered as a bad request.
	reply func(w *world, r request) any
	// global answers an operation that is of no project.
	global func(s *Simulator, r request) any
}

// answers of all operations, by name. An operation is added by its row in the
// catalogue of apiclient and its row here.
func answers() map[string]answer {
	all := coreAnswers()
	for _, group := range []map[string]answer{usageAnswers(), inventoryAnswers(), operationsAnswers()} {
		maps.Copy(all, group)
	}
	return all
}

func coreAnswers() map[string]answer {
	return map[string]answer{
		"KeystoneListProjects": {
			params: params(text("name", "domain_id", "parent_id"), flag("enabled"), number(1, 5000, "page", "per_page")),
			global: projectList,
		},

		// Statistics.
		"ListLoginState": {reply: loginState},
		"ListRunState":   {reply: runState},
		"ListDesktopsStatistics": {
			params: params(
				many(one("desktop_type", "DEDICATED", "POOLED")),
				many(one("statistics_type", "attach-state", "login-state", "run-state")),
				many(text("desktop_pool_ids"))),
			reply: desktopStatistics,
		},
		"ListDesktopUsageMetric": {
			params: params(
				required(moment(secondFormat, "start_time", "end_time")),
				text("resource_name", "enterprise_project_id"),
				number(0, math.MaxInt32, "min_idle_days", "max_idle_days", "usage_min_hours", "usage_max_hours"),
				one("sort_field", "desktop_usage", "desktop_idle_duration"), one("sort_type", "ASC", "DESC"),
				paging(100, anyOffset)),
			reply: desktopUsage,
		},

		// Alarms.
		"ListAlarmStatistics": {reply: alarmStatistics},
		"ListAlarms":          {params: params(number(1, 4, "level"), paging(100, anyOffset)), reply: alarmList},

		// Connections.
		"ListInstancesStatus": {reply: groupStatus},
		"ListHistoryOnlineInfoNew": {
			params: params(one("query_type", "MONTH", "WEEK", "DAY"), moment(minuteFormat, "start_time", "end_time")),
			reply:  onlineUsers,
		},
		"ListLoginRecordsNew": {
			params: params(
				moment(minuteFormat, "start_time", "end_time"),
				text("user_name", "computer_name", "terminal_type", "enterprise_project_id", "public_ip"),
				number(0, math.MaxInt32, "min_network_rtt", "max_network_rtt"),
				paging(1000, anyOffset)),
			reply: loginRecords,
		},

		// Quotas.
		"ShowQuotas":       {reply: quotas},
		"ShowQuotaDetails": {params: text("site_id", "az_code"), reply: quotaDetails},

		// Desktops and pools.
		"ListDesktops": {
			params: params(
				many(text("user_name", "desktop_id")),
				text("computer_name", "desktop_ip", "pool_id", "enterprise_project_id", "subnet_id", "tag"),
				anyOf("desktop_type", "DEDICATED", "SHARED"),
				one("status", statuses...), flag("is_share_desktop"),
				paging(1000, anyOffset)),
			reply: desktopList,
		},
		"ListDesktopsDetail": {params: params(desktopFilters(), text("pool_id"), paging(500, anyOffset)), reply: desktopDetails},
		"ListDesktopPools": {
			params: params(text("name", "enterprise_project_id"), one("type", "DYNAMIC", "STATIC"), flag("in_maintenance_mode"), paging(1000, anyOffset)),
			reply:  poolList,
		},
	}
}

// desktopFilters are the parameters that all detailed lists of desktops share.
func desktopFilters() []param {
	return params(
		many(text("user_names", "computer_names", "desktop_id")),
		text("user_name", "computer_name", "desktop_ip", "tag", "enterprise_project_id", "image_id", "subnet_id", "availability_zone"),
		one("status", statuses...), one("desktop_type", "DEDICATED", "POOLED"), one("charge_mode", "0", "1"),
		one("sort_field", "created", "computer_name"), one("sort_type", "ASC", "DESC"),
		flag("user_attached", "in_maintenance_mode", "is_share_desktop", "is_support_internet"))
}

// make is the answer to one request.
func (a answer) make(s *Simulator, w *world, r request) any {
	if a.global != nil {
		return a.global(s, r)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.advance(r.now)
	return a.reply(w, r)
}
