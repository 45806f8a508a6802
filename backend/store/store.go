// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// What engines return, wrapped. Something an engine cannot do at all is
// errors.ErrUnsupported, never an empty answer.
var (
	ErrNotFound = errors.New("trace not found")
	// ErrCursor is for a cursor that no page of the same query ended with.
	ErrCursor = errors.New("invalid cursor")
	// ErrFull says that nothing more can be written, for want of disk.
	ErrFull   = errors.New("store is full")
	ErrClosed = errors.New("store is closed")
	// ErrTooMuch says that an answer would be too large: ask for less.
	ErrTooMuch = errors.New("the answer would be too large")
	// ErrUnavailable says that the engine's server is away or overloaded. The same can
	// be done later, however long that takes.
	ErrUnavailable = errors.New("store is not available")
)

// Store keeps spans and finds traces. All methods may be called from any
// goroutine; they return soon after ctx is done, with its error.
type Store interface {
	// Write stores the spans of td, which it neither changes nor keeps. When it
	// returns nil they survive the end of the process, where the engine keeps
	// anything at all. A span that is stored already, equal in every byte, is
	// not stored twice.
	Write(ctx context.Context, td ptrace.Traces) error

	// Trace returns the spans of a trace that start within w. The caller owns
	// the result. It is ErrNotFound when there are none.
	Trace(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error)

	// Search returns a page of the traces that q finds. A trace that was there
	// before the first page and does not change is on exactly one page, whatever
	// is written meanwhile.
	Search(ctx context.Context, q trace.Query) (trace.Page, error)

	// Arrivals returns summaries of the traces that q finds among those written
	// to since the cursor, in the order of their last write: at most q.Limit,
	// q.Cursor is the cursor and Page.Cursor the next one, never empty. An empty
	// cursor returns no trace and the cursor of now. Order and Total are not
	// used. Page.CutAt is not zero when the cursor is too old for all to be
	// known; the answer goes on with what is.
	Arrivals(ctx context.Context, q trace.Query) (trace.Page, error)

	// Services returns the names of all services, sorted, without "".
	Services(ctx context.Context) ([]string, error)

	// Operations returns a service's, sorted by name and kind.
	Operations(ctx context.Context, service string) ([]trace.Operation, error)

	// Keys returns up to limit tag keys that begin with prefix, sorted.
	Keys(ctx context.Context, prefix string, limit int) ([]string, error)

	// Values returns up to limit values of a key that begin with prefix, sorted,
	// as far as the engine keeps a dictionary of that key.
	Values(ctx context.Context, key, prefix string, limit int) ([]string, error)

	// Links returns who called whom, sorted by parent and child. A call is a span
	// that starts within w and whose parent is of another service.
	Links(ctx context.Context, w trace.Window) ([]trace.Link, error)

	// RED returns rates, errors and durations, sorted by service and operation.
	// Steps begin at multiples of q.Step since 1970. The error wraps ErrTooMuch
	// when there would be more than MaxPoints points.
	RED(ctx context.Context, q trace.REDQuery) ([]trace.REDSeries, error)

	// Status says what is stored.
	Status(ctx context.Context) (Status, error)

	// Caps says what the engine does not do.
	Caps() Caps

	// Close waits for calls that are under way, makes the store durable and
	// releases it. Later calls return ErrClosed.
	Close() error
}

// Caps are what an engine cannot do; the zero value does everything. Methods that
// would do it return errors.ErrUnsupported.
type Caps struct {
	Volatile  bool // nothing survives the process
	WriteOnly bool // nothing can be read

	Shared      bool // other processes write to it, too, and the engine's server removes what is old
	Uncounted   bool // Status does not know how many spans and traces there are
	NoArrivals  bool // the order in which spans were written is not known: Arrivals
	NoKeys      bool // there is no list of keys and values: Keys, Values
	NoRates     bool // RED
	StoredLinks bool // Links returns what LinkWriter was given, and nothing of other spans
}

// Status is what a store holds.
type Status struct {
	Engine   string // "memory", "sqlite"
	Path     string // of what lies on disk, or ""
	Spans    int64
	Traces   int64
	Bytes    int64         // in memory or on disk
	MaxBytes int64         // at which the oldest is removed
	MaxAge   time.Duration // the same, of spans that are not archived; 0 when no age removes them
	Oldest   time.Time     // start of the oldest span that is not archived; zero when there is none
	Evicted  int64         // spans removed by retention since the store was opened
}

// EncodedWriter is an engine that takes spans as they came over the network: Write
// of what trace.Decode makes of them, which must be possible. No message in them
// has a field twice that OTLP has once, or a field that OTLP has not. It does not
// keep them, either. A span that is stored in another encoding counts as another one,
// but what Trace then returns can be archived, and is not stored twice.
type EncodedWriter interface {
	WriteEncoded(ctx context.Context, spans []trace.Encoded) error
}

// Batcher is an engine that wants to be given so many spans at a time, or fewer when
// the first of them has waited for delay.
type Batcher interface {
	Batch() (spans int, delay time.Duration)
}

// Prober is an engine that talks to servers, and knows whether they answer.
type Prober interface {
	// Ready returns nil, or why nothing can be stored now. It does not block.
	Ready() error
}

// ReadProber is a Prober that may be able to store what cannot be found.
type ReadProber interface {
	Prober
	// ReadyToRead returns nil, or why not everything can be found now. It does not block.
	ReadyToRead() error
}

// Archiver keeps traces that retention does not remove: those that someone
// archived, and those that were imported. Trace and Search find them like the
// others.
type Archiver interface {
	Archive(ctx context.Context, td ptrace.Traces) error
}

// LinkWriter is an engine whose Links are written by a job: see package links.
type LinkWriter interface {
	// WriteLinks replaces the links of the day that begins at day, in UTC.
	WriteLinks(ctx context.Context, day time.Time, links []trace.Link) error
}

// Purger forgets everything.
type Purger interface {
	Purge(ctx context.Context) error
}
