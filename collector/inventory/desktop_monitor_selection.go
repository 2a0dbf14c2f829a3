package inventory

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// Values of the option select.
const (
	selectInUse   = "in_use"
	selectRunning = "running"
	selectAll     = "all"
)

// selectionLasts is how long the selection of desktops lasts before they are listed
// again.
const selectionLasts = 5 * time.Minute

// selectDesktops returns prev with the desktops that are to be monitored now.
func selectDesktops(ctx context.Context, in area.Input, prev monitored) (monitored, error) {
	selected, err := selection(in.Options.Text("select"))
	if err != nil {
		return monitored{}, err
	}
	m := prev
	m.Selected = slices.Clone(prev.Selected)
	_, listed := area.Peer[peer.Desktops](in) // without a call
	if !listed && !prev.Listed.IsZero() && in.Now.Sub(prev.Listed) < selectionLasts {
		return m, nil
	}
	list, err := listCandidates(ctx, in)
	if err != nil {
		return monitored{}, err
	}
	// Without a state none would be chosen, as if none were in use.
	for name, state := range map[string]func(peer.Desktop) string{
		selectInUse:   func(d peer.Desktop) string { return d.LoginState },
		selectRunning: func(d peer.Desktop) string { return d.RunState },
	} {
		told := func(d peer.Desktop) bool { return state(d) != "" }
		if name == in.Options.Text("select") && len(list) > 0 && !slices.ContainsFunc(list, told) {
			return monitored{}, decode.Malformed(apiclient.ListDesktops, "no desktop has a state to choose it by")
		}
	}
	pools := in.Options.Strings("pools")
	m.Selected, m.Listed = []string{}, in.Now
	for _, d := range list {
		if selected(d) && (len(pools) == 0 || slices.Contains(pools, d.PoolID)) {
			m.Selected = append(m.Selected, d.ID)
		}
	}
	// By id: a sweep goes on where it was although desktops come and go.
	slices.Sort(m.Selected)
	return m, nil
}

// selection returns what the option select means.
func selection(name string) (func(peer.Desktop) bool, error) {
	switch name {
	case selectInUse:
		return func(d peer.Desktop) bool {
			return decode.State(apiclient.Text(d.LoginState), decode.DesktopLoginStates) == "CONNECTED"
		}, nil
	case selectRunning:
		return func(d peer.Desktop) bool {
			return decode.State(apiclient.Text(d.RunState), decode.DesktopRunStates) == "ACTIVE"
		}, nil
	case selectAll:
		return func(peer.Desktop) bool { return true }, nil
	}
	return nil, fmt.Errorf("option select is %q: set it to %s, %s or %s", name, selectInUse, selectRunning, selectAll)
}

// selectedDesktops is how many desktops there are to choose. What pools and tags
// leave of them is not known: all are counted.
func selectedDesktops(l area.Load) float64 {
	switch l.Options.Text("select") {
	case selectInUse:
		return l.Fleet[area.InUse]
	case selectRunning:
		return l.Fleet[area.Running]
	default:
		return l.Fleet[area.Desktops]
	}
}

// candidateCalls are those of listCandidates, as a part of each poll.
func candidateCalls(l area.Load) float64 {
	listed := area.PeerOptions[peer.Desktops](l)
	if listed != nil && listed.Bool("per_desktop") && len(l.Options.Strings("tags")) == 0 {
		return 0
	}
	every := max(selectionLasts, l.Interval)
	return area.Pages(l.Fleet[area.Desktops], apiclient.ListDesktops.Page.Size) * l.Interval.Seconds() / every.Seconds()
}

// listCandidates takes the desktops from area desktops if it keeps them, and
// lists them otherwise.
func listCandidates(ctx context.Context, in area.Input) ([]peer.Desktop, error) {
	tags := in.Options.Strings("tags")
	if listed, known := area.Peer[peer.Desktops](in); known && len(tags) == 0 {
		return listed, nil
	}
	query := url.Values{}
	if len(tags) > 0 {
		query.Set("tag", strings.Join(tags, ","))
	}
	if pools := in.Options.Strings("pools"); len(pools) > 0 {
		query.Set("pool_id", strings.Join(pools, ","))
	}
	return decode.ListOf(ctx, in, apiclient.Request{Endpoint: apiclient.ListDesktops, Query: query}, "desktop_id",
		func(d peer.Desktop) string { return d.ID })
}
