package capture

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// class is a form that a replacement shares with its original: what reads the
// one must read the other.
type class string

const (
	classUUID    class = "ids (UUID)"
	classHex     class = "ids (hexadecimal)"
	classDigits  class = "numbers"
	classMail    class = "mail addresses"
	classIPv4    class = "IPv4 addresses"
	classIPv6    class = "IPv6 addresses"
	classMAC     class = "MAC addresses"
	classPhone   class = "phone numbers"
	classURL     class = "URLs"
	classHost    class = "hosts"
	classText    class = "free texts"
	classToken   class = "names and ids"
	classCode    class = "unknown codes"
	classOther   class = "names of other letters"
	replacedText       = "replaced text "
)

var (
	uuidShape  = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	hexShape   = regexp.MustCompile(`^([0-9a-f]{16,}|[0-9A-F]{16,})$`)
	mailShape  = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	macShape   = regexp.MustCompile(`^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$`)
	phoneShape = regexp.MustCompile(`^\+?[0-9(][0-9() -]{5,19}[0-9]$`)
	hostShape  = regexp.MustCompile(`^([A-Za-z0-9_-]+\.)+[A-Za-z]{2,}(:[0-9]{1,5})?$`)
	tokenShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	// leadingCode and innerCode are the codes of package decode, which make
	// labels of texts.
	leadingCode = regexp.MustCompile(`^([\[( ]*)(-?[0-9]{2,12}|0x[0-9A-Fa-f]{2,16}|[A-Z]{2,16}\.[0-9]{3,12}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(\s*[:,;\]])`)
	innerCode   = regexp.MustCompile(`\b[A-Z]{2,16}\.[0-9]{3,12}\b`)
)

