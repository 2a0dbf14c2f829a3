package capture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Free tells whether a folder can be written: it is not there, or empty.
func Free(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("--output %s: %w: choose a folder that is not there yet", dir, err)
	case len(entries) > 0:
		return fmt.Errorf("--output %s is not empty: choose another folder, nothing is overwritten", dir)
	}
	return nil
}

// Write writes the folder, searches it for what was replaced, and only then
// gives it its name. If anything goes wrong nothing is left.
func (c *Capture) Write(ctx context.Context, dir string) error {
	return c.write(ctx, dir, func(name string, data []byte) error { return os.WriteFile(name, data, 0o600) })
}

func (c *Capture) write(ctx context.Context, dir string, writeFile func(name string, data []byte) error) (err error) {
	if err := Free(dir); err != nil {
		return err
	}
	dir = filepath.Clean(dir)
	temporary, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".*")
	if err != nil {
		return fmt.Errorf("--output %s: %w: choose a folder where you may write", dir, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(temporary))
		}
	}()
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		if ctx.Err() != nil {
			return fmt.Errorf("the capture was given up, nothing is written: %w", context.Cause(ctx))
		}
		file := filepath.Join(temporary, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return fmt.Errorf("--output %s: %w: nothing is left of the capture", dir, err)
		}
		if err := writeFile(file, c.files[name]); err != nil {
			return fmt.Errorf("--output %s: %w: nothing is left of the capture", dir, err)
		}
	}
	if err := c.scan(temporary); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("the capture was given up, nothing is written: %w", context.Cause(ctx))
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty one
		return fmt.Errorf("--output %s: %w: nothing is left of the capture", dir, err)
	}
	if err := os.Rename(temporary, dir); err != nil {
		return fmt.Errorf("--output %s: %w: nothing is left of the capture", dir, err)
	}
	return nil
}

var labelValue = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*)=("(?:[^"\\]|\\.)*")`)

// scan reads the written files for the values that were replaced.
func (c *Capture) scan(dir string) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(name) //nolint:gosec // a folder that this process has just made for itself
		if err != nil {
			return err
		}
		relative, _ := filepath.Rel(dir, name) // both are below dir
		leak := func(member string) error {
			return fmt.Errorf("%s: member %q holds a value that was to be replaced: nothing is written, please report the name of the member", relative, member)
		}
		if strings.HasSuffix(name, ".prom") {
			for _, m := range labelValue.FindAllSubmatch(content, -1) {
				value, err := strconv.Unquote(string(m[2]))
				if err != nil || c.mask.original.find(value) && !c.mask.original.public(value) {
					return leak(string(m[1]))
				}
			}
			return nil
		}
		if strings.HasSuffix(name, ".yml") {
			if c.mask.original.find(string(content)) {
				return leak("one of the options")
			}
			return nil
		}
		var document any
		if err := json.Unmarshal(content, &document); err != nil {
			return fmt.Errorf("%s: %w", relative, err)
		}
		if member := c.leak("", document); member != "" {
			return leak(member)
		}
		return nil
	})
}

// leak names the member whose value holds what was replaced, "" if none does.
func (c *Capture) leak(member string, value any) string {
	found := func(text string) bool {
		return c.mask.original.find(text) && !c.mask.original.public(text)
	}
	switch value := value.(type) {
	case string:
		if query, err := url.ParseQuery(value); member == "query" && err == nil {
			for name, values := range query {
				if slices.ContainsFunc(values, found) {
					return name
				}
			}
			return ""
		}
		if found(value) {
			return member
		}
	case map[string]any:
		for name, v := range value {
			if found(name) {
				return "(a name in " + member + ")"
			}
			if inner := c.leak(name, v); inner != "" {
				return inner
			}
		}
	case []any:
		for _, v := range value {
			if inner := c.leak(member, v); inner != "" {
				return inner
			}
		}
	case float64:
		if text := strconv.FormatFloat(value, 'f', -1, 64); c.mask.original.whole[text] && !isUnixTime(value) {
			return member
		}
	}
	return ""
}
