package scraper

import (
	"cmp"
	"hash/crc32"
	"maps"
	"slices"
	"sync"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// page is everything the collectors have to show, in one text format: the
// segments in their order, ready to be written.
type page struct {
	plain, deflated [][]byte
	// sum and size are the CRC-32 and the length of all plain segments.
	sum  uint32
	size int
	// births are what it shows of counters that are new.
	births []birth
}

// pageCache keeps the pages made from one version of the results.
type pageCache struct {
	mu     sync.Mutex
	cached cachedPages
}

type cachedPages struct {
	version uint64
	// until the first of the results is too old.
	until time.Time
	pages [variants]*page
}

// pageAt returns the page of the results that are good at now. Nothing but
// pointers is copied.
func (s *Scraper) pageAt(v variant, now time.Time) *page {
	c := &s.page
	c.mu.Lock()
	defer c.mu.Unlock()
	version := s.version.Load()
	if c.cached.version != version || !now.Before(c.cached.until) {
		c.cached = cachedPages{version: version, until: s.firstExpiry(now)}
	}
	if c.cached.pages[v] == nil {
		families, births := s.rendered(now)
		c.cached.pages[v] = assemble(families, v)
		c.cached.pages[v].births = births
	}
	return c.cached.pages[v]
}

// rendered collects the families of all results that are good at now; those
// of one name stand together, in the order of the configuration.
func (s *Scraper) rendered(now time.Time) (all []rendered, births []birth) {
	for _, l := range s.loops() {
		if p := l.published.Load(); p != nil && now.Before(p.expires) {
			all = append(all, p.families...)
			if p.counted != nil {
				births = append(births, birth{l, p})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b rendered) int { return cmp.Compare(a.name, b.name) })
	return all, births
}

// firstExpiry is when the next result becomes too old.
func (s *Scraper) firstExpiry(now time.Time) time.Time {
	first := now.Add(24 * time.Hour)
	for _, l := range s.loops() {
		if p := l.published.Load(); p != nil && now.Before(p.expires) && p.expires.Before(first) {
			first = p.expires
		}
	}
	return first
}

func assemble(families []rendered, v variant) *page {
	p := &page{}
	add := func(s segment) {
		p.plain = append(p.plain, s.plain)
		p.deflated = append(p.deflated, s.deflated)
		p.sum = crc32.Update(p.sum, crc32.IEEETable, s.plain)
		p.size += len(s.plain)
	}
	for i, f := range families {
		if i == 0 || families[i-1].name != f.name {
			add(f.head[v])
		}
		add(f.body[v])
	}
	return p
}

// familySet merges families of the same name.
type familySet map[string]*dto.MetricFamily

func (s familySet) add(mf *dto.MetricFamily) error {
	if have, ok := s[mf.GetName()]; ok {
		have.Metric = append(have.Metric, mf.Metric...)
	} else {
		s[mf.GetName()] = mf
	}
	return nil
}

func (s familySet) sorted() []*dto.MetricFamily {
	return slices.SortedFunc(maps.Values(s), func(a, b *dto.MetricFamily) int {
		return cmp.Compare(a.GetName(), b.GetName())
	})
}
