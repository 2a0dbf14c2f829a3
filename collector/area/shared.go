package area

import (
	"fmt"
)

// Shared is what an area lets other areas of the same project see of its last
// good result.
type Shared interface {
	// Area is the name of the area that shares it.
	Area() string
}

// Peer returns what another area of the same project shares. It has none
// while that area is off or has no good result.
func Peer[S Shared](in Input) (S, bool) {
	var shared S
	if in.Peer == nil {
		return shared, false
	}
	found := in.Peer(shared.Area())
	if found == nil {
		return shared, false
	}
	shared, ok := found.(S)
	if !ok {
		// A mistake in the declarations, which a test of all areas finds.
		panic(fmt.Sprintf("area %s shares a %T, not a %T", shared.Area(), found, shared))
	}
	return shared, true
}

// WaitError is why an area that depends on another one has nothing to do: that
// one is off, or fails and says why itself.
type WaitError string

func (e WaitError) Error() string { return string(e) }

// PeerOptions returns the options of the area that shares S, nil if it is off.
func PeerOptions[S Shared](l Load) Options {
	var shared S
	return l.Peer(shared.Area())
}

// Unless leaves a call out where the area that shares S has the list already.
func Unless[S Shared](c Call) Call {
	var shared S
	of, name := c.Of, shared.Area()
	c.Says = fmt.Sprintf("where `%s` is off %s", name, c.Says)
	c.Of = func(l Load) float64 {
		if l.Peer(name) != nil {
			return 0
		}
		return of(l)
	}
	return c
}
