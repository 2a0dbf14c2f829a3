package operations

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func internetAccessArea() area.Collector {
	return area.Declaration[decode.States]{
		Name:     "internet_access",
		Help:     "Ways of subnets to the Internet by state.",
		Interval: 10 * time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ListInternet)},
		Series:   area.Series(1, nil),
		Fetch: func(ctx context.Context, in area.Input, _ decode.States) (decode.States, error) {
			type access struct {
				Status apiclient.Text `json:"status"`
			}
			list, err := decode.Entries(ctx, in, apiclient.Request{Endpoint: apiclient.ListInternet}, func(access) string { return "" })
			if err != nil {
				return nil, err
			}
			return decode.CountBy(in, "status", list, nil, func(a access) apiclient.Text { return a.Status }), nil
		},
		Families: []area.Family[decode.States]{decode.StatesFamily("internet_access", "Number of ways of subnets to the Internet by state, in the API's undocumented words.", "status")},
	}
}
