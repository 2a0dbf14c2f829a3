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

// choiceLasts is how long the choice of desktops lasts before they are listed
// again.
const choiceLasts = 5 * time.Minute

// chooseDesktops returns prev with the desktops that are to be monitored now.
func chooseDesktops(ctx context.Context, in Input, prev monitored) (monitored, error) {
	choose, err := choice(in.Options.Text("select"))
	if err != nil {
		return monitored{}, err
	}
	m := prev
	m.Chosen = slices.Clone(prev.Chosen)
	if !prev.Listed.IsZero() && in.Now.Sub(prev.Listed) < choiceLasts {
		return m, nil
	}
	list, err := listCandidates(ctx, in)
	if err != nil {
		return monitored{}, err
	}
	pools := in.Options.Strings("pools")
	m.Chosen, m.Listed = []string{}, in.Now
	for _, d := range list {
		if d.ID == "" {
			return monitored{}, malformed(apiclient.ListDesktops, "an entry of `desktops` has no `desktop_id`")
		}
		if choose(d) && (len(pools) == 0 || slices.Contains(pools, d.PoolID)) {
			m.Chosen = append(m.Chosen, d.ID)
		}
	}
	// By id: a sweep goes on where it was although desktops come and go.
	slices.Sort(m.Chosen)
	return m, nil
}

// choice returns what the option select means.
func choice(name string) (func(desktopState) bool, error) {
	switch name {
	case selectInUse:
		return func(d desktopState) bool { return d.LoginState == "CONNECTED" }, nil
	case selectRunning:
		return func(d desktopState) bool { return d.RunState == "ACTIVE" }, nil
	case selectAll:
		return func(desktopState) bool { return true }, nil
	}
	return nil, fmt.Errorf("option select is %q: set it to %s, %s or %s", name, selectInUse, selectRunning, selectAll)
}

// chosenDesktops is how many desktops there are to choose. What pools and tags
// leave of them is not known: all are counted.
func (l Load) chosenDesktops() float64 {
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
func (l Load) candidateCalls() float64 {
	listed := l.Peer("desktops")
	if listed != nil && listed.Bool("per_desktop") && len(l.Options.Strings("tags")) == 0 {
		return 0
	}
	every := max(choiceLasts, l.Interval)
	return pages(l.Fleet[Desktops], apiclient.ListDesktops.Page.Size) * l.Interval.Seconds() / every.Seconds()
}

// listCandidates takes the desktops from area desktops if it keeps them, and
// lists them otherwise.
func listCandidates(ctx context.Context, in Input) ([]desktopState, error) {
	tags := in.Options.Strings("tags")
	if listed, known := in.Peer("desktops").(desktops); known && len(listed.Each) > 0 && len(tags) == 0 {
		candidates := make([]desktopState, len(listed.Each))
		for i, d := range listed.Each {
			candidates[i] = desktopState{ID: d.ID, PoolID: d.PoolID, RunState: d.RunState, LoginState: d.LoginState}
		}
		return candidates, nil
	}
	query := url.Values{}
	if len(tags) > 0 {
		query.Set("tag", strings.Join(tags, ","))
	}
	if pools := in.Options.Strings("pools"); len(pools) > 0 {
		query.Set("pool_id", strings.Join(pools, ","))
	}
	return apiclient.List(ctx, in.API, apiclient.Request{Endpoint: apiclient.ListDesktops, Query: query},
		func(d desktopState) string { return d.ID })
}
