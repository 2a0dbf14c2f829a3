package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// prom is Prometheus' HTTP API.
type prom struct {
	v1.API
	testing.TB
}

func (s *stack) prometheus() prom {
	s.Helper()
	client, err := api.NewClient(api.Config{Address: s.url(prometheusName)})
	if err != nil {
		s.Fatal(err)
	}
	return prom{v1.NewAPI(client), s.TB}
}

// query evaluates an expression now.
func (p prom) query(expr string) (model.Vector, error) {
	value, warnings, _, err := p.Query(p.Context(), expr, time.Now())
	if err != nil {
		return nil, err
	}
	if len(warnings) > 0 {
		return nil, fmt.Errorf("warnings: %v", warnings)
	}
	switch v := value.(type) {
	case model.Vector:
		return v, nil
	case *model.Scalar:
		return model.Vector{&model.Sample{Value: v.Value, Timestamp: v.Timestamp}}, nil
	default:
		return nil, fmt.Errorf("the answer is a %s", value.Type())
	}
}

// groups lists the rules with their health.
func (p prom) groups() []v1.RuleGroup {
	p.Helper()
	rules, err := p.Rules(p.Context(), nil)
	if err != nil {
		p.Fatal(err)
	}
	return rules.Groups
}

// firing lists the alerts of Prometheus that are firing.
func (p prom) firing() []model.LabelSet {
	p.Helper()
	result, err := p.Alerts(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	var firing []model.LabelSet
	for _, a := range result.Alerts {
		if a.State == v1.AlertStateFiring {
			firing = append(firing, a.Labels)
		}
	}
	return firing
}

// amAlert is an alert as Alertmanager has it.
type amAlert struct {
	Labels map[string]string
	Status struct {
		State       string
		InhibitedBy []string
	}
	Fingerprint string
}

// alerts lists the active alerts of Alertmanager that have all the labels.
func (s *stack) alerts(want map[string]string) ([]amAlert, error) {
	body, err := testutil.Get(s.ctx, s.url(alertmanagerName)+"/api/v2/alerts")
	if err != nil {
		return nil, err
	}
	var all, found []amAlert
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		return nil, err
	}
	for _, a := range all {
		if has(a.Labels, want) {
			found = append(found, a)
		}
	}
	return found, nil
}
