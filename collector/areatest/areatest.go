// Package areatest tests areas by recorded answers, and by what every area has
// to withstand.
package areatest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"pgregory.net/rapid"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	recordings "github.com/workspace-exporter/workspace_exporter/collector/recording"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// recording is a file of testdata: what the API answered in some polls.
type recording struct{ recordings.Recording }

// captures are the folders that the command capture has written and somebody
// laid here, seen from the package of a group.
const captures = "../testdata/captures"

// replay answers from a recorded poll, each call once, and knows no other call.
func replay(t *testing.T, poll recordings.Poll) recordings.Replay {
	return recordings.Replay{Poll: poll, Unexpected: func(call string) { t.Errorf("unexpected call %s", call) }}
}

// Contract holds every area to what all have to withstand.
func Contract(t *testing.T, areas []area.Collector) {
	t.Helper()
	t.Parallel()
	for name, test := range map[string]func(*testing.T, []area.Collector){
		"recordings are complete": complete, "nonsense": nonsense, "failed calls": failedCalls,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, areas)
		})
	}
}

// Recordings polls every area with every recording of
// testdata/<area>/*.json, and of captures, and compares the exposition with the
// golden file beside it.
func Recordings(t *testing.T, areas []area.Collector) {
	t.Helper()
	t.Parallel()
	for _, c := range areas {
		t.Run(c.Spec().Name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join("testdata", c.Spec().Name)
			files, err := filepath.Glob(filepath.Join(dir, "*.json"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no recordings in %s (%v)", dir, err)
			}
			for _, file := range files {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
					t.Parallel()
					testRecording(t, c, file)
				})
			}
			captured, err := filepath.Glob(filepath.Join(captures, "*", c.Spec().Name, "*.json"))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range captured {
				name := filepath.Base(filepath.Dir(filepath.Dir(file))) + "/" + strings.TrimSuffix(filepath.Base(file), ".json")
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					testRecording(t, c, file)
				})
			}
		})
	}
}

func testRecording(t *testing.T, c area.Collector, file string) {
	t.Helper()
	rec := readRecording(t, file)
	in := Input(t, c, nil)
	rec.prepare(t, c, &in)
	var (
		result any
		err    error
	)
	for _, poll := range rec.Polls {
		if err != nil {
			t.Fatal(err)
		}
		in.Now, in.API, in.Skips = poll.Now, replay(t, poll), &apiclient.Skips{}
		if rec.Probe {
			err = c.Probe(t.Context(), in)
			continue
		}
		result, err = c.Poll(t.Context(), in, result)
	}
	if rec.Skipped != nil && in.Skips.Count != *rec.Skipped {
		t.Errorf("%d entries and members are skipped (%s), want %d", in.Skips.Count, in.Skips.Example, *rec.Skipped)
	}
	if rec.Error != "" {
		if apiclient.KindOf(err) != apiclient.Malformed || !strings.Contains(err.Error(), rec.Error) {
			t.Fatalf("error is %v (%s), want a malformed answer with %q", err, apiclient.KindOf(err), rec.Error)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, poll := range rec.Polls {
		for _, call := range poll.Calls {
			if !call.Called {
				t.Errorf("call was not made: %s?%s", call.Operation, call.Query)
			}
		}
	}
	if rec.Probe {
		return
	}
	text := Exposition(t, c, result)
	golden(t, strings.TrimSuffix(file, ".json")+".prom", text)
	if again := Exposition(t, c, Restored(t, result)); again != text {
		t.Errorf("after a way through JSON the families differ:\n%s\nwant:\n%s", again, text)
	}
}

func readRecording(t rapid.TB, file string) recording {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rec recording
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&rec); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return rec
}

// complete holds every area to a file of its name, and core areas to
// recordings of the cases that matter.
func complete(t *testing.T, areas []area.Collector) {
	t.Helper()
	for _, c := range areas {
		if _, err := os.Stat(c.Spec().Name + ".go"); err != nil {
			t.Errorf("area %s does not stand in a file of its name: %v", c.Spec().Name, err)
		}
		if !c.Spec().Core {
			continue
		}
		for _, name := range []string{"normal", "nulls", "strings", "unknown", "zero", "wrong"} {
			if _, err := os.Stat(filepath.Join("testdata", c.Spec().Name, name+".json")); errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s lacks the recording %s.json", c.Spec().Name, name)
			}
		}
	}
}

