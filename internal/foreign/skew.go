package foreign

import (
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const (
	// Granted is the difference of clocks that means nothing: dates of answers
	// are whole seconds.
	Granted = 2 * time.Second
	// The log tells once of a difference of more than much, and once when it is
	// less than little.
	much, little = 30 * time.Second, 15 * time.Second
	// slowest is how long an answer may take to tell the time.
	slowest = 5 * time.Second
)

// Skew is how far the clock of this machine is from that of a host. It is safe
// for concurrent use.
type Skew struct {
	mu    sync.Mutex
	known bool
	ahead time.Duration
	told  bool
}

// Ahead is by how much this machine's clock is ahead; negative: behind. It is
// not known before the first answer with a date.
func (s *Skew) Ahead() (ahead time.Duration, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ahead, s.known
}

// Observe takes an answer to a request sent at begin and answered at end, by
// this machine's clock.
func (s *Skew) Observe(log *slog.Logger, begin, end time.Time, header http.Header) {
	ahead, ok := Ahead(begin, end, header)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead, s.known = ahead, true
	switch off := ahead.Abs(); {
	case off > much && !s.told:
		s.told = true
		log.Warn("the clock of this machine differs from that of the host that answers: set it, best by NTP",
			"ahead_by", ahead.Round(time.Second))
	case off < little && s.told:
		s.told = false
		log.Info("the clock of this machine is right again", "ahead_by", ahead.Round(time.Second))
	}
}

// Ahead is how far this machine's clock is ahead by one answer: 0 when the
// date is one that could have been written between request and answer. An
// answer that took long or came out of a cache tells nothing.
func Ahead(begin, end time.Time, header http.Header) (time.Duration, bool) {
	date, err := http.ParseTime(header.Get("Date"))
	took := end.Sub(begin)
	if err != nil || header.Get("Age") != "" || took > slowest {
		return 0, false
	}
	// The date is cut to whole seconds.
	most := end.Sub(date)
	least := most - took - time.Second
	if least <= 0 && most >= 0 {
		return 0, true
	}
	return (least + most) / 2, true
}
