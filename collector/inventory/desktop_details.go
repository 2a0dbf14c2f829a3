package inventory

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// desktopDetails is what the detailed list of desktops tells. It stays small
// however many desktops there are, but for those with a task, without a client
// and, on request, with an hour package.
type desktopDetails struct {
	// Tasks are the desktops' tasks by desktop id.
	Tasks map[string]desktopTask `json:"tasks"`
	// Overdue counts tasks by task_status, 0 for each there is.
	Overdue map[string]int `json:"overdue"`
	// Disconnected holds when each desktop in that state was first seen in it.
	Disconnected map[string]time.Time `json:"disconnected"`
	// Ages counts them in the order of disconnectedBands; nil if no desktop has a
	// login state.
	Ages        []int            `json:"ages"`
	Maintenance apiclient.Number `json:"maintenance"`
	Isolated    apiclient.Number `json:"isolated"`
	// Frozen is by charging mode, 0 for each there is.
	Frozen    map[string]int     `json:"frozen"`
	Inventory []inventoryCount   `json:"inventory"`
	Packages  []hourPackageCount `json:"packages"`
	Used      map[string]float64 `json:"used,omitempty"` // ratio by desktop id
}

// desktopTask is a task and when it was first seen.
type desktopTask struct {
	Status string    `json:"status"`
	Since  time.Time `json:"since"`
}

// inventoryKey is what desktops are counted by.
type inventoryKey struct {
	ChargingMode string `json:"charging_mode"`
	ProductID    string `json:"product_id"`
	OSType       string `json:"os_type"`
	RunState     string `json:"run_state"`
}

type inventoryCount struct {
	inventoryKey
	Count int `json:"count"`
}

// hourPackageCount counts desktops with an hour package in each of
// packageBands.
type hourPackageCount struct {
	Policy string `json:"policy"`
	Counts []int  `json:"counts"`
}

// band is a range by its end, which is not part of it.
type band struct {
	name string
	end  float64
}

var (
	// disconnectedBands are in hours, the last one is without end.
	disconnectedBands = []band{{"0h-1h", 1}, {"1h-8h", 8}, {"8h-24h", 24}, {"24h-72h", 72}, {"72h-inf", 0}}
	// packageBands are in percent, the last one is without end. 100 itself,
	// used up to the last hour, belongs to the one before.
	packageBands = []band{{"0-50", 50}, {"50-80", 80}, {"80-95", 95}, {"95-100", 100.000001}, {"over", 0}}
)

// bandOf is the index of the band that holds v.
func bandOf(bands []band, v float64) int {
	for i, b := range bands[:len(bands)-1] {
		if v < b.end {
			return i
		}
	}
	return len(bands) - 1
}

// maxInventoryProducts bounds the products by which desktops are counted.
const maxInventoryProducts = 50

