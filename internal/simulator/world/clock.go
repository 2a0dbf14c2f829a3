package world

import (
	"math"
	"time"
)

const (
	// Day is a calendar day, in UTC.
	Day = 24 * time.Hour
	// morning is when a simulated day begins: the hour at which nobody works.
	morning = 4 * time.Hour
	// never is later than all that happens.
	never = time.Duration(math.MaxInt64)
)

// clock relates real time, in which all times on the wire are, to simulated
// time, in which people come and go. Simulated time counts from the midnight
// before the day before the start: there is a yesterday to remember.
type clock struct {
	origin time.Time // real time of the start
	start  time.Duration
	speed  float64
}

func newClock(origin time.Time, startHour, speed float64) clock {
	return clock{origin: origin, start: Day + time.Duration(startHour*float64(time.Hour)), speed: speed}
}

// simulated time at a real time.
func (c clock) simulated(at time.Time) time.Duration {
	return c.start + time.Duration(float64(at.Sub(c.origin))*c.speed)
}

// real time, in whole seconds as on the wire, of a simulated time.
func (c clock) real(at time.Duration) time.Time {
	return c.origin.Add(time.Duration(float64(at-c.start) / c.speed)).UTC().Truncate(time.Second)
}

// lasting is the simulated time that passes in a real time.
func (c clock) lasting(actual time.Duration) time.Duration {
	return time.Duration(float64(actual) * c.speed)
}

// dayOf is the first moment of the simulated day of a time; hours after
// midnight still belong to the day before.
func dayOf(at time.Duration) time.Duration {
	return (at - morning).Truncate(Day)
}

// lastAggregated is the end, 23:59:59, of the newest day whose use is known:
// the reference says that a day is aggregated at 02:00 of the next one (in
// which time zone it does not say; here UTC).
func lastAggregated(now time.Time) time.Time {
	return now.UTC().Add(-2 * time.Hour).Truncate(Day).Add(-time.Second)
}
