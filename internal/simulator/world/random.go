package world

import (
	"math/rand/v2"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/random"
)

// source makes the random source of one thing that never changes.
func (w *World) source(kind string, index int) *rand.Rand {
	return rand.New(rand.NewPCG(w.seed, random.Hash(kind)^random.Mix(uint64(index))))
}

// HexID is an id of a thing, 32 hexadecimal digits.
func (w *World) HexID(kind string, index int) string { return random.Hex(w.seed, kind, index) }

// UUID is the dashed form of hex.
func (w *World) UUID(kind string, index int) string {
	h := w.HexID(kind, index)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Periods are the starts of periods, the newest first, from now back to a time
// ago. What happened in a slot depends on its start alone.
func Periods(now time.Time, period, ago time.Duration) []time.Time {
	var all []time.Time
	for at := now.UTC().Truncate(period); now.Sub(at) < ago; at = at.Add(-period) {
		all = append(all, at)
	}
	return all
}

// RandomAt draws a number for a thing and a time.
func (w *World) RandomAt(kind string, at time.Time) uint64 {
	return random.Mix(w.seed ^ random.Hash(kind) ^ uint64(at.Unix()))
}

// DesktopAt is the desktop of a number, nil if there are none.
func (w *World) DesktopAt(n uint64) *Desktop {
	if len(w.Desktops) == 0 {
		return nil
	}
	return &w.Desktops[n%uint64(len(w.Desktops))]
}

// chance is true with probability p.
func (w *World) chance(p float64) bool { return w.rand.Float64() < p }

// between draws a time from low to high.
func (w *World) between(low, high time.Duration) time.Duration {
	return low + time.Duration(w.rand.Int64N(int64(high-low)))
}
