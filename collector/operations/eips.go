package operations

import (
	"context"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func eipsArea() area.Collector {
	return area.Declaration[decode.States]{
		Name:     "eips",
		Help:     "Elastic IP addresses, bound to a desktop or not.",
		Interval: 10 * time.Minute,
		Calls:    []area.Call{area.Calls(2, apiclient.ListDesktopsEips)},
		Series:   area.Series(2, nil),
		Fetch: func(ctx context.Context, in area.Input, _ decode.States) (decode.States, error) {
			counts := decode.States{}
			for _, state := range []decode.Member{{"bind", "bound"}, {"unbind", "unbound"}} {
				n, err := decode.Total(ctx, in, apiclient.Request{Endpoint: apiclient.ListDesktopsEips, Query: url.Values{"state": {state.Name()}}})
				if err != nil {
					return nil, err
				}
				if v, sent := n.Value(); sent {
					counts[state.State()] = v
				}
			}
			return counts, nil
		},
		Families: []area.Family[decode.States]{decode.StatesFamily("eips", "Number of elastic IP addresses by whether a desktop uses them; unbound ones cost money all the same.", "state")},
	}
}
