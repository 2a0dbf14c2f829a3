package inventory

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestCutSwitchesAreLogged: what is left out is logged.
func TestCutSwitchesAreLogged(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	all := switches{}
	for i := range maxSwitches + 3 {
		all[fmt.Sprint(i)] = 1
	}
	if n := len(all.cut(slog.New(slog.NewTextHandler(&log, nil)))); n != maxSwitches || !strings.Contains(log.String(), "left_out=3") {
		t.Errorf("%d switches, log %q", n, log.String())
	}
}
