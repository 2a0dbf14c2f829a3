package collector

import (
	"context"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// userNotifications counts messages that did not reach users, and holds what
// is needed to go on counting.
type userNotifications struct {
	eventLog
	// Failures are by query type, type and result.
	Failures labelCounts `json:"failures"`
}

// maxNotificationLabels bounds each label that the API does not document.
const maxNotificationLabels = 20

func userNotificationsArea() Collector {
	return Area[userNotifications]{
		Name:     "user_notifications",
		Help:     "Mails and short messages to users that were held back or could not be delivered.",
		Disabled: true,
		Interval: 5 * time.Minute,
		Calls:    []Call{calls(2, apiclient.ListNotificationRecords)},
		Series:   series(8, nil),
		Options:  []Option{{Name: "overlap", Default: time.Hour, Help: "How late a record may appear in the API and still be counted."}},
		Fetch:    fetchUserNotifications,
		Families: []Family[userNotifications]{{
			Name: "user_notification_failures_total",
			Help: "Mails and short messages to users that were held back or could not be delivered since counting began, by what they were about, way and result.",
			Type: Counter, Labels: []string{"query_type", "type", "result"},
			Map: func(n userNotifications, put Put) { n.Failures.put(put) },
		}},
	}
}

// userNotification is an entry of ListNotificationRecords. Names and texts
// only tell records apart; they go no further.
type userNotification struct {
	query   string
	Type    apiclient.Text `json:"type"`
	User    apiclient.Text `json:"user_name"`
	Desktop apiclient.Text `json:"desktop_name"`
	Pool    apiclient.Text `json:"desktop_pool_name"`
	Result  apiclient.Text `json:"result"`
	Message apiclient.Text `json:"error_message"`
	Time    apiclient.Time `json:"operate_time"`
}

func (n userNotification) key() string {
	return digest(n.query, string(n.Type), string(n.User), string(n.Desktop), string(n.Pool), string(n.Result), string(n.Message),
		n.at().Format(time.RFC3339Nano))
}

func (n userNotification) at() time.Time { return n.Time.Time() }

func fetchUserNotifications(ctx context.Context, in Input, prev userNotifications) (userNotifications, error) {
	overlap := in.Options.Duration("overlap")
	from := prev.from(in.Now, overlap)
	var records []userNotification
	for _, query := range []string{"DESKTOP", "DESKTOP_POOL"} {
		// The list takes no range of time: it is read, the newest first, until
		// it is older than what the last poll saw.
		list, err := apiclient.ListWhile(ctx, in.API, apiclient.Request{
			Endpoint: apiclient.ListNotificationRecords,
			Query:    url.Values{"query_type": {query}, "sort_field": {"operate_time"}, "sort_type": {"DESC"}},
		}, userNotification.key, func(n userNotification) bool { return n.at().IsZero() || !n.at().Before(from) })
		if err != nil {
			return userNotifications{}, err
		}
		for _, n := range list {
			n.query = query
			records = append(records, n)
		}
	}
	next, n := prev, uint64(1)
	var fresh []userNotification
	next.eventLog, fresh = addEvents(prev.eventLog, records, in.Now, overlap)
	if prev.first() {
		fresh, n = records, 0
	}
	types, results := make([]string, len(fresh)), make([]string, len(fresh))
	for i, r := range fresh {
		types[i], results[i] = codeLike(string(r.Type)), codeLike(string(r.Result))
	}
	boundedType := bounded(prev.Failures.column(1), types, maxNotificationLabels)
	boundedResult := bounded(prev.Failures.column(2), results, maxNotificationLabels)
	keys := make([]string, len(fresh))
	for i, r := range fresh {
		keys[i] = labelKey(r.query, boundedType(types[i]), boundedResult(results[i]))
	}
	next.Failures = prev.Failures.plus(keys, n)
	return next, nil
}
