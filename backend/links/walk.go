// SPDX-License-Identifier: Apache-2.0

package links

import (
	"context"
	"errors"
	"fmt"
	"io"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// walk adds the calls of the traces of a walk through w, and closes it.
func (s *sum) walk(ctx context.Context, walk store.Walk, w trace.Window, p *patient) error {
	defer walk.Close()
	for {
		var some []ptrace.Traces
		var tooLarge int
		err := p.try(ctx, func() (err error) {
			some, tooLarge, err = walk.Next(ctx)
			return err
		})
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("walk through traces: %w", err)
		}
		s.rest.Traces += len(some) + tooLarge
		s.rest.TooLarge += tooLarge
		for _, td := range some {
			for _, l := range calls(td, w) {
				s.add(l)
			}
		}
	}
}
