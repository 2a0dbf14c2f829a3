package state

import (
	"maps"
	"slices"
	"testing"
)

// FuzzFile puts anything in the place of any file of a state: it opens, nothing
// panics, and what it tells is what was saved.
func FuzzFile(f *testing.F) {
	whole, want, _ := sample(f)
	names := slices.Sorted(maps.Keys(whole))
	for i, name := range names {
		f.Add(uint8(i), whole[name])
		f.Add(uint8(i), whole[name][:len(whole[name])/2])
	}
	f.Add(uint8(0), []byte{})
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		dir := t.TempDir()
		broken := maps.Clone(whole)
		broken[names[int(which)%len(names)]] = body
		broken.write(t, dir)
		s, log := openFast(t, dir)
		for key, result := range want {
			saved, ok := s.LoadResult(key)
			if ok && string(saved.Result) != result {
				t.Errorf("%s is %s, saved was %s", key, saved.Result, result)
			}
			if !ok && log.Len() == 0 {
				t.Errorf("%s is lost, and the log says nothing", key)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
