package state

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestManySaveAtOnce: savers of a hundred projects end, each with its result on
// the disk.
func TestManySaveAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := open(t, dir)
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			for n := range 8 {
				key := fmt.Sprint("key-", i)
				if err := s.SaveResult(key, Saved{At: time.Now(), Result: json.RawMessage(fmt.Sprint(n))}); err != nil {
					t.Error(err)
				}
				if content, err := os.ReadFile(s.files.path(fileOf(key))); err != nil {
					t.Error(err)
				} else if saved, err := s.decode(content); err != nil || string(saved.Result) != fmt.Sprint(n) {
					t.Errorf("%s is %q on the disk when %d is saved, %v", key, saved.Result, n, err)
				}
				s.Reserve(key, time.Now().Add(time.Minute))
				s.NotBefore(key)
				s.Health()
			}
		})
	}
	all.Wait()
}

func BenchmarkSave(b *testing.B) {
	for _, savers := range []int{1, 16, 77} {
		b.Run(fmt.Sprint(savers), func(b *testing.B) {
			s, err := Open(b.TempDir(), nil)
			if err != nil {
				b.Fatal(err)
			}
			result := json.RawMessage(`"` + strings.Repeat("some result of a collector ", 200) + `"`)
			for b.Loop() {
				var all sync.WaitGroup
				for i := range savers {
					all.Go(func() {
						if err := s.SaveResult(fmt.Sprint(i), Saved{At: time.Now(), Result: result}); err != nil {
							b.Error(err)
						}
					})
				}
				all.Wait()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*savers), "µs/save")
		})
	}
}

func BenchmarkReserve(b *testing.B) {
	s, err := Open(b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s.Reserve("prod ap-southeast-3 GET /v2/{project_id}/desktops", time.Now())
	}
}
