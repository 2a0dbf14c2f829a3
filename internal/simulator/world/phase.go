package world

// phase is where a desktop is in its day.
type phase int

const (
	asleep      phase = iota // nobody expected before the next working day
	starting                 // powering on
	booted                   // running, its agent has not registered yet
	waiting                  // registered, its user has not come yet
	entering                 // its user is logging on
	working                  // in use
	away                     // disconnected, its user will be back
	finished                 // the day is over, still running
	stopping                 // powering off
	broken                   // fault
	unreachable              // running, but cannot be connected to
	maintained               // in maintenance mode
	lost                     // running, but an incident took its registration
	retired                  // nothing ever happens
)
