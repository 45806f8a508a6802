// SPDX-License-Identifier: Apache-2.0

// Package poll asks an HTTP server the same question again and again, and lets
// no answer hurt the program: sizes, times and redirects are bounded, panics end
// where they happen, and stopping takes a moment whatever the server does. Nor does
// the program hurt the server: there is a least time between requests.
//
//	url, err := poll.Endpoint("agent", "5778", "/sampling", "orders")
//	client := poll.Client(nil)
//	loop := poll.Start(poll.Options{}, func(ctx context.Context) error {
//		body, err := poll.Get(ctx, client, url.String(), 1<<20)
//		…
//	}, func(err error) { … })
//	defer loop.Close()
package poll
