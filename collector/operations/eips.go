package operations

import (
	"context"
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
		Calls:    []area.Call{area.Calls(3, apiclient.ListDesktopsEips)},
		Series:   area.Series(3, nil),
		Fetch: func(ctx context.Context, in area.Input, _ decode.States) (decode.States, error) {
			return decode.CountEach(ctx, in, apiclient.Request{Endpoint: apiclient.ListDesktopsEips}, "state",
				[]decode.Member{{"bind", "bound"}, {"unbind", "unbound"}})
		},
		Families: []area.Family[decode.States]{decode.StatesFamily("eips", "Number of elastic IP addresses by whether a desktop uses them; unbound ones cost money all the same, other is neither.", "state")},
	}
}
