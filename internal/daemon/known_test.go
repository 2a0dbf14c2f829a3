package daemon

import "testing"

func TestKnownNamesAreCleaned(t *testing.T) {
	t.Parallel()
	var k knownNames
	show := k.noting(func(string) string { return "" })
	for _, name := range []string{"Zoe.Quill", "al", "Ümit", "quill"} {
		show(name)
	}
	for text, want := range map[string]string{
		"user zoe.quill (ZOE.QUILL) failed, al too": "user <name> (<name>) failed, al too",
		"mail zoe.quill@example.com":                "mail <mail>",
		"ÜMIT and ümit":                             "<name> and <name>",
		"nobody":                                    "nobody",
		"\u0130 of zoe.quill":                       "<text with a name>", // its lower case is longer
	} {
		if got := k.clean(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
