// SPDX-License-Identifier: Apache-2.0

package faultnet_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"

	"github.com/go-spur/spur/internal/faultnet"
	"github.com/go-spur/spur/transport"
)

func Example() {
	var nw faultnet.Network
	var names faultnet.Resolver
	u, err := transport.NewUDP("agent:6831", transport.UDPOptions{Dial: nw.Dial, Resolver: &names, DisableReconnect: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer u.Close()
	names.Set("agent", "10.0.0.1")
	agent := nw.Listen("10.0.0.1:6831")

	fmt.Println(u.Send(context.Background(), []byte("one")))
	agent.SetListening(false)
	fmt.Println(u.Send(context.Background(), []byte("two")))
	fmt.Printf("%s arrived at %s\n", agent.Packets(), u.Address())
	// Output:
	// <nil>
	// transport: retryable: connection refused; nobody listens at that port: is the receiver running, and is the port right?
	// [one] arrived at agent:6831 (10.0.0.1:6831)
}

// A collector that is overloaded once, then answers, then goes away.
func ExampleHTTPPeer() {
	var nw faultnet.Network
	collector := nw.ListenHTTP("collector:4318")
	defer collector.Close()
	transport := &http.Transport{DialContext: nw.Dial}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}

	collector.Next(faultnet.Status(503).Header("Retry-After", "2"))
	for _, batch := range []string{"one", "two"} {
		res, err := client.Post("http://collector:4318/v1/traces", "application/json", strings.NewReader(batch))
		if err != nil {
			fmt.Println(err)
			return
		}
		_ = res.Body.Close()
		fmt.Printf("%d %q\n", res.StatusCode, res.Header.Get("Retry-After"))
	}
	collector.Set(faultnet.Refuse())
	_, err := client.Post("http://collector:4318/v1/traces", "application/json", strings.NewReader("three"))
	fmt.Println(errors.Is(err, syscall.ECONNREFUSED))
	for _, r := range collector.Requests() {
		fmt.Printf("%s %s met %s, accepted: %t\n", r.Path, r.Body, r.Behaviour, r.Accepted)
	}
	// Output:
	// 503 "2"
	// 200 ""
	// true
	// /v1/traces one met 503, accepted: false
	// /v1/traces two met healthy, accepted: true
}
