package simulator

import (
	"math"
	"time"
)

const (
	day = 24 * time.Hour
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
	return clock{origin: origin, start: day + time.Duration(startHour*float64(time.Hour)), speed: speed}
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
	return (at - morning).Truncate(day)
}

// mix is a cheap hash of a number (SplitMix64's finalizer): things that never
// change are drawn from it, so that they depend on nothing but seed and index.
func mix(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}
