package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse checks that no content makes Parse panic or repeat a secret, and
// that what it accepts keeps the promises of Config.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yml", "testdata/bad/*.yml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(pattern, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content)
		}
	}
	f.Add(Example(testSchema()))
	f.Fuzz(func(t *testing.T, content []byte) {
		c, err := Parse("testdata/fuzz.yml", content, testSchema(), testEnv())
		if err != nil {
			// Wherever in the file the word stands, it must not come back.
			if strings.Contains(err.Error(), "Sekret") {
				t.Errorf("the message holds a secret: %v", err)
			}
			return
		}
		if len(c.Accounts) == 0 {
			t.Error("no account")
		}
		for _, a := range c.Accounts {
			if a.Name == "" || a.Share <= 0 || a.Share > 1 || len(a.Projects) == 0 {
				t.Errorf("account %+v", a)
			}
			for _, p := range a.Projects {
				if p.Name == "" || !regionID.MatchString(p.Region) || len(p.Collectors) != len(testSchema().Collectors) {
					t.Errorf("project %+v", p)
				}
				if p.Endpoint != "" && !strings.HasPrefix(p.Endpoint, "https://") && !strings.HasPrefix(p.Endpoint, "http://") || strings.HasSuffix(p.Endpoint, "/") {
					t.Errorf("endpoint %s", p.Endpoint)
				}
				for name, collector := range p.Collectors {
					if collector.Interval < minInterval || collector.Interval > maxInterval {
						t.Errorf("%s: interval %s", name, collector.Interval)
					}
				}
			}
		}
	})
}
