package inventory

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// monitored is how far the sweep over the chosen desktops has come and the
// newest data of each.
type monitored struct {
	// Selected are the desktops' ids in the order of the sweep, as of Listed.
	Selected []string  `json:"chosen"`
	Listed   time.Time `json:"listed"`
	// Last is the id that the sweep has come to; it may be gone by then.
	Last string `json:"last"`
	// Began is when the sweep began anew, Took the time from the beginning of
	// the one before, 0 if there was none.
	Began time.Time     `json:"began"`
	Took  time.Duration `json:"took"`
	// Data is by desktop id, without what is older than max_age.
	Data map[string]monitorData `json:"data"`
}

// monitorData is the newest point of each metric of a desktop, by the metric's
// member of the answer.
type monitorData map[string]monitorPoint

type monitorPoint struct {
	At    time.Time `json:"at"`
	Value float64   `json:"value"`
}

// newest is the time of the newest point.
func (m monitorData) newest() time.Time {
	var t time.Time
	for _, p := range m {
		t = decode.Later(t, p.At)
	}
	return t
}

// since leaves out older points.
func (m monitorData) since(oldest time.Time) monitorData {
	recent := monitorData{}
	for member, p := range m {
		if !p.At.Before(oldest) {
			recent[member] = p
		}
	}
	return recent
}

func desktopMonitorArea() area.Collector {
	return area.Declaration[monitored]{
		Name:     "desktop_monitor",
		Help:     "CPU, memory, disk and network of each chosen desktop, one desktop after the other. One call for each desktop.",
		Disabled: true,
		Interval: time.Minute,
		Calls: []area.Call{
			{
				Endpoint: apiclient.ShowDesktopMonitorData, Says: "1 for each desktop, at most `max_calls`",
				Of: func(l area.Load) float64 { return min(selectedDesktops(l), monitorCalls(l)) },
			},
			{Endpoint: apiclient.ListDesktops, Says: "the list of desktops every 5 minutes", Of: candidateCalls},
		},
		Series: func(l area.Load) float64 {
			// A desktop that was read is shown until its data is too old.
			reads := max(math.Floor(l.Options.Duration("max_age").Seconds()/l.Interval.Seconds()), 1)
			return 3 + 11.5*min(selectedDesktops(l), monitorCalls(l)*reads)
		},
		Options: []area.Option{
			{Name: "select", Default: selectInUse, Help: "Which desktops are monitored: in_use (a user is connected), running or all."},
			{Name: "pools", Default: []string{}, Help: "Monitor only desktops of the pools with these ids; empty means of any pool or none."},
			{Name: "tags", Default: []string{}, Help: "Monitor only desktops with all of these tags, each written key=value; empty means with any."},
			{Name: "max_calls", Default: 90, Help: "How many desktops are read in a poll at most; more chosen desktops make the sweep longer."},
			{Name: "max_age", Default: 30 * time.Minute, Help: "How old data may be and still be shown. A sweep that takes longer leaves gaps: choose fewer desktops."},
		},
		Fetch:  fetchDesktopMonitor,
		Sample: sampleDesktopMonitor,
		Families: []area.Family[monitored]{
			desktopRatio("desktop_cpu_usage_ratio", "cpu_info", "CPU usage of the desktop, 1 being all of its vCPUs."),
			desktopRatio("desktop_memory_usage_ratio", "memory_info", "Memory usage of the desktop, 1 being all of it; Linux desktops have none."),
			desktopRatio("desktop_disk_usage_ratio", "disk_util_inband", "Disk usage of the desktop, 1 being all of it; Linux desktops have none."),
			desktopGauge("desktop_disk_read_bytes_per_second", "disk_read_bytes_rate", "Bytes that the desktop reads from its disks in a second."),
			desktopGauge("desktop_disk_write_bytes_per_second", "disk_write_bytes_rate", "Bytes that the desktop writes to its disks in a second."),
			desktopGauge("desktop_disk_read_requests_per_second", "disk_read_requests_rate", "Read requests of the desktop to its disks in a second."),
			desktopGauge("desktop_disk_write_requests_per_second", "disk_write_requests_rate", "Write requests of the desktop to its disks in a second."),
			desktopNetwork("desktop_network_receive_bytes_per_second", "network_incoming_bytes_rate_inband", "network_incoming_bytes_aggregate_rate",
				"Bytes that the desktop receives in a second, as measured in the desktop (inband, Windows only) and outside it (aggregate)."),
			desktopNetwork("desktop_network_transmit_bytes_per_second", "network_outgoing_bytes_rate_inband", "network_outgoing_bytes_aggregate_rate",
				"Bytes that the desktop sends in a second, as measured in the desktop (inband, Windows only) and outside it (aggregate)."),
			desktopGauge("desktop_network_connections", "network_vm_connections", "Number of network connections of the desktop."),
			{
				Name: "desktop_monitor_data_timestamp_seconds",
				Help: "Time of the newest monitoring data of the desktop; the service measures every 5 minutes.",
				Type: area.Gauge, Labels: []string{"desktop_id"},
				Map: eachMonitored(func(id string, data monitorData, put area.Put) {
					if t := data.newest(); !t.IsZero() {
						put.Value(area.UnixSeconds(t), id)
					}
				}),
			},
			{
				Name: "desktop_monitor_sweep_seconds",
				Help: "How long it took to come round to the same desktop again; if that is longer than max_age, desktops are missing from the metrics.",
				Type: area.Gauge,
				Map: func(m monitored, put area.Put) {
					if m.Took > 0 {
						put.Value(m.Took.Seconds())
					}
				},
			},
			{
				Name: "desktop_monitor_desktops",
				Help: "Number of desktops that are chosen to be monitored.",
				Type: area.Gauge,
				Map:  func(m monitored, put area.Put) { put.Value(float64(len(m.Selected))) },
			},
			{
				Name: "desktop_monitor_desktops_without_data",
				Help: "Number of chosen desktops without data young enough to be shown: they are off or have no agent, or the sweep takes longer than max_age.",
				Type: area.Gauge,
				Map:  func(m monitored, put area.Put) { put.Value(float64(len(m.Selected) - len(m.Data))) },
			},
		},
	}
}

