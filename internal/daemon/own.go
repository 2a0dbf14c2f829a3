package daemon

import (
	"slices"

	dto "github.com/prometheus/client_model/go"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/state"
	"github.com/workspace-exporter/workspace_exporter/scraper"
)

// OwnFamilies returns what the exporter says about itself, for the
// documentation and tests.
func OwnFamilies() []area.FamilySpec {
	return slices.Concat(scraper.OwnFamilies(), ProcessFamilies())
}

// ProcessFamilies are those of OwnFamilies that the daemon makes: they carry
// no labels but the declared ones.
func ProcessFamilies() []area.FamilySpec {
	return slices.Concat(area.Specs(reloadFamilies()), area.Specs(stateFamilies()), alertFamilies())
}

func reloadFamilies() []area.Family[reloadOutcome] {
	return []area.Family[reloadOutcome]{
		{
			Name: "exporter_config_last_reload_successful", Type: area.Gauge,
			Help: "Whether the last reload of the configuration went well (1) or was refused (0); then the configuration before it stays in force, and the log has the reasons.",
			Map: func(o reloadOutcome, put area.Put) {
				if o.err == nil {
					put.Value(1)
				} else {
					put.Value(0)
				}
			},
		},
		{
			Name: "exporter_config_last_reload_success_timestamp_seconds", Type: area.Gauge,
			Help: "When the configuration in force was loaded, as Unix time.",
			Map: func(o reloadOutcome, put area.Put) {
				put.Value(float64(o.lastSuccess.UnixMilli()) / 1000)
			},
		},
	}
}

// stateFamilies are there with state.path only.
func stateFamilies() []area.Family[state.Health] {
	return []area.Family[state.Health]{
		{
			Name: "exporter_state_up", Type: area.Gauge,
			Help: "Whether what is kept over restarts can be written to state.path (1) or not (0). Absent without state.path.",
			Map: func(h state.Health, put area.Put) {
				if h.Err == nil {
					put.Value(1)
				} else {
					put.Value(0)
				}
			},
		},
		{
			Name: "exporter_state_last_save_timestamp_seconds", Type: area.Gauge,
			Help: "When results were last saved to state.path, as Unix time. Absent until then.",
			Map: func(h state.Health, put area.Put) {
				if !h.LastSave.IsZero() {
					put.Value(float64(h.LastSave.UnixMilli()) / 1000)
				}
			},
		},
		{
			Name: "exporter_state_dropped_total", Type: area.Counter, Labels: []string{"reason"},
			Help: "What was kept and is not used: damaged (lost, the log names it), unreadable (another version wrote it), other_project (another project id or endpoint), other_privacy (names are to be shown in another way; counters go on).",
			Map: func(h state.Health, put area.Put) {
				for _, reason := range state.Reasons() {
					put.Value(float64(h.Dropped[reason]), reason)
				}
			},
		},
	}
}

// gather makes the families that belong to no project.
func (d *Daemon) gather() ([]*dto.MetricFamily, error) {
	var all []*dto.MetricFamily
	collect := func(mf *dto.MetricFamily) error {
		all = append(all, mf)
		return nil
	}
	if err := area.Build(reloadFamilies(), *d.outcome.Load(), nil, collect); err != nil {
		return nil, err
	}
	if d.store != nil {
		if err := area.Build(stateFamilies(), d.store.Health(), nil, collect); err != nil {
			return nil, err
		}
	}
	alertmanagers := d.notifier.Status()
	if len(alertmanagers) == 0 {
		return all, nil
	}
	if err := area.Build(alertmanagerFamilies(), alertmanagers, nil, collect); err != nil {
		return nil, err
	}
	if err := area.Build(activeFamilies(), d.notifier.Active(), nil, collect); err != nil {
		return nil, err
	}
	err := area.Build(unconfirmedFamilies(), d.notifier.Unconfirmed(), nil, collect)
	return all, err
}
