package check

import (
	"strings"
	"testing"
)

// TestSkippedForOneReason: what one fault kept from being called is one line.
func TestSkippedForOneReason(t *testing.T) {
	t.Parallel()
	call := func(name string, result Result, message string) Check {
		return Check{Account: "main", Project: "hq", Kind: kindCall, Name: name, Result: result, Message: message}
	}
	table := Report{Checks: []Check{
		call("ListA", OK, ""), call("ListB", Skipped, "the key is refused"), call("ListC", Skipped, "the key is refused"),
		call("ListD", Skipped, "the key is refused"), call("ListE", Skipped, "no object of this kind"),
	}}.Table()
	if lines := strings.Count(table, "the key is refused"); lines != 1 || !strings.Contains(table, "3 calls") || strings.Contains(table, "ListC") {
		t.Errorf("the table is\n%s", table)
	}
	for _, name := range []string{"ListA", "ListE", "5 checks"} {
		if !strings.Contains(table, name) {
			t.Errorf("%s is not in\n%s", name, table)
		}
	}
}
