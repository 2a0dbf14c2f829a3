package simulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// NotifyRule is a rule about idle desktops.
type NotifyRule struct {
	ID      string
	Days    int
	Enabled bool
}

// notifyRules of a project.
func (w *world) notifyRules() []NotifyRule {
	return []NotifyRule{
		{w.uuid("rule", 0), 7, true}, {w.uuid("rule", 1), 30, true}, {w.uuid("rule", 2), 90, false},
	}
}

type notifyRulesAnswer struct {
	Count int               `json:"count"`
	Items []notifyRuleEntry `json:"items"`
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

func (n NotifyRule) condition() notifyCondition {
	return notifyCondition{"desktop_idle_duration", n.Days, ">="}
}

func notifyFilters() filters[NotifyRule] {
	return filters[NotifyRule]{
		"rule_id":     exactly(func(n NotifyRule) string { return n.ID }),
		"metric_name": always[NotifyRule]("desktop_idle_duration"),
	}
}

func notifyRules(w *world, r request) any {
	wanted := notifyFilters().of(r)
	found := slices.DeleteFunc(w.notifyRules(), func(n NotifyRule) bool { return !wanted(n) })
	answer := notifyRulesAnswer{Count: len(found), Items: []notifyRuleEntry{}}
	for _, n := range page(r, found, 10) {
		answer.Items = append(answer.Items, notifyRuleEntry{
			ID: n.ID, notifyCondition: n.condition(), Interval: 1, Enabled: n.Enabled,
			Object: fmt.Sprintf("urn:smn:%s:%s:idle-desktops", w.project.Region, w.project.ID),
		})
	}
	return answer
}

type notifyRecordsAnswer struct {
	Count int                 `json:"count"`
	Items []notifyRecordEntry `json:"items"`
}

type notifyRecordEntry struct {
	Matched int `json:"match_count"`
	notifyCondition
}

// notifyRecords counts as of the newest aggregated day.
func notifyRecords(w *world, r request) any {
	if !r.has("rule_id") && !r.has("metric_name") {
		return refusal("metric_name or rule_id is needed")
	}
	wanted := notifyFilters().of(r)
	found := slices.DeleteFunc(w.notifyRules(), func(n NotifyRule) bool { return !wanted(n) })
	answer := notifyRecordsAnswer{Count: len(found), Items: []notifyRecordEntry{}}
	for _, n := range page(r, found, 10) {
		entry := notifyRecordEntry{notifyCondition: n.condition()}
		for i := range w.desktops {
			if w.desktops[i].idleAt(w.aggregated) >= time.Duration(n.Days)*day {
				entry.Matched++
			}
		}
		answer.Items = append(answer.Items, entry)
	}
	return answer
}

// UserDay is how a user used desktops and applications on some days.
type UserDay struct {
	Name             string
	Usage            time.Duration
	Logins, Failures int
	// Access is the number of applications that could not be opened.
	Access     int
	LastAccess time.Time
}

// userDays are made up for every day, as usedIn is; most users work on a day.
func (w *world) userDays(first, last time.Time) []UserDay {
	var all []UserDay
	for i := range w.userCount() {
		u := UserDay{Name: userName(i)}
		for end := first; !end.After(last); end = end.Add(day) {
			draw := mix(w.seed ^ 0x646179 ^ uint64(i) ^ uint64(end.Unix()))
			if draw%10 < 3 {
				continue
			}
			logins := 1 + int(draw>>8%6)
			u.Usage += time.Duration(draw>>16%(9*3600)) * time.Second
			u.Logins += logins
			u.Failures += int(draw >> 40 % uint64(logins+1))
			if draw>>48%50 == 0 {
				u.Access += 1 + int(draw>>56%5)
				u.LastAccess = end.Add(-time.Duration(draw>>16%(9*3600)) * time.Second)
			}
		}
		if u.Logins > 0 {
			all = append(all, u)
		}
	}
	return all
}

type userUsageAnswer struct {
	Count int             `json:"count"`
	Items []userUsageItem `json:"items"`
}

type userUsageItem struct {
	Name       string   `json:"username"`
	Enterprise string   `json:"enterprise_project_id"`
	Metrics    []metric `json:"metric"`
}

func userUsage(w *world, r request) any {
	from, to := r.moment("start_time", secondFormat), r.moment("end_time", secondFormat)
	switch {
	case to.Before(from):
		return refusal("end_time is before start_time")
	case from.Before(w.now.Add(-31 * day)):
		return refusal("only the last 30 days are kept")
	case r.has("sort_type") && !r.has("sort_field"):
		return refusal("sort_type needs sort_field")
	}
	first, last := w.aggregatedDays(from, to)
	hours := func(compare func(int, int) bool) func(int, int) bool {
		return func(seconds, bound int) bool { return compare(seconds, bound*3600) }
	}
	used := func(u UserDay) int { return int(u.Usage / time.Second) }
	wanted := filters[UserDay]{
		"username":              partly(func(u UserDay) string { return u.Name }),
		"enterprise_project_id": always[UserDay]("0"),
		"domain":                always[UserDay]("local.com"),
		"usage_min_hours":       bounded(used, hours(atLeast)),
		"usage_max_hours":       bounded(used, hours(atMost)),
	}.of(r)
	found := slices.DeleteFunc(w.userDays(first, last), func(u UserDay) bool { return !wanted(u) })
	sortBy(r, found, func(a, b UserDay) int { return cmp.Compare(a.Usage, b.Usage) })
	answer := userUsageAnswer{Count: len(found), Items: []userUsageItem{}}
	for _, u := range page(r, found, 10) {
		answer.Items = append(answer.Items, userUsageItem{u.Name, "0", []metric{
			{"user_usage", u.Usage.Seconds()},
			{"user_login_count", float64(u.Logins)},
			{"user_login_success_count", float64(u.Logins - u.Failures)},
			{"user_login_fail_count", float64(u.Failures)},
		}})
	}
	return answer
}

// sortBy sorts if the request asks for it.
func sortBy[T any](r request, list []T, compare func(a, b T) int) {
	if !r.has("sort_field") {
		return
	}
	slices.SortStableFunc(list, func(a, b T) int {
		if r.text("sort_type") == "DESC" {
			a, b = b, a
		}
		return compare(a, b)
	})
}

type appAccessAnswer struct {
	Count int             `json:"count"`
	Items []appAccessItem `json:"items"`
}

type appAccessItem struct {
	Name    string `json:"username"`
	Failed  int    `json:"access_failed_count"`
	Last    string `json:"last_access_failed_time"`
	Code    string `json:"error_code"`
	Message string `json:"error_msg"`
}

func appAccess(w *world, r request) any {
	from, to := r.moment("start_time", secondFormat), r.moment("end_time", secondFormat)
	if to.Before(from) || from.Before(w.now.Add(-31*day)) {
		return refusal("the time range is empty or more than 30 days ago")
	}
	first, last := w.aggregatedDays(from, to)
	found := slices.DeleteFunc(w.userDays(first, last), func(u UserDay) bool {
		return u.Access == 0 || r.has("username") && u.Name != r.text("username")
	})
	sortBy(r, found, func(a, b UserDay) int {
		if r.text("sort_field") == "last_access_failed_time" {
			return a.LastAccess.Compare(b.LastAccess)
		}
		return cmp.Compare(a.Access, b.Access)
	})
	answer := appAccessAnswer{Count: len(found), Items: []appAccessItem{}}
	for _, u := range page(r, found, 10) {
		answer.Items = append(answer.Items, appAccessItem{u.Name, u.Access, u.LastAccess.Format(secondFormat), "WKS.00000001", "no application for " + u.Name})
	}
	return answer
}

type unusedAnswer struct {
	Desktops []unusedDesktop `json:"unused_desktops"`
	Total    int             `json:"total_count"`
}

type unusedDesktop struct {
	ID           string `json:"desktop_id"`
	Name         string `json:"compute_name"` // not computer_name
	Created      string `json:"create_time"`
	Disconnected string `json:"disconnect_time"`
}

// unusedDesktops lists desktops without a session in the range.
func unusedDesktops(w *world, r request) any {
	from, to := w.now.Add(-day), w.now
	if r.has("start_time") {
		from = r.moment("start_time", milliFormat)
	}
	if r.has("end_time") {
		to = r.moment("end_time", milliFormat)
	}
	if to.Before(from) {
		return refusal("end_time is before start_time")
	}
	var found []unusedDesktop
	for i := range w.desktops {
		if d := &w.desktops[i]; d.unusedSince(from) {
			found = append(found, unusedDesktop{d.id, d.name, d.created.Format(milliFormat), d.lastUsed.Format(milliFormat)})
		}
	}
	return unusedAnswer{append([]unusedDesktop{}, page(r, found, 1000)...), len(found)}
}

func (d *desktop) unusedSince(from time.Time) bool { return d.open == nil && d.lastUsed.Before(from) }

type usedQuery struct {
	IDs    []string `json:"desktop_ids"`
	From   *string  `json:"start_time"`
	To     *string  `json:"end_time"`
	Group  *string  `json:"group_by_type"`
	User   *string  `json:"desktop_username"`
	Domain *string  `json:"desktop_user_domain"`
	Offset int      `json:"offset"`
	Limit  *int     `json:"limit"`
}

type usedAnswer struct {
	Desktops []usedDesktop `json:"desktop_used_info_list"`
	Total    int           `json:"total_count"`
}

type usedDesktop struct {
	ID   string    `json:"desktop_id"`
	User string    `json:"desktop_username"`
	Days []usedDay `json:"used_info_list"`
}

type usedDay struct {
	Date string `json:"date"`
	Time string `json:"use_time"` // hours with two decimals
}

// usedDesktops lists the hours of use by day of the desktops that were used.
func usedDesktops(w *world, r request) any {
	q := usedQuery{}
	decoder := json.NewDecoder(bytes.NewReader(r.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&q); err != nil && len(r.body) > 0 {
		return refusal("body: " + err.Error())
	}
	to := w.now.Truncate(day)
	from := to.Add(-14 * day)
	limit := 100
	for _, problem := range []bool{
		parseDay(q.From, &from), parseDay(q.To, &to), to.Before(from), to.Sub(from) >= 31*day,
		q.Offset < 0, q.Limit != nil && (*q.Limit < 1 || *q.Limit > 100), q.Group != nil && *q.Group != "DAY",
	} {
		if problem {
			return refusal("body: time range, group_by_type or page is wrong")
		}
	}
	if q.Limit != nil {
		limit = *q.Limit
	}
	first, last := w.aggregatedDays(from, to.Add(day-time.Second))
	found := []usedDesktop{}
	for i := range w.desktops {
		d := &w.desktops[i]
		if !among(q.IDs, d.id) || q.User != nil && *q.User != d.userName() {
			continue
		}
		used := usedDesktop{ID: d.id, User: d.userName()}
		for end := first; !end.After(last); end = end.Add(day) {
			if h := math.Round(w.usedIn(d, end, end).Hours()*100) / 100; h > 0 {
				used.Days = append(used.Days, usedDay{end.Format(time.DateOnly), strconv.FormatFloat(h, 'f', 2, 64)})
			}
		}
		if used.Days != nil {
			found = append(found, used)
		}
	}
	offset := min(q.Offset, len(found))
	return usedAnswer{found[offset:min(offset+limit, len(found))], len(found)}
}

// parseDay reads a date and tells whether it is wrong.
func parseDay(text *string, at *time.Time) (wrong bool) {
	if text == nil {
		return false
	}
	t, err := time.Parse(time.DateOnly, *text)
	*at = t
	return err != nil
}
