package answers

import (
	"strconv"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func wireTime(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return new(t.Format(query.SecondFormat))
}

type tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type attachedUser struct {
	ID     string `json:"user_id"`
	Name   string `json:"user_name"`
	Domain string `json:"domain"`
	Group  string `json:"user_group"`
	Type   string `json:"type"`
}

func attachedUsers(w *world.World, d *world.Desktop) []attachedUser {
	if d.User < 0 {
		return []attachedUser{}
	}
	return []attachedUser{{ID: w.HexID("user", d.User), Name: world.UserName(d.User), Domain: "corp.example", Group: "users", Type: "USER"}}
}

type volume struct {
	Type       string `json:"type"`
	Size       int    `json:"size"`
	Device     string `json:"device,omitempty"`
	ID         string `json:"id"`
	VolumeID   string `json:"volume_id,omitempty"`
	CreateTime string `json:"create_time,omitempty"`
	Name       string `json:"display_name,omitempty"`
}

type productAnswer struct {
	ID           string `json:"product_id"`
	Flavor       string `json:"flavor_id"`
	Type         string `json:"type"`
	CPU          string `json:"cpu"`    // a string
	Memory       string `json:"memory"` // a string, MB
	Charge       string `json:"charge_mode"`
	Architecture string `json:"architecture"`
	GPU          bool   `json:"is_gpu"`
	Package      string `json:"package_type"`
	DiskType     string `json:"system_disk_type"`
	DiskSize     string `json:"system_disk_size"` // a string, GB
	DataDisk     bool   `json:"contain_data_disk"`
	Status       string `json:"status"`
}

func productOf(p *world.Product) productAnswer {
	charge := "1"
	if p.Prepaid {
		charge = "0"
	}
	return productAnswer{
		ID: p.ID, Flavor: strings.TrimPrefix(p.ID, "workspace."), Type: "BASE", CPU: strconv.Itoa(p.CPU), Memory: strconv.Itoa(p.Memory),
		Charge: charge, Architecture: p.Architecture, GPU: p.GPU, Package: p.PackageType, DiskType: "SAS", DiskSize: strconv.Itoa(p.Disk),
		DataDisk: p.Data > 0, Status: "normal",
	}
}

// stamp is a time as most answers have it, "" if there is none.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(query.SecondFormat)
}

const zonelessFormat = "2006-01-02T15:04:05"

// directoryCertificate is valid for a year, from before the world was born.
func directoryCertificate(w *world.World) object {
	return object{
		"cert_start_time": w.Started.AddDate(0, -11, 0).Format(zonelessFormat),
		"cert_end_time":   w.Started.AddDate(0, 1, 0).Format(zonelessFormat),
	}
}

type metric struct {
	Name  string  `json:"metric_name"`
	Value float64 `json:"metric_value"`
}
