package inventory

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// host is a dedicated host.
type host struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Zone     string           `json:"availability_zone"`
	Type     string           `json:"type"`
	State    string           `json:"state"`
	VCPUs    apiclient.Number `json:"vcpus"`
	Used     apiclient.Number `json:"vcpus_used"`
	Memory   apiclient.Number `json:"memory_bytes"`
	Free     apiclient.Number `json:"memory_available_bytes"`
	Desktops apiclient.Number `json:"desktops"`
}

func hostsArea() area.Collector {
	return area.Declaration[[]host]{
		Name:     "hosts",
		Help:     "Dedicated hosts: their state and how much room they have.",
		Interval: 5 * time.Minute,
		Calls:    []area.Call{area.CallPages(apiclient.ListHostsDetail, area.Hosts)},
		Series:   area.Series(0, area.Per{area.Hosts: 9}),
		Fetch:    fetchHosts,
		Families: []area.Family[[]host]{
			{
				Name: "host_info",
				Help: "Properties of the dedicated host, always 1; join on host_id to show its name beside other metrics.",
				Type: area.Gauge, Labels: []string{"host_id", "host", "availability_zone", "host_type"},
				Map: area.Each(func(h host, put area.Put) { put.Value(1, h.ID, h.Name, h.Zone, h.Type) }),
			},
			{
				Name: "host_state",
				Help: "States of the dedicated host, 1 for the current one and 0 for the others; in state fault its desktops are down.",
				Type: area.Gauge, Labels: []string{"host_id", "state"},
				Map: area.Each(func(h host, put area.Put) { area.PutState(put, hostStates, h.State, h.ID) }),
			},
			{
				Name: "host_vcpus",
				Help: "Number of vCPUs of the dedicated host.",
				Type: area.Gauge, Labels: []string{"host_id"},
				Map: area.Each(func(h host, put area.Put) { put.Number(h.VCPUs, h.ID) }),
			},
			{
				Name: "host_vcpus_used",
				Help: "Number of vCPUs of the dedicated host that desktops take up; when all are, none can be added.",
				Type: area.Gauge, Labels: []string{"host_id"},
				Map: area.Each(func(h host, put area.Put) { put.Number(h.Used, h.ID) }),
			},
			{
				Name: "host_memory_bytes",
				Help: "Memory of the dedicated host.",
				Type: area.Gauge, Labels: []string{"host_id"},
				Map: area.Each(func(h host, put area.Put) { put.Number(h.Memory, h.ID) }),
			},
			{
				Name: "host_memory_available_bytes",
				Help: "Memory of the dedicated host that no desktop takes up.",
				Type: area.Gauge, Labels: []string{"host_id"},
				Map: area.Each(func(h host, put area.Put) { put.Number(h.Free, h.ID) }),
			},
			{
				Name: "host_desktops",
				Help: "Number of desktops on the dedicated host.",
				Type: area.Gauge, Labels: []string{"host_id"},
				Map: area.Each(func(h host, put area.Put) { put.Number(h.Desktops, h.ID) }),
			},
		},
	}
}

// hostAnswer is an entry of ListHostsDetail. Memory is in MB (the reference
// states no unit; hosts of the size it shows have as many MB).
type hostAnswer struct {
	ID         apiclient.Text   `json:"dedicated_host_id"`
	Name       apiclient.Text   `json:"name"`
	Zone       apiclient.Text   `json:"availability_zone"`
	State      apiclient.Text   `json:"state" sent:"always"`
	FreeVCPUs  apiclient.Number `json:"available_vcpus" sent:"always"`
	FreeMemory apiclient.Number `json:"available_memory" sent:"always"`
	Desktops   apiclient.Number `json:"instance_total" sent:"always"`
	Properties struct {
		VCPUs  apiclient.Number `json:"vcpus"`
		Memory apiclient.Number `json:"memory"`
		Type   apiclient.Text   `json:"host_type"`
	} `json:"host_properties"`
}

func fetchHosts(ctx context.Context, in area.Input, _ []host) ([]host, error) {
	answers, err := decode.List(ctx, in, apiclient.ListHostsDetail, "dedicated_host_id", func(a hostAnswer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	const mebibyte = 1 << 20
	hosts := make([]host, len(answers))
	for i, a := range answers {
		hosts[i] = host{
			ID: string(a.ID), Name: string(a.Name), Zone: string(a.Zone), Type: string(a.Properties.Type), State: decode.State(a.State, hostStates),
			VCPUs: decode.NotNegative(a.Properties.VCPUs), Memory: decode.Scale(decode.NotNegative(a.Properties.Memory), mebibyte),
			Free:     decode.Scale(decode.NotNegative(a.FreeMemory), mebibyte),
			Desktops: a.Desktops,
		}
		all, known := decode.NotNegative(a.Properties.VCPUs).Value()
		if free, sent := decode.NotNegative(a.FreeVCPUs).Value(); known && sent {
			hosts[i].Used = apiclient.NumberOf(all - free)
		}
	}
	return hosts, nil
}

// hostStates are those of the SDK.
var hostStates = []string{"available", "fault", "released"}
