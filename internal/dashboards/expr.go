package dashboards

import (
	"fmt"
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// Labels of the project, which every series of it has, and the key under
// which series of one exporter (or of its replicas) belong together.
const (
	projectMatchers = `account=~"$account",region=~"$region",project=~"$project"`
	target          = "job, account, region, project"
)

// selector selects a family in the chosen projects.
func selector(name string, matchers ...string) string {
	return selectIn(projectMatchers, name, matchers...)
}

// ofAccount selects a family that has no project.
func ofAccount(name string) string {
	return selectIn(`account=~"$account",region=~"$region"`, name)
}

func selectIn(chosen, name string, matchers ...string) string {
	return area.Prefix + name + "{" + strings.Join(slices.Concat([]string{chosen}, matchers), ",") + "}"
}

// dedup leaves one series of those that replicas of the exporter give.
func dedup(expr string) string { return "max without (instance, pod) (" + expr + ")" }

// gauge is a gauge without the doubles of replicas.
func gauge(name string, matchers ...string) string { return dedup(selector(name, matchers...)) }

// rate is the rate of a counter, which must come before anything is added up.
func rate(name, window string, matchers ...string) string {
	return dedup(fmt.Sprintf("rate(%s[%s])", selector(name, matchers...), window))
}

// increase is the increase of a counter.
func increase(name, window string, matchers ...string) string {
	return dedup(fmt.Sprintf("increase(%s[%s])", selector(name, matchers...), window))
}

// Windows of rates: that of the panel's resolution, and the whole time shown.
const (
	interval = "$__rate_interval"
	shown    = "$__range"
)

func sum(expr string) string { return "sum(" + expr + ")" }

func sumBy(labels, expr string) string { return fmt.Sprintf("sum by (%s) (%s)", labels, expr) }

func maxBy(labels, expr string) string { return fmt.Sprintf("max by (%s) (%s)", labels, expr) }

func topk(n int, expr string) string { return fmt.Sprintf("topk(%d, %s)", n, expr) }

// ratio divides, and gives 0 where there is nothing to divide by: no logon
// is no failed logon.
func ratio(part, whole string) string {
	return fmt.Sprintf("(%s) / (%s > 0) or 0 * (%s)", part, whole, whole)
}

// orZero gives 0 for an empty result as long as the collector works: nothing
// counted is 0, not having looked is not.
func orZero(name, expr string) string {
	return expr + " or on () 0 * max(" + gauge("exporter_collector_success", `collector="`+name+`"`) + " > 0)"
}

// orNone gives a row of text and 0 for an empty result as long as the
// collector works.
func orNone(name, expr, label, text string) string {
	return fmt.Sprintf(`%s or on () label_replace(0 * max(%s > 0), "%s", "%s", "", "")`,
		expr, gauge("exporter_collector_success", `collector="`+name+`"`), label, text)
}

// orNow gives the present for a result that needs a longer past than there is.
func orNow(expr, now string) string { return expr + " or " + now }

// quantile estimates a quantile of a histogram, by labels if there are any.
func quantile(q float64, name, window, labels string) string {
	by := "le"
	if labels != "" {
		by = labels + ", le"
	}
	return fmt.Sprintf("histogram_quantile(%g, %s)", q, sumBy(by, rate(name+"_bucket", window)))
}

// named adds a label of an info family to series with the same id. Replicas
// may disagree about the name for a moment; one of them is taken.
func named(expr, id, info, label string) string {
	key := target + ", " + id
	return fmt.Sprintf("(%s) * on (%s) group_left (%s) topk by (%s) (1, %s)",
		expr, key, label, key, maxBy(key+", "+label, selector(info)))
}

func withPool(expr string) string { return named(expr, "pool_id", "pool_info", "pool") }

// ofPool selects a family in the chosen pools.
func ofPool(name string, matchers ...string) string {
	return gauge(name, slices.Concat([]string{`pool_id=~"$pool"`}, matchers)...)
}

// ofDesktop selects a family in the chosen desktops.
func ofDesktop(name string, matchers ...string) string {
	return gauge(name, slices.Concat([]string{`desktop_id=~"$desktop"`}, matchers)...)
}

// daysLeft is how many days the rest lasts while it shrinks by so much a
// second as in the last week, at most a year: the end of a long line is noise.
func daysLeft(rest, shrinking string) string {
	return fmt.Sprintf("clamp((%s) / clamp_min(%s, 1e-9) / 86400, 0, 365)", rest, shrinking)
}

// growth is how much a family grows a second, by the envelope (max_over_time
// or min_over_time) of each day of a week: extrapolating the rise of a morning
// would exceed every limit. It is 0 until there are two days of data.
func growth(envelope, name string) string {
	return "(" + orNow(dedup(fmt.Sprintf("deriv(%s(%s[1d])[1w:1d])", envelope, selector(name))), "0 * "+gauge(name)) + ")"
}

// alerts selects firing alerts of the chosen projects; those of severity none
// only silence others.
const alerts = `ALERTS{alertstate="firing",alertname=~"HuaweiWorkspace.*",severity!="none",` + projectMatchers + `}`

// poolVariable lets one choose pools by name; its values are ids.
func poolVariable() Variable {
	return Variable{Name: "pool", Label: "Pool", Query: maxBy("pool_id, pool", selector("pool_info")), ID: "pool_id", Text: "pool"}
}

// desktopVariable lets one choose desktops by name; its values are ids.
func desktopVariable() Variable {
	return Variable{
		Name: "desktop", Label: "Desktop", ID: "desktop_id", Text: "name",
		Query: maxBy("desktop_id, name", selector("desktop_info", `pool_id=~"$pool"`)),
	}
}