// monitorCalls is how many desktops a poll reads at most.
func monitorCalls(l area.Load) float64 { return float64(max(l.Options.Int("max_calls"), 1)) }

// eachMonitored makes the mapping of a family with samples for each desktop.
func eachMonitored(sample func(id string, data monitorData, put area.Put)) func(monitored, area.Put) {
	return func(m monitored, put area.Put) {
		for _, id := range slices.Sorted(maps.Keys(m.Data)) {
			sample(id, m.Data[id], put)
		}
	}
}

// desktopGauge is a family with one sample for each desktop, in the unit of
// the answer's member.
func desktopGauge(name, member, help string) area.Family[monitored] {
	return desktopShare(name, member, help, 1)
}

// desktopRatio is desktopGauge for a member in percent.
func desktopRatio(name, member, help string) area.Family[monitored] {
	return desktopShare(name, member, help, 100)
}

// desktopShare is desktopGauge for a member that is a share of whole.
func desktopShare(name, member, help string, whole float64) area.Family[monitored] {
	return area.Family[monitored]{
		Name: name, Help: help,
		Type: area.Gauge, Labels: []string{"desktop_id"},
		Map: eachMonitored(func(id string, data monitorData, put area.Put) {
			if p, measured := data[member]; measured {
				put.Value(p.Value/whole, id)
			}
		}),
	}
}

func desktopNetwork(name, inband, aggregate, help string) area.Family[monitored] {
	return area.Family[monitored]{
		Name: name, Help: help,
		Type: area.Gauge, Labels: []string{"desktop_id", "source"},
		Map: eachMonitored(func(id string, data monitorData, put area.Put) {
			if p, measured := data[inband]; measured {
				put.Value(p.Value, id, "inband")
			}
			if p, measured := data[aggregate]; measured {
				put.Value(p.Value, id, "aggregate")
			}
		}),
	}
}