func desktopDetailsArea() area.Collector {
	return area.Declaration[desktopDetails]{
		Name:     "desktop_details",
		Help:     "What only the detailed list of desktops tells: tasks that hang, long disconnects, frozen and isolated desktops, products and hour packages. One call for 500 desktops.",
		Interval: 5 * time.Minute,
		Calls:    []area.Call{area.CallPages(apiclient.ListDesktopsDetail, area.Desktops)},
		Series: func(l area.Load) float64 {
			if l.Options.Bool("per_desktop") {
				return 50 + l.Fleet[area.HourPackages]
			}
			return 50
		},
		Options: []area.Option{
			{Name: "task_grace", Default: time.Hour, Help: "How long a desktop may have the same task before the task counts as overdue."},
			{Name: "per_desktop", Default: false, Help: "Add a series for each desktop with an hour package."},
		},
		Fetch: fetchDesktopDetails,
		Families: []area.Family[desktopDetails]{
			{
				Name: "desktops_task",
				Help: "Number of desktops with a task (such as powering-on or rebuilding), by task.",
				Type: area.Gauge, Labels: []string{"task_status"},
				Map: func(d desktopDetails, put area.Put) { putCounts(put, d.tasks()) },
			},
			{
				Name: "desktops_task_overdue",
				Help: "Number of desktops that have had the same task for longer than the grace time: it hangs, and the desktop cannot be used.",
				Type: area.Gauge, Labels: []string{"task_status"},
				Map: func(d desktopDetails, put area.Put) { putCounts(put, d.Overdue) },
			},
			{
				Name: "desktops_disconnected_age",
				Help: "Number of desktops in state disconnected, by how long the exporter has seen them so; they cost as much as used ones.",
				Type: area.Gauge, Labels: []string{"band"},
				Map: func(d desktopDetails, put area.Put) {
					for i, n := range d.Ages {
						put.Value(float64(n), disconnectedBands[i].name)
					}
				},
			},
			{
				Name: "desktops_in_maintenance",
				Help: "Number of desktops in maintenance mode: their users cannot connect, on purpose.",
				Type: area.Gauge,
				Map:  func(d desktopDetails, put area.Put) { put.Number(d.Maintenance) },
			},
			{
				Name: "desktops_isolated",
				Help: "Number of desktops that their pool has taken out of service because they are faulty.",
				Type: area.Gauge,
				Map:  func(d desktopDetails, put area.Put) { put.Number(d.Isolated) },
			},
			{
				Name: "desktops_frozen",
				Help: "Number of desktops that are frozen, most often for an unpaid bill: their users cannot connect.",
				Type: area.Gauge, Labels: []string{"charging_mode"},
				Map: func(d desktopDetails, put area.Put) { putCounts(put, d.Frozen) },
			},
			{
				Name: "desktops_inventory",
				Help: "Number of desktops by charging mode, product (the most frequent ones, the rest as other), operating system and run state.",
				Type: area.Gauge, Labels: []string{"charging_mode", "product_id", "os_type", "run_state"},
				Map: func(d desktopDetails, put area.Put) {
					for _, c := range d.Inventory {
						put.Value(float64(c.Count), c.ChargingMode, c.ProductID, c.OSType, c.RunState)
					}
				},
			},
			{
				Name: "hour_package_desktops",
				Help: "Number of desktops with an hour package whose size and use the API tells, by what happens when it is used up and by how many percent of it are used.",
				Type: area.Gauge, Labels: []string{"use_up_policy", "used_band"},
				Map: func(d desktopDetails, put area.Put) {
					for _, p := range d.Packages {
						for i, n := range p.Counts {
							put.Value(float64(n), p.Policy, packageBands[i].name)
						}
					}
				},
			},
			{
				Name: "desktop_hour_package_used_ratio",
				Help: "How much of the desktop's hour package is used, 1 being all; then it is shut down or charged by the hour.",
				Type: area.Gauge, Labels: []string{"desktop_id"},
				Map: func(d desktopDetails, put area.Put) {
					for _, id := range slices.Sorted(maps.Keys(d.Used)) {
						put.Value(d.Used[id], id)
					}
				},
			},
		},
	}
}

// putCounts puts counts by one label.
func putCounts(put area.Put, counts map[string]int) {
	for _, value := range slices.Sorted(maps.Keys(counts)) {
		put.Value(float64(counts[value]), value)
	}
}

// tasks counts desktops by task.
func (d desktopDetails) tasks() map[string]int {
	counts := map[string]int{}
	for _, t := range d.Tasks {
		counts[t.Status]++
	}
	return counts
}

// detailedDesktop is an entry of the detailed list. Strings are plain where
// the list is long, as in desktopState.
type detailedDesktop struct {
	ID          string         `json:"desktop_id"`
	RunState    string         `json:"status" sent:"always"`
	LoginState  string         `json:"login_status" sent:"always"`
	Task        string         `json:"task_status"`
	ProductID   string         `json:"product_id"`
	Maintenance apiclient.Text `json:"in_maintenance_mode"`
	Frozen      apiclient.Text `json:"is_freeze"`
	Isolated    apiclient.Text `json:"isolated"`
	Product     struct {
		ChargeMode apiclient.Text `json:"charge_mode"`
	} `json:"product"`
	Metadata struct {
		OSType string `json:"os_type"`
	} `json:"metadata"`
	Package struct {
		Policy   apiclient.Text   `json:"use_up_policy"`
		Duration apiclient.Number `json:"package_duration"`
		Used     apiclient.Number `json:"use_duration"`
	} `json:"hour_package_info"`
}

// packageUsed is the used part of the hour package, if the desktop has one.
func (d detailedDesktop) packageUsed() (float64, bool) {
	whole, _ := d.Package.Duration.Value()
	used, sent := d.Package.Used.Value()
	return used / whole, sent && whole >= 1 && used >= 0
}

