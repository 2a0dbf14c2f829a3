package apiclient

import (
	"fmt"
	"os"
	"strings"
	"testing"

	iam "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iam/v3/region"
	sdk "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspace/v2/region"
)

// The table agrees with the SDK's tables where it names them as evidence.
func TestRegionsAgreeWithSDK(t *testing.T) {
	t.Parallel()
	for _, r := range Regions() {
		id := strings.ReplaceAll(r.ID, "xx", "01")
		r = RegionOf(id)
		workspace, err := sdk.SafeValueOf(id)
		if (err == nil) != r.Listed {
			t.Errorf("%s: listed is %t, the SDK: %v", id, r.Listed, err)
		}
		if err == nil && workspace.Endpoints[0] != r.Workspace {
			t.Errorf("%s: %s, the SDK has %s", id, r.Workspace, workspace.Endpoints[0])
		}
		identity, err := iam.SafeValueOf(id)
		if err != nil {
			if r.IAM != globalIAM {
				t.Errorf("%s: IAM is %s, the SDK: %v", id, r.IAM, err)
			}
		} else if identity.Endpoints[0] != r.IAM {
			t.Errorf("%s: IAM is %s, the SDK has %s", id, r.IAM, identity.Endpoints[0])
		}
	}
}

func TestRegionOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][2]string{
		"eu-west-101":  {"https://iam.eu-west-101.myhuaweicloud.eu", "https://workspace.eu-west-101.myhuaweicloud.com"},
		"eu-west-159":  {"https://iam.eu-west-159.myhuaweicloud.eu", "https://workspace.eu-west-159.myhuaweicloud.com"},
		"eu-west-0":    {"https://iam.eu-west-0.myhuaweicloud.com", "https://workspace.eu-west-0.myhuaweicloud.com"},
		"eu-west-1012": {"https://iam.myhuaweicloud.com", "https://workspace.eu-west-1012.myhuaweicloud.com"},
		"region-1":     {"https://iam.myhuaweicloud.com", "https://workspace.region-1.myhuaweicloud.com"},
	} {
		if r := RegionOf(id); r.IAM != want[0] || r.Workspace != want[1] {
			t.Errorf("%s: %s and %s", id, r.IAM, r.Workspace)
		}
	}
}

func TestHostAdvice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ region, endpoint, want string }{
		{"ap-southeast-3", "https://workspace.ap-southeast-3.myhuaweicloud.com", ""},
		{"eu-west-101", "https://workspace.eu-west-101.myhuaweicloud.com", "try endpoint: https://workspace.eu-west-101.myhuaweicloud.eu"},
		{"eu-west-101", "https://workspace.example.com", ""},
		{"ap-southeast-33", "https://workspace.ap-southeast-33.myhuaweicloud.com", "check its spelling, or set endpoint"},
		{"ap-southeast-33", "https://iam.myhuaweicloud.com", "check its spelling, or set iam_endpoint"},
		{"cn-north-1", "https://workspace.cn-north-1.myhuaweicloud.com", "the service may not exist there"},
	} {
		got := HostAdvice(c.region, c.endpoint)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s %s: %q, want %q", c.region, c.endpoint, got, c.want)
		}
	}
}

// TestRegionsAreDocumented holds the table of docs/regions.md to that of the
// code.
func TestRegionsAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/regions.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Regions() {
		mark := "no"
		if r.Listed {
			mark = "yes"
		}
		row := fmt.Sprintf("| `%s` | %s | `%s` | %s |", r.ID, r.Cloud, r.named(r.ID).IAM, mark)
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/regions.md lacks the row\n%s", row)
		}
	}
}
