package core

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// desktops is what the list of desktops tells. Without per_desktop it stays
// small however many desktops there are.
type desktops struct {
	Observed []observedDesktops `json:"observed"`
	// Overdue counts desktops by pool, 0 for each pool that has any.
	Overdue map[string]int `json:"overdue"`
	// Unregistered holds when each desktop that should have registered was
	// first seen not to have, by desktop id.
	Unregistered map[string]time.Time `json:"unregistered"`
	// Each is filled with per_desktop alone.
	Each []desktop `json:"each,omitempty"`
}

// observation is what desktops are counted by.
type observation struct {
	PoolID      string         `json:"pool_id"`
	RunState    string         `json:"run_state"`
	LoginState  string         `json:"login_state"`
	Maintenance apiclient.Text `json:"maintenance"` // true, false or unknown
}

type observedDesktops struct {
	observation
	Count int `json:"count"`
}

// desktop holds the properties and the states of one desktop.
type desktop struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	PoolID     string `json:"pool_id"`
	Type       string `json:"type"`
	Zone       string `json:"availability_zone"`
	User       string `json:"user"` // as privacy.user_names allows
	OSType     string `json:"os_type"`
	ProductID  string `json:"product_id"`
	RunState   string `json:"run_state"`
	LoginState string `json:"login_state"`
}

func desktopsArea() area.Collector {
	return area.Declaration[desktops]{
		Name:     "desktops",
		Help:     "The list of desktops: run and login state together, by pool; on request each single desktop.",
		Core:     true,
		Interval: time.Minute,
		Calls: []area.Call{
			area.CallPages(apiclient.ListDesktops, area.Desktops),
			area.CallPages(apiclient.ListDesktopsDetail, area.Desktops).With("per_desktop", "details"),
		},
		Series: func(l area.Load) float64 {
			n := area.Series(7, area.Per{area.Pools: 7})(l)
			if l.Options.Bool("per_desktop") {
				n += 3 * l.Fleet[area.Desktops]
			}
			return n
		},
		Options: []area.Option{
			{Name: "per_desktop", Default: false, Help: "Add series for each single desktop. They are many, and they show desktop names."},
			{Name: "details", Default: false, Help: "With per_desktop: also read the detailed list, 500 desktops a call, for os_type and product_id."},
			{Name: "grace", Default: 10 * time.Minute, Help: "How long a running desktop may take to register before it counts as overdue."},
		},
		Fetch:   fetchDesktops,
		Unnamed: func(d desktops) (desktops, bool) { d.Each = nil; return d, true },
		Shares:  shareDesktops,
		Families: []area.Family[desktops]{
			{
				Name: "desktops_observed",
				Help: "Number of desktops by pool, run state, login state and maintenance mode, counted from the list of desktops without deleted ones; an empty pool_id means no pool, unknown what the API does not tell.",
				Type: area.Gauge, Labels: []string{"pool_id", "run_state", "login_state", "maintenance"},
				Map: func(d desktops, put area.Put) {
					for _, o := range d.Observed {
						put.Value(float64(o.Count), o.PoolID, o.RunState, o.LoginState, string(o.Maintenance))
					}
				},
			},
			{
				Name: "desktops_registration_overdue",
				Help: "Number of desktops that run, are not in maintenance and have no task, yet have not registered within the grace time: users cannot connect to them.",
				Type: area.Gauge, Labels: []string{"pool_id"},
				Map: func(d desktops, put area.Put) {
					for _, id := range slices.Sorted(maps.Keys(d.Overdue)) {
						put.Value(float64(d.Overdue[id]), id)
					}
				},
			},
			{
				Name: "desktop_info",
				Help: "Properties of the desktop, always 1; join on desktop_id to show its name beside other metrics.",
				Type: area.Gauge,
				Labels: []string{
					"desktop_id", "name", "pool_id", "desktop_type", "availability_zone", "user", "os_type", "product_id",
				},
				Map: eachDesktop(func(d desktop, put area.Put) {
					put.Value(1, d.ID, d.Name, d.PoolID, d.Type, d.Zone, d.User, d.OSType, d.ProductID)
				}),
			},
			{
				Name: "desktop_run_state",
				Help: "The run state that the desktop is in now, always 1; it has no series for the other states.",
				Type: area.Gauge, Labels: []string{"desktop_id", "state"},
				Map: eachDesktop(func(d desktop, put area.Put) { putNamed(put, d.ID, d.RunState) }),
			},
			{
				Name: "desktop_login_state",
				Help: "The login state that the desktop is in now, always 1; it has no series for the other states.",
				Type: area.Gauge, Labels: []string{"desktop_id", "state"},
				Map: eachDesktop(func(d desktop, put area.Put) { putNamed(put, d.ID, d.LoginState) }),
			},
		},
	}
}

// putNamed puts the state that a desktop is in; without one there is nothing to
// say.
func putNamed(put area.Put, id, state string) {
	if state != "" {
		put.Value(1, id, state)
	}
}

func eachDesktop(sample func(desktop, area.Put)) func(desktops, area.Put) {
	return func(all desktops, put area.Put) {
		for _, d := range all.Each {
			sample(d, put)
		}
	}
}

// desktopState is the part of a desktop in the list that is always read.
// Strings are plain where the list is long: apiclient.Text takes twice the time
// (BenchmarkDesktops).
type desktopState struct {
	ID          string         `json:"desktop_id"`
	PoolID      string         `json:"pool_id"`
	RunState    string         `json:"status" sent:"always"`
	Task        string         `json:"task_status"`
	LoginState  string         `json:"connect_status" sent:"always"`
	Maintenance apiclient.Text `json:"in_maintenance_mode"`
}

