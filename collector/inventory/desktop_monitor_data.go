package inventory

import (
	"context"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// monitorRange is the shortest range the API answers.
const monitorRange = time.Hour

// fetchMonitorData reads the newest point of every metric of a desktop in one
// call. A desktop that is off has no points.
func fetchMonitorData(ctx context.Context, in area.Input, id string) (monitorData, error) {
	e := apiclient.ShowDesktopMonitorData
	end := in.Now.UTC().Truncate(time.Second)
	answer, err := decode.Object(ctx, in, apiclient.Request{
		Endpoint: e,
		Path:     map[string]string{"desktop_id": id},
		Query: url.Values{
			"start_time": {end.Add(-monitorRange).Format(time.RFC3339)},
			"end_time":   {end.Format(time.RFC3339)},
		},
	})
	if err != nil {
		return nil, err
	}
	data := monitorData{}
	for _, member := range monitorMembers {
		raw, present := answer[member]
		if !present {
			continue
		}
		points, skips, err := apiclient.FromArray[monitorAnswer](raw)
		if err != nil {
			in.Skip(1, member, "no list of points")
		}
		in.Skip(skips.Count, member+"[]", "unexpected shape")
		// The order is undocumented.
		for _, p := range points {
			at := p.time()
			if at.After(data[member].At) && !at.After(in.Now.Add(clockSkew)) && decode.Measured(p.Average) {
				value, _ := p.Average.Value()
				data[member] = monitorPoint{At: at, Value: value}
			}
		}
	}
	return data, nil
}

// clockSkew is how far the service's clock may be ahead of ours.
const clockSkew = 5 * time.Minute

// monitorAnswer is a point of ShowDesktopMonitorData.
type monitorAnswer struct {
	Average   apiclient.Number `json:"average"`
	Timestamp apiclient.Number `json:"timestamp"`
}

// time of the point, zero if it has none. The reference leaves the unit open:
// what is too large for seconds (of the next 3,000 years) is milliseconds.
func (a monitorAnswer) time() time.Time {
	const largestSeconds, largestMillis = 1e11, 1e14
	v, _ := a.Timestamp.Value()
	switch {
	case v <= 0 || v > largestMillis:
		return time.Time{}
	case v > largestSeconds:
		return time.UnixMilli(int64(v)).UTC()
	default:
		return time.UnixMilli(int64(1000 * v)).UTC()
	}
}
