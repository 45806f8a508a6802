// SPDX-License-Identifier: Apache-2.0

package faultnet_test

import (
	"context"
	"fmt"

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
	// transport: permanent: connection refused
	// [one] arrived at agent:6831 (10.0.0.1:6831)
}
