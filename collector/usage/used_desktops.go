package usage

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// usedDesktops is how many desktops were used on a day, and how long.
type usedDesktops struct {
	Desktops apiclient.Number `json:"desktops"`
	Seconds  apiclient.Number `json:"seconds"`
}

func usedDesktopsArea() area.Collector {
	const name = "used_desktops"
	return area.Declaration[decode.Daily[usedDesktops]]{
		Name:     name,
		Help:     "How many desktops were used on a day and how long, added up from the hours of each desktop.",
		Disabled: true,
		Interval: time.Hour,
		Calls: []area.Call{{
			Endpoint: apiclient.ListUsedDesktopInfo, Says: "1 for each 100 desktops that were used",
			Of: func(l area.Load) float64 { return area.PlainPages(decode.UsedDesktopsOfDay(l), usedPage) },
		}},
		Series: area.Series(3, nil),
		Fetch:  fetchUsedDesktops,
		Families: []area.Family[decode.Daily[usedDesktops]]{
			{
				Name: "desktops_used",
				Help: "Number of desktops that somebody used on the last day of the statistics.",
				Type: area.Gauge,
				Map:  func(d decode.Daily[usedDesktops], put area.Put) { put.Number(d.Result.Desktops) },
			},
			{
				Name: "desktops_use_seconds",
				Help: "Time for which all desktops together were in use on the last day of the statistics.",
				Type: area.Gauge,
				Map:  func(d decode.Daily[usedDesktops], put area.Put) { put.Number(d.Result.Seconds) },
			},
			decode.StatisticsTimestamp(name, decode.Daily[usedDesktops].End),
		},
	}
}

// usedPage is the page size of ListUsedDesktopInfo, the documented maximum.
const usedPage = 100

// usedQuery is the body of ListUsedDesktopInfo.
type usedQuery struct {
	StartTime string `json:"start_time"` // a day
	EndTime   string `json:"end_time"`
	GroupBy   string `json:"group_by_type"`
	Offset    int    `json:"offset"`
	Limit     int    `json:"limit"`
}

// usedAnswer is a page of ListUsedDesktopInfo. A desktop may come once for
// each of its users.
type usedAnswer struct {
	Desktops *[]*struct {
		ID   apiclient.Text `json:"desktop_id"`
		User apiclient.Text `json:"desktop_username"`
		Used []struct {
			Date  apiclient.Time   `json:"date"`
			Hours apiclient.Number `json:"use_time"`
		} `json:"used_info_list"`
	} `json:"desktop_used_info_list"`
	Total apiclient.Number `json:"total_count"`
}

func fetchUsedDesktops(ctx context.Context, in area.Input, prev decode.Daily[usedDesktops]) (decode.Daily[usedDesktops], error) {
	return decode.NewestDay(in.Now, prev, func(first time.Time) (usedDesktops, bool, error) {
		hours, err := readUsedHours(ctx, in, first)
		if err != nil {
			return usedDesktops{}, false, err
		}
		used, seconds, untold := map[string]bool{}, 0.0, 0
		for key, n := range hours {
			h, told := n.Value()
			if !told {
				untold++
			}
			if h > 0 {
				used[key.desktop] = true
				seconds += h * 3600
			}
		}
		in.Skip(untold, "desktop_used_info_list[].used_info_list", "absent")
		if untold > 0 && untold == len(hours) {
			return usedDesktops{}, true, nil
		}
		return usedDesktops{apiclient.NumberOf(float64(len(used))), apiclient.NumberOf(seconds)}, len(hours) > 0, nil
	})
}

type usedBy struct{ desktop, user string }

// readUsedHours returns the hours of a day by desktop and user. The list is
// asked for by a body, so that its pages are read here; it is complete or not
// used.
func readUsedHours(ctx context.Context, in area.Input, first time.Time) (map[usedBy]apiclient.Number, error) {
	e := apiclient.ListUsedDesktopInfo
	hours := map[usedBy]apiclient.Number{}
	nameless, twice := 0, 0
	for offset := 0; ; {
		body, err := json.Marshal(usedQuery{
			StartTime: first.Format(time.DateOnly), EndTime: first.Format(time.DateOnly), GroupBy: "DAY", Offset: offset, Limit: usedPage,
		})
		if err != nil {
			return nil, err
		}
		answer, err := decode.Get[usedAnswer](ctx, in, apiclient.Request{Endpoint: e, Body: body})
		if err != nil {
			return nil, err
		}
		total, known := answer.Total.Value()
		if answer.Desktops == nil {
			if known && total <= float64(offset) {
				return hours, nil
			}
			return nil, decode.Malformed(e, "answer has no member `desktop_used_info_list`")
		}
		for i, d := range *answer.Desktops {
			if d == nil || d.ID == "" {
				nameless++
				continue
			}
			key := usedBy{string(d.ID), string(d.User)}
			if d.User == "" { // each of its rows is of another user
				key.user = "\x00" + strconv.Itoa(offset+i)
			}
			if _, again := hours[key]; again {
				twice++
			}
			sum, told := 0.0, d.Used != nil && len(d.Used) == 0
			for _, u := range d.Used {
				// The range is asked for; another day would be somebody else's.
				if h, sent := u.Hours.Value(); sent && h >= 0 && h <= 24 && (u.Date.Time().IsZero() || u.Date.Time().Equal(first)) {
					sum, told = sum+h, true
				}
			}
			hours[key] = apiclient.Number{}
			if told {
				hours[key] = apiclient.NumberOf(sum)
			}
		}
		rows := len(*answer.Desktops)
		offset += rows
		switch {
		case known && rows == 0 && float64(offset) < total, known && float64(offset) >= total && float64(offset-twice) < total:
			return nil, decode.Malformed(e, "the list is incomplete: %d entries came, the total is %v", offset-twice, total)
		case rows == 0, known && float64(offset) >= total, !known && rows < usedPage:
			return hours, decode.Nameless(in, e, "desktop_id", nameless, offset)
		}
	}
}
