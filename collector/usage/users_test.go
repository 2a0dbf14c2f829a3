package usage

import (
	"fmt"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// TestUserSwitches: one reader for all spellings of switches, in each count.
func TestUserSwitches(t *testing.T) {
	t.Parallel()
	c := usersArea()
	for written, want := range map[string]string{
		"true": "1", `"true"`: "1", `"True"`: "1", "1": "1", `"1"`: "1", `"ON"`: "1", "false": "0", `"FALSE"`: "0", "0": "0", `"off"`: "0",
		"null": "", `""`: "", `"maybe"`: "", "[]": "",
	} {
		in := areatest.Input(t, c, areatest.AnswerAll(fmt.Sprintf(`{"total_count":1,"users":[{"id":"u","locked":%s,"disabled":%[1]s,"account_expired":%[1]s,
			"password_never_expired":%[1]s,"next_login_change_password":%[1]s,"account_expires":"0","total_desktops":1}]}`, written)))
		in.Options["desktops"] = true
		result, err := c.Poll(t.Context(), in, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := areatest.Samples(t, c, result)
		for _, name := range []string{"locked", "disabled", "expired", "password_never_expires", "password_change_pending", "disabled_with_desktop"} {
			if v := got["users_"+name]; v != want {
				t.Errorf("%s: users_%s is %q, want %q", written, name, v, want)
			}
		}
	}
}

// TestUsersExpiring: 0 is never, and what is no time is not told.
func TestUsersExpiring(t *testing.T) {
	t.Parallel()
	c := usersArea()
	for written, want := range map[string]string{
		`"0"`: "0", "0": "0", `"-1"`: "0", `"1767600000000"`: "1", "1767600000": "1", `"2026-01-05T08:00:00Z"`: "1", `"1767600000000.5"`: "1",
		"null": "", `""`: "", `"***"`: "",
	} {
		result, err := c.Poll(t.Context(), areatest.Input(t, c, areatest.AnswerAll(fmt.Sprintf(
			`{"total_count":1,"users":[{"id":"u","account_expires":%s}]}`, written))), nil)
		if err != nil {
			t.Fatal(err)
		}
		if v := areatest.Samples(t, c, result)[`users_expiring{within="30d"}`]; v != want {
			t.Errorf("%s: %q users expire, want %q", written, v, want)
		}
	}
}
