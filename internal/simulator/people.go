package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
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

// userCount is the number of users: some have no desktop of their own.
func (w *world) userCount() int { return len(w.desktops) + len(w.desktops)/5 }

// groupNames of users; a user is in one of them.
var groupNames = []string{"everyone", "development", "finance", "callcenter", "design", "support"}

// user makes the user of a number. Nothing about a user ever changes but
// that accounts expire.
func (w *world) user(i int) User {
	draw := mix(w.seed ^ 0x75736572 ^ uint64(i))
	among := func(n uint64) bool {
		hit := draw%n == 0
		draw = mix(draw)
		return hit
	}
	u := User{
		ID:             fmt.Sprintf("%016x%010x%06x", mix(w.seed), mix(w.seed+1)>>24, i), // ends in the number
		Name:           userName(i),
		Group:          groupNames[draw%uint64(len(groupNames))],
		Locked:         among(40),
		Disabled:       among(60),
		PasswordNever:  among(3),
		PasswordChange: among(15),
	}
	if among(12) {
		u.Expires = w.born.Truncate(time.Hour).AddDate(0, 0, int(draw%120)-20)
		u.Expired = !u.Expires.After(w.now)
	}
	if among(2) {
		u.OTP = "REGISTERED"
	} else if among(3) {
		u.OTP = "UNREGISTER"
	}
	if i < len(w.desktops) && w.desktops[i].owner == i {
		u.Desktops = 1
	}
	return u
}

func (w *world) users() []User {
	all := make([]User, w.userCount())
	for i := range all {
		all[i] = w.user(i)
	}
	return all
}

type usersAnswer struct {
	Total int         `json:"total_count"`
	Users []userEntry `json:"users"`
}

type userEntry struct {
	ID             string   `json:"id"`
	SID            string   `json:"sid"`
	Name           string   `json:"user_name"`
	Email          string   `json:"user_email"`
	Desktops       *int     `json:"total_desktops,omitempty"`
	Phone          string   `json:"user_phone"`
	ActiveType     string   `json:"active_type"`
	Pre            bool     `json:"is_pre_user"`
	Expires        string   `json:"account_expires"` // epoch ms in a string, "0": never
	PasswordNever  bool     `json:"password_never_expired"`
	Expired        bool     `json:"account_expired"`
	ChangePassword bool     `json:"enable_change_password"`
	PasswordChange bool     `json:"next_login_change_password"`
	Description    *string  `json:"description"`
	Locked         bool     `json:"locked"`
	Disabled       bool     `json:"disabled"`
	Shares         bool     `json:"share_space_subscription"`
	SharedDesktops int      `json:"share_space_desktops"`
	Groups         []string `json:"group_names"`
	Enterprise     string   `json:"enterprise_project_id"`
}

func userList(w *world, r request) any {
	wanted := filters[User]{
		"user_name":                exactly(func(u User) string { return u.Name }),
		"user_names":               exactly(func(u User) string { return u.Name }),
		"group_name":               exactly(func(u User) string { return u.Group }),
		"description":              always[User](""),
		"active_type":              always[User]("USER_ACTIVATE"),
		"platform_type":            always[User]("LOCAL"),
		"domain":                   always[User]("local.com"),
		"enterprise_project_id":    always[User]("0"),
		"disabled":                 flagged(func(u User) bool { return u.Disabled }),
		"share_space_subscription": flagged(func(User) bool { return false }),
		"share_space_desktops":     flagged(func(User) bool { return false }),
	}.of(r)
	var found []User
	for _, u := range w.users() {
		if wanted(u) {
			found = append(found, u)
		}
	}
	answer := usersAnswer{Total: len(found), Users: []userEntry{}}
	for _, u := range page(r, found, len(found)) {
		entry := userEntry{
			ID: u.ID, SID: "S-1-5-" + u.ID[20:], Name: u.Name, Email: u.Name + "@example.com", ActiveType: "USER_ACTIVATE", Expires: "0",
			PasswordNever: u.PasswordNever, Expired: u.Expired, ChangePassword: true, PasswordChange: u.PasswordChange,
			Locked: u.Locked, Disabled: u.Disabled, Groups: []string{u.Group}, Enterprise: "0",
		}
		if !u.Expires.IsZero() {
			entry.Expires = strconv.FormatInt(u.Expires.UnixMilli(), 10)
		}
		if r.text("is_query_total_desktops") != "false" {
			entry.Desktops = &u.Desktops
		}
		answer.Users = append(answer.Users, entry)
	}
	return answer
}

type otpAnswer struct {
	Devices []otpDevice `json:"otp_devices"`
}

type otpDevice struct {
	ID      string `json:"id"`
	UserID  string `json:"user_id"`
	User    string `json:"user_name"`
	Status  string `json:"status"`
	Created string `json:"create_time"`
}

