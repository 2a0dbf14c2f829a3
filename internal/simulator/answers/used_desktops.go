package answers

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func usedDesktopsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListUnusedDesktops": {
			Params: query.Params(query.Time(query.MilliFormat, "start_time", "end_time"), query.Paging(2000, 2000)),
			Reply:  unusedDesktops,
		},
		"ListUsedDesktopInfo": {Reply: usedDesktops},
	}
}

type unusedDesktop struct {
	ID           string `json:"desktop_id"`
	Name         string `json:"compute_name"` // not computer_name
	Created      string `json:"create_time"`
	Disconnected string `json:"disconnect_time"`
}

// unusedDesktops lists desktops without a session in the range.
func unusedDesktops(w *world.World, r query.Request) any {
	from, to := w.Now.Add(-world.Day), w.Now
	if r.Has("start_time") {
		from = r.Time("start_time", query.MilliFormat)
	}
	if r.Has("end_time") {
		to = r.Time("end_time", query.MilliFormat)
	}
	if to.Before(from) {
		return response.Refusal("end_time is before start_time")
	}
	found := []unusedDesktop{}
	for i := range w.Desktops {
		if d := &w.Desktops[i]; d.UnusedSince(from) {
			found = append(found, unusedDesktop{d.ID, d.Name, d.Created.Format(query.MilliFormat), d.LastUsed.Format(query.MilliFormat)})
		}
	}
	return members{{"unused_desktops", query.Page(r, found, 1000)}, {"total_count", len(found)}}
}

type usedQuery struct {
	IDs    []string `json:"desktop_ids"`
	From   *string  `json:"start_time"`
	To     *string  `json:"end_time"`
	Group  *string  `json:"group_by_type"`
	User   *string  `json:"desktop_username"`
	Domain *string  `json:"desktop_user_domain"`
	Offset int      `json:"offset"`
	Limit  *int     `json:"limit"`
}

type usedDesktop struct {
	ID   string    `json:"desktop_id"`
	User string    `json:"desktop_username"`
	Days []usedDay `json:"used_info_list"`
}

type usedDay struct {
	Date string `json:"date"`
	Time string `json:"use_time"` // hours with two decimals
}

// usedDesktops lists the hours of use by day of the desktops that were used.
func usedDesktops(w *world.World, r query.Request) any {
	q := usedQuery{}
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&q); err != nil && len(r.Body) > 0 {
		return response.Refusal("body: " + err.Error())
	}
	to := w.Now.Truncate(world.Day)
	from := to.Add(-14 * world.Day)
	limit := 100
	for _, problem := range []bool{
		parseDay(q.From, &from), parseDay(q.To, &to), to.Before(from), to.Sub(from) >= 31*world.Day,
		q.Offset < 0, q.Limit != nil && (*q.Limit < 1 || *q.Limit > 100), q.Group != nil && *q.Group != "DAY",
	} {
		if problem {
			return response.Refusal("body: time range, group_by_type or page is wrong")
		}
	}
	if q.Limit != nil {
		limit = *q.Limit
	}
	first, last := w.AggregatedDays(from, to.Add(world.Day-time.Second))
	found := []usedDesktop{}
	for i := range w.Desktops {
		d := &w.Desktops[i]
		if !query.Allows(q.IDs, d.ID) || q.User != nil && *q.User != d.UserName() {
			continue
		}
		used := usedDesktop{ID: d.ID, User: d.UserName()}
		for end := first; !end.After(last); end = end.Add(world.Day) {
			if h := math.Round(w.UsedIn(d, end, end).Hours()*100) / 100; h > 0 {
				used.Days = append(used.Days, usedDay{end.Format(time.DateOnly), strconv.FormatFloat(h, 'f', 2, 64)})
			}
		}
		if used.Days != nil {
			found = append(found, used)
		}
	}
	offset := min(q.Offset, len(found))
	return members{{"desktop_used_info_list", found[offset:min(offset+limit, len(found))]}, {"total_count", len(found)}}
}

// parseDay reads a date and tells whether it is wrong.
func parseDay(text *string, at *time.Time) (wrong bool) {
	if text == nil {
		return false
	}
	t, err := time.Parse(time.DateOnly, *text)
	*at = t
	return err != nil
}
