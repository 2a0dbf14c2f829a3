package apiclient

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/impl"
)

func TestIAMEndpoint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ region, override, want string }{
		{"ap-southeast-3", "", "https://iam.ap-southeast-3.myhuaweicloud.com"},
		{"nowhere-1", "", "https://iam.myhuaweicloud.com"},
		{"ap-southeast-3", "https://iam.example.com/", "https://iam.example.com"},
		{"nowhere-1", "http://127.0.0.1:8080/iam", "http://127.0.0.1:8080/iam"},
	} {
		if got := iamEndpoint(c.region, c.override); got != c.want {
			t.Errorf("%s, %q: %s, want %s", c.region, c.override, got, c.want)
		}
	}
}

// transportFunc is a function as a transport.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

const oneProject = `{"projects":[{"id":"0123456789abcdef0123456789abcdef","name":"REGION","domain_id":"d","parent_id":"d","enabled":true,"is_domain":false,"description":"","links":{"self":"s"}}],"links":{"self":"s"}}`

// The SDK must ask the same host the same question; eu-west-101, which its
// credentials do not know, is left to TestRegionsAgreeWithSDK. It obeys a variable of the
// process environment, so this test cannot be parallel.
func TestDiscoveryAgreesWithSDK(t *testing.T) {
	t.Setenv("HUAWEICLOUD_SDK_IAM_ENDPOINT", "")
	for _, region := range []string{
		"ae-ad-1", "af-north-1", "af-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
		"cn-east-1", "cn-east-2", "cn-east-3", "cn-east-4", "cn-east-5", "cn-north-1", "cn-north-11", "cn-north-12", "cn-north-2", "cn-north-4",
		"cn-north-9", "cn-south-1", "cn-south-2", "cn-southwest-2", "eu-west-0", "la-north-2", "la-south-2", "me-east-1",
		"my-kualalumpur-1", "na-mexico-1", "ru-moscow-1", "sa-brazil-1", "tr-west-1",
	} {
		body := strings.Replace(oneProject, "REGION", region, 1)
		var theirs []*http.Request
		transport := transportFunc(func(req *http.Request) (*http.Response, error) {
			theirs = append(theirs, req)
			return respond(200, body, "Content-Type", "application/json"), nil
		})
		// The SDK remembers the answer for a key in this process.
		keys, err := auth.NewBasicCredentialsBuilder().WithAk(rand.Text()).WithSk("SK").SafeBuild()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := keys.ProcessAuthParams(impl.NewDefaultHttpClient(config.DefaultHttpConfig().WithHttpRoundTripper(transport)), region); err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) {
			b := newBench(1, func(*http.Request, int) (*http.Response, error) { return respond(200, body), nil })
			id, err := b.Project(ProjectConfig{Name: "hq", Region: region}).ID(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if id != keys.ProjectId {
				t.Errorf("%s: id is %s, the SDK has %s", region, id, keys.ProjectId)
			}
			ours := b.wire.requests()
			if len(ours) != 1 || len(theirs) != 1 {
				t.Fatalf("%s: %d requests, the SDK has %d", region, len(ours), len(theirs))
			}
			if got, want := ours[0].req.Method+" "+ours[0].req.URL.String(), theirs[0].Method+" "+theirs[0].URL.String(); got != want {
				t.Errorf("the request is %s, the SDK's %s", got, want)
			}
		})
	}
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		body   string
		id     string
		kind   Kind
		want   []string
	}{
		{"one", 200, strings.Replace(oneProject, "REGION", "ap-southeast-3", 1), "0123456789abcdef0123456789abcdef", "", nil},
		{"one among others", 200, `{"projects":[{"id":"a","name":"ap-southeast-3_sub"},{"id":"b","name":"ap-southeast-3"},{"id":"c","name":"MOS"}]}`, "b", "", nil},
		{"none", 200, `{"projects":[]}`, "", Client, []string{"no project named ap-southeast-3", "never opened this region", "may not list projects", "set project_id"}},
		{"none of the name", 200, `{"projects":[{"id":"a","name":"cn-north-4"}]}`, "", Client, []string{"no project named ap-southeast-3"}},
		{"no id", 200, `{"projects":[{"id":"","name":"ap-southeast-3"}]}`, "", Client, []string{"no project named ap-southeast-3"}},
		{"two", 200, `{"projects":[{"id":"a1","name":"ap-southeast-3"},{"id":"b2","name":"ap-southeast-3"}]}`, "", Client, []string{"2 projects are named ap-southeast-3: set project_id to one of a1, b2"}},
		{"something else", 200, `{"token":{}}`, "", Malformed, []string{"not a list of projects; check iam_endpoint"}},
		{"null", 200, `{"projects":null}`, "", Malformed, []string{"not a list of projects"}},
		{"HTML", 200, `<html>`, "", Malformed, []string{"no JSON"}},
		{"unauthorized", 401, `{"error":{"code":401,"message":"Incorrect IAM authentication information","title":"Unauthorized"}}`, "", Unauthorized, []string{"HTTP 401: Unauthorized"}},
		{"forbidden", 403, `{"error_code":"IAM.0003","error_msg":"no permission"}`, "", Forbidden, []string{"IAM.0003", "iam:projects:listProjects", "trace-1"}},
		{"down", 503, ``, "", Server, []string{"503"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var id string
			var err error
			synctest.Test(t, func(t *testing.T) {
				b := newBench(1, func(*http.Request, int) (*http.Response, error) {
					return respond(c.status, c.body, "X-Iam-Trace-Id", "trace-1"), nil
				})
				id, err = undiscovered(b).ID(t.Context())
			})
			if id != c.id || KindOf(err) != c.kind {
				t.Errorf("id %q, kind %q, error %v", id, KindOf(err), err)
			}
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error is %v, want %q", err, want)
				}
			}
			if err != nil && !strings.Contains(err.Error(), "project id of region ap-southeast-3: KeystoneListProjects: ") {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestDiscoveryOfNoURL(t *testing.T) {
	t.Parallel()
	b := newBench(1, nil)
	config := *b.config.Load()
	config.IAMEndpoint = "https://iam.example .com"
	b.Apply(config)
	if _, err := undiscovered(b).ID(t.Context()); KindOf(err) != Client || !strings.Contains(err.Error(), "KeystoneListProjects: project id of region ap-southeast-3: iam_endpoint: ") {
		t.Errorf("error is %v", err)
	}
}
