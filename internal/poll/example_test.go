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
	memory := polltest.NewServer(polltest.Body(`0.5`))
	defer memory.Close()
	server, err := poll.NewServer(poll.ServerOptions{
		Service: "orders", Endpoint: "agent/rates?token=secret", Client: poll.NewClient(memory.Dial, nil),
	})
	if err != nil {
		fmt.Println(err)
	}
	rate := poll.Follow(poll.Source[string]{
		Name: server.String(), Options: poll.Options{Interval: time.Minute}, Initial: "unknown",
		Cause: "rate", Failing: "cannot get the rate", Working: "got the rate",
		Update: func(ctx context.Context, _ string) (string, error) {
			return poll.Fetch(ctx, server, "", 1<<20, func(body []byte) (string, error) { return string(body), nil })
		},
	})
	defer rate.Close()

	fmt.Println(rate.Value())
	for rate.Status().Fetched == 0 {
		<-time.After(time.Millisecond)
	}
	fmt.Println(rate.Value(), "from", server)
	// Output:
	// unknown
	// 0.5 from http://agent:5778/rates
}
