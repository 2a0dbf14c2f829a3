package usage

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// users counts accounts; none of them is kept. A count without a value is of
// something that the API tells of no user.
type users struct {
	All                 int              `json:"all"`
	Locked              apiclient.Number `json:"locked"`
	Disabled            apiclient.Number `json:"disabled"`
	Expired             apiclient.Number `json:"expired"`
	PasswordNever       apiclient.Number `json:"password_never_expires"`
	PasswordChange      apiclient.Number `json:"password_change_pending"`
	Expiring            decode.States    `json:"expiring"`
	WithoutDesktop      apiclient.Number `json:"without_desktop"`
	DisabledWithDesktop apiclient.Number `json:"disabled_with_desktop"`
}

// expiringWithin are the times ahead for which expiring accounts are counted.
var expiringWithin = map[string]time.Duration{"7d": 7 * decode.Day, "30d": 30 * decode.Day}

func usersArea() area.Collector {
	return area.Declaration[users]{
		Name:     "users",
		Help:     "How many users there are, and how many of them cannot log in or soon will not.",
		Interval: 15 * time.Minute,
		Calls:    []area.Call{area.CallPages(apiclient.ListUsers, area.Users)},
		Series: func(l area.Load) float64 {
			if l.Options.Bool("desktops") {
				return 10
			}
			return 8
		},
		Options: []area.Option{
			{Name: "desktops", Default: false, Help: "Let the API also count the desktops of each user, for the metrics about users without one; that is costly for the service."},
		},
		Fetch: fetchUsers,
		Families: []area.Family[users]{
			{
				Name: "users", Help: "Number of users that the project knows.", Type: area.Gauge,
				Map: func(u users, put area.Put) { put.Value(float64(u.All)) },
			},
			usersFamily("users_locked", "Number of users who are locked out, as after too many wrong passwords.",
				func(u users) apiclient.Number { return u.Locked }),
			usersFamily("users_disabled", "Number of users whose account is disabled.",
				func(u users) apiclient.Number { return u.Disabled }),
			usersFamily("users_expired", "Number of users whose account has expired.",
				func(u users) apiclient.Number { return u.Expired }),
			usersFamily("users_password_never_expires", "Number of users whose password never expires.",
				func(u users) apiclient.Number { return u.PasswordNever }),
			usersFamily("users_password_change_pending", "Number of users who must set a new password with their next login.",
				func(u users) apiclient.Number { return u.PasswordChange }),
			{
				Name: "users_expiring",
				Help: "Number of users whose account will expire within the time given, the sooner ones included.",
				Type: area.Gauge, Labels: []string{"within"},
				Map: func(u users, put area.Put) { u.Expiring.Put(put) },
			},
			usersFamily("users_without_desktop", "Number of users who have no desktop of their own; users of pools are among them.",
				func(u users) apiclient.Number { return u.WithoutDesktop }),
			usersFamily("users_disabled_with_desktop", "Number of users who are disabled or expired and still keep a desktop.",
				func(u users) apiclient.Number { return u.DisabledWithDesktop }),
		},
	}
}

func usersFamily(name, help string, count func(users) apiclient.Number) area.Family[users] {
	return area.Family[users]{Name: name, Help: help, Type: area.Gauge, Map: func(u users, put area.Put) { put.Number(count(u)) }}
}

// userAnswer is an entry of ListUsers, without anything personal.
type userAnswer struct {
	ID             string           `json:"id"`
	Locked         apiclient.Text   `json:"locked" sent:"always"`
	Disabled       apiclient.Text   `json:"disabled" sent:"always"`
	Expired        apiclient.Text   `json:"account_expired" sent:"always"`
	Expires        apiclient.Text   `json:"account_expires" sent:"always"` // "0" is never
	PasswordNever  apiclient.Text   `json:"password_never_expired" sent:"always"`
	PasswordChange apiclient.Text   `json:"next_login_change_password" sent:"always"`
	Desktops       apiclient.Number `json:"total_desktops"`
}

// tellsExpiry tells whether account_expires is a time or 0, which is never.
func (a userAnswer) tellsExpiry() bool {
	_, notNumber := strconv.ParseFloat(string(a.Expires), 64)
	return notNumber == nil || !decode.TimeOf(a.Expires).IsZero()
}

func fetchUsers(ctx context.Context, in area.Input, _ users) (users, error) {
	withDesktops := in.Options.Bool("desktops")
	list, err := decode.ListOf(ctx, in, apiclient.Request{
		Endpoint: apiclient.ListUsers,
		Query:    url.Values{"is_query_total_desktops": {strconv.FormatBool(withDesktops)}},
	}, "id", func(a userAnswer) string { return a.ID })
	if err != nil {
		return users{}, err
	}
	flag := func(of func(userAnswer) apiclient.Text) apiclient.Number {
		return countKnown(list, func(a userAnswer) apiclient.Number {
			on := decode.Switch(of(a))
			if _, told := on.Value(); !told && of(a) != "" {
				in.Skip(1, "users[]", "a switch is neither on nor off")
			}
			return on
		})
	}
	u := users{
		All:            len(list),
		Locked:         flag(func(a userAnswer) apiclient.Text { return a.Locked }),
		Disabled:       flag(func(a userAnswer) apiclient.Text { return a.Disabled }),
		Expired:        flag(func(a userAnswer) apiclient.Text { return a.Expired }),
		PasswordNever:  flag(func(a userAnswer) apiclient.Text { return a.PasswordNever }),
		PasswordChange: flag(func(a userAnswer) apiclient.Text { return a.PasswordChange }),
		Expiring:       decode.States{},
	}
	for _, a := range list {
		if a.Expires != "" && !a.tellsExpiry() {
			in.Skip(1, "users[].account_expires", "not a time")
		}
	}
	for within, ahead := range expiringWithin {
		n := countKnown(list, func(a userAnswer) apiclient.Number {
			at := decode.TimeOf(a.Expires)
			return oneIf(at.After(in.Now) && !at.After(in.Now.Add(ahead)), a.tellsExpiry())
		})
		if v, known := n.Value(); known {
			u.Expiring[within] = v
		}
	}
	if withDesktops {
		u.WithoutDesktop = countKnown(list, func(a userAnswer) apiclient.Number {
			n, sent := a.Desktops.Value()
			return oneIf(n == 0, sent)
		})
		u.DisabledWithDesktop = countKnown(list, func(a userAnswer) apiclient.Number {
			n, sent := a.Desktops.Value()
			out := decode.On(a.Disabled) || decode.On(a.Expired)
			_, toldDisabled := decode.Switch(a.Disabled).Value()
			_, toldExpired := decode.Switch(a.Expired).Value()
			return oneIf(n > 0 && out, sent && (out || toldDisabled && toldExpired))
		})
	}
	return u, nil
}

// countKnown adds up what is known of each thing. Of an empty list that is 0;
// a member that no thing has is unknown.
func countKnown[T any](things []T, of func(T) apiclient.Number) apiclient.Number {
	sum, known := 0.0, len(things) == 0
	for _, thing := range things {
		if v, sent := of(thing).Value(); sent {
			sum, known = sum+v, true
		}
	}
	if !known {
		return apiclient.Number{}
	}
	return apiclient.NumberOf(sum)
}

func oneIf(is, known bool) apiclient.Number {
	switch {
	case !known:
		return apiclient.Number{}
	case is:
		return apiclient.NumberOf(1)
	default:
		return apiclient.NumberOf(0)
	}
}
