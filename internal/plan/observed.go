package plan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/scraper"
)

const (
	// statusPath is where an exporter tells what it does.
	statusPath = "/api/v1/status"
	// observeTimeout and maxStatus bound what reading it may take.
	observeTimeout = 10 * time.Second
	maxStatus      = 64 << 20
)

// Observed is what a running exporter tells of its last good polls.
type Observed struct {
	Projects []struct {
		Account    string              `json:"account"`
		Region     string              `json:"region"`
		Project    string              `json:"project"`
		Collectors []observedCollector `json:"collectors"`
	} `json:"projects"`
}

type observedCollector struct {
	Collector string             `json:"collector"`
	Calls     map[string]float64 `json:"calls_by_operation"`
	Series    float64            `json:"series"`
	// LastSuccess is absent before the first good poll.
	LastSuccess *time.Time `json:"last_success"`
}

// Observe reads the status of a running exporter from its URL or from a file
// that it was saved to.
func Observe(ctx context.Context, from string) (*Observed, error) {
	content, err := readStatus(ctx, from)
	if err != nil {
		return nil, fmt.Errorf("--observed: %w", err)
	}
	var o Observed
	if err := json.Unmarshal(content, &o); err != nil {
		return nil, fmt.Errorf("--observed: %s is not the JSON of an exporter's %s: %w", from, statusPath, err)
	}
	if len(o.Projects) == 0 {
		return nil, fmt.Errorf("--observed: %s tells of no project: it is not the JSON of an exporter's %s", from, statusPath)
	}
	return &o, nil
}

func readStatus(ctx context.Context, from string) ([]byte, error) {
	if !strings.HasPrefix(from, "http://") && !strings.HasPrefix(from, "https://") {
		return os.ReadFile(from)
	}
	u, err := url.Parse(from)
	if err != nil || u.Host == "" {
		return nil, errors.New("the URL is not of the form http://host:9926")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = statusPath
	}
	ctx, cancel := context.WithTimeout(ctx, observeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("cannot read the status of the exporter: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s: is it an exporter that has %s, and does it ask for a password? Save its answer and give the file", u.Redacted(), res.Status, statusPath)
	}
	return io.ReadAll(io.LimitReader(res.Body, maxStatus))
}

// find returns what was observed of a collector, nil if it has had no good
// poll.
func (o *Observed) find(t *scraper.Target, name string) *observedCollector {
	if o == nil {
		return nil
	}
	for _, p := range o.Projects {
		if p.Account != t.Account || p.Region != t.Region || p.Project != t.Project {
			continue
		}
		for i, c := range p.Collectors {
			if c.Collector == name && c.LastSuccess != nil && c.Calls != nil {
				return &p.Collectors[i]
			}
		}
	}
	return nil
}

func (o *Observed) cost(t *scraper.Target, e scraper.Enabled) (area.Cost, bool) {
	c := o.find(t, e.Spec().Name)
	if c == nil {
		return area.Cost{}, false
	}
	return area.Cost{Calls: c.Calls, Series: c.Series}, true
}

func (o *Observed) has(f scraper.Forecast) bool { return o.find(f.Target, f.Name()) != nil }
