// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"context"
	"fmt"
	"log/slog"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store/elastic"
	"github.com/go-spur/spur/backend/trace"
)

// A store opens also when its server is away. Of a span a document keeps microseconds.
func ExampleOpen() {
	log := slog.New(slog.DiscardHandler)
	s, err := elastic.Open(context.Background(), elastic.Config{URLs: []string{"http://127.0.0.1:1"}}, nil, log)
	if err != nil {
		fmt.Println(err)
		return
	}
	td := ptrace.NewTraces()
	span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetName("checkout")
	span.SetStartTimestamp(1_767_323_045_678_901_234)
	for kept := range trace.Spans(s.Keep(td)) {
		fmt.Println(kept.Name(), kept.StartTimestamp())
	}
	fmt.Println(s.Close())
	// Output:
	// checkout 2026-01-02 03:04:05.678901 +0000 UTC
	// <nil>
}
