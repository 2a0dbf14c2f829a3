// Package drift says where answers of the API differ from what we believe of
// them: the model of the official SDK (model.json, made by `make sdk-model`),
// what the collectors read, and a table of what others saw. It never shows a
// value of an answer.
package drift

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// Kind says in which way an answer differs.
type Kind string

// The kinds of differences.
const (
	UnknownMember Kind = "unknown_member" // a member that the model has not
	MissingMember Kind = "missing_member" // a member that we read and that does not come
	OtherType     Kind = "type"           // another kind of JSON value
	UnknownValue  Kind = "enum"           // a value that the enumeration has not
	WrongTotal    Kind = "total"          // the total and the list disagree
	PageSize      Kind = "page_size"      // more or fewer entries than asked for
	Order         Kind = "order"          // another order than asked for
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{UnknownMember, MissingMember, OtherType, UnknownValue, WrongTotal, PageSize, Order}
}

// Text says the kind in words.
func (k Kind) Text() string {
	return map[Kind]string{
		UnknownMember: "unknown member",
		MissingMember: "member does not come",
		OtherType:     "other type",
		UnknownValue:  "unknown value",
		WrongTotal:    "total disagrees with the list",
		PageSize:      "other page size than asked for",
		Order:         "other order than asked for",
	}[k]
}

// Difference is one place of an answer that differs.
type Difference struct {
	// Place is made of names of members, such as desktops[].task_status.
	Place string
	Kind  Kind
}

// String is the difference for people.
func (d Difference) String() string { return d.Place + ": " + d.Kind.Text() }

// Comparison is the outcome of comparing one answer.
type Comparison struct {
	// Differences are sorted, each once.
	Differences []Difference
	// Present and Absent are the members that collectors read and that may be
	// left out, with an object around them: those that came, and those that did
	// in none of the objects. Members that never come are a difference too, but
	// one answer does not tell.
	Present, Absent []string
}

// Answer is what is compared.
type Answer struct {
	Endpoint apiclient.Endpoint
	Query    url.Values
	Body     []byte
}

// Compare compares an answer with the model. An answer of an operation that
// the model lacks is not compared.
func (m *Model) Compare(a Answer) Comparison {
	shape := m.Answers[a.Endpoint.Operation]
	if shape == nil {
		return Comparison{}
	}
	d := json.NewDecoder(bytes.NewReader(a.Body))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return Comparison{}
	}
	c := comparer{items: a.Endpoint.Page.Items, found: map[Difference]struct{}{}, members: map[string]*count{}}
	c.value(value, shape, "")
	// With count_only the list is left empty on purpose.
	if root, ok := value.(map[string]any); ok && a.Endpoint.Page.Items != "" && a.Query.Get("count_only") != "true" {
		c.list(root, a)
	}
	return c.outcome()
}

// comparer collects what differs.
type comparer struct {
	items   string // the list of a page
	found   map[Difference]struct{}
	members map[string]*count
}

// count is how often a member that is read came.
type count struct {
	shape          *Shape
	objects, comes int
}

func (c *comparer) differs(place string, kind Kind) {
	c.found[Difference{cmp.Or(place, "the answer"), kind}] = struct{}{}
}

func (c *comparer) value(v any, s *Shape, place string) {
	if v == nil || s.Type == Whatever {
		return
	}
	if !s.takes(v) {
		c.differs(place, OtherType)
		return
	}
	switch v := v.(type) {
	case map[string]any:
		if s.Type == Map {
			for _, entry := range v {
				c.value(entry, s.Entry, join(place, "*")) // keys can be anything
			}
			return
		}
		c.object(v, s, place)
	case []any:
		for _, entry := range v {
			if s.Entry != nil {
				c.value(entry, s.Entry, place+"[]")
			}
		}
	case string:
		if len(s.Values) > 0 && v != "" && !s.has(v) {
			c.differs(place, UnknownValue)
		}
	case json.Number:
		if len(s.Values) > 0 && !s.has(v.String()) {
			c.differs(place, UnknownValue)
		}
	}
}

// takes tells whether a value is of a kind that the shape can be.
func (s *Shape) takes(v any) bool {
	is := func(kind string) bool { return s.Type == kind || slices.Contains(s.kinds, kind) }
	switch v := v.(type) {
	case map[string]any:
		return is(Object) || is(Map)
	case []any:
		return is(List)
	case string:
		return is(String)
	case bool:
		return is(Boolean)
	case json.Number:
		if is(Float) {
			return true
		}
		f, err := v.Float64()
		return is(Integer) && err == nil && f == float64(int64(f))
	}
	return false
}

func (s *Shape) has(value string) bool {
	return slices.ContainsFunc(s.Values, func(known string) bool {
		return known == value || s.anyCase && strings.EqualFold(known, value)
	})
}

