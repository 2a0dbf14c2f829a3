package daemon

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// operations are the collectors of what is done to desktops, what they are
// made of and what they are connected with.
var operations = []string{
	"jobs", "scheduled_tasks", "scheduled_task_records", "scripts", "script_tasks", "pool_script_tasks", "script_records", "snapshots",
	"app_jobs", "apps", "app_rules", "app_restricted_rules", "app_rule_restriction", "images", "products", "volume_products",
	"availability_zones", "nat_gateways", "eips", "bandwidths", "bandwidth_controls", "ports", "internet_access", "subnets",
	"subnet_addresses", "policy_groups", "access_policies", "access_policy_objects", "user_events_log", "screen_records", "export_tasks",
	"pools", // for the products that are in use
}

func operationsOnly() string {
	return hqConfig + Schema().CollectorsSection(func(c config.CollectorSchema) (bool, []string) {
		return slices.Contains(operations, c.Name), nil
	})
}

// TestOperations: every collector of operations works for hours and shows the
// truth, every job is counted once, and no call is refused.
func TestOperations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		h := start(t, operationsOnly(), newSimulator(600))
		advance(150*time.Minute, synctest.Wait)
		h.sim.Freeze()
		advance(61*time.Minute, synctest.Wait)
		p, s := h.sim.Truth().Projects[projectHQ], h.scrape()
		for _, name := range operations {
			s.expect(1, "exporter_collector_success", "collector="+name)
		}
		for _, line := range h.warnings() {
			t.Error(line)
		}
		h.withinBudget(0.5)
		compareJobs(s, p.Jobs, begin)
		compareNetwork(s, p.OperationsTruth)
		for status, n := range p.Snapshots {
			s.expect(float64(n), "snapshots", "status="+status)
		}
		s.expect(7, "scheduled_task_info")
		s.expect(6, "scheduled_task_enabled")
		s.expect(300, "scheduled_task_last_run_desktops", "task_type=HIBERNATE", "result=success")
		s.expect(6, "scripts")
		s.expect(2, "apps", "status=FORBIDDEN")
		s.expect(5, "app_rules")
		s.expect(2, "app_restricted_rules")
		s.expect(1, "app_rule_restriction_enabled")
		s.expect(4, "images", "image_type=private")
		s.expect(2, "products", "status=sellout")
		s.expect(1, "volume_products", "status=sellout")
		s.expect(5+1, "availability_zone_sold_out_products")
		s.expect(7, "policy_groups")
		s.expect(36, "access_policy_objects")
		s.expect(1, "access_policies", "type=IP_WHITE_LIST", "enabled=false")
		s.expect(1, "user_events_log_enabled")
		s.expect(5, "export_tasks")
		if _, n := s.sum("product_sold_out"); n == 0 {
			t.Error("no product is in use")
		}
	})
}

func compareJobs(s scraped, all []simulator.JobTruth, begin time.Time) {
	s.Helper()
	listed, ended, failed := map[string]int{}, map[string]int{}, 0
	for _, j := range all {
		listed[j.Status]++
		if (j.Status == "SUCCESS" || j.Status == "FAILED") && j.End.After(begin.Add(time.Minute)) {
			ended[j.Type]++
			if j.Status == "FAILED" {
				failed++
			}
		}
	}
	if listed["SUCCESS"] <= 1000 {
		s.Errorf("%d jobs fit a page: the test tests nothing", listed["SUCCESS"])
	}
	for status, n := range listed {
		s.expect(float64(n), "jobs_listed", "status="+status)
	}
	s.expect(0, "jobs_unread")
	for kind, n := range ended {
		// The first poll is within the first minute: what ended then is open.
		got, _ := s.sum("jobs_total", "job_type="+kind)
		if got < float64(n) || got > float64(n+1) {
			s.Errorf("%v jobs of type %s were counted, want %d", got, kind, n)
		}
	}
	if got, _ := s.sum("job_failures_total"); got < float64(failed) || got > float64(failed+1) {
		s.Errorf("%v failures were counted, want %d", got, failed)
	}
}

func compareNetwork(s scraped, t simulator.OperationsTruth) {
	s.Helper()
	for status, n := range t.Ports {
		s.expect(float64(n), "ports", "status="+status)
	}
	for subnet, n := range t.FreeAddresses {
		s.expect(float64(n), "subnet_available_ips", "subnet_id="+subnet)
	}
	s.expect(float64(t.Addresses["bind"]), "eips", "state=bound")
	s.expect(float64(t.Addresses["unbind"]), "eips", "state=unbound")
	s.expect(4, "subnet_info")
	s.expect(251, "subnet_ips", "subnet_id=subnet-spare")
	s.expect(1, "nat_gateway_status", "status=ACTIVE")
	s.expect(2, "bandwidth_status")
	s.expect(300*1e6/8, "bandwidth_limit_bytes_per_second", "bandwidth_id=bandwidth-center")
	s.expect(2, "internet_access", "status=ACTIVE")
}
