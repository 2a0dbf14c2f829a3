package capture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

const (
	projectID = "0123456789abcdef0123456789abcde0"
	accessKey = "AKCAPTURECANARY"
	secretKey = "capture-secret-key-must-never-show"
)

// everything is a configuration with every collector and switch on, and with
// names in its options.
func everything(privacy string) string {
	settings := map[string][]string{
		"statistics_metrics": {"metric_names: [user_login_count, desktop_usage]"},
		"desktop_monitor":    {"select: all", "tags: [team=red]"},
		"login_records":      {`failure_reasons: ["the desktop of quillfeather was busy"]`},
	}
	return `accounts:
  - name: quillfeather-holding
    credentials: {access_key: ` + accessKey + `, secret_key: ` + secretKey + `}
    projects: [{name: quillfeather-hq, region: ap-southeast-3, labels: {owner: quillfeather}}]
privacy: {user_names: ` + privacy + `}
` + daemon.Schema().CollectorsSection(func(c config.CollectorSchema) (bool, []string) {
		own := settings[c.Name]
		return true, append(slices.Clone(c.Switches()), own...)
	})
}

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	parsed, err := config.Parse("test.yml", []byte(text), daemon.Schema(), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func newSimulator(change ...func(*simulator.Config)) *simulator.Simulator {
	c := simulator.Config{
		Desktops: 14, Seed: 7, AccessKeys: map[string]string{accessKey: secretKey},
		Projects: []simulator.Project{{ID: projectID, Region: "ap-southeast-3", AccessKeys: []string{accessKey}}},
	}
	for _, f := range change {
		f(&c)
	}
	return simulator.New(c)
}

// planted are known values, in members of every kind.
var planted = map[string]any{
	"x_owner": map[string]any{
		"fullName": "Zoë Quillfeather", "phoneNo": 13800001111, "mobile": "+86 138 0000 2222", "landline": "02188776655", "pin_code": "774411",
		"mail": "zoe@quillfeather.org", "homepage": "https://zoe.quillfeather.org/desk?token=tok-9f8e7d6c", "host": "srv-17.quillfeather.lan:8443",
		"note": "call Zoë Quillfeather, she sits behind 10.99.88.77", "v6": "fd00:dead:beef::77", "mac": "0a:1b:2c:3d:4e:5f",
		"staff_no": 4711881, "birthday": "1971-03-04",
	},
	"zoe.quillfeather": map[string]any{"seen": true}, // a name that is a member
	"4711881":          "x",
	"status_text":      "quillfeather: away",
	"x_status":         "QUILLFEATHER",
	"api_token":        "ACTIVE-tok-5511", "client_secret": "ok", "secret_number": 99887711,
	"embedded":   `{"user":"Zoë Quillfeather","password":"hunter2-horse"}`,
	"x_list":     []string{"zoe@quillfeather.org", "10.99.88.0/24", "QUILL-LAPTOP-7"},
	"x_comma":    "quill-group-1,quill-group-2",
	"birth_time": "1971-03-04 05:06:07",
}

// known are the planted values as they are looked for.
var known = []string{
	"Zoë Quillfeather", "quillfeather", "13800001111", "138 0000 2222", "02188776655", "774411", "zoe@", "tok-9f8e7d6c", "srv-17", "10.99.88.",
	"fd00:dead:beef", "0a:1b:2c:3d:4e:5f", "4711881", "1971-03-04", "tok-5511", "99887711", "hunter2", "QUILL-LAPTOP", "quill-group", "1971-",
	accessKey, secretKey, projectID, "quillfeather-holding",
}

// personal are members of the simulator's answers that hold what is personal.
var personal = []string{
	"user_name", "username", "user_email", "desktop_name", "computer_name", "ip_address", "desktop_ip", "terminal_ip", "terminal_mac", "terminal_name",
	"public_ip", "source_ip", "desktop_username", "attach_user", "domain_name", "domain_password", "user_id", "desktop_id", "project_id", "tenant_id", "sid",
	"fail_reason", "error_message", "pool_name", "transaction_id", "job_id", "group_name", "mac", "os_host_name", "user_phone", "task_name",
}

// fleet is the simulator with the planted values in every object, and what it
// answered of what is personal.
type fleet struct {
	http.Handler

	mu   sync.Mutex
	told map[string]bool
}

func newFleet(sim http.Handler) *fleet { return &fleet{Handler: sim, told: map[string]bool{}} }

// ServeHTTP implements http.Handler.
func (f *fleet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	recorded := httptest.NewRecorder()
	f.Handler.ServeHTTP(recorded, r)
	for name, values := range recorded.Header() {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	body := recorded.Body.Bytes()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var answer any
	if decoder.Decode(&answer) == nil && !strings.HasPrefix(r.URL.Path, "/v3/") {
		if recorded.Code == http.StatusOK {
			f.plant("", answer)
		} else if object, ok := answer.(map[string]any); ok {
			object["error_msg"] = "Zoë Quillfeather may not"
		}
		body, _ = json.Marshal(answer)
	}
	w.WriteHeader(recorded.Code)
	_, _ = w.Write(body)
}

// plant adds the planted values to the entries of lists, and notes the
// personal ones.
func (f *fleet) plant(member string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, v := range value {
			if text, ok := v.(string); ok && len(text) > 3 {
				for _, p := range personal {
					if name == p {
						f.mu.Lock()
						f.told[text] = true
						f.mu.Unlock()
					}
				}
			}
			f.plant(name, v)
		}
		// Objects whose members are data or counts, and nothing else, stay so.
		if member != "data" && !strings.HasSuffix(member, "_statistics") {
			for name, v := range planted {
				value[name] = v
			}
		}
	case []any:
		for _, v := range value {
			f.plant(member, v)
		}
	}
}

// forms are the ways in which a value may be written.
func forms(value string) []string {
	escaped := strings.Trim(fmt.Sprintf("%+q", value), `"`)
	return []string{value, escaped, strings.ReplaceAll(value, " ", "+"), strings.ReplaceAll(value, " ", "%20"), strings.ReplaceAll(value, "@", "%40"),
		strings.ReplaceAll(value, ":", "%3A")}
}

// inBubble runs a test in fake time, of today: times of the year 2000, in which
// it begins, are not taken for times of the API.
func inBubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 3, 4, 9, 0, 30, 0, time.UTC)))
		f(t)
	})
}

// only is the section that enables the named collectors alone.
func only(names ...string) string {
	_, section, _ := strings.Cut(daemon.Schema().CollectorsSection(func(c config.CollectorSchema) (bool, []string) {
		for _, name := range names {
			if c.Name == name {
				return true, nil
			}
		}
		return false, nil
	}), "\n")
	return section
}

// recordedError is what a recording says of an error.
type recordedError struct {
	Error string `json:"error"`
}

func (r *recordedError) read(t *testing.T, content []byte) {
	t.Helper()
	if err := json.Unmarshal(content, r); err != nil {
		t.Fatalf("%v in %s", err, content)
	}
}