// monitorMembers are the members of the answer that families show.
var monitorMembers = []string{
	"cpu_info", "memory_info", "disk_util_inband",
	"disk_read_bytes_rate", "disk_write_bytes_rate", "disk_read_requests_rate", "disk_write_requests_rate",
	"network_incoming_bytes_rate_inband", "network_outgoing_bytes_rate_inband",
	"network_incoming_bytes_aggregate_rate", "network_outgoing_bytes_aggregate_rate", "network_vm_connections",
}

func fetchDesktopMonitor(ctx context.Context, in area.Input, prev monitored) (monitored, error) {
	m, err := selectDesktops(ctx, in, prev)
	if err != nil {
		return monitored{}, err
	}
	oldest := in.Now.Add(-in.Options.Duration("max_age"))
	m.Data = map[string]monitorData{}
	for _, id := range m.Selected {
		if data := prev.Data[id].since(oldest); len(data) > 0 {
			m.Data[id] = data
		}
	}
	var s sweep
	for _, id := range m.turns(in) {
		m.Last = id
		data, err := fetchMonitorData(ctx, in, id)
		if s.add(id, err); s.over {
			break
		}
		if err != nil {
			in.Log.Debug("no monitoring data of a desktop", "desktop_id", id, "err", err)
			if !decode.ObjectMissing(err) {
				in.Skip(1, apiclient.ShowDesktopMonitorData.Operation, "call failed: "+string(apiclient.KindOf(err)))
			}
		} else if data = data.since(oldest); len(data) > 0 {
			m.Data[id] = data
		}
	}
	if s.failed(m.Listed.Equal(in.Now)) {
		return monitored{}, s.failure
	}
	for _, id := range s.removed {
		delete(m.Data, id)
	}
	m.Selected = slices.DeleteFunc(m.Selected, func(id string) bool { return slices.Contains(s.removed, id) })
	return m, nil
}

// sampleDesktopMonitor asks for the data of a desktop, in use or not.
func sampleDesktopMonitor(ctx context.Context, in area.Input) error {
	list, err := listCandidates(ctx, in)
	if err != nil || len(list) == 0 {
		return err
	}
	_, err = fetchMonitorData(ctx, in, list[0].ID)
	return err
}

// turns are the desktops whose turn it is. It notes when the sweep begins
// anew.
func (m *monitored) turns(in area.Input) []string {
	at, found := slices.BinarySearch(m.Selected, m.Last)
	if found {
		at++
	}
	ring := slices.Concat(m.Selected[at:], m.Selected[:at])
	turns := ring[:min(len(ring), max(in.Options.Int("max_calls"), 1))]
	switch {
	case m.Began.IsZero():
		m.Began = in.Now
	case len(turns) > len(m.Selected)-at || at == len(m.Selected):
		m.Took, m.Began = in.Now.Sub(m.Began), in.Now
	}
	return turns
}

// maxFailedDesktops is how many desktops in a row may fail before a poll gives
// up: then it is not the desktops.
const maxFailedDesktops = 10

// sweep is how the calls of a poll went. A single desktop must not keep it
// from the others.
type sweep struct {
	read, inARow int
	removed      []string // desktops that went away after they were listed
	failure      error
	// over tells that there is no use in going on, fatal that all is in vain.
	over, fatal bool
}

func (s *sweep) add(id string, err error) {
	if err == nil {
		s.read, s.inARow = s.read+1, 0
		return
	}
	s.failure = err
	switch apiclient.KindOf(err) {
	case apiclient.NotFound:
		s.removed = append(s.removed, id)
	case apiclient.Client, apiclient.Server, apiclient.Malformed:
		s.inARow++
		s.over = s.inARow == maxFailedDesktops
	default: // the API, the account or the network
		s.over, s.fatal = true, true
	}
}

// failed tells whether the poll brought nothing. That desktops just listed are
// not found, all of them, is no news of them: the API is not there.
func (s *sweep) failed(justListed bool) bool {
	switch {
	case s.fatal:
		return true
	case s.failure == nil || s.read > 0:
		return false
	default:
		return justListed || s.inARow > 0
	}
}
