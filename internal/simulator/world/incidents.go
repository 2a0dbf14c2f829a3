package world

import "time"

// Incident is a kind of trouble that the users of a project have while its API
// works: what monitoring must notice. Faults, in contrast, are of the API.
type Incident string

// The kinds of incidents.
const (
	// RegistrationLost takes the registration from the running desktops of the
	// pool that has the most of them, and those that start do not register.
	RegistrationLost Incident = "registration"
	// LogonsFail lets most attempts to connect fail with IncidentReason, and the
	// others take a minute.
	LogonsFail Incident = "logon"
	// ServiceDown gives the service and its main site the status
	// SUBSCRIPTION_FAILED, closes their access and locks the service.
	ServiceDown Incident = "service"
	// CriticalAlarm raises one alarm of level critical, IncidentAlarm.
	CriticalAlarm Incident = "alarm"
)

// What an incident can be told by.
const (
	IncidentReason = "CONNECTION_TIMEOUT"
	IncidentAlarm  = "simulated-incident"
)

// Incidents are all kinds.
func Incidents() []Incident {
	return []Incident{RegistrationLost, LogonsFail, ServiceDown, CriticalAlarm}
}

// IncidentHelp says in a few words what each kind is.
func IncidentHelp() []string {
	return []string{
		string(RegistrationLost) + " (the running desktops of one pool lose their registration)",
		string(LogonsFail) + " (most logons fail with " + IncidentReason + ", the others are slow)",
		string(ServiceDown) + " (the service is down and locked)",
		string(CriticalAlarm) + " (the critical alarm " + IncidentAlarm + " is active)",
	}
}

// incidents are those that are on, by kind.
type incidents map[Incident]incident

// incident is one that is on.
type incident struct {
	since time.Time
	pool  *Pool  // of RegistrationLost, nil if none has a running desktop
	alarm *Alarm // of CriticalAlarm
}

func (i incidents) has(kind Incident) bool {
	_, on := i[kind]
	return on
}
