package iam

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

func TestPolicy(t *testing.T) {
	t.Parallel()
	confirmed := []apiclient.Endpoint{apiclient.ListRunState, apiclient.ListAlarms, apiclient.ListRunState, apiclient.ListLoginRecordsNew}
	some := append(slices.Clone(confirmed), apiclient.ListScripts)
	tests := map[string]struct {
		format       Format
		endpoints    []apiclient.Endpoint
		findProjects bool
		want         string
	}{
		"exactly what is confirmed": {Identity, confirmed, false, `{"Version":"5.0","Statement":[{"Effect":"Allow","Action":[` +
			`"ces:alarmHistory:list","workspace:connections:securityList","workspace:statistics:getRunState","workspace:statistics:listAlarm"]}]}`},
		"project ids": {Identity, confirmed[:1], true, `{"Version":"5.0","Statement":[{"Effect":"Allow","Action":[` +
			`"iam:projects:listProjects","workspace:statistics:getRunState"]}]}`},
		"wildcards for the rest": {Identity, some[3:], false, `{"Version":"5.0","Statement":[` +
			`{"Effect":"Allow","Action":["workspace:connections:securityList"]},{"Effect":"Allow","Action":["workspace:*:get*","workspace:*:list*"]}]}`},
		"wildcards alone": {Identity, some[4:], false, `{"Version":"5.0","Statement":[{"Effect":"Allow","Action":["workspace:*:get*","workspace:*:list*"]}]}`},
		"classic": {Classic, some, true, `{"Version":"1.1","Statement":[{"Effect":"Allow","Action":[` +
			`"workspace:*:get*","workspace:*:list*","ces:alarmHistory:list","workspace:connections:securityList"]}]}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(New(tt.format, tt.endpoints, tt.findProjects))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("the policy is\n%s, want\n%s", got, tt.want)
			}
		})
	}
	if got := Unconfirmed(some); !slices.Equal(got, []string{"ListScripts"}) {
		t.Errorf("unconfirmed are %v", got)
	}
}

// TestReadsOnly: no policy allows more than reading, whatever the catalogue
// says.
func TestReadsOnly(t *testing.T) {
	t.Parallel()
	for name, content := range Files() {
		var p Policy
		if err := json.Unmarshal(content, &p); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, s := range p.Statement {
			for _, action := range s.Action {
				verb := action[strings.LastIndex(action, ":")+1:]
				if !strings.HasPrefix(verb, "get") && !strings.HasPrefix(verb, "list") && verb != "securityList" {
					t.Errorf("%s allows %s", name, action)
				}
			}
		}
	}
}

// TestPolicyOnPage: the policy in docs/security.md is what the command prints.
func TestPolicyOnPage(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	want := New(Identity, []apiclient.Endpoint{apiclient.ListLoginState, apiclient.ListRunState, apiclient.ListAlarms, apiclient.ListLoginRecordsNew}, false).JSON()
	if !strings.Contains(string(content), "```json\n"+string(want)+"```") {
		t.Errorf("docs/security.md does not show the policy\n%s", want)
	}
}
