package simulator

import "slices"

// Counts of desktops in the API's words. The three partitions of the same
// desktops are independent of each other.
type attachCounts struct {
	Attached   int `json:"attached_num"`
	Unattached int `json:"unattached_num"`
	Attaching  int `json:"attaching_num"`
	Failed     int `json:"attach_error_num"`
}

type runCounts struct {
	Stopped    int `json:"stop_num"`
	Active     int `json:"active_num"`
	Faulty     int `json:"error_num"`
	Hibernated int `json:"hibernated_num"`
}

type loginCounts struct {
	InUse        int `json:"in_use_num"`
	Unregistered int `json:"unregistered_num"`
	Unreachable  int `json:"unable_to_connect_num"`
	Ready        int `json:"ready_num"`
	Disconnected int `json:"disconnected_num"`
}

// counts of some desktops.
type counts struct {
	total  int
	attach attachCounts
	run    runCounts
	login  loginCounts
}

func (c *counts) add(d *desktop) {
	c.total++
	switch d.attach {
	case attached:
		c.attach.Attached++
	case attaching:
		c.attach.Attaching++
	case attachFail:
		c.attach.Failed++
	default:
		c.attach.Unattached++
	}
	switch d.status {
	case active:
		c.run.Active++
	case shutOff:
		c.run.Stopped++
	case hibernated:
		c.run.Hibernated++
	default:
		c.run.Faulty++
	}
	switch {
	case d.unreachable:
		c.login.Unreachable++
	case d.login == connected:
		c.login.InUse++
	case d.login == registered:
		c.login.Ready++
	case d.login == disconnected:
		c.login.Disconnected++
	default: // powered-off desktops too
		c.login.Unregistered++
	}
}

// count the desktops for which in is true.
func (w *world) count(in func(*desktop) bool) counts {
	var c counts
	for i := range w.desktops {
		if in(&w.desktops[i]) {
			c.add(&w.desktops[i])
		}
	}
	return c
}

func everywhere(*desktop) bool { return true }

func loginState(w *world, _ request) any { return w.count(everywhere).login }

func runState(w *world, _ request) any { return w.count(everywhere).run }

type statisticsAnswer struct {
	statisticsParts
	Pools []poolStatistics `json:"desktop_pool_statistics,omitempty"`
}

type poolStatistics struct {
	ID   string `json:"desktop_pool_id"`
	Name string `json:"desktop_pool_name"`
	statisticsParts
}

type statisticsParts struct {
	Total  int           `json:"total_num"`
	Attach *attachCounts `json:"attach_statistics,omitempty"`
	Run    *runCounts    `json:"run_state_statistics,omitempty"`
	Login  *loginCounts  `json:"login_state_statistics,omitempty"`
}

// parts that were asked for.
func (c counts) parts(r request) statisticsParts {
	kinds := r.list("statistics_type")
	parts := statisticsParts{Total: c.total}
	if slices.Contains(kinds, "attach-state") {
		parts.Attach = &c.attach
	}
	if slices.Contains(kinds, "run-state") {
		parts.Run = &c.run
	}
	if slices.Contains(kinds, "login-state") {
		parts.Login = &c.login
	}
	return parts
}

// desktopStatistics counts desktops; by pool only if POOLED was asked for.
func desktopStatistics(w *world, r request) any {
	kinds, ids := r.list("desktop_type"), r.list("desktop_pool_ids")
	answer := statisticsAnswer{statisticsParts: w.count(func(d *desktop) bool {
		return among(kinds, d.kind()) && among(ids, d.poolID())
	}).parts(r)}
	if !slices.Contains(kinds, pooled) {
		return answer
	}
	byPool := map[*pool]*counts{}
	for _, p := range w.pools {
		byPool[p] = &counts{}
	}
	for i := range w.desktops {
		if d := &w.desktops[i]; d.pool != nil {
			byPool[d.pool].add(d)
		}
	}
	for _, p := range w.pools {
		if among(ids, p.id) {
			answer.Pools = append(answer.Pools, poolStatistics{ID: p.id, Name: p.name, statisticsParts: byPool[p].parts(r)})
		}
	}
	return answer
}

type groupAnswer struct {
	Groups []groupCounts `json:"statics"` // so spelled
}

type groupCounts struct {
	Name         string `json:"static_name"`
	Running      int    `json:"running_num"`
	Stopped      int    `json:"stop_num"`
	Hibernated   int    `json:"hibernate_num"`
	Other        int    `json:"other_num"`
	Attached     int    `json:"attached_num"`
	Unattached   int    `json:"unattached_num"`
	CannotAttach int    `json:"cannot_attach_num"`
	InProcess    int    `json:"in_process_num"`
	InUse        int    `json:"in_use_num"`
	Unregistered int    `json:"unregistered_num"`
	Ready        int    `json:"ready_num"`
	Disconnected int    `json:"disconnected_num"`
	Unknown      int    `json:"unknown_num"`
}

// groupStatus counts by desktop group: each pool is one, and all dedicated
// desktops together are the group "default". It has no word for desktops that
// cannot be connected to: they are unregistered here (as in the reference's example).
func groupStatus(w *world, _ request) any {
	byGroup := map[string]*counts{"default": {}}
	names := []string{"default"}
	for _, p := range w.pools {
		names = append(names, p.name)
		byGroup[p.name] = &counts{}
	}
	for i := range w.desktops {
		d := &w.desktops[i]
		byGroup[d.group()].add(d)
	}
	answer := groupAnswer{Groups: []groupCounts{}}
	for _, name := range names {
		c := byGroup[name]
		answer.Groups = append(answer.Groups, groupCounts{
			Name:    name,
			Running: c.run.Active, Stopped: c.run.Stopped, Hibernated: c.run.Hibernated, Other: c.run.Faulty,
			Attached: c.attach.Attached, Unattached: c.attach.Unattached, CannotAttach: c.attach.Failed, InProcess: c.attach.Attaching,
			InUse: c.login.InUse, Unregistered: c.login.Unregistered + c.login.Unreachable, Ready: c.login.Ready, Disconnected: c.login.Disconnected,
		})
	}
	return answer
}
