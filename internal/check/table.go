package check

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"
)

// Table returns the report as text: a line for each check, one for calls that
// were skipped for the same reason, and one that sums up.
func (r Report) Table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ACCOUNT\tPROJECT\tCHECK\tRESULT\tTIME\tCOLLECTORS\tDETAIL")
	for i := 0; i < len(r.Checks); i++ {
		c := r.Checks[i]
		same := i + 1
		for same < len(r.Checks) && c.SameSkip(r.Checks[same]) {
			same++
		}
		if n := same - i; n > 1 {
			c.Name, c.Collectors = fmt.Sprintf("%d calls", n), nil
			i = same - 1
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.2fs\t%s\t%s\n", c.Account, cmp.Or(c.Project, "-"), c.title(), c.Result,
			c.Seconds, cmp.Or(strings.Join(c.Collectors, ","), "-"), cmp.Or(c.detail(), "-"))
	}
	_ = w.Flush() // to a Builder
	if len(r.Drift) > 0 {
		b.WriteString("\nAnswers differ from what the exporter believes of them. No value is shown: please report these lines.\n")
		fmt.Fprintln(w, "ACCOUNT\tPROJECT\tAPI\tPLACE\tDIFFERENCE")
		for _, d := range r.Drift {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", d.Account, d.Project, d.API, d.Place, d.Text)
		}
		_ = w.Flush()
	}
	fmt.Fprintf(&b, "\n%s\n", r.Summary())
	return b.String()
}

// Summary counts the results in a line.
func (r Report) Summary() string {
	var parts []string
	for _, result := range Results() {
		if n := r.Counts[result]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, result))
		}
	}
	return fmt.Sprintf("%d checks: %s", len(r.Checks), strings.Join(parts, ", "))
}

// SameSkip tells whether both are calls of a project that were skipped for the
// same reason: one line says it for all of them.
func (c Check) SameSkip(other Check) bool {
	return c.Kind == kindCall && other.Kind == kindCall && c.Result == Skipped && other.Result == Skipped &&
		c.Account == other.Account && c.Region == other.Region && c.Project == other.Project && c.Message == other.Message
}

// Line is a check in a line, for those who wait.
func (c Check) Line() string {
	line := c.Account
	if c.Project != "" {
		line += "/" + c.Project
	}
	line += " " + c.title() + ": " + string(c.Result)
	if c.Result != OK {
		line += ": " + c.detail()
	}
	return line
}

func (c Check) title() string {
	if c.Kind == kindCall {
		return c.Name
	}
	return c.Kind
}

// detail is one line, whatever the API put into its texts.
func (c Check) detail() string {
	var parts []string
	if c.Kind != kindCall && c.Name != "" {
		parts = append(parts, c.Name)
	}
	if c.Message != "" {
		parts = append(parts, c.Message)
	}
	text := strings.Join(parts, ": ")
	if c.RequestID != "" {
		text += " (request id " + c.RequestID + ")"
	}
	if c.Advice != "" {
		text += "; " + c.Advice
	}
	return strings.Join(strings.Fields(text), " ")
}
