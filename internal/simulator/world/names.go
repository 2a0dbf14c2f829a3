package world

import (
	"fmt"
)

// UserName is the name of a user; two users never share one.
func UserName(user int) string {
	first := []string{"alice", "bruno", "chen", "daria", "emeka", "fatima", "georg", "hana", "ivan", "jin", "kofi", "lucia", "mei", "nadia", "omar", "priya"}
	last := []string{"adler", "baker", "costa", "diaz", "evans", "fischer", "garcia", "huang", "ito", "jensen", "khan", "lopez", "meyer", "nkosi", "okafor", "park"}
	name := first[user%16] + "." + last[user/16%16]
	if user >= 256 {
		return fmt.Sprintf("%s%d", name, user/256+1)
	}
	return name
}
