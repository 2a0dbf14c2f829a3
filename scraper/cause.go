package scraper

import (
	"errors"
	"net/url"
	"sync"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// cause is what a failure comes from if it is nothing of the collector's own:
// a key that is refused, a host that gives no answer, a project without the
// service. Many collectors fail at once then, and one line tells of them all.
// It is "" for every other failure.
func (t *Target) cause(err error) string {
	if waits := area.WaitError(""); errors.As(err, &waits) {
		return "missing result of a collector that they wait for"
	}
	switch apiclient.KindOf(err) {
	case apiclient.Unauthorized, apiclient.Paused: // the pause is the account's answer to a 401
		return "key of account " + t.Account
	case apiclient.Network, apiclient.Timeout:
		return "host " + t.host()
	case apiclient.Unsubscribed:
		return "service in project " + t.Account + "/" + t.Region + "/" + t.Project
	default:
		return ""
	}
}

// host is the host of the API, or all of an endpoint that names none.
func (t *Target) host() string {
	endpoint := t.API.Endpoint()
	if u, err := url.Parse(endpoint); err == nil && u.Host != "" {
		return u.Host
	}
	return endpoint
}

// told holds what the log was told of each cause that lasts.
type told struct {
	mu    sync.Mutex
	lines map[string]map[string]bool // by cause and message
}

// first tells whether the log has not got the message of this cause yet, and
// takes it as told.
func (t *told) first(cause, message string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lines == nil {
		t.lines = map[string]map[string]bool{}
	}
	if t.lines[cause] == nil {
		t.lines[cause] = map[string]bool{}
	}
	known := t.lines[cause][message]
	t.lines[cause][message] = true
	return !known
}

// over ends a cause and tells whether it lasted.
func (t *told) over(cause string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, lasted := t.lines[cause]
	delete(t.lines, cause)
	return lasted
}

// warn logs a message of a failing collector: of those that fail for one cause
// the first one's, of the others at level debug.
func (l *loop) warn(cause, message string, args ...any) {
	log := l.log.Warn
	if cause != "" {
		if l.logged.causes == nil {
			l.logged.causes = map[string]bool{}
		}
		l.logged.causes[cause] = true
		if l.scraper.told.first(cause, message) {
			args = append(args, "cause", cause, "others", "the status page shows what else fails for this cause, the log at level debug")
		} else {
			log = l.log.Debug
		}
	}
	log(message, args...)
}

// causesOver ends the causes for which the collector failed and tells whether
// the log is to say that it works: for many collectors once is enough.
func (l *loop) causesOver() bool {
	say := len(l.logged.causes) == 0
	for cause := range l.logged.causes {
		say = l.scraper.told.over(cause) || say
	}
	return say
}
