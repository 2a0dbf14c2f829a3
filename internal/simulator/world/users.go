package world

import (
	"fmt"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/random"
)

// User is the account of a user.
type User struct {
	ID, Name                      string
	Group                         string
	Locked, Disabled, Expired     bool
	PasswordNever, PasswordChange bool
	Expires                       time.Time // zero: never
	Desktops                      int       // of their own
	OTP                           string    // state of the only device, "" without one
}

// UserCount is the number of users: some have no desktop of their own.
func (w *World) UserCount() int { return len(w.Desktops) + len(w.Desktops)/5 }

// GroupNames of users; a user is in one of them.
var GroupNames = []string{"everyone", "development", "finance", "callcenter", "design", "support"}

// User makes the user of a number. Nothing about a user ever changes but
// that accounts expire.
func (w *World) User(i int) User {
	draw := random.Mix(w.seed ^ 0x75736572 ^ uint64(i))
	among := func(n uint64) bool {
		hit := draw%n == 0
		draw = random.Mix(draw)
		return hit
	}
	u := User{
		ID:             fmt.Sprintf("%016x%010x%06x", random.Mix(w.seed), random.Mix(w.seed+1)>>24, i), // ends in the number
		Name:           UserName(i),
		Group:          GroupNames[draw%uint64(len(GroupNames))],
		Locked:         among(40),
		Disabled:       among(60),
		PasswordNever:  among(3),
		PasswordChange: among(15),
	}
	if among(12) {
		u.Expires = w.Started.Truncate(time.Hour).AddDate(0, 0, int(draw%120)-20)
		u.Expired = !u.Expires.After(w.Now)
	}
	if among(2) {
		u.OTP = "REGISTERED"
	} else if among(3) {
		u.OTP = "UNREGISTER"
	}
	if i < len(w.Desktops) && w.Desktops[i].Owner == i {
		u.Desktops = 1
	}
	return u
}

// Users are all of the project.
func (w *World) Users() []User {
	all := make([]User, w.UserCount())
	for i := range all {
		all[i] = w.User(i)
	}
	return all
}

// UserEvent is something that a user did.
type UserEvent struct {
	Type, User, Desktop, Trace string
	At                         time.Time
	Code                       string // "" if it went well
}

// EventsOf a login record: who logs in logs out again.
func EventsOf(l LoginRecord) []UserEvent {
	login := UserEvent{Type: "LOGIN", User: l.UserName, Desktop: l.ComputerName, Trace: l.TransactionID, At: l.Start, Code: l.FailureReason}
	if l.Reconnect {
		login.Type = "RECONNECT"
	}
	if l.End.IsZero() || l.FailureReason != "" {
		return []UserEvent{login}
	}
	return []UserEvent{login, {Type: "LOGOUT", User: l.UserName, Desktop: l.ComputerName, Trace: l.TransactionID, At: l.End}}
}
