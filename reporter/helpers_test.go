// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// TestMain fails the package when a test leaves a sender behind.
func TestMain(m *testing.M) {
	code := m.Run()
	deadline := time.After(5 * time.Second)
	for code == 0 {
		all := make([]byte, 1<<20)
		all = all[:runtime.Stack(all, true)]
		if !bytes.Contains(all, []byte("reporter.(*Batching).run")) {
			break
		}
		select {
		case <-deadline:
			fmt.Fprintf(os.Stderr, "a sender is still running:\n%s\n", all)
			code = 1
		default:
			runtime.Gosched()
		}
	}
	os.Exit(code)
}

// fake is a transport that keeps copies of what it gets. on, when set, decides
// what Send returns.
type fake struct {
	format transport.Format
	max    atomic.Int64
	on     func(ctx context.Context, batch []byte) error

	mu     sync.Mutex
	got    [][]byte
	at     []time.Time
	closed int
}

func newFake(limit int) *fake {
	f := &fake{format: transport.JaegerCompact}
	f.max.Store(int64(limit))
	return f
}

func (f *fake) Format() transport.Format { return f.format }
func (f *fake) MaxBatch() int            { return int(f.max.Load()) }
func (f *fake) Address() string          { return "fake:6831" }

func (f *fake) Send(ctx context.Context, batch []byte) error {
	f.mu.Lock()
	f.got = append(f.got, bytes.Clone(batch))
	f.at = append(f.at, time.Now())
	f.mu.Unlock()
	if f.on == nil {
		return nil
	}
	return f.on(ctx, batch)
}

func (f *fake) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed++
	return nil
}

// messages decodes all that was sent so far.
func (f *fake) messages(t testing.TB) []*wire.Message {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]*wire.Message, len(f.got))
	for i, b := range f.got {
		all[i] = decode(t, f.format, b)
	}
	return all
}

// ids returns the span ids of all that was sent so far, in order.
func (f *fake) ids(t testing.TB) []model.SpanID {
	t.Helper()
	var ids []model.SpanID
	for _, m := range f.messages(t) {
		for i := range m.Batch.Spans {
			ids = append(ids, m.Batch.Spans[i].SpanID)
		}
	}
	return ids
}

func decode(t testing.TB, format transport.Format, b []byte) *wire.Message {
	t.Helper()
	var m *wire.Message
	var err error
	switch format {
	case transport.JaegerBatch:
		m = new(wire.Message)
		var read *wire.Batch
		if read, err = wire.DecodeBinaryBatch(b); err == nil {
			m.Batch = *read
		}
	case transport.OTLP:
		m = new(wire.Message)
		var read []wire.Batch
		if read, err = wire.DecodeOTLP(b); err == nil && len(read) == 1 {
			m.Batch = read[0]
		} else if err == nil {
			err = fmt.Errorf("%d batches in one request", len(read))
		}
	case transport.JaegerBinary:
		m, err = wire.DecodeBinaryMessage(b)
	default:
		m, err = wire.DecodeCompactMessage(b)
	}
	if err != nil {
		t.Fatalf("sent %d bytes that do not decode: %v", len(b), err)
	}
	return m
}

// confirming is a fake that is a Confirmer.
type confirming struct {
	*fake
	confirm func() error
}

func (d *confirming) Confirm() error { return d.confirm() }

func newBatching(t testing.TB, tr transport.Transport, o BatchingOptions) *Batching {
	t.Helper()
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	r, err := NewBatching(tr, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustFlush(t testing.TB, r Reporter) {
	t.Helper()
	if err := r.Flush(context.Background()); err != nil {
		t.Fatalf("Flush: %v", err)
	}
}

func mustClose(t testing.TB, r Reporter) {
	t.Helper()
	if err := r.Close(context.Background()); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

// mustLose closes r, which must say what got lost.
func mustLose(t testing.TB, r Reporter, what string) {
	t.Helper()
	if err := r.Close(context.Background()); !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), what) {
		t.Errorf("Close: %v; want ErrLost with %q", err, what)
	}
}

// columns are the books without times and texts.
type columns struct {
	Sent, Unconfirmed, Buffered uint64
	Dropped                     [NumReasons]uint64
}

func columnsOf(d *DestinationStats) columns {
	return columns{d.Sent, d.Unconfirmed, d.BufferedSpans, d.Dropped}
}

func (c columns) total() uint64 {
	n := c.Sent + c.Unconfirmed + c.Buffered
	for _, d := range c.Dropped {
		n += d
	}
	return n
}

func stats(r Statser) DestinationStats { return r.Stats()[0] }

func expectColumns(t testing.TB, r Statser, want columns) {
	t.Helper()
	d := stats(r)
	if got := columnsOf(&d); got != want {
		t.Errorf("books: %+v, want %+v", got, want)
	}
}

func dropped(why Reason, n uint64) (d [NumReasons]uint64) {
	d[why] = n
	return d
}

var testProcess = &model.Process{Service: "shop", Tags: []model.Tag{{Key: "hostname", Value: model.String("h1")}}}

// rootSpan is a span of 30 to 44 bytes.
func rootSpan(id uint64) *model.Span {
	return &model.Span{
		Context:   model.Context{TraceID: model.TraceID{High: 1, Low: id}, SpanID: model.SpanID(id), Flags: model.FlagSampled},
		Operation: "op",
		Start:     1_700_000_000_000_000_000,
		Duration:  time.Millisecond,
		Process:   testProcess,
	}
}

// rpcSpan is the span of an HTTP request: five tags, one log, one reference.
func rpcSpan(id uint64) *model.Span {
	s := rootSpan(id)
	s.Operation = "HTTP GET /api/orders/{id}"
	s.ParentID = 0x1234567890abcdef
	s.References = []model.Reference{{TraceID: s.TraceID, SpanID: s.ParentID}}
	s.Tags = []model.Tag{
		{Key: "span.kind", Value: model.String("server")},
		{Key: "http.method", Value: model.String("GET")},
		{Key: "http.url", Value: model.String("http://shop.example/api/orders/4711")},
		{Key: "http.status_code", Value: model.Int64(200)},
		{Key: "component", Value: model.String("net/http")},
	}
	s.Logs = []model.Log{{Time: s.Start + 1000, Fields: []model.Tag{
		{Key: "event", Value: model.String("cache miss")},
		{Key: "key", Value: model.String("order-4711")},
	}}}
	return s
}

// textSpan is a span with one tag of n bytes.
func textSpan(id uint64, n int) *model.Span {
	s := rootSpan(id)
	s.Tags = []model.Tag{{Key: "text", Value: model.String(string(bytes.Repeat([]byte("x"), n)))}}
	return s
}

// twice is how many spans arrived more than once.
func twice(ids map[model.SpanID]int) int {
	n := 0
	for _, count := range ids {
		if count > 1 {
			n++
		}
	}
	return n
}

// addTo reports s to a certain shard.
func addTo(sh *shard, r *Batching, s *model.Span) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	fresh := new(batch)
	fresh.reset(r.process(s.Process), chunk+spareRoom)
	r.addLocked(sh, s, nil, &fresh)
}
