package world

import "time"

// alarmActor is the actor that raises and clears alarms; the others are the
// desktops, by index.
const alarmActor = -1

// event is the next thing that happens to an actor.
type event struct {
	at    time.Duration // simulated
	actor int
}

// events is a heap, the earliest first. Ties are broken by actor: the order of
// all that happens is fixed.
type events []event

func (e events) Len() int { return len(e) }

func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].actor < e[j].actor
}

func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

// Push and Pop complete heap.Interface; the number of actors changes only in
// resize.
func (e *events) Push(x any) { *e = append(*e, x.(event)) }

// Pop removes the last element.
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}
