// SPDX-License-Identifier: Apache-2.0

package poll_test

import (
	"context"
	"fmt"
	"time"

	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
)

func Example() {
	server := polltest.NewServer(polltest.Body(`{"rate": 0.5}`))
	defer server.Close()
	client := poll.NewClient(server.Dial)
	address, err := poll.Endpoint("agent", "5778", "/sampling", "orders")
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(address)

	done := make(chan error)
	loop := poll.Start(poll.Options{Interval: time.Minute}, func(ctx context.Context) error {
		body, err := poll.Get(ctx, client, address.String(), 1<<20)
		fmt.Printf("%s\n", body)
		return err
	}, func(err error) { done <- err })
	fmt.Println(<-done)
	loop.Close()
	// Output:
	// http://agent:5778/sampling?service=orders
	// {"rate": 0.5}
	// <nil>
}
