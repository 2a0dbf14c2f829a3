// Package decode reads answers of the API: what several areas share.
package decode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// smallShare is how many of n things may be odd: then they are skipped and the
// rest is served. With more of them it is the answer that is odd.
func smallShare(n int) int { return max(1, n/10) }

// List reads a list whose entries are nothing without an id, which the API
// calls member. Entries without one are skipped.
func List[T any](ctx context.Context, in area.Input, e apiclient.Endpoint, member string, id func(T) string) ([]T, error) {
	return ListOf(ctx, in, apiclient.Request{Endpoint: e}, member, id)
}

// ListOf is List with parameters.
func ListOf[T any](ctx context.Context, in area.Input, req apiclient.Request, member string, id func(T) string) ([]T, error) {
	list, err := apiclient.List(ctx, in.API, req, id)
	if err != nil {
		return nil, err
	}
	rows := req.Endpoint.Page.Items
	nameless := len(list.Items)
	list.Items = slices.DeleteFunc(list.Items, func(entry T) bool { return id(entry) == "" })
	nameless -= len(list.Items)
	in.Skip(nameless, rows+"[]."+member, "absent")
	return list.Items, judge(in, req.Endpoint, list, nameless, fmt.Sprintf("an entry of `%s` has no `%s`", rows, member))
}

// Entries reads a list whose entries have no id. key tells them apart where it
// can; it may be "".
func Entries[T any](ctx context.Context, in area.Input, req apiclient.Request, key func(T) string) ([]T, error) {
	return EntriesWhile(ctx, in, req, key, func(T) bool { return true })
}

// EntriesWith is Entries that also returns how many entries could not be read.
func EntriesWith[T any](ctx context.Context, in area.Input, req apiclient.Request, key func(T) string) ([]T, int, error) {
	list, err := apiclient.List(ctx, in.API, req, key)
	if err != nil {
		return nil, 0, err
	}
	return list.Items, list.Unreadable, judge(in, req.Endpoint, list, 0, "")
}

// EntriesWhile is Entries for the beginning of a sorted list: no page is read
// after that of an entry for which more is false.
func EntriesWhile[T any](ctx context.Context, in area.Input, req apiclient.Request, key func(T) string, more func(T) bool) ([]T, error) {
	list, err := apiclient.ListWhile(ctx, in.API, req, key, more)
	if err != nil {
		return nil, err
	}
	return list.Items, judge(in, req.Endpoint, list, 0, "")
}

// Records reads a list of records without an id, which may be alike to the
// letter: all are kept.
func Records[T any](ctx context.Context, in area.Input, req apiclient.Request) ([]T, error) {
	return RecordsWhile(ctx, in, req, func(T) bool { return true })
}

// RecordsWhile is Records for the beginning of a sorted list.
func RecordsWhile[T any](ctx context.Context, in area.Input, req apiclient.Request, more func(T) bool) ([]T, error) {
	list, err := apiclient.ListRecords(ctx, in.API, req, more)
	if err != nil {
		return nil, err
	}
	return list.Items, judge(in, req.Endpoint, list, 0, "")
}

// Nameless counts entries of a list that were skipped because they lack member,
// which names them. It is an error if that is more than a small share.
func Nameless(in area.Input, e apiclient.Endpoint, member string, nameless, rows int) error {
	if nameless > smallShare(rows) || nameless > 0 && nameless == rows {
		return Malformed(e, "an entry of `%s` has no `%s` (%d of %d)", e.Page.Items, member, nameless, rows)
	}
	in.Skip(nameless, e.Page.Items+"[]."+member, "absent")
	return nil
}

// Identified leaves out entries without an identifier if others have one, and
// says whether any has: such an entry would be taken for another one when it
// comes with its identifier. known tells that entries read before had one.
func Identified[T any](in area.Input, e apiclient.Endpoint, member string, list []T, known bool, id func(T) string) ([]T, bool, error) {
	if !known && !slices.ContainsFunc(list, func(entry T) bool { return id(entry) != "" }) {
		return list, false, nil
	}
	entries := make([]T, 0, len(list))
	for _, entry := range list {
		if id(entry) != "" {
			entries = append(entries, entry)
		}
	}
	odd := len(list) - len(entries)
	in.Skip(odd, e.Page.Items+"[]."+member, "absent")
	if odd > smallShare(len(list)) || odd > 0 && len(entries) == 0 {
		return nil, true, Malformed(e, "%d of %d entries of `%s` have no `%s`, which others have", odd, len(list), e.Page.Items, member)
	}
	return entries, true, nil
}

