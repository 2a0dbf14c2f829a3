package area

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

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
	// Samples maps a result to the samples of all families. It fails on a
	// series that would occur twice.
	Samples(result any) (Samples, error)
	// WithoutNames returns what is left of a result when names of people are
	// to be shown in another way, false if nothing is.
	WithoutNames(result any) (any, bool)
	// Share returns what other areas may see of a result, nil if nothing.
	Share(result any) Shared
	// Cost estimates what a poll costs, without one.
	Cost(l Load) Cost
}

// Spec is everything an Area declares but its code.
type Spec struct {
	Name, Help string
	Core       bool
	Disabled   bool
	// Personal areas hold names of people in their results.
	Personal bool
	Interval time.Duration
	// Endpoints lists every operation that a poll may call, Calls says how
	// often; Collector.Cost counts it.
	Endpoints []apiclient.Endpoint
	Calls     string
	Options   []Option
	Families  []FamilySpec
}

// Spec implements Collector.
func (a Declaration[T]) Spec() Spec {
	return Spec{
		Name: a.Name, Help: a.Help, Core: a.Core, Disabled: a.Disabled, Personal: a.Unnamed != nil, Interval: a.Interval,
		Endpoints: a.endpoints(), Calls: a.callsText(), Options: a.Options, Families: Specs(a.Families),
	}
}

// Poll implements Collector.
func (a Declaration[T]) Poll(ctx context.Context, in Input, prev any) (any, error) {
	last, _ := prev.(T)
	result, err := a.Fetch(ctx, in, last)
	if err != nil {
		return nil, err
	}
	return result, nil
}

// Probe implements Collector.
func (a Declaration[T]) Probe(ctx context.Context, in Input) error {
	if a.Sample != nil {
		return a.Sample(ctx, in)
	}
	var none T
	_, err := a.Fetch(ctx, in, none)
	return err
}

// Restore implements Collector.
func (a Declaration[T]) Restore(stored []byte) (any, error) {
	var result T
	if err := json.Unmarshal(stored, &result); err != nil {
		return nil, err
	}
	return result, nil
}

// Samples implements Collector.
func (a Declaration[T]) Samples(result any) (Samples, error) {
	t, ok := result.(T)
	if !ok {
		return nil, fmt.Errorf("collector %s: result is a %T, not a %T", a.Name, result, t)
	}
	return Collect(a.Families, t)
}

// WithoutNames implements Collector.
func (a Declaration[T]) WithoutNames(result any) (any, bool) {
	t, ok := result.(T)
	if a.Unnamed == nil || !ok {
		return result, ok
	}
	return a.Unnamed(t)
}

// Share implements Collector.
func (a Declaration[T]) Share(result any) Shared {
	t, ok := result.(T)
	if a.Shares == nil || !ok {
		return nil
	}
	return a.Shares(t)
}

// Cost implements Collector.
func (a Declaration[T]) Cost(l Load) Cost { return a.cost(l) }
