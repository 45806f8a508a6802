// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/transport"
)

// derefError is an error whose nil pointer cannot say what it is.
type derefError struct{ text string }

func (e *derefError) Error() string { return e.text }

// callError is an error that calls back.
type callError struct{ call func() }

func (e callError) Error() string { e.call(); return "called" }

// asError is an error whose As panics.
type asError struct{}

func (asError) Error() string { return "as" }
func (asError) As(any) bool   { panic("as") }

// What a transport returns is foreign code: it used to run on the sender's goroutine
// with the books locked and no recover, which ended the process or all of Stats.
func TestForeignErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		err  func(r *Batching) error
		want columns
		text string
	}{
		{"typed nil inside", func(*Batching) error {
			return &transport.Error{Kind: transport.Refused, Err: (*derefError)(nil)}
		}, columns{Dropped: dropped(Rejected, 5)}, "transport: refused, and the error's text cannot be read: panic: runtime error"},
		{"typed nil", func(*Batching) error { return (*derefError)(nil) }, columns{Dropped: dropped(SendError, 5)}, "cannot be read"},
		{"calls Stats", func(r *Batching) error {
			return &transport.Error{Kind: transport.Unconfirmed, Err: callError{func() { r.Stats() }}}
		}, columns{Unconfirmed: 5}, "transport: unconfirmed: called"},
		{"As panics", func(*Batching) error { return asError{} }, columns{Dropped: dropped(SendError, 5)}, "Send: panic: as"},
		{"a panic with such an error", func(*Batching) error { panic((*derefError)(nil)) }, columns{Dropped: dropped(SendError, 5)}, "Send: panic: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFake(65000)
			r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, NoRetry: true})
			f.on = func(context.Context, []byte) error { return tc.err(r) }
			for i := range uint64(5) {
				r.Report(rootSpan(i + 1))
			}
			mustFlush(t, r)
			expectColumns(t, r, tc.want)
			if d := stats(r); !strings.Contains(d.LastError, tc.text) {
				t.Errorf("LastError %q, want %q", d.LastError, tc.text)
			}
			mustClose(t, r)
		})
	}
}

func TestForeignErrorOfConfirm(t *testing.T) {
	d := &confirming{fake: newFake(65000)}
	r := newBatching(t, d, BatchingOptions{FlushInterval: never, Shards: 1, NoRetry: true})
	d.confirm = func() error {
		return &transport.Error{PreviousLost: true, Err: errors.Join(callError{func() { r.Stats() }}, (*derefError)(nil))}
	}
	r.Report(rootSpan(1))
	mustFlush(t, r)
	expectColumns(t, r, columns{Dropped: dropped(SendError, 1)})
	mustClose(t, r)
}

// odd is a fake whose other methods are set by the test.
type odd struct {
	*fake
	address  func() string
	maxBatch func() int
}

func (o *odd) Address() string { return o.address() }
func (o *odd) MaxBatch() int   { return o.maxBatch() }

func TestForeignMethodsPanic(t *testing.T) {
	calls := 0
	o := &odd{fake: newFake(65000), address: func() string { panic("address") }, maxBatch: func() int {
		if calls++; calls > 1 {
			panic("max")
		}
		return 2000
	}}
	o.on = func(_ context.Context, b []byte) error {
		if len(b) > 2000 {
			t.Errorf("%d bytes sent", len(b))
		}
		return &transport.Error{Kind: transport.Permanent} // so that a line is logged
	}
	r := newBatching(t, o, BatchingOptions{FlushInterval: never, Shards: 1, NoPacing: true})
	for i := range uint64(200) {
		r.Report(rootSpan(i + 1))
	}
	mustFlush(t, r)
	expectColumns(t, r, columns{Dropped: dropped(SendError, 200)})
	if d := stats(r); !strings.Contains(d.Address, "Address: panic: address") {
		t.Errorf("Address %q", d.Address)
	}
	mustClose(t, r)
}

func (*noFormat) Format() transport.Format { panic("format") }

type noFormat struct{ transport.Transport }