func otpDevices(w *world, r request) any {
	id := r.path["user_id"]
	i, err := strconv.ParseInt(id[max(0, len(id)-6):], 16, 32)
	if err != nil || int(i) >= w.userCount() || w.user(int(i)).ID != id {
		return refuse(400, "WKS.00170312", "The user does not exist")
	}
	u := w.user(int(i))
	answer := otpAnswer{Devices: []otpDevice{}}
	if u.OTP != "" {
		answer.Devices = append(answer.Devices, otpDevice{ID: "otp-" + u.ID, UserID: u.ID, User: u.Name, Status: u.OTP, Created: w.born.Format(secondFormat)})
	}
	return answer
}

type groupsAnswer struct {
	Total  int          `json:"total_count"`
	Groups []groupEntry `json:"user_groups"`
}

type groupEntry struct {
	Name        string `json:"name"`
	ID          string `json:"id"`
	Created     string `json:"create_time"`
	Description string `json:"description"`
	Users       int    `json:"user_quantity"`
	Realm       string `json:"realm_id"`
	Platform    string `json:"platform_type"`
	Desktops    int    `json:"total_desktops"`
}

func groupList(w *world, r request) any {
	members := map[string]int{}
	for _, u := range w.users() {
		members[u.Group]++
	}
	wanted := filters[groupEntry]{
		"keyword":       partly(func(g groupEntry) string { return g.Name }),
		"domain":        always[groupEntry]("local.com"),
		"platform_type": exactly(func(g groupEntry) string { return g.Platform }),
	}.of(r)
	var found []groupEntry
	for i, name := range groupNames {
		g := groupEntry{Name: name, ID: w.hex("group", i), Created: w.born.Format(milliFormat), Users: members[name], Realm: w.hex("realm", 0), Platform: "LOCAL", Desktops: members[name]}
		if wanted(g) {
			found = append(found, g)
		}
	}
	return groupsAnswer{len(found), append([]groupEntry{}, page(r, found, 100)...)}
}

// Notification is a message to a user that did not arrive.
type Notification struct {
	Type, User, Desktop, Pool, Result string
	At                                time.Time
}

// notifications that can be read now, of desktops or of pools, the oldest
// first: up to 3 in each quarter of an hour of the last two days.
func (w *world) notifications(ofPools bool) []Notification {
	var all []Notification
	if len(w.desktops) == 0 {
		return nil
	}
	for slot := w.now.Add(-2 * day).Truncate(15 * time.Minute); !slot.After(w.now); slot = slot.Add(15 * time.Minute) {
		n := mix(w.seed ^ uint64(slot.Unix()))
		for i := range n % 4 {
			draw := mix(n + i)
			d := &w.desktops[draw%uint64(len(w.desktops))]
			at := slot.Add(time.Duration(draw>>8%900) * time.Second)
			if (d.pool != nil) != ofPools || at.After(w.now) {
				continue
			}
			one := Notification{Type: []string{"EMAIL", "SMS"}[draw%2], User: userName(d.index), Desktop: d.name, Result: []string{"FAIL", "INTERCEPTED"}[draw>>4%2], At: at}
			if d.pool != nil {
				one.Pool = d.pool.name
			}
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b Notification) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.User, b.User)) })
	return all
}

type notificationsAnswer struct {
	Total   int                 `json:"total_count"`
	Records []notificationEntry `json:"notification_records"`
}

type notificationEntry struct {
	Project string `json:"project_id"`
	Type    string `json:"type"`
	User    string `json:"user_name"`
	Desktop string `json:"desktop_name"`
	Pool    string `json:"desktop_pool_name"`
	Result  string `json:"result"`
	Message string `json:"error_message"`
	At      string `json:"operate_time"`
}