// normal returns the desktop with its states as the API documents them.
func (s desktopState) normal() desktopState {
	s.RunState = decode.State(apiclient.Text(s.RunState), decode.DesktopRunStates)
	s.LoginState = decode.State(apiclient.Text(s.LoginState), decode.DesktopLoginStates)
	return s
}

// desktopAnswer is a desktop in the list with what per_desktop shows of it.
type desktopAnswer struct {
	desktopState
	Name string `json:"computer_name"`
	Type string `json:"desktop_type"`
	Zone string `json:"availability_zone"`
	User string `json:"user_name"`
}

func fetchDesktops(ctx context.Context, in area.Input, prev desktops) (desktops, error) {
	counter := newStateCounter(in, prev)
	request := apiclient.Request{Endpoint: apiclient.ListDesktops}
	if !in.Options.Bool("per_desktop") {
		list, err := decode.ListOf(ctx, in, request, "desktop_id", func(s desktopState) string { return s.ID })
		if err != nil {
			return desktops{}, err
		}
		for _, s := range list {
			if s = s.normal(); s.RunState != decode.DesktopDeleted {
				counter.add(s)
			}
		}
		return counter.result(), nil
	}

	list, err := decode.ListOf(ctx, in, request, "desktop_id", func(a desktopAnswer) string { return a.ID })
	if err != nil {
		return desktops{}, err
	}
	details, err := fetchDetails(ctx, in)
	if err != nil {
		return desktops{}, err
	}
	each := make([]desktop, 0, len(list))
	for _, a := range list {
		if a.desktopState = a.normal(); a.RunState == decode.DesktopDeleted {
			continue
		}
		counter.add(a.desktopState)
		d := desktop{
			ID: a.ID, Name: a.Name, PoolID: a.PoolID, Type: a.Type, Zone: a.Zone,
			RunState: a.RunState, LoginState: a.LoginState,
			OSType: string(details[a.ID].Metadata.OSType), ProductID: string(details[a.ID].ProductID),
		}
		if a.User != "" {
			d.User = in.UserName(a.User)
		}
		each = append(each, d)
	}
	result := counter.result()
	result.Each = each
	return result, nil
}

// shareDesktops has nothing to share without per_desktop.
func shareDesktops(d desktops) area.Shared {
	if len(d.Each) == 0 {
		return nil
	}
	shared := make(peer.Desktops, len(d.Each))
	for i, one := range d.Each {
		shared[i] = peer.Desktop{ID: one.ID, PoolID: one.PoolID, RunState: one.RunState, LoginState: one.LoginState}
	}
	return shared
}

// desktopDetail is a desktop in the detailed list.
type desktopDetail struct {
	ID        string         `json:"desktop_id"`
	ProductID apiclient.Text `json:"product_id"`
	Metadata  struct {
		OSType apiclient.Text `json:"os_type"`
	} `json:"metadata"`
}

// fetchDetails returns the details by desktop id, none unless they are wanted.
func fetchDetails(ctx context.Context, in area.Input) (map[string]desktopDetail, error) {
	if !in.Options.Bool("details") {
		return nil, nil
	}
	list, err := decode.ListOf(ctx, in, apiclient.Request{
		Endpoint: apiclient.ListDesktopsDetail,
		// A fixed order keeps desktops from moving between pages.
		Query: url.Values{"sort_field": {"created"}, "sort_type": {"ASC"}},
	}, "desktop_id", func(d desktopDetail) string { return d.ID })
	if err != nil {
		return nil, err
	}
	byID := make(map[string]desktopDetail, len(list))
	for _, d := range list {
		byID[d.ID] = d
	}
	return byID, nil
}

// stateCounter counts desktops and keeps the time of those that do not register.
type stateCounter struct {
	now     time.Time
	grace   time.Duration
	before  map[string]time.Time // Unregistered of the last good poll
	counts  map[observation]int
	partial desktops
}

func newStateCounter(in area.Input, prev desktops) *stateCounter {
	return &stateCounter{
		now:     in.Now,
		grace:   in.Options.Duration("grace"),
		before:  prev.Unregistered,
		counts:  map[observation]int{},
		partial: desktops{Overdue: map[string]int{}, Unregistered: map[string]time.Time{}},
	}
}

func (c *stateCounter) add(s desktopState) {
	maintenance := decode.SwitchLabel(s.Maintenance)
	c.counts[observation{s.PoolID, cmp.Or(s.RunState, decode.Unknown), cmp.Or(s.LoginState, decode.Unknown), apiclient.Text(maintenance)}]++

	overdue := 0
	if since, seen := c.before[s.ID]; seen && (s.RunState == "" || s.LoginState == "") {
		c.partial.Unregistered[s.ID] = since // nobody knows that it has registered
	}
	// UNREGISTER alone is no fault: desktops that are off have it too.
	if s.RunState == "ACTIVE" && s.LoginState == "UNREGISTER" && !decode.On(s.Maintenance) && s.Task == "" {
		since, seen := c.before[s.ID]
		if !seen {
			since = c.now
		}
		c.partial.Unregistered[s.ID] = since
		// One poll proves nothing, however short the grace time is.
		if seen && c.now.Sub(since) >= c.grace {
			overdue = 1
		}
	}
	c.partial.Overdue[s.PoolID] += overdue
}

func (c *stateCounter) result() desktops {
	d := c.partial
	d.Observed = decode.Rows(c.counts, func(o observation, n int) observedDesktops { return observedDesktops{o, n} },
		func(o observedDesktops) []string {
			return []string{o.PoolID, o.RunState, o.LoginState, string(o.Maintenance)}
		})
	return d
}
