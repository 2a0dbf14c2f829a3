package capture

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// masker replaces what is personal or secret in everything that one capture
// writes. It sees all of it twice: first to learn what is to be replaced, so
// that nothing that is replaced in one place stays in another, then to do it.
type masker struct {
	decider
	*replacer
	// forced are values that would be kept, but hold one that is replaced.
	forced map[string]bool
	// kept are examples of what is kept, by member.
	kept map[string]map[string]bool
	// replaced counts replaced values by member.
	replaced map[string]int
	learning bool
}

func newMasker() *masker {
	known := words()
	return &masker{
		decider: decider{table: keepers(), known: known}, replacer: newReplacer(known),
		forced: map[string]bool{}, kept: map[string]map[string]bool{}, replaced: map[string]int{}, learning: true,
	}
}

// learned ends the learning: each value gets its replacement.
func (m *masker) learned() {
	// What is replaced because it holds a replaced value is one itself.
	for range 3 {
		before := len(m.forced)
		for _, values := range m.kept {
			for value := range values {
				if !m.forced[value] && !isNumeric(strings.TrimSpace(value)) && m.original.find(value) && !m.original.public(value) {
					m.forced[value] = true
				}
			}
		}
		for value := range m.forced {
			m.collect(value)
		}
		if len(m.forced) == before {
			break
		}
	}
	for _, values := range m.kept {
		maps.DeleteFunc(values, func(value string, _ bool) bool { return m.forced[value] })
	}
	m.assign()
	m.learning = false
}

// text is what stands for a string that is the value of a member.
func (m *masker) text(member, s string) string {
	what := m.decider.text(member, s)
	if what == keepIt && !m.forced[s] {
		if m.learning {
			m.keep(member, s)
		}
		return s
	}
	if m.learning {
		m.replaced[member]++
		m.collect(s)
		return s
	}
	return m.replace(s)
}

// number is what stands for a number.
func (m *masker) number(member, text string) string {
	if m.jsonNumber(member, text) == keepIt {
		return text
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
	if m.learning {
		m.replaced[member]++
		m.collect(digits)
		return text
	}
	return m.replace(digits)
}

// keep notes a value that is kept.
func (m *masker) keep(member, s string) {
	trimmed := strings.TrimSpace(s)
	if trimmed == "" || isBoolean(trimmed) || isNumeric(trimmed) || isTime(trimmed) {
		return
	}
	if m.kept[member] == nil {
		m.kept[member] = map[string]bool{}
	}
	m.kept[member][s] = true
}

// name is what stands for the name of a member: in some objects names are
// data, such as tags or the users of a pool.
func (m *masker) name(s string) string {
	if m.original.public(s) && !m.forced[s] {
		return s
	}
	if m.learning {
		m.replaced["(names of members)"]++
		m.collect(s)
		return s
	}
	return m.replace(s)
}

// json rewrites a JSON text that is or stands in the value of a member.
func (m *masker) json(member string, data []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var out bytes.Buffer
	if err := m.value(d, &out, member); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the JSON goes on after its end")
	}
	return out.Bytes(), nil
}

func (m *masker) value(d *json.Decoder, out *bytes.Buffer, member string) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return m.list(d, out, member)
		}
		return m.object(d, out)
	case string:
		writeText(out, m.text(member, token))
	case json.Number:
		out.WriteString(m.number(member, token.String()))
	case bool:
		fmt.Fprint(out, token)
	default:
		out.WriteString("null")
	}
	return nil
}

func (m *masker) list(d *json.Decoder, out *bytes.Buffer, member string) error {
	out.WriteByte('[')
	for first := true; d.More(); first = false {
		if !first {
			out.WriteString(", ")
		}
		if err := m.value(d, out, member); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	_, err := d.Token()
	return err
}

func (m *masker) object(d *json.Decoder, out *bytes.Buffer) error {
	out.WriteByte('{')
	for first := true; d.More(); first = false {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if !first {
			out.WriteString(", ")
		}
		member := fmt.Sprint(name)
		writeText(out, m.name(member))
		out.WriteString(": ")
		if err := m.value(d, out, member); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	_, err := d.Token()
	return err
}

func writeText(out *bytes.Buffer, s string) {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	out.Truncate(out.Len() - 1)
}

// query rewrites the query of a call. Its names are those of our own code.
func (m *masker) query(values url.Values) url.Values {
	masked := url.Values{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			masked.Add(name, m.parameter(name, value))
		}
	}
	return masked
}

// parameter is what stands for the value of a parameter.
func (m *masker) parameter(name, value string) string {
	switch name {
	case "limit", "offset":
		return value
	}
	return m.text(name, value)
}

// path rewrites the members of a path: ids, all of them.
func (m *masker) path(members map[string]string) map[string]string {
	if len(members) == 0 {
		return nil
	}
	masked := map[string]string{}
	for name, value := range members {
		masked[name] = m.text(name, value)
	}
	return masked
}

// option rewrites the value of an option, as JSON has it.
func (m *masker) option(name string, value any) any {
	switch value := value.(type) {
	case string:
		if isDuration(value) {
			return value
		}
		return m.text(name, value)
	case []string:
		masked := make([]string, len(value))
		for i, v := range value {
			masked[i] = m.text(name, v)
		}
		return masked
	default:
		return value
	}
}
