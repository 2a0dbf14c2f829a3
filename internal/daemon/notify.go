package daemon

import (
	"fmt"
	"slices"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/notifier"
	"github.com/workspace-exporter/workspace_exporter/scraper"
)

// alarmsCollector is the one whose results become alerts.
const alarmsCollector = "alarms"

// newNotifier makes what sends alarms to Alertmanagers.
func (d *Daemon) newNotifier() error {
	var err error
	d.notifier, err = notifier.New(notifierConfig(d.options.Config), notifier.Options{
		Logger: d.options.Logger, Transport: d.options.Transport,
		UserAgent: UserAgent(), Clean: d.known.clean,
	})
	if err != nil {
		return fmt.Errorf("alertmanagers: %w", err)
	}
	d.warnUnwatched(d.options.Config)
	return nil
}

func notifierConfig(c *config.Config) notifier.Config {
	n := notifier.Config{
		Projects:       map[notifier.Project]map[string]string{},
		ResendInterval: c.Alerting.ResendInterval,
		ExternalLabels: c.Alerting.ExternalLabels,
		Severities:     c.Alerting.Severities,
		QueueCapacity:  c.Alerting.QueueCapacity,
		ResourceNames:  c.Privacy.UserNames == "plain",
	}
	for _, a := range c.Alertmanagers {
		n.Alertmanagers = append(n.Alertmanagers, notifier.Alertmanager{URL: a.URL, Timeout: a.Timeout, HTTP: a.HTTP.Config()})
	}
	for _, a := range c.Accounts {
		for _, p := range a.Projects {
			if p.Collectors[alarmsCollector].Enabled {
				n.Projects[notifier.Project{Account: a.Name, Region: p.Region, Name: p.Name}] = p.Labels
			}
		}
	}
	return n
}

// warnUnwatched says of which projects no alarm can be sent.
func (d *Daemon) warnUnwatched(c *config.Config) {
	if len(c.Alertmanagers) == 0 {
		return
	}
	for _, a := range c.Accounts {
		for _, p := range a.Projects {
			if !p.Collectors[alarmsCollector].Enabled {
				d.options.Logger.Warn("there are alertmanagers, but no alarms of this project are read: enable its collector alarms",
					"account", a.Name, "region", p.Region, "project", p.Name)
			}
		}
	}
}

// published takes the results of the alarms collector to the notifier.
func (d *Daemon) published(p scraper.Publication) {
	alarms, ok := p.Shared.(peer.Alarms)
	if !ok {
		return
	}
	converted := make([]notifier.Alarm, len(alarms))
	for i, a := range alarms {
		converted[i] = notifier.Alarm{
			RecordID: a.RecordID, AlarmID: a.AlarmID, Name: a.Name, Level: a.Level, Begin: a.Begin.Time(),
			Metric: a.MetricName, Event: a.Event,
			ResourceID: a.ResourceID, Dimensions: a.Dimensions, ResourceName: a.ResourceName,
			Condition: notifier.Condition{
				Filter: a.Condition.Filter, Operator: a.Condition.Operator, Unit: a.Condition.Unit,
				Threshold: optional(a.Condition.Threshold), Period: a.Condition.Period, Count: a.Condition.Count,
			},
			Observed: optional(a.Observed),
		}
	}
	d.notifier.Update(notifier.Project{Account: p.Account, Region: p.Region, Name: p.Project}, converted, p.Expires)
}

func optional(n apiclient.Number) *float64 {
	if v, ok := n.Value(); ok {
		return &v
	}
	return nil
}

// alertFamilies are what the exporter says about the alerts it sends.
func alertFamilies() []area.FamilySpec {
	return slices.Concat(area.Specs(alertmanagerFamilies()), area.Specs(activeFamilies()), area.Specs(unconfirmedFamilies()))
}