// maxUnknown members of an object are named; if it has more they are no
// members but keys, which can be anything.
const maxUnknown = 12

func (c *comparer) object(v map[string]any, s *Shape, place string) {
	var unknown []string
	for name, member := range v {
		if of := s.Members[name]; of != nil {
			c.value(member, of, join(place, name))
		} else {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > maxUnknown {
		unknown = []string{"*"}
	}
	for _, name := range unknown {
		c.differs(join(place, named(name)), UnknownMember)
	}
	for name, of := range s.Members {
		expected := of.certain() || of.Read && of.scalar() && c.outer(place)
		if of.optional || !expected {
			continue
		}
		at := join(place, name)
		n := c.members[at]
		if n == nil {
			n = &count{shape: of}
			c.members[at] = n
		}
		n.objects++
		if v[name] != nil {
			n.comes++
		}
	}
}

// memberName is what a name of a member looks like; anything else could be a
// value: an address, an id, text.
var memberName = regexp.MustCompile(`^[A-Za-z_]+([0-9]{1,4}[A-Za-z_]*){0,2}$`)

const maxName = 48

func named(name string) string {
	if name == "*" || len(name) <= maxName && memberName.MatchString(name) {
		return name
	}
	return "?"
}

// outer tells whether a place is that of the answer or of an entry of its
// list: what is nested deeper comes where there is something to tell.
func (c *comparer) outer(place string) bool {
	return place == "" || place == "[]" || place == c.items+"[]"
}

func join(place, member string) string {
	if place == "" {
		return member
	}
	return place + "." + member
}

// list compares the list of a page with its total and with what was asked for.
func (c *comparer) list(root map[string]any, a Answer) {
	page := a.Endpoint.Page
	total, counted := number(root[page.Total])
	items, isList := root[page.Items].([]any)
	if page.Total != "" && root[page.Total] == nil {
		c.differs(page.Total, MissingMember)
	}
	if !isList {
		if root[page.Items] == nil && (!counted || total != 0) && (page.Total != "" || !has(root, page.Items)) {
			c.differs(page.Items, MissingMember)
		}
		return
	}
	offset, _ := strconv.Atoi(a.Query.Get("offset"))
	limit, limited := strconv.Atoi(a.Query.Get("limit"))
	end := offset + len(items)
	switch {
	case limited == nil && len(items) > limit:
		c.differs(page.Items, PageSize)
	case !counted || page.Marker != "":
	case total < end && len(items) > 0, len(items) == 0 && total > offset:
		c.differs(page.Total, WrongTotal)
	case page.Size == 0 && total != len(items):
		c.differs(page.Total, WrongTotal)
	case limited == nil && page.Size > 0 && len(items) < limit && end < total:
		c.differs(page.Items, PageSize)
	}
	if field := a.Query.Get("sort_field"); field != "" {
		c.order(items, field, strings.EqualFold(a.Query.Get("sort_type"), "DESC"), page.Items+"[]."+named(field))
	}
}

func has(object map[string]any, name string) bool {
	_, present := object[name]
	return present
}

func number(v any) (int, bool) {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		return int(f), err == nil
	case string:
		n, err := strconv.Atoi(v)
		return n, err == nil
	}
	return 0, false
}

// order compares each entry with the one before it.
func (c *comparer) order(items []any, field string, descending bool, place string) {
	var before any
	for _, item := range items {
		entry, _ := item.(map[string]any)
		value := entry[field]
		if value == nil {
			continue
		}
		if way := compareValues(before, value); way > 0 && !descending || way < 0 && descending {
			c.differs(place, Order)
			return
		}
		before = value
	}
}

// compareValues is 0 for values that have no order.
func compareValues(a, b any) int {
	switch a := a.(type) {
	case json.Number:
		if b, ok := b.(json.Number); ok {
			x, _ := a.Float64()
			y, _ := b.Float64()
			return cmp.Compare(x, y)
		}
	case string:
		b, ok := b.(string)
		if !ok {
			return 0
		}
		var x, y apiclient.Time
		if x.UnmarshalJSON(quoted(a)) == nil && y.UnmarshalJSON(quoted(b)) == nil {
			return x.Time().Compare(y.Time())
		}
	}
	return 0
}

func quoted(s string) []byte {
	b, _ := json.Marshal(s) // a string always can be
	return b
}

func (c *comparer) outcome() Comparison {
	var out Comparison
	for place, n := range c.members {
		switch {
		case n.comes > 0:
			out.Present = append(out.Present, place)
		case n.shape.certain():
			c.differs(place, MissingMember)
		default:
			out.Absent = append(out.Absent, place)
		}
	}
	slices.Sort(out.Present)
	slices.Sort(out.Absent)
	out.Differences = slices.SortedFunc(maps.Keys(c.found), func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}
