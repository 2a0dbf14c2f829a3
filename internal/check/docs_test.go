package check

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestDocument: docs/check.md names every result, kind and member of the
// report.
func TestDocument(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../docs/check.md")
	if err != nil {
		t.Fatal(err)
	}
	words := []string{kindCredentials, kindEndpoint, kindProjectID, kindClock, kindCall}
	for _, r := range Results() {
		words = append(words, string(r))
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[Report](), reflect.TypeFor[Check](), reflect.TypeFor[Difference]()} {
		for i := range typ.NumField() {
			words = append(words, typ.Field(i).Tag.Get("json"))
		}
	}
	for _, word := range words {
		if !strings.Contains(string(content), "`"+word+"`") {
			t.Errorf("docs/check.md does not mention `%s`", word)
		}
	}
}
