// SPDX-License-Identifier: Apache-2.0

package forward_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/store/forward"
)

func Example() {
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer receiver.Close()
	s, err := forward.Open(forward.Config{
		Endpoints: []string{receiver.URL},
		Send:      send.Config{Protocol: send.OTLPHTTP},
	}, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Println(err)
		return
	}
	td := ptrace.NewTraces()
	td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	if err := s.Write(context.Background(), td); err != nil {
		fmt.Println(err)
	}
	fmt.Println(s.Close())
	books := s.Books()
	fmt.Println(books.Taken, "taken,", books.Sent, "sent, balance", books.Balance())
	// Output:
	// <nil>
	// 1 taken, 1 sent, balance 0
}