// alertmanagerFamilies are the metrics that carry no label of a project.
func alertmanagerFamilies() []area.Family[[]notifier.Status] {
	labels := []string{"alertmanager"}
	perAlertmanager := func(sample func(notifier.Status) float64) func([]notifier.Status, area.Put) {
		return func(all []notifier.Status, put area.Put) {
			for _, s := range all {
				put.Value(sample(s), s.URL)
			}
		}
	}
	return []area.Family[[]notifier.Status]{
		{
			Name: "exporter_alerts_sent_total", Type: area.Counter, Labels: labels,
			Help: "Alerts that the Alertmanager took; an active alert counts each time it is sent again.",
			Map:  perAlertmanager(func(s notifier.Status) float64 { return float64(s.Sent) }),
		},
		{
			Name: "exporter_alerts_failed_total", Type: area.Counter, Labels: labels,
			Help: "Alerts in requests to the Alertmanager that failed; those worth it are tried again and count each time.",
			Map:  perAlertmanager(func(s notifier.Status) float64 { return float64(s.Failed) }),
		},
		{
			Name: "exporter_alerts_dropped_total", Type: area.Counter, Labels: labels,
			Help: "Alerts that were given up: the queue was full, they became too old in it, or the Alertmanager refused them. Active ones come again with the next resend.",
			Map:  perAlertmanager(func(s notifier.Status) float64 { return float64(s.Dropped) }),
		},
		{
			Name: "exporter_alerts_queue_length", Type: area.Gauge, Labels: labels,
			Help: "Alerts that wait to be sent to the Alertmanager.",
			Map:  perAlertmanager(func(s notifier.Status) float64 { return float64(s.Queue) }),
		},
		{
			Name: "exporter_alerts_queue_capacity", Type: area.Gauge, Labels: labels,
			Help: "How many alerts can wait for the Alertmanager; beyond it the oldest are dropped.",
			Map:  perAlertmanager(func(s notifier.Status) float64 { return float64(s.Capacity) }),
		},
		{
			Name: "exporter_alerts_last_success_timestamp_seconds", Type: area.Gauge, Labels: labels,
			Help: "When the Alertmanager last took alerts, as Unix time. Absent until it did; without active alarms nothing is sent.",
			Map: func(all []notifier.Status, put area.Put) {
				for _, s := range all {
					if !s.LastSuccess.IsZero() {
						put.Value(float64(s.LastSuccess.UnixMilli())/1000, s.URL)
					}
				}
			},
		},
		{
			Name: "exporter_alertmanager_clock_skew_seconds", Type: area.Gauge, Labels: labels,
			Help: "By how much the clock of this machine is ahead of the Alertmanager's; negative: behind. Times of alerts are corrected by it. Absent until an answer has told the time.",
			Map: func(all []notifier.Status, put area.Put) {
				for _, s := range all {
					if s.AheadKnown {
						put.Value(s.Ahead.Seconds(), s.URL)
					}
				}
			},
		},
	}
}

// activeFamilies are about the alarms of projects.
func activeFamilies() []area.Family[map[notifier.Project]int] {
	return []area.Family[map[notifier.Project]int]{{
		Name: "exporter_alerts_active", Type: area.Gauge, Labels: []string{"account", "region", "project"},
		Help: "Alerts of the project that are active and being sent. There is no series while no Alertmanager is configured.",
		Map: func(active map[notifier.Project]int, put area.Put) {
			for p, n := range active {
				put.Value(float64(n), p.Account, p.Region, p.Name)
			}
		},
	}}
}

// unconfirmedFamilies are about alarms that cannot be read.
func unconfirmedFamilies() []area.Family[[]notifier.Unconfirmed] {
	return []area.Family[[]notifier.Unconfirmed]{{
		Name: "exporter_alerts_unconfirmed", Type: area.Gauge, Labels: []string{"account", "region", "project"},
		Help: "Alerts of the project that are sent on for up to 24 hours although its alarms cannot be read, so that nobody knows whether they have ended. There is no series while no Alertmanager is configured.",
		Map: func(all []notifier.Unconfirmed, put area.Put) {
			for _, u := range all {
				put.Value(float64(u.Alerts), u.Project.Account, u.Project.Region, u.Project.Name)
			}
		},
	}}
}

// unconfirmed are the projects whose alerts nobody can confirm.
func (d *Daemon) unconfirmed() []notifier.Unconfirmed {
	if len(d.notifier.Status()) == 0 {
		return nil
	}
	return slices.DeleteFunc(d.notifier.Unconfirmed(), func(u notifier.Unconfirmed) bool { return u.Alerts == 0 })
}

func (d *Daemon) unconfirmedReports() []UnconfirmedReport {
	reports := []UnconfirmedReport{}
	for _, u := range d.unconfirmed() {
		reports = append(reports, UnconfirmedReport{
			Account: u.Project.Account, Region: u.Project.Region, Project: u.Project.Name, Alerts: u.Alerts, LastRead: known(u.Read),
		})
	}
	return reports
}

func (d *Daemon) alertmanagerReports() []AlertmanagerReport {
	reports := []AlertmanagerReport{}
	for _, s := range d.notifier.Status() {
		r := AlertmanagerReport{
			URL: s.URL, Sent: s.Sent, Failed: s.Failed, Dropped: s.Dropped,
			Queue: s.Queue, Capacity: s.Capacity, LastSuccess: known(s.LastSuccess),
		}
		if s.Err != nil {
			r.Error = s.Err.Error()
		}
		if s.AheadKnown {
			r.ClockSkew = new(s.Ahead.Seconds())
		}
		reports = append(reports, r)
	}
	return reports
}
