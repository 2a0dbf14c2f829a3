// Package collector says what is measured: one declarative file for each area
// of the Workspace API. A file holds slim structs with only the members of
// the answers that are measured, one Fetch function, and one literal for each
// metric family. It neither schedules nor serves: package scraper does.
//
// To add a family, add its literal; to add an area, add a file and its name
// in All. Configuration keys, documentation and tests follow from that.
package collector

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// Prefix begins the name of every metric.
const Prefix = "huaweicloud_workspace_"

// All returns every area there is. The order is that of the documentation.
func All() []Collector {
	var all []Collector
	for _, g := range Groups() {
		all = append(all, g.Collectors...)
	}
	return all
}

// Group is a set of areas that are wanted or not wanted together.
type Group struct {
	Name       string
	Collectors []Collector
}

// Groups returns every area in its group.
func Groups() []Group {
	return []Group{
		{"core", coreAreas()},
		{"usage", usageAreas()},
		{"inventory", inventoryAreas()},
		{"operations", operationsAreas()},
	}
}

func coreAreas() []Collector {
	return []Collector{
		loginStateArea(),
		runStateArea(),
		statisticsArea(),
		connectionStatusArea(),
		poolsArea(),
		desktopsArea(),
		desktopIdleArea(),
		alarmsArea(),
		alarmStatisticsArea(),
		onlineUsersArea(),
		loginRecordsArea(),
		quotasArea(),
	}
}

// Collector is an Area without its type parameter.
type Collector interface {
	Spec() Spec
	// Poll reads the area once. prev is the last good result or nil. The
	// result is immutable. Errors from the API are *apiclient.Error.
	Poll(ctx context.Context, in Input, prev any) (any, error)
	// Probe makes each kind of call that Poll makes, with as few objects as
	// in.API shows: it is how the command check learns which calls there are.
	Probe(ctx context.Context, in Input) error
	// Restore returns the result that was stored as JSON.
	Restore(stored []byte) (any, error)
	// Build makes the metric families of a result, one after the other,
	// with base (sorted by name) added to every series. Families without a
	// sample are left out. It fails on a series that would occur twice.
	// Series of objects that keep does not want are left out.
	Build(result any, base []*dto.LabelPair, keep Keep, yield func(*dto.MetricFamily) error) error
	// Cost estimates what a poll costs, without one.
	Cost(l Load) Cost
	// Census counts the series that a result gives.
	Census(result any) Census
}

// Spec is everything an Area declares but its code.
type Spec struct {
	Name, Help string
	Core       bool
	Disabled   bool
	Interval   time.Duration
	// Endpoints lists every operation that a poll may call, Calls says how
	// often; Collector.Cost counts it.
	Endpoints []apiclient.Endpoint
	Calls     string
	Options   []Option
	Families  []FamilySpec
}

// FamilySpec is everything a Family declares but its mapping.
type FamilySpec struct {
	// Name is whole, with the prefix.
	Name, Help string
	Type       Type
	Labels     []string
}

// Spec implements Collector.
func (a Area[T]) Spec() Spec {
	return Spec{
		Name: a.Name, Help: a.Help, Core: a.Core, Disabled: a.Disabled, Interval: a.Interval,
		Endpoints: a.endpoints(), Calls: a.said(), Options: a.Options, Families: Specs(a.Families),
	}
}

// Poll implements Collector.
func (a Area[T]) Poll(ctx context.Context, in Input, prev any) (any, error) {
	last, _ := prev.(T)
	result, err := a.Fetch(ctx, in, last)
	if err != nil {
		return nil, err
	}
	return result, nil
}

// Probe implements Collector.
func (a Area[T]) Probe(ctx context.Context, in Input) error {
	if a.Sample != nil {
		return a.Sample(ctx, in)
	}
	var none T
	_, err := a.Fetch(ctx, in, none)
	return err
}

// Restore implements Collector.
func (a Area[T]) Restore(stored []byte) (any, error) {
	var result T
	if err := json.Unmarshal(stored, &result); err != nil {
		return nil, err
	}
	return result, nil
}

// Build implements Collector.
func (a Area[T]) Build(result any, base []*dto.LabelPair, keep Keep, yield func(*dto.MetricFamily) error) error {
	t, ok := result.(T)
	if !ok {
		return fmt.Errorf("collector %s: result is a %T, not a %T", a.Name, result, t)
	}
	return Build(a.Families, t, base, keep, yield)
}

// Cost implements Collector.
func (a Area[T]) Cost(l Load) Cost { return a.cost(l) }

// Census implements Collector.
func (a Area[T]) Census(result any) Census {
	t, _ := result.(T)
	return takeCensus(a.Families, t)
}
