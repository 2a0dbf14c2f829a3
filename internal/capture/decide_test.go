package capture

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func newDecider() decider { return decider{keepers(), words()} }

// TestKept: what metrics are made of stays.
func TestKept(t *testing.T) {
	t.Parallel()
	d := newDecider()
	for member, values := range map[string][]string{
		"status":                    {"ACTIVE", "SHUTOFF", "SUBSCRIPTION_FAILED", "normal", "sellout", "EXIST_FROZEN", "FROZEN_BY_ADMIN"},
		"connect_status":            {"UNREGISTER", "CONNECTED"},
		"task_status":               {"powering-on", "rebooting", "REBUILDING"},
		"terminal_type":             {"Windows 10", "macOS 14", "iOS 17", "Linux", "Web"},
		"connection_failure_reason": {"WKS.00010032", "400200", "CONNECTION_TIMEOUT", "-5"},
		"error_code":                {"WKS.00010110", "desktopAccessFailed"},
		"job_type":                  {"createDesktops", "rebuildDesktops"},
		"type":                      {"MULTI_INSTANCE", "Cores", "EVENT.SYS", "general_instances", "SAS"},
		"unit":                      {"%", "GB", " Gb ", "piece", "byte/s", "MiB"},
		"agent_name":                {"ces_agent"},
		"agent_version":             {"24.1.0", "2.7.5"},
		"availability_zone":         {"ap-southeast-3a", "cn-north-4b"},
		"product_id":                {"workspace.x86.ultimate.large2"},
		"time_zone":                 {"Asia/Shanghai", "GMT+08:00", "UTC"},
		"time_counts":               {"09:57", "10:00 : 0", "2026-01-02T09:00:00Z:12"},
		"create_time":               {"2025-10-01T08:00:00.000Z", "2025-10-01 08:00:00", "1767345900000"},
		"next_execution_time":       {"2026-01-03 07:30:00 GMT+08:00"},
		"memory":                    {"16384", "17179869184"},
		"metric_value":              {"46800.0", "90813392"},
		"site_id":                   {"center"},
		"comparison_operator":       {">=", "~"},
		"anything":                  {"", " ", "true", "OFF", "0", "-", "7"},
	} {
		for _, value := range values {
			if d.text(member, value) != keepIt {
				t.Errorf("%s: %q is replaced", member, value)
			}
		}
	}
	for _, states := range [][]string{decode.ServiceStates, decode.ProductStates, decode.DesktopRunStates, decode.DesktopLoginStates} {
		for _, state := range states {
			if d.text("status", state) != keepIt {
				t.Errorf("the state %s is replaced", state)
			}
		}
	}
	for member, number := range map[string]string{
		"total_count": "1200", "memory": "17179869184", "average": "8589934592", "timestamp": "1767345900000", "not_after": "1798761600000",
		"image_id": "12", "available_ip": "200", "quota": "100000", "desktop_used": "37", "e2e_rtt": "35",
	} {
		if d.jsonNumber(member, number) != keepIt {
			t.Errorf("%s: the number %s is replaced", member, number)
		}
	}
}

// TestReplaced: what is not known goes, whatever it is called.
func TestReplaced(t *testing.T) {
	t.Parallel()
	d := newDecider()
	names := []string{"alice", "Alice Smith", "ALICE", "alice.smith", "smith-77", "ALICE_SMITH", "aliceSmith", "alice@corp.org", "10.1.2.3", "2001:db8::1", "张伟", "José",
		"DESK-0042", "+86 138 0000 1111", "13800001111", "00-11-22-33-44-55", "srv1.corp.lan", "https://corp.lan/x", "deadbeef01", "d-01", "the desktop of alice is busy",
		"eyJhbGciOiJIUzI1NiJ9.e30.x"}
	members := []string{"name", "unknown", "status", "state", "type", "job_type", "error_code", "unit", "agent_name", "metric_name", "availability_zone", "product_id", "filter",
		"terminal_type", "connection_failure_reason", "time_zone", "version", "os_version", "level", "create_time", "total_count", "value", "region"}
	for _, member := range members {
		for _, name := range names {
			if d.text(member, name) == keepIt {
				t.Errorf("%s: %q stays", member, name)
			}
		}
	}
	for _, member := range []string{"password", "domain_password", "accessToken", "client_secret", "ak", "sk", "auth_config", "X-Signature", "private_key"} {
		for _, value := range []string{"ACTIVE", "WKS.00010032", "24.1.0", "2026-01-02", "12"} {
			if d.text(member, value) != secretIt {
				t.Errorf("%s: %q stays", member, value)
			}
		}
	}
	for member, number := range map[string]string{
		"phone": "12", "user_phone_count": "13800001111", "mobile": "13800001111", "unknown": "12345", "id": "7", "policy_id": "12", "total_count": "13800001111",
		"birthday": "70", "password": "7", "value": "13800001111", "employee_number": "42", "image_id": "4711881",
	} {
		if d.jsonNumber(member, number) == keepIt {
			t.Errorf("%s: the number %s stays", member, number)
		}
	}
}

