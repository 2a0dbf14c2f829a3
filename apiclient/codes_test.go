package apiclient

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// A code of a list of users means another thing of a call that names one.
func TestCodeOfAListAndOfAnObject(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		endpoint Endpoint
		code     string
		want     Kind
	}{
		{ListUsers, "WKS.00170312", Unsubscribed},
		{ListUserGroups, "WKS.00170117", Unsubscribed},
		{ListDesktops, "WKS.00170312", Unsubscribed},
		{ListOtpDevicesByUserId, "WKS.00170312", Client},
		{ListOtpDevicesByUserId, "WKS.00170117", Unsubscribed},
		{ListUsers, "WKS.00170208", Client},
		{ListUsers, "", Client},
	} {
		body := fmt.Sprintf(`{"error_code":%q,"error_msg":"x"}`, c.code)
		if got := responseError(c.endpoint, 400, nil, []byte(body)).Kind; got != c.want {
			t.Errorf("%s %s: %s, want %s", c.endpoint.Operation, c.code, got, c.want)
		}
	}
}

// TestCodesAreDocumented holds the table of docs/troubleshooting.md to that of
// the code.
func TestCodesAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range CodeMeanings() {
		if seen[m.Code] || m.Source == "" {
			t.Errorf("%s stands twice or has no source", m.Code)
		}
		seen[m.Code] = true
		row := fmt.Sprintf("| `%s` | `%s` | %s |", m.Code, m.Kind, m.Meaning)
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/troubleshooting.md lacks the row\n%s", row)
		}
	}
}
