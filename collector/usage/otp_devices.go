package usage

import (
	"context"
	"maps"
	"net/url"
	"strconv"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// otpDevices is what a sweep over all users has found so far. One call tells
// of one user, so that a sweep takes many polls.
type otpDevices struct {
	// Offset is the place in the list of users where the next poll begins.
	Offset int `json:"offset"`
	// Sweep is the number of the sweep; users that neither it nor the one
	// before has seen are gone.
	Sweep int `json:"sweep"`
	// Total is the number of users.
	Total int                 `json:"total"`
	Users map[string]otpState `json:"users"`
}

// otpState is the state of one user's devices.
type otpState struct {
	State string `json:"state"`
	Sweep int    `json:"sweep"`
}

// States of a user's devices; the API knows the first two, of each device.
const (
	otpBound   = "REGISTERED"
	otpUnbound = "UNREGISTER"
	otpNone    = "none"
)

func otpDevicesArea() area.Collector {
	return area.Declaration[otpDevices]{
		Name:     "otp_devices",
		Help:     "How many users have bound a device for one-time passwords, found by asking for some users at each poll.",
		Disabled: true,
		Interval: 5 * time.Minute,
		Calls: []area.Call{area.Once(apiclient.ListUsers), {
			Endpoint: apiclient.ListOtpDevicesByUserId, Says: "1 for each user, at most `max_calls`",
			Of: func(l area.Load) float64 {
				most := min(max(l.Options.Int("max_calls"), 1), apiclient.ListUsers.Page.Size)
				// The last poll of a sweep asks for the rest.
				return l.Fleet[area.Users] / area.PlainPages(l.Fleet[area.Users], most)
			},
		}},
		Series:  area.Series(4, nil),
		Options: []area.Option{{Name: "max_calls", Default: 100, Help: "How many users a poll asks for, at most 100."}},
		Fetch:   fetchOtpDevices,
		Families: []area.Family[otpDevices]{
			{
				Name: "users_otp",
				Help: "Number of users by the state of their devices for one-time passwords, as far as they have been asked for; none stands for users without any.",
				Type: area.Gauge, Labels: []string{"state"},
				Map: func(o otpDevices, put area.Put) {
					counts, untold := decode.Zeros([]string{otpBound, otpUnbound, otpNone}), 0
					for _, user := range o.Users {
						counts[user.State]++
						if user.State == decode.Unknown {
							untold++
						}
					}
					// Nobody knows then that no user has bound one.
					if untold > 0 && counts[otpBound] == 0 {
						delete(counts, otpBound)
					}
					if untold > 0 && counts[otpUnbound] == 0 {
						delete(counts, otpUnbound)
					}
					counts.Put(put)
				},
			},
			{
				Name: "users_otp_coverage_ratio",
				Help: "Share of all users whose devices for one-time passwords have been asked for; 1 once a sweep over all users is complete.",
				Type: area.Gauge,
				Map: func(o otpDevices, put area.Put) {
					if o.Total > 0 {
						put.Value(min(float64(len(o.Users))/float64(o.Total), 1))
					}
				},
			},
		},
	}
}

func fetchOtpDevices(ctx context.Context, in area.Input, prev otpDevices) (otpDevices, error) {
	ids, rows, total, err := someUsers(ctx, in, prev.Offset)
	if err != nil {
		return otpDevices{}, err
	}
	next := otpDevices{Offset: prev.Offset + rows, Sweep: prev.Sweep, Total: total, Users: maps.Clone(prev.Users)}
	if next.Users == nil {
		next.Users = map[string]otpState{}
	}
	_, err = decode.Each(in, apiclient.ListOtpDevicesByUserId, ids, func(error) bool { return false }, func(id string) (struct{}, error) {
		state, err := otpStateOf(ctx, in, id)
		switch {
		case err != nil:
		case state == "":
			delete(next.Users, id)
		default:
			next.Users[id] = otpState{state, next.Sweep}
		}
		return struct{}{}, err
	})
	if err != nil {
		return otpDevices{}, err
	}
	if rows == 0 || next.Offset >= total {
		maps.DeleteFunc(next.Users, func(_ string, s otpState) bool { return s.Sweep < prev.Sweep })
		next.Offset, next.Sweep = 0, prev.Sweep+1
	}
	return next, nil
}

// someUsers returns the ids of one page of users, from an offset on, how many
// rows it has, and the number of all.
func someUsers(ctx context.Context, in area.Input, offset int) (ids []string, rows, total int, err error) {
	e := apiclient.ListUsers
	type user struct {
		ID string `json:"id"`
	}
	answer, err := decode.Get[struct {
		Total apiclient.Number `json:"total_count"`
		Users *[]*user         `json:"users"`
	}](ctx, in, apiclient.Request{Endpoint: e, Query: url.Values{
		"is_query_total_desktops": {"false"},
		"limit":                   {strconv.Itoa(max(1, min(in.Options.Int("max_calls"), e.Page.Size)))},
		"offset":                  {strconv.Itoa(offset)},
	}})
	if err != nil {
		return nil, 0, 0, err
	}
	all, known := answer.Total.Value()
	if !known || answer.Users == nil && all > float64(offset) {
		return nil, 0, 0, decode.Malformed(e, "answer lacks `total_count` or `users`")
	}
	if answer.Users != nil {
		nameless := 0
		for _, u := range *answer.Users {
			if u == nil || u.ID == "" {
				nameless++
				continue
			}
			ids = append(ids, u.ID)
		}
		if err := decode.Nameless(in, e, "id", nameless, len(*answer.Users)); err != nil {
			return nil, 0, 0, err
		}
		rows = len(*answer.Users)
	}
	return ids, rows, int(min(all, 1<<30)), nil
}

// otpStateOf returns the state of a user's devices, "" if the user is gone: a
// user may be deleted between the two calls.
func otpStateOf(ctx context.Context, in area.Input, id string) (string, error) {
	type device struct {
		Status apiclient.Text `json:"status"`
	}
	devices, err := decode.Entries(ctx, in, apiclient.Request{
		Endpoint: apiclient.ListOtpDevicesByUserId, Path: map[string]string{"user_id": id},
	}, func(device) string { return "" })
	if decode.ObjectMissing(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	state := otpNone
	for _, d := range devices {
		switch s := decode.State(d.Status, []string{otpBound, otpUnbound}); s {
		case otpBound:
			return otpBound, nil
		case "":
			in.Skip(1, "otp_devices[].status", "absent")
			state = decode.Unknown
		default:
			state = decode.CodeLabel(s)
		}
	}
	return state, nil
}