func TestForeignFormatPanics(t *testing.T) {
	for want, tr := range map[string]transport.Transport{"Format: panic: format": &noFormat{}, "nil pointer": (*transport.UDP)(nil)} {
		r, err := NewBatching(tr, BatchingOptions{})
		if r != nil || !errors.Is(err, ErrOption) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, %v; want an ErrOption that names %q", r, err, want)
		}
	}
}

// A nil context is context.Background.
func TestBatchingNilContext(t *testing.T) {
	var none context.Context
	r := newBatching(t, newFake(65000), BatchingOptions{FlushInterval: never})
	r.Report(rootSpan(1))
	if err := r.Flush(none); err != nil {
		t.Error(err)
	}
	r.Report(rootSpan(2))
	if err := r.Close(none); err != nil {
		t.Error(err)
	}
	if err := r.Close(none); err != nil {
		t.Error(err)
	}
	expectColumns(t, r, columns{Sent: 2})
}

// A transport without a limit of its own is not taken at its word.
func TestMaxBatchIsBounded(t *testing.T) {
	for _, limit := range []int{math.MaxInt, math.MaxInt, -1, math.MinInt} {
		o := &odd{fake: newHTTPFake(), address: func() string { return "" }, maxBatch: func() int { return limit }}
		r := newBatching(t, o, BatchingOptions{FlushInterval: never, Shards: 8})
		for i := range uint64(800) { // more than a chunk
			addTo(r.shards[i%8], r, rpcSpan(i+1))
			r.Report(rpcSpan(i + 1001))
		}
		_ = r.Close(context.Background())
		want := columns{Sent: 1600}
		if limit < 0 {
			want = columns{Dropped: dropped(TooLarge, 800)} // add says no, and Report counts
		}
		expectColumns(t, r, want)
	}
}

// The last resort: a mistake of this package costs the spans that the sender has and nothing
// else, and Close ends.
func TestSenderSurvivesItself(t *testing.T) {
	f := newFake(1500)
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, NoPacing: true, QueueBytes: 1 << 20})
	head, bad := r.enc.head, 0
	r.enc.head = func(dst []byte, e *envelope) []byte {
		if bad--; bad >= 0 {
			panic("ours")
		}
		return head(dst, e)
	}
	report := func(n int) {
		for i := range uint64(n) {
			r.Report(rootSpan(i + 1))
		}
	}
	report(2)
	mustFlush(t, r)
	expectColumns(t, r, columns{Sent: 2})

	bad = 1
	report(3)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	flushed := make(chan error)
	go func() { flushed <- r.Flush(ctx) }()
	for stats(r).LastError == "" && ctx.Err() == nil {
		runtime.Gosched() // until it has happened
	}
	expectColumns(t, r, columns{Sent: 2, Dropped: dropped(SendError, 3)})
	if d := stats(r); d.LastError != "reporter: panic: ours" || d.BufferedBytes != 0 {
		t.Errorf("last error %q, %d bytes buffered by nothing", d.LastError, d.BufferedBytes)
	}
	report(4)
	mustFlush(t, r)
	if err := <-flushed; err != nil {
		t.Errorf("Flush: %v", err)
	}
	expectColumns(t, r, columns{Sent: 6, Dropped: dropped(SendError, 3)})

	bad = math.MaxInt
	report(300)
	mustLose(t, r, "send_error")
	d := stats(r)
	if c := columnsOf(&d); c.Sent != 6 || c.Buffered != 0 || c.Dropped[SendError]+c.Dropped[Closed] != 303 || d.BufferedBytes != 0 {
		t.Errorf("books: %+v", d)
	}
}

// A transport that ends the sender's goroutine, as t.Fatal does in a test's fake, takes
// nothing with it that is not counted, and nobody waits for it.
func TestForeignGoexit(t *testing.T) {
	f := newFake(65000)
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1})
	f.on = func(context.Context, []byte) error { runtime.Goexit(); return nil }
	for i := range uint64(5) {
		r.Report(rootSpan(i + 1))
	}
	mustFlush(t, r) // all are dropped and counted
	r.Report(rootSpan(6))
	expectColumns(t, r, columns{Dropped: func() (d [NumReasons]uint64) { d[SendError], d[Closed] = 5, 1; return d }()})
	if err := r.Close(context.Background()); err == nil || !strings.Contains(err.Error(), "ended the sender's goroutine") {
		t.Errorf("Close: %v", err)
	}
}
