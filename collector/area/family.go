package area

import (
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// Each makes the mapping of a family with one sample for each element.
func Each[T any](sample func(T, Put)) func([]T, Put) {
	return func(all []T, put Put) {
		for _, one := range all {
			sample(one, put)
		}
	}
}

// Prefix begins the name of every metric.
const Prefix = "huaweicloud_workspace_"

// Type is the type of a metric family.
type Type int

// The types a family can have.
const (
	Gauge Type = iota
	Counter
	HistogramType
)

// Family declares one metric family: everything about it in one literal.
type Family[T any] struct {
	// Name lacks the common prefix.
	Name string
	Help string
	Type Type
	// Labels are the family's own labels; those of the project (account,
	// region, project, configured ones) are added when it is rendered. The
	// first that ends in _id, or is user or group, names the object that a
	// series is about: where there are too many series whole objects are cut.
	Labels []string
	// Map puts the samples of one result.
	Map func(result T, put Put)
}

// FamilySpec is everything a Family declares but its mapping.
type FamilySpec struct {
	// Name is whole, with the prefix.
	Name, Help string
	Type       Type
	Labels     []string
}

// Specs returns what families declare.
func Specs[T any](families []Family[T]) []FamilySpec {
	specs := make([]FamilySpec, len(families))
	for i, f := range families {
		specs[i] = FamilySpec{Name: Prefix + f.Name, Help: f.Help, Type: f.Type, Labels: f.Labels}
	}
	return specs
}

// Put takes one sample; the label values stand in the order of Labels.
type Put interface {
	// Value puts a gauge or counter.
	Value(v float64, labels ...string)
	// Number puts a count or a size unless the API left it out; one below 0
	// stands for none or unlimited, and is left out as well.
	Number(v apiclient.Number, labels ...string)
	// Histogram puts a histogram.
	Histogram(h Histogram, labels ...string)
}

func (t Type) dto() *dto.MetricType {
	switch t {
	case Counter:
		return dto.MetricType_COUNTER.Enum()
	case HistogramType:
		return dto.MetricType_HISTOGRAM.Enum()
	default:
		return dto.MetricType_GAUGE.Enum()
	}
}

// String is the type's name in the exposition formats.
func (t Type) String() string { return strings.ToLower(t.dto().String()) }

// UnixSeconds is a time as metrics show it.
func UnixSeconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