// nonsense gives every area answers that are JSON but none of its own:
// they must not pass for an empty project.
func nonsense(t *testing.T, areas []area.Collector) {
	t.Helper()
	for _, c := range areas {
		for _, body := range []string{
			`null`, `[]`, `{}`, `0`, `""`, `true`, `"total_count"`, `[{}]`, `{"status":"ok"}`, `{"data":{"total_count":0}}`,
			`{"error":{"code":500,"message":"internal"}}`, ``, `<html></html>`, `{"total_num":`,
		} {
			in := Input(t, c, AnswerAll(body))
			readRecording(t, filepath.Join("testdata", c.Spec().Name, "normal.json")).prepare(t, c, &in)
			in.Skips = &apiclient.Skips{}
			result, err := c.Poll(t.Context(), in, nil)
			if err == nil && body == "{}" && in.Skips.Count > 0 && len(Samples(t, c, result)) == 0 {
				continue // nothing was told, and that is counted
			}
			if kind := apiclient.KindOf(err); kind != apiclient.Malformed {
				t.Errorf("%s: %s gave %v, error %v", c.Spec().Name, body, result, err)
			}
		}
	}
}

// failedCalls fails the calls of a first poll from each one on: the poll fails
// with the call's error and gives nothing. Where the calls that fail are about
// one object of several, it may go on without that: what is skipped is counted,
// and the rest is there as it would be.
func failedCalls(t *testing.T, areas []area.Collector) {
	t.Helper()
	for _, c := range areas {
		file := filepath.Join("testdata", c.Spec().Name, "normal.json")
		whole := firstPoll(t, c, readRecording(t, file))
		for good := range readRecording(t, file).Polls[0].Calls {
			rec := readRecording(t, file)
			poll, calls, failed := replay(t, rec.Polls[0]), 0, 0
			in := Input(t, c, CallFunc(func(ctx context.Context, req apiclient.Request) ([]byte, error) {
				if calls++; calls > good {
					failed++
					return nil, &apiclient.Error{Operation: req.Endpoint.Operation, Kind: apiclient.Server, Status: 500}
				}
				return poll.Call(ctx, req)
			}))
			in.Now, in.Skips = poll.Now, &apiclient.Skips{}
			rec.prepare(t, c, &in)
			result, err := c.Poll(t.Context(), in, nil)
			if err != nil {
				if apiclient.KindOf(err) != apiclient.Server || result != nil {
					t.Errorf("%s: call %d failed, the poll gave %v, %v", c.Spec().Name, good+1, result, err)
				}
				continue
			}
			rest := Samples(t, c, result)
			if failed == 0 || in.Skips.Count < failed || len(rest) == 0 {
				t.Errorf("%s: call %d failed, the poll gave %v with %d skipped of %d", c.Spec().Name, good+1, rest, in.Skips.Count, failed)
			}
			same := 0
			for series, v := range rest {
				w, there := whole[series]
				if !there {
					t.Errorf("%s: call %d failed, the poll gave %s besides what it has", c.Spec().Name, good+1, series)
				}
				if v == w {
					same++
				}
			}
			if same == 0 {
				t.Errorf("%s: call %d failed, of %v nothing is as it would be", c.Spec().Name, good+1, rest)
			}
		}
	}
}

// firstPoll is what the first poll of a recording gives.
func firstPoll(t *testing.T, c area.Collector, rec recording) map[string]string {
	t.Helper()
	rec.Polls = rec.Polls[:1]
	return samplesOf(t, c, rec, nil)
}

// FuzzAnswer decodes any answer as that of any area: nothing panics, nothing
// but a JSON object is taken, and what is taken makes valid families, also
// after a way through JSON.
func FuzzAnswer(f *testing.F, areas []area.Collector) {
	f.Helper()
	for i, c := range areas {
		files, err := filepath.Glob(filepath.Join("testdata", c.Spec().Name, "*.json"))
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			for _, poll := range readRecording(f, file).Polls {
				for _, call := range poll.Calls {
					f.Add(uint8(i), []byte(call.Answer))
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, area uint8, body []byte) {
		c := areas[int(area)%len(areas)]
		calls := 0
		in := Input(t, c, CallFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
			if calls++; calls > 20 {
				return nil, &apiclient.Error{Operation: req.Endpoint.Operation, Kind: apiclient.Server}
			}
			return body, nil
		}))
		readRecording(t, filepath.Join("testdata", c.Spec().Name, "normal.json")).prepare(t, c, &in)
		for _, o := range c.Spec().Options {
			if _, is := o.Default.(bool); is {
				in.Options[o.Name] = true
			}
		}
		result, err := c.Poll(t.Context(), in, nil)
		if err != nil {
			return
		}
		// What is no JSON at all does not get as far as here.
		if json.Valid(body) && bytes.TrimSpace(body)[0] != '{' {
			t.Fatalf("%s took %q", c.Spec().Name, body)
		}
		text := Exposition(t, c, result)
		if again := Exposition(t, c, Restored(t, result)); again != text {
			t.Fatalf("after a way through JSON the families differ:\n%s\nwant:\n%s", again, text)
		}
		// A second poll builds on the first.
		calls = 0
		in.Now = in.Now.Add(time.Hour)
		if result, err = c.Poll(t.Context(), in, result); err == nil {
			Exposition(t, c, result)
		}
	})
}

