// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/spurtest"
	"github.com/go-spur/spur/transport"
)

// TestTransport tests whether a transport keeps the contract of transport.Transport.
//
// start makes one that is connected to a receiver in working order, which goes when
// the test t ends (t.Cleanup), and a function that returns the spans received so far
// with their Process, from any goroutine. It is called for each check. Agent.Spans
// and Collector.Spans are such functions:
//
//	suite.TestTransport(t, func(t testing.TB) (transport.Transport, func() []model.Span) {
//		agent := spurtest.NewAgent(t)
//		udp, err := transport.NewUDP(agent.Addr(), transport.UDPOptions{})
//		if err != nil {
//			t.Fatal(err)
//		}
//		return udp, agent.Spans
//	})
//
// What is demanded:
//
//   - Format is one of those of package transport and does not change. MaxBatch is
//     above 0 and may be called while Send runs.
//   - Batches in the format, from small ones to one of MaxBatch bytes (if that is at
//     most 64 MiB), arrive with their spans, once, also when reporter.Batching makes them.
//   - Send neither changes the batch, or the memory behind it, nor reads it after it
//     has returned.
//   - Every error is a *transport.Error of a known Kind, and nil is nil rather than a
//     nil *transport.Error.
//   - When ctx has ended Send returns an error within a second, and the next Send
//     works. So it does after a batch above MaxBatch, which is TooLarge and is not
//     sent.
//   - After Close Send returns an error; a second Close does nothing. No goroutine
//     is left then.
func TestTransport(t *testing.T, start func(t testing.TB) (transport.Transport, func() []model.Span)) {
	t.Helper()
	runSuite(t, transportPiece{start, patience}, transportChecks)
}

type transportPiece struct {
	start    func(t testing.TB) (transport.Transport, func() []model.Span)
	patience time.Duration
}

var transportChecks = []check[transportPiece]{
	{"format", checkFormat},
	{"batches arrive", checkBatchesArrive},
	{"the largest batch", checkLargestBatch},
	{"by reporter.Batching", checkByBatching},
	{"the batch is the caller's", checkBatchUntouched},
	{"context has ended", checkEndedContext},
	{"too large", checkTooLarge},
	{"close", checkClose},
	{"MaxBatch from another goroutine", checkMaxBatchConcurrent},
}

type transportRig struct {
	transport.Transport
	piece    transportPiece
	received func() []model.Span
	seqNo    int64
}

// open starts a transport, which is closed when the test ends: before its receiver,
// and before the look for goroutines.
func (p transportPiece) open(t testing.TB) *transportRig {
	t.Helper()
	spurtest.CheckLeaks(t)
	tr, received := p.start(t)
	if tr == nil || received == nil {
		t.Fatal("start returned nil")
	}
	t.Cleanup(func() { _ = tr.Close() })
	return &transportRig{Transport: tr, piece: p, received: received}
}

func (r *transportRig) batch(spans ...model.Span) []byte {
	r.seqNo++
	return encodeBatch(r.Format(), r.seqNo, spans)
}

// send sends a batch, and fails the test if that is refused.
func (r *transportRig) send(t testing.TB, batch []byte) {
	t.Helper()
	if err := r.Send(soon(t, r.piece.patience), batch); err != nil {
		t.Errorf("Send of %d bytes: %v", len(batch), asTransportError(t, err))
	}
}

