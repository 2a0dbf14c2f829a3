package scraper

import (
	"maps"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// birth is a result with counters that are new: until a scrape has shown them
// they are 0, so that increase() sees their first count.
type birth struct {
	loop      *loop
	published *published
}

// publish makes result and samples what is served. exposed are the counters
// that scrapes have seen, nil if nothing was served before: then they begin as
// they are.
func (l *loop) publish(p *published, samples area.Samples, exposed area.CounterSet) error {
	families, err := render(samples, l.base, p.include)
	if err != nil {
		return err
	}
	p.families, p.counters = families, samples.Counters()
	if exposed != nil {
		if born, some := samples.NewAtZero(exposed); some {
			counted := *p
			p.counted, p.exposed = &counted, exposed
			if p.families, err = render(born, l.base, p.include); err != nil {
				return err
			}
		}
	}
	return nil
}

// seen are the counters that scrapes have seen so far, nil if none has.
func (p *published) seen() area.CounterSet {
	switch {
	case p == nil:
		return nil
	case p.counted != nil: // no scrape has come since
		return p.exposed
	default:
		return maps.Clone(p.counters)
	}
}

// shown is called when a scrape has got the zeros of new counters: from then
// on it gets their counts.
func (s *Scraper) shown(births []birth) {
	for _, b := range births {
		if b.loop.published.CompareAndSwap(b.published, b.published.counted) {
			s.version.Add(1)
		}
	}
}
