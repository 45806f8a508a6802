// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"

	"github.com/go-spur/spur"
)

// errEmpty is what an empty basket leads to.
var errEmpty = errors.New("the basket is empty")

// checkout is code as there is in any service: it is given a tracer and makes spans.
func checkout(ctx context.Context, tracer *spur.Tracer, basket ...string) error {
	ctx, span := tracer.Start(ctx, "checkout")
	defer span.Finish()
	span.SetInt("items", len(basket))
	if len(basket) == 0 {
		span.SetError(errEmpty)
		return errEmpty
	}
	for _, item := range basket {
		_, reserve := tracer.Start(ctx, "reserve")
		reserve.SetString("item", item)
		reserve.Finish()
	}
	return nil
}
