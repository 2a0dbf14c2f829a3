package world

import (
	"fmt"
	"slices"
)

// Project is one simulated project.
type Project struct {
	// ID as it stands in paths.
	ID string
	// Region id. Limits are counted for each region separately.
	Region string
	// Name in IAM. The default is the region id, as IAM names the default
	// project; further projects of a region that share a key with it get a
	// numbered suffix.
	Name string
	// AccessKeys that may use the project; empty means all.
	AccessKeys []string
}

// Allows reports whether a key may use the project.
func (p Project) Allows(accessKey string) bool {
	return len(p.AccessKeys) == 0 || slices.Contains(p.AccessKeys, accessKey)
}

// Named gives every project its IAM name.
func Named(projects []Project) []Project {
	named := slices.Clone(projects)
	for i := range named {
		p := &named[i]
		if p.Name != "" {
			continue
		}
		p.Name = p.Region
		n := 1
		for _, earlier := range named[:i] {
			if earlier.Region == p.Region && sharesKey(earlier, *p) {
				n++
				p.Name = fmt.Sprintf("%s_%d", p.Region, n)
			}
		}
	}
	return named
}

// sharesKey reports whether somebody may use both projects.
func sharesKey(a, b Project) bool {
	return len(a.AccessKeys) == 0 || len(b.AccessKeys) == 0 ||
		slices.ContainsFunc(a.AccessKeys, func(key string) bool { return slices.Contains(b.AccessKeys, key) })
}