func notificationRecords(w *world, r request) any {
	wanted := filters[Notification]{
		"desktop_name":      partly(func(n Notification) string { return n.Desktop }),
		"desktop_pool_name": partly(func(n Notification) string { return n.Pool }),
		"user_name":         partly(func(n Notification) string { return n.User }),
		"type":              exactly(func(n Notification) string { return n.Type }),
	}.of(r)
	var found []Notification
	for _, n := range w.notifications(r.text("query_type") == "DESKTOP_POOL") {
		if wanted(n) {
			found = append(found, n)
		}
	}
	if r.text("sort_type") == "DESC" {
		slices.Reverse(found)
	}
	answer := notificationsAnswer{Total: len(found), Records: []notificationEntry{}}
	for _, n := range page(r, found, 1000) {
		answer.Records = append(answer.Records, notificationEntry{
			Project: w.project.ID, Type: n.Type, User: n.User, Desktop: n.Desktop, Pool: n.Pool, Result: n.Result, Message: "not delivered to " + n.User, At: n.At.Format(secondFormat),
		})
	}
	return answer
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

type eventsAnswer struct {
	Count int          `json:"count"`
	Items []eventEntry `json:"items"`
}

type eventEntry struct {
	Project      string `json:"project_id"`
	User         string `json:"username"`
	Workspace    string `json:"workspace_id"`
	Trace        string `json:"event_trace_id"`
	Type         string `json:"event_type"`
	Time         string `json:"event_time"`
	ResourceType string `json:"resource_type"`
	ResourceID   string `json:"resource_id"`
	ResourceName string `json:"resource_name"`
	ClientType   string `json:"client_type"`
	ClientIP     string `json:"client_ip"`
	Success      bool   `json:"is_success"`
	Code         string `json:"error_code"`
	Message      string `json:"error_msg"`
	Action       string `json:"action_type"`
}

// userEvents lists events, the newest first, both ends of the range included.
func userEvents(w *world, r request) any {
	from, to := r.moment("start_time", secondFormat), r.moment("end_time", secondFormat)
	if to.Before(from) || to.Sub(from) > 30*day || from.Before(w.now.Add(-30*day)) {
		return refusal("the time range is empty, or longer than or more than 30 days ago")
	}
	wanted := filters[UserEvent]{
		"username":      exactly(func(e UserEvent) string { return e.User }),
		"event_type":    listed(func(e UserEvent) string { return e.Type }),
		"resource_name": exactly(func(e UserEvent) string { return e.Desktop }),
		"resource_id":   exactly(func(e UserEvent) string { return "id-" + e.Desktop }),
		"domain":        always[UserEvent]("local.com"),
	}.of(r)
	var found []UserEvent
	// No session lasts longer than a day.
	w.records.newest(w.now, from.Add(-day), to, func(record *LoginRecord) bool {
		for _, e := range EventsOf(record.as(w.now)) {
			if !e.At.Before(from) && !e.At.After(to) && wanted(e) {
				found = append(found, e)
			}
		}
		return true
	})
	slices.SortStableFunc(found, func(a, b UserEvent) int { return b.At.Compare(a.At) })
	answer := eventsAnswer{Count: len(found), Items: []eventEntry{}}
	for _, e := range page(r, found, 100) {
		entry := eventEntry{
			Project: w.project.ID, User: e.User, Workspace: w.hex("workspace", 0), Trace: e.Trace, Type: e.Type, Time: e.At.Format(secondFormat),
			ResourceType: "DESKTOP", ResourceID: "id-" + e.Desktop, ResourceName: e.Desktop, ClientType: "WINDOWS", ClientIP: "198.51.100.7",
			Success: e.Code == "", Code: e.Code, Action: "USER",
		}
		if e.Code != "" {
			entry.Message = "failed for " + e.User
		}
		answer.Items = append(answer.Items, entry)
	}
	return answer
}

type stagesAnswer struct {
	User    string       `json:"username"`
	BizType string       `json:"biz_type"`
	Stages  []stageEntry `json:"stages"`
}

type stageEntry struct {
	Stage    string `json:"stage"`
	Duration int64  `json:"duration"` // ms
	Success  bool   `json:"is_success"`
	Start    int64  `json:"start_time"` // epoch ms
	End      int64  `json:"end_time"`
	Code     string `json:"error_code"`
	Message  string `json:"error_msg"`
}

// accessStages splits the time until a logon was set up or failed among its
// stages; it fails at the last one.
func accessStages(w *world, r request) any {
	var found *LoginRecord
	w.records.newest(w.now, time.Time{}, w.now, func(record *LoginRecord) bool {
		if record.TransactionID == r.text("transaction_id") {
			found = record
		}
		return found == nil
	})
	if found == nil {
		return refuse(404, "WKS.0202", "The transaction does not exist")
	}
	l := found.as(w.now)
	until := l.Setup
	if l.FailureReason != "" {
		until = l.End
	}
	names := []string{"LOGIN", "MAIN_AUTH", "PRECONNECT", "CONNECT"}
	answer := stagesAnswer{User: l.UserName, BizType: "DESKTOP", Stages: []stageEntry{}}
	if strings.HasPrefix(l.ComputerName, "POOL") {
		answer.BizType = "VDI"
	}
	at := l.Start
	for i, name := range names {
		if until.IsZero() {
			break
		}
		took := until.Sub(l.Start) / time.Duration(len(names))
		s := stageEntry{Stage: name, Duration: took.Milliseconds(), Success: true, Start: at.UnixMilli(), End: at.Add(took).UnixMilli(), Code: "WKS.00000000", Message: "OK"}
		if i == len(names)-1 && l.FailureReason != "" {
			s.Success, s.Code, s.Message = false, l.FailureReason, "failed for "+l.UserName
		}
		answer.Stages = append(answer.Stages, s)
		at = at.Add(took)
	}
	return answer
}
