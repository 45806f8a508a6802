// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Archiving is a Store with another one for traces that were archived, as Jaeger has
// it. It also implements store.Archiver. Search does not look into the archive.
type Archiving struct {
	*Store
	archive *Store
}

// WithArchive returns s with an archive, both of which Close closes.
func WithArchive(s, archive *Store) *Archiving { return &Archiving{s, archive} }

// Archive implements store.Archiver.
func (a *Archiving) Archive(ctx context.Context, td ptrace.Traces) error {
	return a.archive.Write(ctx, td)
}

// Trace implements store.Store. A trace that is not there, or no more, is that of the
// archive.
func (a *Archiving) Trace(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error) {
	td, err := a.Store.Trace(ctx, id, w)
	if errors.Is(err, store.ErrNotFound) {
		return a.archive.Trace(ctx, id, w)
	}
	return td, err
}

// Ready is that of both.
func (a *Archiving) Ready() error { return errors.Join(a.Store.Ready(), a.archive.Ready()) }

// Close implements store.Store.
func (a *Archiving) Close() error { return errors.Join(a.Store.Close(), a.archive.Close()) }
