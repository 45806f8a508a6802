// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"
	"net/http"

	"github.com/go-spur/spur/backend/trace"
)

// inTurn calls f, which may take much memory and time, when not too many are
// under way. The context of f ends after maxSearchTime; the error says so then.
func (s *server) inTurn(ctx context.Context, f func(context.Context) error) error {
	if err := s.searching.Acquire(ctx, 1); err != nil {
		return err
	}
	defer s.searching.Release(1)
	limited, cancel := context.WithTimeout(ctx, maxSearchTime)
	defer cancel()
	err := f(limited)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		return errorf(http.StatusGatewayTimeout, "the answer took longer than %v: ask for less", maxSearchTime)
	}
	return err
}

// links is the store's Links, in turn.
func (s *server) links(ctx context.Context, w trace.Window) (list []trace.Link, err error) {
	err = s.inTurn(ctx, func(ctx context.Context) error {
		list, err = s.Store.Links(ctx, w)
		return err
	})
	return list, err
}

// series is the store's RED, in turn.
func (s *server) series(ctx context.Context, q trace.REDQuery) (list []trace.REDSeries, err error) {
	err = s.inTurn(ctx, func(ctx context.Context) error {
		list, err = s.Store.RED(ctx, q)
		return err
	})
	return list, err
}
