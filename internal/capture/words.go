package capture

import (
	_ "embed"
	"strings"
	"unicode"
)

// wordList has the words that the API's own names and values are made of: its
// SDK's members and enumerations, and what our collectors know. A test holds
// the list to both.
//
//go:embed words.txt
var wordList string

// furtherWords are in pages of the reference and price lists, and in no list
// that a program can read: kinds of disks, hosts and systems, regions, states.
const furtherWords = `sas sata ssd essd gpssd deh subordinate invalid ok intercepted x86 arm64 kunpeng general ultimate workstation large xlarge
	ubuntu debian centos kylin euler macos harmonyos openharmony chrome chromeos ipad ipados iphone web browser thin zero
	hws ebs vdi metering resourcespeccode resourcetype mem util ces ecs mi gi ki ti piece pieces
	southeast southwest northeast northwest north south east west
	upgraded unreachable succ succeed partial partly half build building fatal hidden lost revoked paused suspended predictive hybrid entra
	powering rebooting rebuilding shutting starting stopping resizing migrating suspending resuming updating detaching migrate shrink`

// ownWords are those of our replacements.
const ownWords = `example mail host replaced text`

// words are the known words.
func words() map[string]bool {
	known := map[string]bool{}
	for _, w := range strings.Fields(furtherWords + " " + ownWords) {
		known[w] = true
	}
	for w := range strings.Lines(wordList) {
		known[strings.TrimSpace(w)] = true
	}
	return known
}

// splitWords cuts a name such as poolId, run_state or WINDOWS-10 into words in
// small letters.
func splitWords(name string) []string {
	var all []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			all = append(all, strings.ToLower(string(word)))
		}
		word = word[:0]
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && unicode.IsLower(runes[i-1]):
			end()
		}
		word = append(word, r)
	}
	end()
	return all
}
