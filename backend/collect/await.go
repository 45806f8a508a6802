// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"context"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// await returns when b is settled, if senders are to wait for that. Its error is nil
// when the store has taken b, apart from spans that it will never take.
func (c *Collector) await(ctx context.Context, from trace.Origin, b *batch) error {
	if !c.config.AckStored || b == nil || from.Transport == "udp" {
		return nil
	}
	timer := time.NewTimer(ackTime)
	defer timer.Stop()
	select {
	case <-b.settled:
	case <-timer.C:
		return errNotStored
	case <-ctx.Done():
		return errNotStored
	case <-c.stopped.Done(): // by now it is settled, or never will be
	}
	select {
	case <-b.settled:
		if b.lost {
			return errNotStored
		}
		return nil
	default:
		return errStopping
	}
}