func fetchDesktopDetails(ctx context.Context, in area.Input, prev desktopDetails) (desktopDetails, error) {
	list, err := decode.ListOf(ctx, in, apiclient.Request{
		Endpoint: apiclient.ListDesktopsDetail,
		// A fixed order keeps desktops from moving between pages.
		Query: url.Values{"sort_field": {"created"}, "sort_type": {"ASC"}},
	}, "desktop_id", func(d detailedDesktop) string { return d.ID })
	if err != nil {
		return desktopDetails{}, err
	}
	d := desktopDetails{
		Tasks: map[string]desktopTask{}, Overdue: map[string]int{}, Frozen: map[string]int{},
		Disconnected: map[string]time.Time{}, Ages: make([]int, len(disconnectedBands)),
	}
	list = existing(list)
	for _, one := range list {
		d.addTask(one, prev, in)
		d.addDisconnected(one, prev, in.Now)
		if on, told := decode.Switch(one.Frozen).Value(); told {
			d.Frozen[one.chargingMode()] += int(on)
		}
	}
	d.Maintenance = countOn(list, func(one detailedDesktop) apiclient.Text { return one.Maintenance })
	d.Isolated = countOn(list, func(one detailedDesktop) apiclient.Text { return one.Isolated })
	if len(list) > 0 && !slices.ContainsFunc(list, func(one detailedDesktop) bool { return one.LoginState != "" }) {
		d.Ages = nil
	}
	d.Inventory = countInventory(list)
	d.Packages = countPackages(list)
	if in.Options.Bool("per_desktop") {
		d.Used = map[string]float64{}
		for _, one := range list {
			if used, has := one.packageUsed(); has {
				d.Used[one.ID] = used
			}
		}
	}
	return d, nil
}

// existing leaves out deleted desktops and spells states as the API documents
// them.
func existing(list []detailedDesktop) []detailedDesktop {
	desktops := make([]detailedDesktop, 0, len(list))
	for _, d := range list {
		d.RunState = cmp.Or(decode.State(apiclient.Text(d.RunState), decode.DesktopRunStates), decode.Unknown)
		d.LoginState = decode.State(apiclient.Text(d.LoginState), decode.DesktopLoginStates)
		d.Task = decode.DesktopTask(d.Task)
		if d.RunState != decode.DesktopDeleted {
			desktops = append(desktops, d)
		}
	}
	return desktops
}

// addTask keeps when the desktop's task was first seen.
func (d *desktopDetails) addTask(one detailedDesktop, prev desktopDetails, in area.Input) {
	if one.Task == "" {
		return
	}
	task, seen := prev.Tasks[one.ID]
	seen = seen && task.Status == one.Task
	if !seen {
		task = desktopTask{Status: one.Task, Since: in.Now}
	}
	d.Tasks[one.ID] = task
	overdue := 0
	// One poll proves nothing, however short the grace time is.
	if seen && in.Now.Sub(task.Since) >= in.Options.Duration("task_grace") {
		overdue = 1
	}
	d.Overdue[one.Task] += overdue
}

func (d *desktopDetails) addDisconnected(one detailedDesktop, prev desktopDetails, now time.Time) {
	since, seen := prev.Disconnected[one.ID]
	switch {
	case one.LoginState == "" && seen:
		d.Disconnected[one.ID] = since // nobody knows that it is used again
		return
	case one.LoginState != "DISCONNECTED":
		return
	}
	if !seen {
		since = now
	}
	d.Disconnected[one.ID] = since
	d.Ages[bandOf(disconnectedBands, now.Sub(since).Hours())]++
}

// countOn counts the desktops that have a switch on. It has no value if there
// are desktops and none has the switch.
func countOn(list []detailedDesktop, of func(detailedDesktop) apiclient.Text) apiclient.Number {
	n, told := 0.0, len(list) == 0
	for _, one := range list {
		if on, sent := decode.Switch(of(one)).Value(); sent {
			n, told = n+on, true
		}
	}
	if !told {
		return apiclient.Number{}
	}
	return apiclient.NumberOf(n)
}

func (d detailedDesktop) chargingMode() string {
	return decode.ChargingMode(string(d.Product.ChargeMode))
}

// countInventory keeps the most frequent products apart.
func countInventory(list []detailedDesktop) []inventoryCount {
	counts := map[inventoryKey]int{}
	for _, d := range list {
		counts[inventoryKey{d.chargingMode(), d.ProductID, d.Metadata.OSType, d.RunState}]++
	}
	counts = decode.MergeRare(counts, maxInventoryProducts, func(k inventoryKey) string { return k.ProductID }, func(k inventoryKey) inventoryKey {
		k.ProductID = decode.Other
		return k
	})
	return decode.Rows(counts, func(key inventoryKey, n int) inventoryCount { return inventoryCount{key, n} },
		func(c inventoryCount) []string { return []string{c.ChargingMode, c.ProductID, c.OSType, c.RunState} })
}

func countPackages(list []detailedDesktop) []hourPackageCount {
	byPolicy := map[string][]int{}
	for _, d := range list {
		used, has := d.packageUsed()
		if !has {
			continue
		}
		policy := cmp.Or(string(d.Package.Policy), decode.Unknown)
		if byPolicy[policy] == nil {
			byPolicy[policy] = make([]int, len(packageBands))
		}
		byPolicy[policy][bandOf(packageBands, 100*used)]++
	}
	all := make([]hourPackageCount, 0, len(byPolicy))
	for _, policy := range slices.Sorted(maps.Keys(byPolicy)) {
		all = append(all, hourPackageCount{policy, byPolicy[policy]})
	}
	return all
}
