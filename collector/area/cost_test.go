package area

import "testing"

func TestPages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n            float64
		size         int
		pages, plain float64
	}{
		{0, 100, 1, 1}, {1, 100, 1, 1}, {100, 100, 1, 1}, {101, 100, 2, 2}, {199, 100, 2, 2}, {200, 100, 3, 2}, {2500, 1000, 3, 3}, {1000.5, 1000, 2, 2}, {3, 1, 3, 3},
	} {
		if got := Pages(c.n, c.size); got != c.pages {
			t.Errorf("%v things take %v pages of %d, want %v", c.n, got, c.size, c.pages)
		}
		if got := PlainPages(c.n, c.size); got != c.plain {
			t.Errorf("%v things take %v plain pages of %d, want %v", c.n, got, c.size, c.plain)
		}
	}
}
