// SPDX-License-Identifier: Apache-2.0

package kafka

import "time"

const (
	// bufferedRecords and bufferedBytes bound what waits for an acknowledgement. A
	// Write waits for room.
	bufferedRecords = 50_000
	bufferedBytes   = 64 << 20

	// messageHead is what Kafka may put around a message that is alone in a batch.
	messageHead = 128

	// roomBytes is more than most messages have.
	roomBytes = 1 << 10

	// linger is how long a message waits for others of the same Write, so that they
	// leave in one request.
	linger = 5 * time.Millisecond

	// slowAck is how long a Write waits until that is called trouble.
	slowAck = 15 * time.Second

	// closeTime is how long Close waits for what is on its way.
	closeTime = 1500 * time.Millisecond
)
