// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"log/slog"

	"github.com/go-spur/spur"
)

// delivery is a job. It outlives its request, so ctx comes from spur.Detach: it does not
// end with the request, and spans that start in it follow the request's.
type delivery struct {
	ctx  context.Context
	item string
}

// deliver works until the queue is closed and empty.
func deliver(tracer *spur.Tracer, queue <-chan delivery, done chan<- struct{}) {
	defer close(done)
	for d := range queue {
		ctx, span := tracer.Start(d.ctx, "deliver")
		slog.InfoContext(ctx, "delivered", "item", d.item)
		span.SetString("item", d.item).Finish()
	}
}
