// SPDX-License-Identifier: Apache-2.0

package send_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-spur/spur/backend/send"
)

func Example() {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path, r.Header.Get("Content-Type"), r.Header.Get("Content-Encoding"))
	}))
	defer receiver.Close()
	s, err := send.New(send.Config{Protocol: send.OTLPHTTP, Endpoint: receiver.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = s.Close() }() // always nil

	batches, err := send.PackTraces(spans("shop"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range batches {
		fmt.Println(b.Spans, "span:", s.Send(context.Background(), b))
	}
	// Output:
	// POST /v1/traces application/x-protobuf gzip
	// 1 span: <nil>
}
