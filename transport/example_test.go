// SPDX-License-Identifier: Apache-2.0

package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"

	"github.com/go-spur/spur/transport"
)

func ExampleNewUDP() {
	agent, err := net.ListenPacket("udp", "127.0.0.1:0") // stands in for a Jaeger agent
	if err != nil {
		fmt.Println(err)
		return
	}
	defer agent.Close()

	u, err := transport.NewUDP(agent.LocalAddr().String(), transport.UDPOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer u.Close()
	fmt.Println(u.Format(), u.MaxBatch())
	fmt.Println("sent:", u.Send(context.Background(), []byte("a batch")))

	buf := make([]byte, 100)
	n, _, err := agent.ReadFrom(buf)
	fmt.Printf("arrived: %s %v\n", buf[:n], err)
	// Output:
	// jaeger-compact 65000
	// sent: <nil>
	// arrived: a batch <nil>
}

func ExampleNewUDP_badAddress() {
	for _, addr := range []string{"localhost", "localhost:0", "udp://localhost:6831", "::1:6831"} {
		_, err := transport.NewUDP(addr, transport.UDPOptions{})
		fmt.Println(err)
	}
	_, err := transport.NewUDP("localhost:6831", transport.UDPOptions{MaxPacketSize: 100_000})
	fmt.Println(err)
	// Output:
	// transport: bad address "localhost": port is missing
	// transport: bad address "localhost:0": port is not within 1 to 65535
	// transport: bad address "udp://localhost:6831": more than one colon: an IPv6 address needs brackets
	// transport: bad address "::1:6831": more than one colon: an IPv6 address needs brackets
	// transport: bad option: MaxPacketSize 100000 is not within 1 to 65507
}

func ExampleNewHTTP() {
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Printf("%s %s, %s: %q\n", r.Method, r.URL, r.Header.Get("Content-Type"), body)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer collector.Close()

	h, err := transport.NewHTTP(collector.URL, transport.HTTPOptions{BearerToken: "secret"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	fmt.Println(h.Format(), h.MaxBatch())
	fmt.Println("sent:", h.Send(context.Background(), []byte("a batch")))
	// Output:
	// jaeger-batch 1000000
	// POST /api/traces, application/x-thrift: "a batch"
	// sent: <nil>
}

// The path tells OTLP from Jaeger's own format. An overloaded receiver says when to
// come back.
func ExampleNewHTTP_otlp() {
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "30")
		http.Error(w, "queue is full", http.StatusServiceUnavailable)
	}))
	defer collector.Close()

	h, err := transport.NewHTTP(collector.URL+"/v1/traces", transport.HTTPOptions{Gzip: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	fmt.Println(h.Format())

	err = h.Send(context.Background(), []byte("a batch"))
	var e *transport.Error
	if errors.As(err, &e) {
		fmt.Println(e.Kind, "after", e.RetryAfter)
	}
	fmt.Println(err)
	// Output:
	// otlp
	// retryable after 30s
	// transport: retryable: status 503 Service Unavailable: "queue is full"
}

func ExampleNewHTTP_badAddress() {
	for _, url := range []string{"collector:14268", "https://joe:sesame@collector:0/?key=k"} {
		_, err := transport.NewHTTP(url, transport.HTTPOptions{})
		fmt.Println(err)
	}
	_, err := transport.NewHTTP("http://collector", transport.HTTPOptions{BearerToken: "sesame", Username: "joe"})
	fmt.Println(err)
	// Output:
	// transport: bad address "collector:14268": scheme is not http or https: did you mean http://collector:14268?
	// transport: bad address "https://***@collector:0/?***": port is not within 1 to 65535
	// transport: bad option: BearerToken and Username exclude each other
}

// What a caller of Send can learn.
func ExampleError() {
	var err error = &transport.Error{Kind: transport.TooLarge, PreviousLost: true, Err: errors.New("message too long")}
	var e *transport.Error
	if errors.As(err, &e) {
		fmt.Println(e.Kind, e.PreviousLost)
	}
	fmt.Println(err)
	// Output:
	// too large true
	// transport: too large, previous batch lost: message too long
}
