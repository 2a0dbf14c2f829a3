package limits

import (
	"net/http"
	"testing"
)

func TestTable(t *testing.T) {
	t.Parallel()
	rows, err := Table()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	gets, corrected := 0, 0
	for _, r := range rows {
		if r.Method == http.MethodGet {
			gets++
		}
		if r.Corrected {
			corrected++
		}
		if other, twice := seen[r.Method+r.Path]; twice {
			t.Errorf("%q and %q are both %s %s", other, r.Name, r.Method, r.Path)
		}
		seen[r.Method+r.Path] = r.Name
	}
	// As published 105 rows are GET; a correction makes one more of a PUT.
	if len(rows) != 266 || gets != 105+1 || corrected != len(corrections()) {
		t.Errorf("%d rows, %d of them GET, %d corrected; want 266, 106 and %d", len(rows), gets, corrected, len(corrections()))
	}
}
