package plan

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// Print writes the plan for people.
func (p Plan) Print(w io.Writer) {
	p.printBudgets(w)
	for _, project := range p.Projects {
		project.print(w)
	}
	fmt.Fprintf(w, "\nIn all %s calls a minute, about %s series and %s of memory.\n",
		number(p.Totals.Calls), thousands(p.Totals.Series), bytes(p.Totals.Memory))
	p.printChanges(w)
}

func (p Plan) printBudgets(w io.Writer) {
	fmt.Fprintln(w, "Calls a minute of each API, the scarcest first")
	t := table{{"account", "region", "API", "calls", "budget", "of it", "limit", "of it", ""}}
	for _, b := range p.Budgets {
		if b.Asked == 0 {
			continue
		}
		note := ""
		if b.Bottleneck {
			note = "asked for: " + number(b.Asked)
		}
		t = append(t, []string{
			b.Account, b.Region, b.API, number(b.Calls), number(b.Budget), percent(b.BudgetRatio),
			fmt.Sprint(b.Limit) + map[bool]string{true: "?"}[b.Assumed], percent(b.LimitRatio), note,
		})
	}
	t.print(w, 3, 8)
	fmt.Fprintln(w, "Budget is share x limit; ? marks limits that are not published and assumed.")
}

func (p Project) print(w io.Writer) {
	rest := ""
	if slices.ContainsFunc(p.Collectors, func(c Collector) bool { return c.Observed }) {
		rest = "as observed, and otherwise for "
	}
	fmt.Fprintf(w, "\nProject %s of account %s, %s: %s%s desktops, %s pools, %s users\n", p.Project, p.Account, p.Region, rest,
		thousands(p.Fleet[area.Desktops]), thousands(p.Fleet[area.Pools]), thousands(p.Fleet[area.Users]))
	t := table{{"collector", "interval", "effective", "worst age", "gone after", "calls/poll", "calls/min", "series", "memory"}}
	var notes []string
	mark := func(sign, meaning string, is bool) string {
		if !is {
			return ""
		}
		if note := sign + " " + meaning; !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
		return sign
	}
	for _, c := range p.Collectors {
		t = append(t, []string{
			c.Collector, duration(c.Interval),
			duration(c.Effective) + mark("!", "the interval is not kept", !c.Kept),
			duration(c.WorstAge), duration(c.GoneAfter),
			number(c.CallsPerPoll) + mark("*", "as observed, series too", c.Observed), number(c.CallsPerMinute),
			thousands(c.Series) + mark("+", "cut at max_series", c.Cut > 0), bytes(c.Memory),
		})
	}
	t.print(w, 1, 9)
	fmt.Fprintf(w, "%s calls a minute, %s series with those about the exporter itself.\n", number(p.Calls), thousands(p.Series))
	if len(notes) > 0 {
		fmt.Fprintf(w, "%s.\n", strings.Join(notes, "; "))
	}
}

func (p Plan) printChanges(w io.Writer) {
	if p.Fits {
		fmt.Fprintln(w, "Every interval is kept.")
		return
	}
	fmt.Fprintln(w, "\nNot every interval can be kept. Slow down these collectors, raise budget.share, or let --suggest write it:")
	for _, c := range p.SlowDown {
		fmt.Fprintf(w, "  %s\n", c)
	}
}

// String is the change as an operator would say it.
func (c Change) String() string {
	return fmt.Sprintf("%s/%s %s: %s -> %s (%s)", c.Account, c.Project, c.Collector, duration(c.Interval), duration(c.Needed), c.API)
}

// table is rows of cells, the head first.
type table [][]string

// print aligns the columns from one to another to the right and the rest to
// the left.
func (t table) print(w io.Writer, right, left int) {
	widths := make([]int, len(t[0]))
	for _, row := range t {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	for _, row := range t {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-len([]rune(cell)))
			if i >= right && i < left {
				line.WriteString(pad + cell + "  ")
			} else {
				line.WriteString(cell + pad + "  ")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// duration writes seconds as the configuration does, rounded up.
func duration(seconds float64) string {
	return model.Duration(time.Duration(math.Ceil(seconds-0.001)) * time.Second).String()
}

// number has one digit after the point where that tells something.
func number(n float64) string {
	if n >= 100 || n == math.Trunc(n) {
		return thousands(n)
	}
	if n < 0.1 {
		return fmt.Sprintf("%.2f", n)
	}
	return fmt.Sprintf("%.1f", n)
}

func percent(ratio float64) string {
	if ratio > 0 && ratio < 0.01 {
		return "<1%"
	}
	return fmt.Sprintf("%.0f%%", 100*ratio)
}

func thousands(n float64) string {
	digits := fmt.Sprintf("%.0f", n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

func bytes(n float64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", n/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.0f MiB", n/(1<<20))
	default:
		return fmt.Sprintf("%.0f KiB", math.Ceil(n/(1<<10)))
	}
}
