package promqltest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/promqltest"
)

func TestParse(t *testing.T) {
	t.Parallel()
	use, err := promqltest.Parse(`sum without (a) (rate(up{x=~"one|two", y!="z", w=~".+"}[5m] offset 1d)) / on (job) group_left (name) info > 1`)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(use), `{[{up [{x [one two] true} {y [z] false} {w [] true}]} {info []}] [a job name]}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, err := promqltest.Parse(`sum(`); err == nil {
		t.Error("half an expression is accepted")
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	scrape, err := promqltest.ReadScrape(strings.NewReader("# HELP up x\nup{x=\"one\",y=\"a \\\"z\\\"\"} 1 2\nplain 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		expr string
		want []string
	}{
		{`up`, nil},
		{`plain{}`, nil},
		{`up{x=~"one", y="a \"z\""}`, nil},
		{`up{x=~"on.*"}`, nil},
		{`down`, []string{"there is no metric down"}},
		{`up{z="1"}`, []string{"up has no label z"}},
		{`up{x!~"one|two"}`, []string{`up has no series with x="two"`}},
	} {
		use, err := promqltest.Parse(test.expr)
		if err != nil {
			t.Fatal(err)
		}
		if got := scrape.Missing(use.Selectors[0]); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.expr, got, test.want)
		}
	}
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	page := "Look at `huaweicloud_workspace_a` or `other`:\n\n```promql\nhuaweicloud_workspace_b\n  > 1\n\nc\n```\n\n" +
		"```sh\necho `huaweicloud_workspace_d`\n```\n"
	got := promqltest.Expressions(page)
	if want := []string{"huaweicloud_workspace_b\n  > 1", "c", "huaweicloud_workspace_a"}; !slices.Equal(got, want) {
		t.Errorf("got %q, not %q", got, want)
	}
}
