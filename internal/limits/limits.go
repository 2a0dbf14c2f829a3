// Package limits holds the published table of request limits ("Max. User
// Requests" of the API reference) whole, as the reference that the endpoint
// catalogue, its documentation and the tests are compared with. The product
// itself does not need it.
package limits

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

//go:embed rate-limits.csv
var published string

// Row is one row of the table.
type Row struct {
	Category, Name, Method, Path string
	// PerMinute is the limit for each user.
	PerMinute int
	// Corrected tells that Method and Path are not those of the table.
	Corrected bool
}

// corrections of rows that carry the method and path of a sibling, by name:
// the table lists each of these paths twice, and the operation pages have the
// ones given here.
func corrections() map[string]Row {
	return map[string]Row{
		"Listing Policy Groups":                               {Method: http.MethodGet, Path: "/v2/{project_id}/policy-groups"},
		"Listing Scheduled Tasks":                             {Method: http.MethodGet, Path: "/v2/{project_id}/scheduled-tasks"},
		"Querying the Auxiliary Authentication Configuration": {Method: http.MethodGet, Path: "/v2/{project_id}/assist-auth-config/method-config"},
	}
}

// Table returns all rows, corrected where that is documented.
func Table() ([]Row, error) {
	records, err := csv.NewReader(strings.NewReader(published)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("rate-limits.csv: %w", err)
	}
	if want := []string{"category", "name", "method", "path", "limit_per_minute"}; len(records) == 0 || !slices.Equal(records[0], want) {
		return nil, fmt.Errorf("rate-limits.csv: the columns are not %v", want)
	}
	fixes := corrections()
	rows := make([]Row, 0, len(records)-1)
	for n, r := range records[1:] {
		limit, err := strconv.Atoi(r[4])
		if err != nil {
			return nil, fmt.Errorf("rate-limits.csv, row %d: %w", n+2, err)
		}
		row := Row{Category: r[0], Name: r[1], Method: r[2], Path: r[3], PerMinute: limit}
		if fix, ok := fixes[row.Name]; ok && (fix.Method != row.Method || fix.Path != row.Path) {
			row.Method, row.Path, row.Corrected = fix.Method, fix.Path, true
		}
		rows = append(rows, row)
	}
	return rows, nil
}
