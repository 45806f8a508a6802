// SPDX-License-Identifier: Apache-2.0

// Errors shows how failures look in a trace: errors, panics, work that outlives its
// request, and mistakes with spans themselves, which harm nobody and are counted.
//
//	go run ./examples/errors
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"sync"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer) error {
	// For the terminal. A service says spur.New("shop", spur.FromEnv()).
	console, err := reporter.NewConsole(out, reporter.ConsoleOptions{})
	if err != nil {
		return err
	}
	tracer, err := spur.New("shop", spur.SampleAll(), spur.WithReporter(console))
	if err != nil {
		return err
	}

	ctx, span := tracer.Start(context.Background(), "order")
	span.SetError(charge(ctx)) // a nil error sets nothing
	pack(ctx)

	// Mail is sent when the order may be over: its span follows the order's instead of
	// being a part of it.
	var mail sync.WaitGroup
	mail.Add(1)
	go func() {
		defer mail.Done()
		_, span := tracer.Start(spur.Detach(ctx), "mail")
		span.SetString("to", "ada").Finish()
	}()
	mail.Wait()

	// A value that panics when it is printed, a span that is finished twice and a tag
	// that comes too late.
	span.SetTag("broken", broken{})
	span.Finish()
	span.Finish()
	span.SetString("late", "too late")

	if err := tracer.Close(); err != nil { // draws what waits
		return err
	}
	st := tracer.Stats()
	fmt.Fprintf(out, "finished twice: %d, used after that: %d\n", st.Spans.DoubleFinish, st.Spans.UseAfterFinish)
	return nil
}

var errCard = errors.New("card expired")

func charge(ctx context.Context) error {
	_, span := spur.StartSpanFromContext(ctx, "charge card")
	defer span.Finish()
	err := fmt.Errorf("charging 12.50: %w", errCard)
	span.SetError(err)
	return err
}

// pack recovers, so the panic is told to the span by hand. spurhttp's handlers do so
// by themselves.
func pack(ctx context.Context) {
	_, span := spur.StartSpanFromContext(ctx, "pack")
	defer span.Finish()
	defer func() {
		if p := recover(); p != nil {
			span.LogPanic(p)
		}
	}()
	boxes := strings.Fields("small large")
	_ = boxes[3]
}

type broken struct{}

func (broken) String() string { panic("I cannot be printed") }
