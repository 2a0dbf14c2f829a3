// Package random draws numbers and ids from a seed.
package random

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
)

// Mix is a cheap hash of a number (SplitMix64's finalizer): things that never
// change are drawn from it, so that they depend on nothing but seed and index.
func Mix(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// Hash of a text.
func Hash(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // a hash does not fail
	return h.Sum64()
}

// Hex is an id of a thing in the form the API uses, 32 hexadecimal digits.
func Hex(seed uint64, kind string, index int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s/%d", seed, kind, index))
	return hex.EncodeToString(sum[:16])
}
