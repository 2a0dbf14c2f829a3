package usage

import (
	"fmt"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// TestUserEventLabelsAreBounded floods the labels with values.
func TestUserEventLabelsAreBounded(t *testing.T) {
	t.Parallel()
	var e userEvents
	for round := range 3 {
		var events []userEvent
		for i := range 400 {
			code := fmt.Sprintf("WKS.%d", 1000*round+i)
			events = append(events, userEvent{Type: codeText(i, round), Success: "false", Code: apiclient.Text(code)})
		}
		e = e.count(events, 1)
	}
	if n, most := len(e.Events), 2*(maxEventTypes+1); n > most { // success and failure
		t.Errorf("%d series by type, want at most %d", n, most)
	}
	if n := len(e.Failures); n > maxEventFailures+maxEventTypes+1 {
		t.Errorf("%d series of failures", n)
	}
	var sum uint64
	for _, n := range e.Failures {
		sum += n
	}
	if sum != 1200 {
		t.Errorf("%d failures are counted, want 1200", sum)
	}
}

func codeText(i, round int) apiclient.Text {
	return apiclient.Text(fmt.Sprintf("EVENT_%d_%d", round, i%70))
}