// CallFunc is a Caller.
type CallFunc func(context.Context, apiclient.Request) ([]byte, error)

// Call implements apiclient.Caller.
func (f CallFunc) Call(ctx context.Context, req apiclient.Request) ([]byte, error) {
	return f(ctx, req)
}

// AnswerAll answers every call with one body.
func AnswerAll(body string) apiclient.Caller {
	return CallFunc(func(context.Context, apiclient.Request) ([]byte, error) { return []byte(body), nil })
}

// Input is what a poll of c is given, with the default of every option.
func Input(t rapid.TB, c area.Collector, api apiclient.Caller) area.Input {
	t.Helper()
	in := area.Input{
		API:      api,
		Options:  area.Options{},
		UserName: func(name string) string { return "user:" + name },
		Peer:     func(string) area.Shared { return nil },
		Now:      time.Date(2026, 1, 2, 9, 30, 20, 0, time.UTC),
		Log:      slog.New(slog.DiscardHandler),
	}
	for _, o := range c.Spec().Options {
		in.Options[o.Name] = o.Default
	}
	return in
}

// prepare sets the options and peers of a recording.
func (r recording) prepare(t rapid.TB, c area.Collector, in *area.Input) {
	t.Helper()
	for name, value := range r.Options {
		if err := recordings.SetOption(c.Spec(), in.Options, name, value); err != nil {
			t.Fatal(err)
		}
	}
	in.Peer = r.Peers.Lookup
}

// Families builds the families of a result by name.
func Families(t rapid.TB, c area.Collector, result any) []*dto.MetricFamily {
	t.Helper()
	all, err := recordings.Families(c, result)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Exposition renders a result in Prometheus text format.
func Exposition(t rapid.TB, c area.Collector, result any) string {
	t.Helper()
	text, err := recordings.Exposition(c, result)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Samples renders a result as a map from series to value, buckets left out.
func Samples(t rapid.TB, c area.Collector, result any) map[string]string {
	t.Helper()
	found := map[string]string{}
	for line := range strings.Lines(Exposition(t, c, result)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), area.Prefix)
		if strings.HasPrefix(line, "#") || strings.Contains(line, "_bucket{") {
			continue
		}
		i := strings.LastIndexByte(line, ' ')
		found[line[:i]] = line[i+1:]
	}
	return found
}

// WantSamples compares the samples whose series begin with a prefix.
func WantSamples(t rapid.TB, got map[string]string, prefix string, want map[string]string) {
	t.Helper()
	part := map[string]string{}
	for series, v := range got {
		if strings.HasPrefix(series, prefix) {
			part[series] = v
		}
	}
	if !maps.Equal(part, want) {
		t.Errorf("samples are %v, want %v", part, want)
	}
}

// Restored returns result after a way through JSON, as a restart will take it.
func Restored(t rapid.TB, result any) any {
	t.Helper()
	data, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	again := reflect.New(reflect.TypeOf(result))
	if err := json.Unmarshal(data, again.Interface()); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return again.Elem().Interface()
}

func golden(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run the tests with -update to write it", err)
	}
	if text != string(want) {
		t.Errorf("exposition differs from %s:\n%s\nwant:\n%s", file, text, want)
	}
}

// Seconds draws a number of seconds.
func Seconds(t *rapid.T, least, most int, label string) time.Duration {
	return time.Duration(rapid.IntRange(least, most).Draw(t, label)) * time.Second
}

// Noon is when most of these tests begin.
var Noon = time.Date(2026, 1, 2, 12, 0, 20, 0, time.UTC)