// masked masks a JSON text alone.
func masked(t *testing.T, text string) (string, *masker) {
	t.Helper()
	m := newMasker()
	if _, err := m.json("", []byte(text)); err != nil {
		t.Fatal(err)
	}
	m.learned()
	out, err := m.json("", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return string(out), m
}

// TestForms: replacements can be read like their originals, are the same for
// the same, and sort like them.
func TestForms(t *testing.T) {
	t.Parallel()
	text, _ := masked(t, `{"records": [
		{"id": "7b1c9e1a-0d62-4d9b-9f39-0f6f5c9f1f10", "name": "bob", "cidr": "10.1.0.0/16", "ip": "10.1.2.3", "ipv6": "fe80::1", "mac": "00-11-22-33-44-55", "user_email": "bob@corp.org",
		 "phone": 13800001111, "reason": "400200: bob is busy", "error_msg": "refused with WKS.00010032, says bob", "ids": "bob,carol", "upper": "BOB", "address": "10.1.2.3:443", "policy_id": 12},
		{"id": "8b1c9e1a-0d62-4d9b-9f39-0f6f5c9f1f10", "name": "carol", "phone": "13800001111", "upper": "Bob", "policy_id": "12", "bob": {"x": 1}, "display_name": " bob "}]}`)
	var answer struct {
		Rows []map[string]any `json:"records"`
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	first, second := answer.Rows[0], answer.Rows[1]
	get := func(row map[string]any, name string) string { value, _ := row[name].(string); return value }
	if strings.Contains(strings.ToLower(text), "bob") || strings.Contains(text, "1380000") || strings.Contains(text, "corp") || strings.Contains(text, "10.1.") {
		t.Errorf("something stays: %s", text)
	}
	prefix, err := netip.ParsePrefix(get(first, "cidr"))
	if err != nil || prefix.Bits() != 16 {
		t.Errorf("cidr is %v: %v", first["cidr"], err)
	}
	if a, err := netip.ParseAddr(get(first, "ip")); err != nil || get(first, "address") != a.String()+":443" {
		t.Errorf("the address is %v, with a port %v", first["ip"], first["address"])
	}
	if a, err := netip.ParseAddr(get(first, "ipv6")); err != nil || !a.Is6() {
		t.Errorf("ip6 is %v", first["ipv6"])
	}
	name := get(first, "name")
	for what, ok := range map[string]bool{
		"ids are UUIDs in their order": uuidShape.MatchString(get(first, "id")) && get(first, "id") < get(second, "id"),
		"names keep their order":       name < get(second, "name"),
		"a MAC address is one":         macShape.MatchString(get(first, "mac")),
		"a mail address is one":        mailShape.MatchString(get(first, "user_email")),
		"lists join":                   get(first, "ids") == name+","+get(second, "name"),
		"letter case":                  get(first, "upper") == strings.ToUpper(name) && strings.EqualFold(get(second, "upper"), name),
		"blanks":                       get(second, "display_name") == " "+name+" ",
		"names of members join":        second[name] != nil,
		"a leading code stays":         strings.HasPrefix(get(first, "reason"), "400200: "+replacedText) && decode.Code(get(first, "reason")) == "400200",
		"a code in a text stays":       decode.Code(get(first, "error_msg")) == "WKS.00010032",
		"numbers and texts join":       first["policy_id"] != nil && get(second, "policy_id") != "" && isDigits(get(second, "policy_id")),
	} {
		if !ok {
			t.Errorf("%s: not so in %s", what, text)
		}
	}
	again, _ := masked(t, `{"name": "bob"}`)
	if strings.Contains(again, name) {
		t.Error("two captures replace alike: the key is not random")
	}
}

// TestReplacedWins: what is replaced in one place stays in no other, unless it
// is a word of the API.
func TestReplacedWins(t *testing.T) {
	t.Parallel()
	text, m := masked(t, `{"user_name": "ap-southeast-3a", "availability_zone": "ap-southeast-3a", "agent_version": "7.7.777777", "name": "7.7.777777", "pool": "ACTIVE", "status": "ACTIVE"}`)
	if !strings.Contains(text, `"status": "ACTIVE"`) || strings.Contains(text, `"pool": "ACTIVE"`) || strings.Contains(text, "777777") {
		t.Errorf("%s", text)
	}
	if !m.forced["7.7.777777"] {
		t.Errorf("forced are %v", m.forced)
	}
}

// TestManyAddresses: there are more desktops than addresses for documentation.
func TestManyAddresses(t *testing.T) {
	t.Parallel()
	m := newMasker()
	var all []string
	for i := range 5000 {
		all = append(all, netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}).String())
	}
	for _, a := range all {
		m.collect(a)
	}
	m.learned()
	seen := map[string]bool{}
	for _, a := range all {
		form := m.replace(a)
		if _, err := netip.ParseAddr(form); err != nil || seen[form] {
			t.Fatalf("%s: %s", a, form)
		}
		seen[form] = true
	}
}

// TestCaptureOfCapture: replacements can be replaced again.
func TestCaptureOfCapture(t *testing.T) {
	t.Parallel()
	ended := make(chan string, 1)
	go func() {
		first, _ := masked(t, `{"user_email": "bob@corp.org", "host": "a.corp.org", "text": "bob is away", "name": "example", "ip": "192.0.2.1"}`)
		second, _ := masked(t, first)
		ended <- second
	}()
	select {
	case second := <-ended:
		if slices.Contains([]string{"", "{}"}, second) {
			t.Error("nothing is left")
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
}
