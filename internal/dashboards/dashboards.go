// Package dashboards declares the Grafana dashboards: one file for each, in
// which a panel is its title, expressions, unit, legend and description. A
// test compares what is made of them with dashboards/ and, asked to, writes it.
package dashboards

// All returns every dashboard, in the order of the documentation.
func All() []Dashboard {
	return []Dashboard{
		overview(),
		sessions(),
		pools(),
		alarms(),
		desktops(),
		usage(),
		operations(),
		exporter(),
	}
}

// Dashboard declares one dashboard.
type Dashboard struct {
	UID string
	// Title asks a question, which the first row answers.
	Title       string
	Description string
	// Variables come after those that every dashboard has.
	Variables []Variable
	Rows      []Row
}

// Variable is a variable whose values come from Prometheus.
type Variable struct {
	Name, Label string
	// Query is a PromQL expression whose labels ID and Text are the values
	// and what is shown for them.
	Query, ID, Text string
}

// Row is a line of panels under a heading.
type Row struct {
	Title  string
	Panels []Panel
}

// Kind is how a panel draws.
type Kind string

// The kinds of panels.
const (
	Stat          Kind = "stat"
	Lines         Kind = "timeseries"
	Stacked       Kind = "stacked timeseries"
	Table         Kind = "table"
	Bars          Kind = "bargauge"
	Heatmap       Kind = "heatmap"
	StateTimeline Kind = "state-timeline"
)

// Panel declares one panel.
type Panel struct {
	Kind  Kind
	Title string
	// Description says what the panel means and what to do about it. What has
	// to be enabled for it is added by itself.
	Description string
	// Unit is one of Grafana's, for every query that has none of its own.
	Unit    string
	Queries []Query
	// Width is in 24ths of the page.
	Width uint32
	// Steps are the values from which on another color applies.
	Steps []Step
	// Below is the color below the first step, green if empty.
	Below Color
	// Values are texts for single values.
	Values []Value
	// Min and Max bound the axis of a panel.
	Min, Max *float64
	// Columns are the labels that a table shows; it hides all others.
	Columns []Column
	// SortBy is the column that a table is sorted by, the greatest first.
	SortBy string
	// Link is where a click on the panel leads.
	Link *Link
	// Empty is the text in place of no data.
	Empty string
}

// Query is one expression of a panel.
type Query struct {
	Expr string
	// Legend names each series. In a table it is the title of the column, and
	// a query without one is there for its labels alone.
	Legend string
	Unit   string
	// Steps and Values are those of the column in a table.
	Steps  []Step
	Values []Value
	// Below is the color of the column below the first step.
	Below Color
}

// Column is a label that a table shows.
type Column struct {
	Label, Title string
	// Hidden columns are there for links alone.
	Hidden bool
	// Link is where a click on a cell leads.
	Link *Link
}

// Color is a color of Grafana's palette.
type Color string

// The colors and what they mean.
const (
	good    Color = "green"
	warning Color = "orange"
	bad     Color = "red"
	neutral Color = "blue"
	quiet   Color = "text"
)

// Step is a value from which on a color applies.
type Step struct {
	From  float64
	Color Color
}

// Value is the text and color of a value.
type Value struct {
	Value float64
	Text  string
	Color Color
}

// Link leads to another dashboard and keeps the time and the variables that
// all have, or leads to the URL.
type Link struct {
	Title, UID, URL string
	// Set gives variables of the target the value of a field of the row.
	Set map[string]string
}

// to is a link to a dashboard.
func to(uid, title string) *Link { return &Link{Title: title, UID: uid} }

// with returns the link with a variable of the target set to a field.
func (l Link) with(variable, field string) *Link {
	set := map[string]string{variable: field}
	for k, v := range l.Set {
		set[k] = v
	}
	return &Link{Title: l.Title, UID: l.UID, Set: set}
}

// amberRed are steps at which somebody should look, and act.
func amberRed(amber, red float64) []Step {
	return []Step{{amber, warning}, {red, bad}}
}

// badFromOne are the steps of a count that should be 0.
func badFromOne() []Step { return []Step{{1, bad}} }

// amberFrom is the step from which on somebody should look.
func amberFrom(v float64) []Step { return []Step{{v, warning}} }

// rising are steps of something of which more is better.
func rising(amber, green float64) []Step {
	return []Step{{amber, warning}, {green, good}}
}

func number(v float64) *float64 { return &v }
