package world

import (
	"math/bits"
	"time"
)

// OnlineUsers counts in each bucket the users who had a session in it. At most 64
// buckets: a user's are the bits of a number.
func (w *World) OnlineUsers(from, to time.Time, width time.Duration) []int {
	buckets := int(to.Sub(from)/width) + 1
	present := map[string]uint64{}
	// A session begins at most a simulated day before it is counted.
	oldest := from.Add(-time.Duration(float64(Day) / w.clock.speed))
	w.Records.Newest(w.Now, oldest, to, func(record *LoginRecord) bool {
		if record.Setup.IsZero() || record.Setup.After(w.Now) {
			return true
		}
		end := record.End
		if end.IsZero() || end.After(w.Now) {
			end = w.Now
		}
		first, last := int(max(record.Start.Sub(from), 0)/width), min(int(end.Sub(from)/width), buckets-1)
		if !end.Before(from) && first <= last {
			present[record.UserName] |= (1<<(last-first+1) - 1) << first
		}
		return true
	})
	counts := make([]int, buckets)
	for _, mask := range present {
		for ; mask != 0; mask &= mask - 1 {
			counts[bits.TrailingZeros64(mask)]++
		}
	}
	return counts
}
