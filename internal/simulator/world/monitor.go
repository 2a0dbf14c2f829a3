package world

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/random"
)

// MonitorPeriod is the time between two points of monitoring data.
const MonitorPeriod = 5 * time.Minute

// MonitorKind is a metric of desktop monitoring.
type MonitorKind struct {
	Metric, Member string
	// Guest metrics come from an agent that Linux has not.
	Guest bool
	// most is the greatest value.
	most int
}

// MonitorKinds are all metrics of desktops.
func MonitorKinds() []MonitorKind {
	return []MonitorKind{
		{Metric: "cpu_util", Member: "cpu_info", most: 100},
		{Metric: "mem_util", Member: "memory_info", Guest: true, most: 100},
		{Metric: "disk_util_inband", Member: "disk_util_inband", Guest: true, most: 100},
		{Metric: "disk_read_bytes_rate", Member: "disk_read_bytes_rate", most: 50_000_000},
		{Metric: "disk_write_bytes_rate", Member: "disk_write_bytes_rate", most: 20_000_000},
		{Metric: "disk_read_requests_rate", Member: "disk_read_requests_rate", most: 500},
		{Metric: "disk_write_requests_rate", Member: "disk_write_requests_rate", most: 300},
		{Metric: "network_incoming_bytes_rate_inband", Member: "network_incoming_bytes_rate_inband", Guest: true, most: 5_000_000},
		{Metric: "network_outgoing_bytes_rate_inband", Member: "network_outgoing_bytes_rate_inband", Guest: true, most: 2_000_000},
		{Metric: "network_incoming_bytes_aggregate_rate", Member: "network_incoming_bytes_aggregate_rate", most: 6_000_000},
		{Metric: "network_outgoing_bytes_aggregate_rate", Member: "network_outgoing_bytes_aggregate_rate", most: 3_000_000},
		{Metric: "network_vm_connections", Member: "network_vm_connections", most: 400},
	}
}

// MonitorValue is the value of a metric at a time, with one decimal.
func (w *World) MonitorValue(d *Desktop, k MonitorKind, at time.Time) float64 {
	draw := random.Mix(w.seed ^ random.Hash(k.Metric) ^ uint64(d.Index)<<40 ^ uint64(at.Unix()))
	return float64(draw%uint64(10*k.most)) / 10
}