// classOf is the form of a value.
func classOf(s string) class {
	switch {
	case uuidShape.MatchString(s):
		return classUUID
	case isDigits(s):
		return classDigits
	case hexShape.MatchString(s):
		return classHex
	case mailShape.MatchString(s):
		return classMail
	case macShape.MatchString(s):
		return classMAC
	case strings.Contains(s, "://"):
		return classURL
	}
	if a, _, ok := addressOf(s); ok {
		if a.Is4() {
			return classIPv4
		}
		return classIPv6
	}
	switch {
	case phoneShape.MatchString(s) && !isTime(s):
		return classPhone
	case hostShape.MatchString(s):
		return classHost
	case tokenShape.MatchString(s):
		return classToken
	case strings.ContainsFunc(s, unicode.IsSpace):
		return classText
	default:
		return classOther
	}
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// addressOf reads an IP address, with the rest behind it: a prefix length or a port.
func addressOf(s string) (address netip.Addr, rest string, ok bool) {
	host := s
	if i := strings.IndexByte(s, '/'); i > 0 && isDigits(s[i+1:]) {
		host, rest = s[:i], s[i:]
	} else if p, err := netip.ParseAddrPort(s); err == nil {
		return p.Addr(), fmt.Sprintf(":%d", p.Port()), true
	}
	address, err := netip.ParseAddr(host)
	return address, rest, err == nil
}

// replacer replaces values: the same by the same, others by others, and in the
// same order, so that lists join and what is cut or chosen by name stays so.
// The key is random and forgotten.
type replacer struct {
	key      []byte
	known    *finder
	classes  map[string]class  // of the values, by their folded text
	forms    map[string]string // replacements by folded text
	taken    map[string]bool
	kinds    map[class]int
	original *finder
}

func newReplacer(known map[string]bool) *replacer {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails, by its documentation
	return &replacer{
		key: key, classes: map[string]class{}, forms: map[string]string{}, taken: map[string]bool{},
		kinds: map[class]int{}, original: newFinder(known), known: newFinder(known),
	}
}

// collect notes a value that will be replaced.
func (r *replacer) collect(s string) {
	for _, piece := range pieces(s) {
		if piece.value == "" {
			continue
		}
		c := classOf(piece.value)
		r.note(keyOf(c, piece.value), c)
	}
	r.original.add(s)
}

// keyOf is what of a value gets a replacement: of an address not the prefix
// length or the port.
func keyOf(c class, value string) string {
	if a, _, ok := addressOf(value); ok && (c == classIPv4 || c == classIPv6) {
		return a.String()
	}
	return value
}

func (r *replacer) note(value string, c class) {
	if _, again := r.classes[fold(value)]; again {
		return
	}
	r.classes[fold(value)] = c
	r.kinds[c]++
	r.original.add(value)
	switch c {
	case classMail:
		local, host, _ := strings.Cut(value, "@")
		r.original.add(local)
		r.original.add(host)
	case classURL:
		if u, err := url.Parse(value); err == nil {
			r.original.add(u.Hostname())
			if u.User != nil {
				r.original.add(u.User.Username())
				secret, _ := u.User.Password()
				r.original.add(secret)
			}
		}
	case classText, classOther:
		if code := textCode(value); code.text != "" && !r.harmlessCode(code.text) {
			c := classCode
			if isDigits(code.text) {
				c = classDigits
			}
			r.note(code.text, c)
		}
	}
}

// assign gives every value its replacement.
func (r *replacer) assign() {
	type group struct {
		class  class
		length int // of those whose length stays
	}
	groups := map[group][]string{}
	for value, c := range r.classes {
		g := group{class: c}
		if c == classHex || c == classDigits {
			g.length = len(value)
		}
		groups[g] = append(groups[g], value)
	}
	for g, values := range groups {
		slices.Sort(values)
		fresh := make([]string, len(values))
		for i, value := range values {
			fresh[i] = r.fresh(g.class, value)
		}
		// What is written like its original in more than its length has no
		// order, and needs none.
		if g.class != classMAC && g.class != classURL && g.class != classIPv4 {
			slices.Sort(fresh)
		}
		for i, value := range values {
			r.forms[value] = fresh[i]
		}
	}
}

// fresh makes a replacement that nothing else has and that holds no original.
func (r *replacer) fresh(c class, value string) string {
	for n := uint64(0); ; n++ {
		mac := hmac.New(sha256.New, r.key)
		_ = binary.Write(mac, binary.BigEndian, n) // a hash takes everything
		mac.Write([]byte(c))
		mac.Write([]byte(value))
		form := r.form(c, value, mac.Sum(nil), n)
		// What cannot be avoided the scan of the files will find.
		if !r.taken[form] && !r.original.find(form) || n > maxAttempts {
			r.taken[form] = true
			return form
		}
	}
}

// maxAttempts end the search for a replacement that holds no original.
const maxAttempts = 1000

// form makes a value of a class from a hash; n counts the attempts.
func (r *replacer) form(c class, value string, sum []byte, n uint64) string {
	digits := hex.EncodeToString(sum)
	switch c {
	case classUUID:
		return strings.Join([]string{digits[:8], digits[8:12], "4" + digits[13:16], "8" + digits[17:20], digits[20:32]}, "-")
	case classHex:
		for len(digits) < len(value) {
			digits += digits
		}
		return digits[:len(value)]
	case classDigits:
		return decimals(sum, max(len(value), 8))
	case classMail:
		return "mail-" + digits[:10] + "@mail.example"
	case classIPv4:
		return documented4(sum, n)
	case classIPv6:
		return "2001:db8:" + digits[1:4] + "1:" + digits[5:8] + "2::" + digits[9:12] + "3"
	case classMAC:
		separator := value[2:3]
		return strings.Join([]string{"02", "00", digits[:2], digits[2:4], digits[4:6], digits[6:8]}, separator)
	case classPhone:
		return "+999" + decimals(sum, 10)
	case classURL:
		scheme, _, _ := strings.Cut(value, "://")
		return scheme + "://host-" + digits[:10] + ".example/"
	case classHost:
		return "host-" + digits[:10] + ".example"
	case classText:
		return replacedText + digits[:10]
	case classCode:
		return "X_" + strings.ToUpper(digits[:8])
	case classOther:
		return "~" + digits[:10]
	default:
		return "x-" + digits[:10]
	}
}

// decimals is a number of n digits, the first of them not 0.
func decimals(sum []byte, n int) string {
	v := new(big.Int).SetBytes(append(slices.Clone(sum), sum...)).String()
	for len(v) < n {
		v += v
	}
	return "9" + v[1:n]
}

// documented4 is an address for documentation, or for benchmarks where there are
// more of them.
func documented4(sum []byte, n uint64) string {
	if n < 8 {
		net := []string{"192.0.2", "198.51.100", "203.0.113"}[int(sum[0])%3]
		return fmt.Sprintf("%s.%d", net, 1+int(sum[1])%254)
	}
	return fmt.Sprintf("198.%d.%d.%d", 18+int(sum[0])%2, sum[1], sum[2])
}

// replace returns what stands for a text. It was collected before.
func (r *replacer) replace(s string) string {
	var b strings.Builder
	for _, piece := range pieces(s) {
		b.WriteString(piece.before)
		b.WriteString(r.one(piece.value))
	}
	return b.String()
}

func (r *replacer) one(value string) string {
	if value == "" {
		return ""
	}
	c := classOf(value)
	form := r.forms[fold(keyOf(c, value))]
	switch c {
	case classText, classOther:
		code := textCode(value)
		if code.text == "" {
			return form
		}
		if !r.harmlessCode(code.text) {
			code.text = r.forms[fold(code.text)]
		}
		if code.leads {
			return code.before + code.text + code.after + " " + form
		}
		return form + " " + code.text
	case classIPv4, classIPv6:
		_, rest, _ := addressOf(value)
		if strings.HasPrefix(rest, ":") && strings.Contains(form, ":") {
			return "[" + form + "]" + rest
		}
		return form + rest
	case classUUID, classHex, classToken, classHost, classMail, classMAC:
		return likeCase(value, form)
	}
	return form
}

// likeCase writes form in the letter case of value: names that differ by it
// alone still do.
func likeCase(value, form string) string {
	switch {
	case value == strings.ToLower(value):
		return form
	case value == strings.ToUpper(value):
		return strings.ToUpper(form)
	default:
		return strings.ToUpper(form[:1]) + form[1:]
	}
}

// piece is a part of a list such as `a,b`, with what stands before it.
type piece struct{ before, value string }

// pieces cuts a list without blanks into its entries; any other text is one
// piece, without the blanks around it.
func pieces(s string) []piece {
	trimmed := strings.TrimSpace(s)
	start := strings.Index(s, trimmed)
	before, after := s[:start], s[start+len(trimmed):]
	var all []piece
	if strings.ContainsAny(trimmed, ",;") && !strings.ContainsFunc(trimmed, unicode.IsSpace) && !strings.Contains(trimmed, "://") {
		from := 0
		for i, c := range trimmed {
			if c == ',' || c == ';' {
				all = append(all, piece{before, trimmed[from:i]})
				before, from = string(c), i+1
			}
		}
		all = append(all, piece{before, trimmed[from:]})
	} else {
		all = []piece{{before, trimmed}}
	}
	if after != "" {
		all = append(all, piece{after, ""})
	}
	return all
}

// code is the code in a text: what it is and what stands around it.
type code struct {
	before, text, after string
	leads               bool
}

func textCode(s string) code {
	if m := leadingCode.FindStringSubmatch(s); m != nil {
		return code{m[1], m[2], m[3], true}
	}
	return code{text: innerCode.FindString(s)}
}

// harmlessCode tells whether a code is kept: not what may be a phone number or
// a name in capitals.
func (r *replacer) harmlessCode(code string) bool {
	if isDigits(strings.TrimPrefix(code, "-")) {
		return len(code) <= 6
	}
	return strings.Contains(code, ".") || strings.HasPrefix(code, "0x") && len(code) <= 10 || r.known.public(code)
}
