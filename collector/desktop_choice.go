package collector

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
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
func selectDesktops(ctx context.Context, in Input, prev monitored) (monitored, error) {
	selected, err := selection(in.Options.Text("select"))
	if err != nil {
		return monitored{}, err
	}
	m := prev
	m.Selected = slices.Clone(prev.Selected)
	if !prev.Listed.IsZero() && in.Now.Sub(prev.Listed) < selectionLasts {
		return m, nil
	}
	list, err := listCandidates(ctx, in)
	if err != nil {
		return monitored{}, err
	}
	pools := in.Options.Strings("pools")
	m.Selected, m.Listed = []string{}, in.Now
	for _, d := range list {
		if d.ID == "" {
			return monitored{}, malformed(apiclient.ListDesktops, "an entry of `desktops` has no `desktop_id`")
		}
		if selected(d) && (len(pools) == 0 || slices.Contains(pools, d.PoolID)) {
			m.Selected = append(m.Selected, d.ID)
		}
	}
	// By id: a sweep goes on where it was although desktops come and go.
	slices.Sort(m.Selected)
	return m, nil
}

// selection returns what the option select means.
func selection(name string) (func(peerDesktop) bool, error) {
	switch name {
	case selectInUse:
		return func(d peerDesktop) bool { return d.LoginState == "CONNECTED" }, nil
	case selectRunning:
		return func(d peerDesktop) bool { return d.RunState == "ACTIVE" }, nil
	case selectAll:
		return func(peerDesktop) bool { return true }, nil
	}
	return nil, fmt.Errorf("option select is %q: set it to %s, %s or %s", name, selectInUse, selectRunning, selectAll)
}

// selectedDesktops is how many desktops there are to choose. What pools and tags
// leave of them is not known: all are counted.
func selectedDesktops(l Load) float64 {
	switch l.Options.Text("select") {
	case selectInUse:
		return l.Fleet[InUse]
	case selectRunning:
		return l.Fleet[Running]
	default:
		return l.Fleet[Desktops]
	}
}

// candidateCalls are those of listCandidates, as a part of each poll.
func candidateCalls(l Load) float64 {
	listed := PeerOptions[peerDesktops](l)
	if listed != nil && listed.Bool("per_desktop") && len(l.Options.Strings("tags")) == 0 {
		return 0
	}
	every := max(selectionLasts, l.Interval)
	return pages(l.Fleet[Desktops], apiclient.ListDesktops.Page.Size) * l.Interval.Seconds() / every.Seconds()
}

// listCandidates takes the desktops from area desktops if it keeps them, and
// lists them otherwise.
func listCandidates(ctx context.Context, in Input) ([]peerDesktop, error) {
	tags := in.Options.Strings("tags")
	if listed, known := Peer[peerDesktops](in); known && len(tags) == 0 {
		return listed, nil
	}
	query := url.Values{}
	if len(tags) > 0 {
		query.Set("tag", strings.Join(tags, ","))
	}
	if pools := in.Options.Strings("pools"); len(pools) > 0 {
		query.Set("pool_id", strings.Join(pools, ","))
	}
	return apiclient.List(ctx, in.API, apiclient.Request{Endpoint: apiclient.ListDesktops, Query: query},
		func(d peerDesktop) string { return d.ID })
}
