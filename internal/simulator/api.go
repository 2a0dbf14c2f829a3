package simulator

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/answers"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/control"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/gateway"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/truth"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

//nolint:revive // the packages below explain their types
type (
	Project      = world.Project
	LoginRecord  = world.LoginRecord
	Logon        = world.Logon
	Incident     = world.Incident
	ServiceTruth = world.ServiceState
	JobTruth     = world.Job
	Quota        = world.Quota
	Host         = world.Host
	Drift        = world.Drift
	User         = world.User
	UserDay      = world.UserDay
	UserEvent    = world.UserEvent
	Notification = world.Notification
	NotifyRule   = world.NotifyRule

	ProjectTruth    = truth.ProjectTruth
	Fleet           = truth.Fleet
	PoolTruth       = truth.PoolTruth
	DesktopTruth    = truth.DesktopTruth
	AlarmTruth      = truth.AlarmTruth
	UsageTruth      = truth.UsageTruth
	OperationsTruth = truth.OperationsTruth
	InventoryTruth  = truth.InventoryTruth

	Fault   = gateway.Fault
	Damage  = gateway.Damage
	Calls   = gateway.Calls
	CallKey = gateway.CallKey
)

// The constants of the packages below.
const (
	ControlPath    = control.Path
	DomainPassword = answers.DomainPassword
	MonitorPeriod  = world.MonitorPeriod

	RegistrationLost = world.RegistrationLost
	LogonsFail       = world.LogonsFail
	ServiceDown      = world.ServiceDown
	CriticalAlarm    = world.CriticalAlarm
	IncidentReason   = world.IncidentReason
	IncidentAlarm    = world.IncidentAlarm
	UnableToConnect  = truth.UnableToConnect

	Intact     = gateway.Intact
	Truncated  = gateway.Truncated
	WrongShape = gateway.WrongShape
	HTML       = gateway.HTML
)

// Truth is the state of all projects at one moment.
type Truth struct {
	At       time.Time
	Projects map[string]ProjectTruth // by project id
}

// Incidents are all kinds.
func Incidents() []Incident { return world.Incidents() }

// IncidentHelp says in a few words what each kind is.
func IncidentHelp() []string { return world.IncidentHelp() }

// StatisticNames are the statistics that exist.
func StatisticNames() []string { return world.StatisticNames() }

// Statistic is the value of a named statistic in a range of time.
func Statistic(name string, from, to time.Time) (value float64, ok bool) {
	return world.Statistic(name, from, to)
}

// EventsOf a login record: who logs in logs out again.
func EventsOf(l LoginRecord) []UserEvent { return world.EventsOf(l) }

// Failing answers a status with an error code of the service.
func Failing(status int, code string) Fault { return gateway.Failing(status, code) }

// Throttling answers 429; retryAfter is the header's value, "" sends none.
func Throttling(retryAfter string) Fault { return gateway.Throttling(retryAfter) }

// TokenExpired answers 401 as for a temporary key that has run out.
func TokenExpired() Fault { return gateway.TokenExpired() }

// Forbidden answers 403 as for a missing permission.
func Forbidden() Fault { return gateway.Forbidden() }

// Unsubscribed answers 403 as in a project where Workspace was never opened.
func Unsubscribed() Fault { return gateway.Unsubscribed() }
