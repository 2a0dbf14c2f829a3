package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// notification is one alert that a receiver was told about.
type notification struct {
	Receiver string
	Status   string            `json:"status"`
	Labels   map[string]string `json:"labels"`
}

// webhook is all receivers.
type webhook struct {
	*httptest.Server
	mu  sync.Mutex
	got []notification
}

// startWebhook records what Alertmanager sends, and calls told for each.
func startWebhook(t testing.TB, notified func(notification)) *webhook {
	t.Helper()
	h := &webhook{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Alerts []notification }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, n := range body.Alerts {
			n.Receiver = strings.TrimPrefix(r.URL.Path, "/")
			h.got = append(h.got, n)
			notified(n)
		}
	}))
	t.Cleanup(h.Close)
	return h
}

// last is how the newest notification about an alert of a project reads.
func (h *webhook) last(want map[string]string) (notification, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(h.got) - 1; i >= 0; i-- {
		if has(h.got[i].Labels, want) {
			return h.got[i], true
		}
	}
	return notification{}, false
}

// has tells whether labels hold all the wanted ones.
func has(labels, want map[string]string) bool {
	for name, value := range want {
		if labels[name] != value {
			return false
		}
	}
	return true
}
