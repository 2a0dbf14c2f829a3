package world

// PoolState is what the desktops of a pool say about it.
type PoolState struct {
	Desktops, Used, Isolated int
	frozen, tasks            bool
}

// PoolState counts the desktops of a pool.
func (w *World) PoolState(p *Pool) PoolState {
	s := PoolState{Desktops: len(p.Members)}
	for _, i := range p.Members {
		d := &w.Desktops[i]
		if d.User >= 0 {
			s.Used++
		}
		if d.Isolated {
			s.Isolated++
		}
		s.frozen = s.frozen || d.Frozen
		s.tasks = s.tasks || d.Task != ""
	}
	return s
}

// Status as the API spells it.
func (s PoolState) Status() string {
	switch {
	case s.frozen:
		return "EXIST_FROZEN"
	case s.tasks:
		return "TEMPORARY"
	}
	return "STEADY"
}
