package apiclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Skips counts what of an answer could not be read and was left out: whole
// entries of lists, and single members.
type Skips struct {
	Count int
	// Example is the place of the first one, such as `pools[].product`, and
	// what is wrong with it. It holds no value of the answer.
	Example string
}

// Add counts n more at a place.
func (s *Skips) Add(n int, place, problem string) {
	if n > 0 && s.Count == 0 {
		s.Example = place + ": " + problem
	}
	s.Count += n
}

// Join counts what others has as well.
func (s *Skips) Join(other Skips) {
	if s.Count == 0 {
		s.Example = other.Example
	}
	s.Count += other.Count
}

// decodeLenient decodes data into v, a pointer. A member that has another
// shape than v expects is left out and counted; place is where data stands.
// The error is that of data as a whole: another kind of JSON than v expects.
func decodeLenient(data []byte, v any, place string, skips *Skips) error {
	if err := json.Unmarshal(data, v); err == nil {
		return nil // nearly always
	}
	if !json.Valid(data) {
		return errors.New("no JSON")
	}
	target := reflect.ValueOf(v).Elem()
	target.SetZero()
	return lenient(data, target, place, skips)
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// lenient decodes valid JSON into target, descending where it does not fit.
func lenient(data []byte, target reflect.Value, place string, skips *Skips) error {
	err := json.Unmarshal(data, target.Addr().Interface())
	if err == nil {
		return nil
	}
	target.SetZero()
	if target.Addr().Type().Implements(unmarshaler) {
		return err
	}
	switch target.Kind() {
	case reflect.Pointer:
		pointee := reflect.New(target.Type().Elem())
		if err := lenient(data, pointee.Elem(), place, skips); err != nil {
			return err
		}
		target.Set(pointee)
		return nil
	case reflect.Struct:
		var members map[string]json.RawMessage
		if json.Unmarshal(data, &members) != nil {
			return fmt.Errorf("want an object, have %s", excerpt(data))
		}
		lenientMembers(members, target, place, skips)
		return nil
	case reflect.Slice:
		var entries []json.RawMessage
		if json.Unmarshal(data, &entries) != nil {
			return fmt.Errorf("want a list, have %s", excerpt(data))
		}
		for _, entry := range entries {
			item := reflect.New(target.Type().Elem()).Elem()
			if err := lenient(entry, item, place+"[]", skips); err != nil {
				if item.Kind() != reflect.Pointer {
					skips.Add(1, place+"[]", "unexpected shape")
					continue
				}
				item.SetZero() // whoever counts the rows finds it as null is
			}
			target.Set(reflect.Append(target, item))
		}
		return nil
	default:
		return err
	}
}

func lenientMembers(members map[string]json.RawMessage, target reflect.Value, place string, skips *Skips) {
	for i := range target.NumField() {
		field := target.Type().Field(i)
		if field.Anonymous && field.Tag.Get("json") == "" && field.Type.Kind() == reflect.Struct {
			lenientMembers(members, target.Field(i), place, skips)
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		data, present := members[name]
		if !present || name == "" || !target.Field(i).CanSet() || bytes.Equal(data, []byte("null")) {
			continue
		}
		if err := lenient(data, target.Field(i), joinPlace(place, name), skips); err != nil {
			target.Field(i).SetZero()
			skips.Add(1, joinPlace(place, name), "unexpected shape")
		}
	}
}

func joinPlace(place, member string) string {
	if place == "" {
		return member
	}
	return place + "." + member
}

// FromObject reads the members of an object as a T, a struct. A member of
// another shape is left out and counted.
func FromObject[T any](members map[string]json.RawMessage) (T, Skips) {
	var result T
	var skips Skips
	lenientMembers(members, reflect.ValueOf(&result).Elem(), "", &skips)
	return result, skips
}

// FromArray reads a bare array. Entries and members of another shape are left
// out and counted.
func FromArray[T any](body []byte) ([]T, Skips, error) {
	var rows []T
	var skips Skips
	err := decodeLenient(body, &rows, "", &skips)
	return rows, skips, err
}