// judge counts what was skipped of a list. It is an error if that is more than
// a small share: why says what is wrong with the nameless ones.
func judge[T any](in area.Input, e apiclient.Endpoint, list apiclient.Listing[T], nameless int, why string) error {
	if in.Skips != nil {
		in.Skips.Join(list.Skips)
	}
	countAbsent(in, e.Page.Items+"[]", list.Items)
	odd := nameless + list.Unreadable
	if odd <= smallShare(list.Rows) && odd < max(list.Rows, 1) {
		return nil
	}
	if nameless == 0 {
		why = fmt.Sprintf("entries of `%s` are null or of another shape", e.Page.Items)
	}
	return Malformed(e, "%s (%d of %d)", why, odd, list.Rows)
}

// Get makes one call and reads its answer, an object, as a T. Members that are
// absent have no value, all of them if the object is empty; one that has only
// members that T has not is another answer.
func Get[T any](ctx context.Context, in area.Input, req apiclient.Request) (T, error) {
	var zero T
	members, err := Object(ctx, in, req)
	if err != nil {
		return zero, err
	}
	names := memberNames(reflect.TypeFor[T]())
	if len(members) > 0 && !slices.ContainsFunc(names, func(name string) bool { _, present := members[name]; return present }) {
		return zero, Malformed(req.Endpoint, "answer has none of the members %s", strings.Join(names, ", "))
	}
	result, skips := apiclient.FromObject[T](members)
	if in.Skips != nil {
		in.Skips.Join(skips)
	}
	countAbsent(in, req.Endpoint.Operation, []T{result})
	return result, nil
}

// Object makes one call whose answer is an object.
func Object(ctx context.Context, in area.Input, req apiclient.Request) (map[string]json.RawMessage, error) {
	members, _, err := apiclient.Get[map[string]json.RawMessage](ctx, in.API, req)
	return members, err
}

// countAbsent counts the members with the tag `sent:"always"` that entries do
// not have: without them a sum would be short and look small.
func countAbsent[T any](in area.Input, place string, entries []T) {
	t := reflect.TypeFor[T]()
	if in.Skips == nil || t.Kind() != reflect.Struct {
		return
	}
	for _, field := range reflect.VisibleFields(t) {
		if field.Tag.Get("sent") != "always" {
			continue
		}
		absent := 0
		for i := range entries {
			if reflect.ValueOf(&entries[i]).Elem().FieldByIndex(field.Index).IsZero() {
				absent++
			}
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		in.Skip(absent, place+"."+name, "absent")
	}
}

// memberNames are the names of the members of a struct in JSON.
func memberNames(t reflect.Type) []string {
	var names []string
	for field := range t.Fields() {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		} else if field.Anonymous {
			names = append(names, memberNames(field.Type)...)
		}
	}
	return names
}

// Malformed is the error of an answer that is not what the reference says.
func Malformed(e apiclient.Endpoint, format string, args ...any) error {
	return &apiclient.Error{Operation: e.Operation, Kind: apiclient.Malformed, Message: fmt.Sprintf(format, args...)}
}

// ObjectMissing tells whether a call failed because its one object is not there
// (any more), for which the service answers 404 or 400. Codes of the gateway
// are about the API as a whole.
func ObjectMissing(err error) bool {
	e, is := errors.AsType[*apiclient.Error](err)
	return is && (e.Kind == apiclient.NotFound || e.Kind == apiclient.Client) && !strings.HasPrefix(e.Code, "APIG")
}

// Each asks about one object after the other. An object that went away after it
// was listed, as gone tells by the error, is left out; one whose call fails is
// skipped, and the rest served. It is an error if that happens to more than a
// small share of them, if none is left, or if the failure is about more than
// the object.
func Each[O, T any](in area.Input, e apiclient.Endpoint, objects []O, gone func(error) bool, ask func(O) (T, error)) ([]T, error) {
	results := make([]T, 0, len(objects))
	var failed int
	var failure error
	for _, o := range objects {
		result, err := ask(o)
		if err == nil {
			results = append(results, result)
			continue
		}
		failure = err
		switch kind := apiclient.KindOf(err); {
		case gone(err):
			continue
		case kind == apiclient.Client || kind == apiclient.Server || kind == apiclient.Malformed || kind == apiclient.Timeout:
			failed++
			if failed > smallShare(len(objects)) {
				return nil, err
			}
		default:
			return nil, err
		}
	}
	if len(results) == 0 && failure != nil {
		return nil, failure
	}
	if failed > 0 {
		in.Skip(failed, e.Operation, "call failed: "+string(apiclient.KindOf(failure)))
	}
	return results, nil
}
