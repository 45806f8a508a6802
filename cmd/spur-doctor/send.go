// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/transport"
)

// service is the name under which test spans are found.
const service = "spur-doctor"

// witness is a transport that tells what became of the first batch.
type witness struct {
	transport.Transport
	sent chan error // has room for one
}

// Send implements transport.Transport.
func (w *witness) Send(ctx context.Context, batch []byte) error {
	err := w.Transport.Send(ctx, batch)
	select {
	case w.sent <- err:
	default:
	}
	return err
}

// try sends a span over the wire, as a tracer does, and says what became of it.
func (w *wire) try(ctx context.Context, most time.Duration) connection {
	c := w.connection()
	opened, err := w.open(most)
	if err != nil {
		c.Status, c.Text = w.bad(), format.Line("cannot be used: "+err.Error(), maxText)
		return c
	}
	t := &witness{opened, make(chan error, 1)}
	traceID, err := sendSpan(ctx, t, c)
	if a, ok := opened.(transport.Addresser); ok {
		c.Address = format.Line(a.Address(), maxText)
	}
	var failed *transport.Error
	switch {
	case err == nil && w.at.UDP():
		c.Text, c.TraceID = "sent, and not refused; over UDP nobody confirms that it arrived", traceID
		return c
	case err == nil:
		c.Text, c.TraceID = "accepted: the receiver answered 2xx", traceID
		return c
	case !errors.As(err, &failed):
		c.Text = format.Line("not sent: "+err.Error(), maxText)
	default:
		c.Text, c.Hint = outcome(failed, most), format.Line(cmp.Or(failed.Hint, w.at.Hint()), maxText)
		if failed.Written || failed.Kind == transport.Unconfirmed {
			c.TraceID = traceID // it may have arrived
		}
	}
	c.Status = w.bad()
	if w.aside {
		c.Hint = "no harm: spans do not go there, and the variable also names the host of the sampling server"
	}
	return c
}

// bad is the status of a wire that does not work.
func (w *wire) bad() status {
	switch {
	case w.used:
		return fail
	case w.aside:
		return ok
	}
	return warn
}

// sendSpan sends a trace of one span. Without an error the transport has accepted it,
// and has heard of no refusal for a moment.
func sendSpan(ctx context.Context, t *witness, c connection) (traceID string, err error) {
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	batching, err := reporter.NewBatching(t, reporter.BatchingOptions{NoRetry: true, Logger: logger})
	if err != nil {
		return "", err
	}
	tracer, err := spur.New(service, spur.SampleAll(), spur.WithReporter(batching), spur.WithLogger(logger))
	if err != nil {
		return "", err
	}
	defer func() { _ = tracer.Shutdown(ctx) }() // what became of the span is known
	_, span := tracer.Start(ctx, "test of "+c.Name)
	traceID = span.SpanContext().TraceID().String()
	span.SetString("destination", c.Address).SetString("set by", c.Source).Finish()
	flushed := tracer.Flush(ctx)
	select {
	case err = <-t.sent:
	case <-time.After(sendEnd):
		return traceID, cmp.Or(flushed, errors.New("sending does not end"))
	}
	if confirmer, ok := t.Transport.(transport.Confirmer); ok && err == nil {
		err = awaitRefusal(ctx, confirmer)
	}
	return traceID, err
}

// awaitRefusal returns the refusal of a datagram, or nil if there is none for a moment.
func awaitRefusal(ctx context.Context, c transport.Confirmer) error {
	end := time.After(confirmTime)
	again := time.NewTicker(confirmTime / 10)
	defer again.Stop()
	for {
		if err := c.Confirm(); err != nil {
			return err
		}
		select {
		case <-again.C:
		case <-end:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// outcome says what an error of a transport means for the span.
func outcome(e *transport.Error, most time.Duration) string {
	what := "not accepted"
	switch {
	case e.PreviousLost || e.NoReceiver:
		what = "not delivered" // of a datagram
	case e.Written:
		what = "sent, and not answered"
	case e.Kind == transport.Unconfirmed:
		what = "sent, and the answer does not say that it was accepted"
	case e.Kind == transport.Refused || e.Kind == transport.Permanent:
		what = "refused"
	}
	switch {
	case errors.Is(e.Err, context.DeadlineExceeded):
		return what + " within " + most.String()
	case e.Err != nil:
		what += ": " + e.Err.Error()
	}
	return format.Line(what, maxText)
}
