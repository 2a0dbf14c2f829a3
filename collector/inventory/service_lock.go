package inventory

import (
	"cmp"
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// serviceLock tells whether the service is locked, and since when.
type serviceLock struct {
	Locked apiclient.Number `json:"locked"`
	Since  time.Time        `json:"since"`
}

func serviceLockArea() area.Collector {
	return area.Declaration[serviceLock]{
		Name:     "service_lock",
		Help:     "Whether the Workspace service of the project is locked.",
		Interval: time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ShowWorkspaceLock)},
		Series:   area.Series(1, nil),
		Fetch:    fetchServiceLock,
		Families: []area.Family[serviceLock]{
			{
				Name: "locked",
				Help: "Whether the Workspace service is locked (1), for example for an unpaid bill: then nobody can manage desktops.",
				Type: area.Gauge,
				Map:  func(l serviceLock, put area.Put) { put.Number(l.Locked) },
			},
			{
				Name: "locked_since_timestamp_seconds",
				Help: "When the Workspace service was locked; there is no series while it is not.",
				Type: area.Gauge,
				Map: func(l serviceLock, put area.Put) {
					if !l.Since.IsZero() {
						put.Value(area.UnixSeconds(l.Since))
					}
				},
			},
		},
	}
}

func fetchServiceLock(ctx context.Context, in area.Input, _ serviceLock) (serviceLock, error) {
	// The reference and the SDK write is_lock, two other clients read is_locked.
	a, err := decode.Get[struct {
		Lock   apiclient.Text `json:"is_lock"`
		Locked apiclient.Text `json:"is_locked"`
		Time   apiclient.Time `json:"lock_time"`
	}](ctx, in, apiclient.Request{Endpoint: apiclient.ShowWorkspaceLock})
	if err != nil {
		return serviceLock{}, err
	}
	l := serviceLock{Locked: decode.Switch(cmp.Or(a.Lock, a.Locked))}
	locked, sent := l.Locked.Value()
	if !sent {
		in.Skip(1, "is_lock", "absent or neither 0 nor 1")
	}
	if locked == 1 {
		l.Since = a.Time.Time()
	}
	return l, nil
}
