package usage

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// userNotifications counts messages that did not reach users, and holds what
// is needed to go on counting.
type userNotifications struct {
	decode.EventLog
	// Failures are by query type, type and result.
	Failures decode.LabelCounts `json:"failures"`
}

// maxNotificationLabels bounds each label that the API does not document.
const maxNotificationLabels = 20

func userNotificationsArea() area.Collector {
	return area.Declaration[userNotifications]{
		Name:     "user_notifications",
		Help:     "Mails and short messages to users that were held back or could not be delivered.",
		Disabled: true,
		Interval: 5 * time.Minute,
		Calls:    []area.Call{area.Calls(2, apiclient.ListNotificationRecords)},
		Series:   area.Series(8, nil),
		Options:  []area.Option{{Name: "overlap", Default: time.Hour, Help: "How late a record may appear in the API and still be counted."}},
		Fetch:    fetchUserNotifications,
		Families: []area.Family[userNotifications]{{
			Name: "user_notification_failures_total",
			Help: "Mails and short messages to users that were held back or could not be delivered since counting began, by what they were about, way and result.",
			Type: area.Counter, Labels: []string{"query_type", "type", "result"},
			Map: func(n userNotifications, put area.Put) { n.Failures.Put(put) },
		}},
	}
}

// userNotification is an entry of ListNotificationRecords. It has no
// identifier: those of one time, type and result are told apart by their number.
type userNotification struct {
	query  string
	Type   apiclient.Text `json:"type"`
	Result apiclient.Text `json:"result"`
	Time   apiclient.Time `json:"operate_time"`
}

// Key implements decode.Event.
func (n userNotification) Key() string {
	return decode.Digest(n.query, strings.ToUpper(string(n.Type)), strings.ToUpper(string(n.Result)), n.At().Format(time.RFC3339))
}

// At implements decode.Event.
func (n userNotification) At() time.Time { return n.Time.Time() }

func fetchUserNotifications(ctx context.Context, in area.Input, prev userNotifications) (userNotifications, error) {
	overlap := in.Options.Duration("overlap")
	from := prev.From(in.Now, overlap)
	var records []userNotification
	for _, query := range []string{"DESKTOP", "DESKTOP_POOL"} {
		// The list takes no range of time: it is read, the newest first, until
		// it is older than what the last poll saw.
		list, err := decode.RecordsWhile(ctx, in, apiclient.Request{
			Endpoint: apiclient.ListNotificationRecords,
			Query:    url.Values{"query_type": {query}, "sort_field": {"operate_time"}, "sort_type": {"DESC"}},
		}, func(n userNotification) bool { return n.At().IsZero() || !n.At().Before(from) })
		if err != nil {
			return userNotifications{}, err
		}
		nameless := 0
		for _, n := range list {
			if n.At().IsZero() || n.Type == "" || n.Result == "" {
				nameless++
				continue
			}
			n.query = query
			records = append(records, n)
		}
		if err := decode.Nameless(in, apiclient.ListNotificationRecords, "operate_time", nameless, len(list)); err != nil {
			return userNotifications{}, err
		}
	}
	next, n := prev, uint64(1)
	var fresh []userNotification
	next.EventLog, fresh = decode.AddEvents(prev.EventLog, records, in.Now, overlap)
	if prev.First() {
		fresh, n = records, 0
	}
	types, results := make([]string, len(fresh)), make([]string, len(fresh))
	for i, r := range fresh {
		types[i], results[i] = decode.CodeLabel(string(r.Type)), decode.CodeLabel(string(r.Result))
	}
	boundedType := decode.Bounded(prev.Failures.Column(1), types, maxNotificationLabels)
	boundedResult := decode.Bounded(prev.Failures.Column(2), results, maxNotificationLabels)
	keys := make([]string, len(fresh))
	for i, r := range fresh {
		keys[i] = decode.LabelKey(r.query, boundedType(types[i]), boundedResult(results[i]))
	}
	next.Failures = prev.Failures.Plus(keys, n)
	return next, nil
}
