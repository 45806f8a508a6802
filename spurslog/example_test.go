// SPDX-License-Identifier: Apache-2.0

package spurslog_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/go-spur/spur/spurslog"
	"github.com/go-spur/spur/spurtest"
)

// stdout is a handler whose lines do not differ from run to run.
func stdout() slog.Handler {
	return slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
}

func Example() {
	tracer, _ := spurtest.New(nil)
	defer tracer.Close()
	logger := slog.New(spurslog.NewHandler(stdout())) // and in a program: slog.SetDefault(logger)

	ctx, span := tracer.Start(context.Background(), "charge card")
	logger.InfoContext(ctx, "paid", "cents", 1250)
	logger.WithGroup("card").InfoContext(ctx, "stored", "digits", 4)
	span.Finish()
	logger.Info("no span here")
	// Output:
	// level=INFO msg=paid cents=1250 trace_id=0000000000000001 span_id=0000000000000001
	// level=INFO msg=stored trace_id=0000000000000001 span_id=0000000000000001 card.digits=4
	// level=INFO msg="no span here"
}

func ExampleWithTraceIDKey() {
	tracer, _ := spurtest.New(nil)
	defer tracer.Close()
	logger := slog.New(spurslog.NewHandler(stdout(), spurslog.WithTraceIDKey("traceID"), spurslog.WithSpanIDKey("")))

	ctx, span := tracer.Start(context.Background(), "charge card")
	defer span.Finish()
	logger.InfoContext(ctx, "paid")
	// Output:
	// level=INFO msg=paid traceID=0000000000000001
}

// The log says what went wrong, the span also what went before.
func ExampleWithSpanLogs() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()
	logger := slog.New(spurslog.NewHandler(stdout(), spurslog.WithSpanLogs(slog.LevelDebug)))

	ctx, span := tracer.Start(context.Background(), "charge card")
	logger.DebugContext(ctx, "asking the bank", slog.Group("card", "type", "debit"))
	logger.ErrorContext(ctx, "not paid", "error", errors.New("no money"))
	span.Finish()

	fmt.Print(spans.Tree())
	// Output:
	// level=ERROR msg="not paid" error="no money" trace_id=0000000000000001 span_id=0000000000000001
	// charge card  3ms
	//   @1ms level=DEBUG message="asking the bank" card.type=debit
	//   @2ms level=ERROR message="not paid" error="no money"
}
