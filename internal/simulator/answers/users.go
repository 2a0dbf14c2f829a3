package answers

import (
	"strconv"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func usersAnswers() map[string]Answer {
	return map[string]Answer{
		"ListUsers": {
			Params: query.Params(
				query.Text("user_name", "description", "group_name", "enterprise_project_id", "domain"), query.Repeated(query.Text("user_names")),
				query.OneOf("active_type", "USER_ACTIVATE", "ADMIN_ACTIVATE"), query.OneOf("platform_type", "AD", "LOCAL", "UOS"),
				query.Bool("share_space_subscription", "share_space_desktops", "is_query_total_desktops", "disabled"),
				query.Paging(100, query.AnyOffset)),
			Reply: userList,
		},
		"ListOtpDevicesByUserId": {Reply: otpDevices},
		"ListUserGroups": {
			Params: query.Params(query.Text("keyword", "domain"), query.Repeated(query.OneOf("platform_type", "AD", "LOCAL", "UOS")), query.Paging(100, query.AnyOffset)),
			Reply:  groupList,
		},
	}
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

func userList(w *world.World, r query.Request) any {
	found := filter.Set[world.User]{
		"user_name":                filter.Equal(func(u world.User) string { return u.Name }),
		"user_names":               filter.Equal(func(u world.User) string { return u.Name }),
		"group_name":               filter.Equal(func(u world.User) string { return u.Group }),
		"description":              filter.Const[world.User](""),
		"active_type":              filter.Const[world.User]("USER_ACTIVATE"),
		"platform_type":            filter.Const[world.User]("LOCAL"),
		"domain":                   filter.Const[world.User]("local.com"),
		"enterprise_project_id":    filter.Const[world.User]("0"),
		"disabled":                 filter.Bool(func(u world.User) bool { return u.Disabled }),
		"share_space_subscription": filter.Bool(func(world.User) bool { return false }),
		"share_space_desktops":     filter.Bool(func(world.User) bool { return false }),
	}.Apply(r, w.Users())
	return members{{"total_count", len(found)}, {"users", page(r, found, len(found), func(u world.User) userEntry {
		entry := userEntry{
			ID: u.ID, SID: "S-1-5-" + u.ID[20:], Name: u.Name, Email: u.Name + "@example.com", ActiveType: "USER_ACTIVATE", Expires: "0",
			PasswordNever: u.PasswordNever, Expired: u.Expired, ChangePassword: true, PasswordChange: u.PasswordChange,
			Locked: u.Locked, Disabled: u.Disabled, Groups: []string{u.Group}, Enterprise: "0",
		}
		if !u.Expires.IsZero() {
			entry.Expires = strconv.FormatInt(u.Expires.UnixMilli(), 10)
		}
		if r.Text("is_query_total_desktops") != "false" {
			entry.Desktops = &u.Desktops
		}
		return entry
	})}}
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

func otpDevices(w *world.World, r query.Request) any {
	id := r.Path["user_id"]
	i, err := strconv.ParseInt(id[max(0, len(id)-6):], 16, 32)
	if err != nil || int(i) >= w.UserCount() || w.User(int(i)).ID != id {
		return response.Refuse(400, "WKS.00170312", "The user does not exist")
	}
	u := w.User(int(i))
	answer := otpAnswer{Devices: []otpDevice{}}
	if u.OTP != "" {
		answer.Devices = append(answer.Devices, otpDevice{ID: "otp-" + u.ID, UserID: u.ID, User: u.Name, Status: u.OTP, Created: w.Started.Format(query.SecondFormat)})
	}
	return answer
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

func groupList(w *world.World, r query.Request) any {
	users := map[string]int{}
	for _, u := range w.Users() {
		users[u.Group]++
	}
	var all []groupEntry
	for i, name := range world.GroupNames {
		all = append(all, groupEntry{Name: name, ID: w.HexID("group", i), Created: w.Started.Format(query.MilliFormat), Users: users[name], Realm: w.HexID("realm", 0), Platform: "LOCAL", Desktops: users[name]})
	}
	found := filter.Set[groupEntry]{
		"keyword":       filter.Contains(func(g groupEntry) string { return g.Name }),
		"domain":        filter.Const[groupEntry]("local.com"),
		"platform_type": filter.Equal(func(g groupEntry) string { return g.Platform }),
	}.Apply(r, all)
	return members{{"total_count", len(found)}, {"user_groups", query.Page(r, found, 100)}}
}
