// Package decode reads answers of the API: what several areas share.
package decode

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// List reads a list whose entries are nothing without an id, which
// the API calls member.
func List[T any](ctx context.Context, in area.Input, e apiclient.Endpoint, member string, id func(T) string) ([]T, error) {
	return ListOf(ctx, in, apiclient.Request{Endpoint: e}, member, id)
}

// ListOf is List with parameters.
func ListOf[T any](ctx context.Context, in area.Input, req apiclient.Request, member string, id func(T) string) ([]T, error) {
	list, err := apiclient.List(ctx, in.API, req, id)
	if err != nil {
		return nil, err
	}
	e := req.Endpoint
	for _, entry := range list {
		if id(entry) == "" {
			return nil, Malformed(e, "an entry of `%s` has no `%s`", e.Page.Items, member)
		}
	}
	return list, nil
}

// ObjectMissing tells whether a call failed because its one object is not there
// (any more), for which the service answers 404 or 400. Codes of the gateway
// are about the API as a whole.
func ObjectMissing(err error) bool {
	e, is := errors.AsType[*apiclient.Error](err)
	return is && (e.Kind == apiclient.NotFound || e.Kind == apiclient.Client) && !strings.HasPrefix(e.Code, "APIG")
}

// Malformed is the error of an answer that is not what the reference says.
func Malformed(e apiclient.Endpoint, format string, args ...any) error {
	return &apiclient.Error{Operation: e.Operation, Kind: apiclient.Malformed, Message: fmt.Sprintf(format, args...)}
}
