package daemon

import (
	"slices"

	dto "github.com/prometheus/client_model/go"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
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
	return append(area.Specs(reloadFamilies()), alertFamilies()...)
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
