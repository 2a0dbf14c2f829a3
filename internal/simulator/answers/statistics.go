package answers

import (
	"slices"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func statisticsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListLoginState": {Reply: loginState},
		"ListRunState":   {Reply: runState},
		"ListDesktopsStatistics": {
			Params: query.Params(
				query.Repeated(query.OneOf("desktop_type", "DEDICATED", "POOLED")),
				query.Repeated(query.OneOf("statistics_type", "attach-state", "login-state", "run-state")),
				query.Repeated(query.Text("desktop_pool_ids"))),
			Reply: desktopStatistics,
		},
		"ListInstancesStatus": {Reply: groupStatus},
	}
}

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

func (c *counts) add(d *world.Desktop) {
	c.total++
	switch d.Attach {
	case world.Attached:
		c.attach.Attached++
	case world.Attaching:
		c.attach.Attaching++
	case world.AttachFail:
		c.attach.Failed++
	default:
		c.attach.Unattached++
	}
	switch d.Status {
	case world.Active:
		c.run.Active++
	case world.ShutOff:
		c.run.Stopped++
	case world.Hibernated:
		c.run.Hibernated++
	default:
		c.run.Faulty++
	}
	switch {
	case d.Unreachable:
		c.login.Unreachable++
	case d.Login == world.Connected:
		c.login.InUse++
	case d.Login == world.Registered:
		c.login.Ready++
	case d.Login == world.Disconnected:
		c.login.Disconnected++
	default: // powered-off desktops too
		c.login.Unregistered++
	}
}

// count the desktops for which in is true.
func count(w *world.World, in func(*world.Desktop) bool) counts {
	var c counts
	for i := range w.Desktops {
		if in(&w.Desktops[i]) {
			c.add(&w.Desktops[i])
		}
	}
	return c
}

func anyDesktop(*world.Desktop) bool { return true }

func loginState(w *world.World, _ query.Request) any { return count(w, anyDesktop).login }

func runState(w *world.World, _ query.Request) any { return count(w, anyDesktop).run }

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
func (c counts) parts(r query.Request) statisticsParts {
	kinds := r.List("statistics_type")
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
func desktopStatistics(w *world.World, r query.Request) any {
	kinds, ids := r.List("desktop_type"), r.List("desktop_pool_ids")
	answer := statisticsAnswer{statisticsParts: count(w, func(d *world.Desktop) bool {
		return query.Allows(kinds, d.Kind()) && query.Allows(ids, d.PoolID())
	}).parts(r)}
	if !slices.Contains(kinds, world.Pooled) {
		return answer
	}
	byPool := map[*world.Pool]*counts{}
	for _, p := range w.Pools {
		byPool[p] = &counts{}
	}
	for i := range w.Desktops {
		if d := &w.Desktops[i]; d.Pool != nil {
			byPool[d.Pool].add(d)
		}
	}
	for _, p := range w.Pools {
		if query.Allows(ids, p.ID) {
			answer.Pools = append(answer.Pools, poolStatistics{ID: p.ID, Name: p.Name, statisticsParts: byPool[p].parts(r)})
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
func groupStatus(w *world.World, _ query.Request) any {
	byGroup := map[string]*counts{"default": {}}
	names := []string{"default"}
	for _, p := range w.Pools {
		names = append(names, p.Name)
		byGroup[p.Name] = &counts{}
	}
	for i := range w.Desktops {
		d := &w.Desktops[i]
		byGroup[d.Group()].add(d)
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
