package notifier

import "time"

// Project names a project by its labels.
type Project struct{ Account, Region, Name string }

// Alarm is an alarm record that is active.
type Alarm struct {
	RecordID, AlarmID, Name string
	// Level is the name of the level, or what the API calls it.
	Level string
	Begin time.Time
	// Metric is what the alarm is about, an event if Event says so.
	Metric string
	Event  bool
	// ResourceID and Dimensions say what has the alarm.
	ResourceID, Dimensions string
	// ResourceName may hold the name of a user.
	ResourceName string
	Condition    Condition
	// Observed is nil when the API told no value.
	Observed *float64
}

// Condition is what made an alarm active; what is not known is zero.
type Condition struct {
	Filter, Operator, Unit string
	Threshold              *float64
	Period                 time.Duration
	Count                  int
}