// arrived fails the test unless exactly these spans are received in the end.
func (r *transportRig) arrived(t testing.TB, want []model.Span) {
	t.Helper()
	got := r.received()
	for end := time.Now().Add(r.piece.patience); len(got) < len(want) && time.Now().Before(end); got = r.received() {
		time.Sleep(time.Millisecond)
	}
	for i := range got {
		if p := got[i].Process; p == nil || p.Service != service {
			t.Errorf("span %v has process %+v, want service %q", got[i].SpanID, p, service)
			break
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d spans were sent and %d arrived", len(want), len(got))
	}
	spurtest.AssertTree(t, got, spurtest.Tree(want, spurtest.WithIDs()), spurtest.WithIDs())
}

// asTransportError fails the test unless err is what Send may return.
func asTransportError(t testing.TB, err error) *transport.Error {
	t.Helper()
	e, ok := err.(*transport.Error) // it must be the very type
	switch {
	case !ok:
		t.Errorf("the error is a %T, not a *transport.Error: %v", err, err)
	case e == nil:
		t.Error("the error is a nil *transport.Error, which is not nil")
	case e.Kind > transport.Refused:
		t.Errorf("the error's kind is unknown: %v", e)
	default:
		return e
	}
	return &transport.Error{Kind: transport.Permanent, Err: fmt.Errorf("%T", err)}
}

func checkFormat(t testing.TB, p transportPiece) {
	r := p.open(t)
	f := r.Format()
	if f < transport.JaegerCompact || f > transport.OTLP {
		t.Errorf("unknown format %v", f)
		return
	}
	r.send(t, r.batch(someSpans(1)...))
	if again := r.Format(); again != f {
		t.Errorf("the format was %v and became %v", f, again)
	}
	if n := r.MaxBatch(); n <= 0 {
		t.Errorf("MaxBatch is %d", n)
	}
}

func checkBatchesArrive(t testing.TB, p transportPiece) {
	r := p.open(t)
	spans := someSpans(20)
	for _, part := range [][]model.Span{spans[:1], spans[1:3], spans[3:]} {
		r.send(t, r.batch(part...))
	}
	r.arrived(t, spans)
}

const maxBatch = 64 << 20

func checkLargestBatch(t testing.TB, p transportPiece) {
	r := p.open(t)
	limit := r.MaxBatch()
	if limit <= 0 || limit > maxBatch {
		t.Logf("no batch of %d bytes is made", limit)
		return
	}
	spans := someSpans(1)
	batch := padded(r, spans, limit)
	if over := len(batch) - limit; over > 0 { // lengths have lengths themselves
		batch = padded(r, spans, limit-over)
	}
	if len(batch) > limit {
		t.Errorf("MaxBatch is %d bytes; a span with a few tags takes %d", limit, len(batch))
		return
	}
	r.send(t, batch)
	r.arrived(t, spans)
}

// padded makes a batch of about size bytes by a long tag.
func padded(r *transportRig, spans []model.Span, size int) []byte {
	last := &spans[len(spans)-1]
	last.Tags = append(someTags(), model.Tag{Key: "pad", Value: model.String("")})
	bare := len(r.batch(spans...))
	last.Tags[len(last.Tags)-1].Value = model.BytesString(string(bytes.Repeat([]byte("p"), max(0, size-bare))))
	return r.batch(spans...)
}

func checkByBatching(t testing.TB, p transportPiece) {
	r := p.open(t)
	batching, err := reporter.NewBatching(r.Transport, reporter.BatchingOptions{
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), // the test says what is wrong
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx := soon(t, p.patience)
	spans := someSpans(1000)
	for i := range spans {
		batching.Report(&spans[i])
	}
	if err := batching.Flush(ctx); err != nil {
		t.Errorf("Flush: %v", err)
	}
	if err := batching.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
	if st := batching.Stats()[0]; st.Sent != uint64(len(spans)) {
		t.Errorf("%d of %d spans sent, %d dropped, %d unconfirmed; last error: %s", st.Sent, len(spans), st.DroppedTotal(), st.Unconfirmed, st.LastError)
	}
	r.arrived(t, spans)
}

func checkBatchUntouched(t testing.TB, p transportPiece) {
	r := p.open(t)
	spans := someSpans(4)
	guard := bytes.Repeat([]byte{0xa5}, 64)
	for _, part := range [][]model.Span{spans[:2], spans[2:]} {
		batch := r.batch(part...)
		memory := append(bytes.Clone(batch), guard...)
		r.send(t, memory[:len(batch)])
		if !bytes.Equal(memory[:len(batch)], batch) {
			t.Error("Send changed the batch")
		}
		if !bytes.Equal(memory[len(batch):], guard) {
			t.Error("Send wrote behind the batch")
		}
		for i := range memory { // as the caller may
			memory[i] = 0xff
		}
	}
	if err := r.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	r.arrived(t, spans)
}

func checkEndedContext(t testing.TB, p transportPiece) {
	r := p.open(t)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	spans := someSpans(3)
	for i, what := range []string{"first", "later"} {
		r.failsSoon(ended, t, what+" Send with a context that has ended", r.batch(someSpans(1)...))
		r.send(t, r.batch(spans[i]))
	}
	r.send(t, r.batch(spans[2]))
	r.arrived(t, spans)
}

// failsSoon fails the test unless Send returns an error within a second.
func (r *transportRig) failsSoon(ctx context.Context, t testing.TB, what string, batch []byte) *transport.Error {
	t.Helper()
	result := make(chan error, 1)
	go func() { result <- r.Send(ctx, batch) }()
	var err error
	select {
	case err = <-result:
	case <-time.After(time.Second):
		t.Fatalf("%s: no answer within a second", what)
	}
	if err == nil {
		t.Errorf("%s: no error", what)
		return &transport.Error{}
	}
	return asTransportError(t, err)
}
