// SPDX-License-Identifier: Apache-2.0

package receive_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/trace"
)

// printer is a Sink that prints the spans it gets.
type printer struct{}

func (printer) Take(_ context.Context, td ptrace.Traces, from trace.Origin) ([]trace.Refused, error) {
	for s := range trace.Spans(td) {
		fmt.Println(from.Protocol, from.Transport, s.Service(), s.Name())
	}
	return nil, nil
}

func (printer) TakeEncoded(context.Context, []trace.Encoded, trace.Origin) (bool, error) {
	return false, nil // decoded, please
}

func (printer) Refuse(_ trace.Origin, reason trace.Reason, n int) { fmt.Println("refused:", n, reason) }

func (printer) Unread(_ trace.Origin, reason trace.Reason, n int) { fmt.Println("unread:", n, reason) }
func (printer) Reserve(int64) (release func(), ok bool)           { return func() {}, true }

func Example() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := receive.NewOTLPHTTP(l, printer{}, slog.Default())
	go func() {
		if err := server.Serve(); err != nil {
			log.Fatal(err)
		}
	}()

	const body = `{"resourceSpans": [{
		"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
		"scopeSpans": [{"spans": [
			{"traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708", "name": "GET /"},
			{"traceId": "?", "spanId": "?", "name": "GET /broken"}
		]}]
	}]}`
	resp, err := http.Post("http://"+server.Addr().String()+"/v1/traces", "application/json", strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Status, string(answer))
	if err := server.Close(context.Background()); err != nil {
		log.Fatal(err)
	}
	// Output:
	// refused: 1 malformed
	// otlp http shop GET /
	// 200 OK {"partialSuccess":{"rejectedSpans":"1","errorMessage":"spans refused: 1 malformed"}}
}
