package daemon

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient/drift"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/scraper"
)

// DriftReport is one place where answers of the API differ from what the
// exporter believes of them, and when that was seen. It holds no value of an
// answer.
type DriftReport struct {
	Account   string    `json:"account"`
	Region    string    `json:"region"`
	Project   string    `json:"project"`
	API       string    `json:"api"`
	Kind      string    `json:"kind"`
	Place     string    `json:"place"`
	Text      string    `json:"text"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
}

// driftOf counts the places of a project by operation and kind.
func (d *Daemon) driftOf(account, region, project string) []scraper.Drift {
	var counts []scraper.Drift
	at := map[[2]string]int{}
	for _, p := range d.drift.Places(drift.Project{Account: account, Region: region, Name: project}) {
		key := [2]string{p.Operation, string(p.Kind)}
		if _, there := at[key]; !there {
			at[key] = len(counts)
			counts = append(counts, scraper.Drift{Operation: p.Operation, Kind: string(p.Kind)})
		}
		counts[at[key]].Places++
	}
	return counts
}

// driftReports lists the places of all projects.
func (d *Daemon) driftReports() []DriftReport {
	reports := []DriftReport{}
	for _, a := range d.current.Load().accounts {
		for _, project := range a.config.Projects {
			for _, p := range d.drift.Places(drift.Project{Account: a.config.Name, Region: project.Region, Name: project.Name}) {
				reports = append(reports, DriftReport{
					Account: a.config.Name, Region: project.Region, Project: project.Name,
					API: p.Operation, Kind: string(p.Kind), Place: p.Place, Text: p.Kind.Text(),
					FirstSeen: p.First.UTC(), LastSeen: p.Last.UTC(),
				})
			}
		}
	}
	return reports
}

// retainDrift forgets projects that a configuration has not.
func (d *Daemon) retainDrift(cfg *config.Config) {
	var projects []drift.Project
	for _, a := range cfg.Accounts {
		for _, p := range a.Projects {
			projects = append(projects, drift.Project{Account: a.Name, Region: p.Region, Name: p.Name})
		}
	}
	d.drift.Retain(projects)
}
