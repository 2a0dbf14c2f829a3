package daemon

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// inventory are the collectors of the service and of everything in it.
var inventory = []string{
	"service", "service_lock", "sites", "edge_sites", "hosts", "desktop_details", "desktop_monitor", "agents", "pools", "pool_details",
	"pool_drift", "pool_members", "agencies", "certificates", "domains", "access_addresses", "nat_mapping", "tenant_configs", "tenant_profiles",
	"terminal_bindings", "desktop_name_policies", "hibernation",
}

func inventoryConfig() string {
	return hqConfig + Schema().CollectorsSection(func(c config.CollectorSchema) (enabled bool, settings []string) {
		switch c.Name {
		case "desktop_monitor":
			settings = []string{"select: running"}
		case "desktop_details":
			settings = []string{"per_desktop: true"}
		}
		return slices.Contains(inventory, c.Name), settings
	})
}

// TestInventory: every collector of the inventory works and shows the truth,
// and no password is seen.
func TestInventory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := start(t, inventoryConfig(), newSimulator(600))
		advance(65*time.Minute, synctest.Wait)
		h.sim.Freeze()
		advance(16*time.Minute, synctest.Wait)
		p, s := h.sim.Truth().Projects[projectHQ], h.scrape()
		for _, name := range inventory {
			s.expect(1, "exporter_collector_success", "collector="+name)
		}
		compareService(s)
		comparePools(s, p)
		compareDetails(s, p.Inventory)
		compareMonitor(s, p.Inventory)
		for _, line := range h.warnings() {
			t.Error(line)
		}
		h.withinBudget(0.5)
		if all := h.all.String(); strings.Contains(all, simulator.DomainPassword) || strings.Contains(all, "administrator") {
			t.Error("the directory's administrator or password was shown or logged")
		}
	})
}

func compareService(s scraped) {
	s.Helper()
	s.expect(1, "service_status", "site_id=center", "status=SUBSCRIBED")
	s.expect(3, "service_status", "status=SUBSCRIBED")
	s.expect(1, "access_status", "site_id=s-edge1", "status=available")
	s.expect(1, "directory_status", "status=connected")
	s.expect(0, "locked")
	s.expect(3, "site_info")
	s.expect(1, "site_status", "site_id=center", "status=SUBSCRIBED")
	s.expect(2, "edge_site_status", "status=available")
	if sum, n := s.sum("edge_site_usage_ratio"); n != 6 || sum <= 0 || sum > 6 {
		s.Errorf("edge_site_usage_ratio: %d series, sum %v", n, sum)
	}
	for _, source := range []string{"directory", "domain", "authority"} {
		if sum, _ := s.sum("certificate_expiry_timestamp_seconds", "source="+source); sum < float64(time.Now().Unix()) {
			s.Errorf("certificates of source %s: %v", source, sum)
		}
	}
	s.expect(2, "access_address_backups", "site_id=center")
	s.expect(1, "nat_mappings", "nat_map_type=PORT")
	s.expect(2, "tenant_config_enabled")
	s.expect(2, "tenant_feature_enabled")
	s.expect(1, "desktop_name_policies", "contains_user=true")
	s.expect(7*24*3600, "hibernation_shutdown_seconds")
	s.expect(0, "agency_missing_permissions", "scene=WORKSPACE")
	s.expect(1, "agency_missing_permissions", "scene=SCREEN_RECORD")
}

func comparePools(s scraped, p simulator.ProjectTruth) {
	s.Helper()
	for _, pool := range p.Pools {
		of := "pool_id=" + pool.ID
		s.expect(1, "pool_status", of, "status="+pool.Status)
		s.expect(float64(pool.Used), "pool_desktops_bound", of)
		s.expect(float64(pool.Isolated), "pool_isolated_desktops", of)
		maintenance := 0.0
		if pool.Maintenance {
			maintenance = 1
		}
		s.expect(maintenance, "pool_in_maintenance", of)
		drift := p.Inventory.Drift[pool.ID]
		s.expect(float64(drift.Image), "pool_drift_desktops", of, "attribute=image_id")
		s.expect(float64(drift.DiskSize), "pool_drift_desktops", of, "attribute=disk_size")
		s.expect(float64(p.Inventory.PoolUsers[pool.ID]), "pool_authorized_objects", of, "object_type=USER")
		s.expect(1, "pool_authorized_objects", of, "object_type=USER_GROUP")
	}
	for _, h := range p.Inventory.Hosts {
		of := "host_id=" + h.ID
		s.expect(1, "host_state", of, "state="+h.State)
		s.expect(float64(h.VCPUs-h.FreeVCPUs), "host_vcpus_used", of)
		s.expect(float64(h.FreeMemory)*(1<<20), "host_memory_available_bytes", of)
		s.expect(float64(h.Desktops), "host_desktops", of)
	}
}

func compareDetails(s scraped, truth simulator.InventoryTruth) {
	s.Helper()
	each := func(want map[string]int, metric, label string, names func(string) string) {
		s.Helper()
		total := 0
		for value, n := range want {
			s.expect(float64(n), metric, label+"="+names(value))
			total += n
		}
		if sum, _ := s.sum(metric); int(sum) != total {
			s.Errorf("%s adds up to %v, want %d", metric, sum, total)
		}
	}
	same := func(value string) string { return value }
	each(truth.Tasks, "desktops_task", "task_status", same)
	each(truth.Frozen, "desktops_frozen", "charging_mode", func(code string) string {
		return map[string]string{"0": "yearly_monthly", "1": "pay_per_use"}[code]
	})
	each(truth.Products, "desktops_inventory", "product_id", same)
	each(truth.HourPackages, "hour_package_desktops", "use_up_policy", same)
	each(truth.Agents, "desktops_agent", "agent_version", same)
	s.expect(float64(truth.Maintenance), "desktops_in_maintenance")
	s.expect(float64(truth.Isolated), "desktops_isolated")
	s.expect(float64(truth.Disconnected), "desktops_disconnected_age")
	s.expect(float64(truth.TerminalBindings), "terminal_bindings")
}

func compareMonitor(s scraped, truth simulator.InventoryTruth) {
	s.Helper()
	if len(truth.Monitored) < 100 {
		s.Errorf("only %d desktops are on", len(truth.Monitored))
	}
	s.expect(float64(len(truth.Monitored)), "desktop_monitor_desktops")
	s.expect(0, "desktop_monitor_desktops_without_data")
	for id, want := range truth.Monitored {
		of := "desktop_id=" + id
		s.expect(want["cpu_util"]/100, "desktop_cpu_usage_ratio", of)
		s.expect(want["disk_read_bytes_rate"], "desktop_disk_read_bytes_per_second", of)
		s.expect(want["network_outgoing_bytes_aggregate_rate"], "desktop_network_transmit_bytes_per_second", of, "source=aggregate")
		s.expect(want["network_vm_connections"], "desktop_network_connections", of)
		if memory, guest := want["mem_util"]; guest {
			s.expect(memory/100, "desktop_memory_usage_ratio", of)
		} else {
			s.expectAbsent("desktop_memory_usage_ratio", of)
		}
	}
}
