// SPDX-License-Identifier: Apache-2.0

package trace

import "time"

// Client is what a client of Jaeger's says of itself with each batch (jaeger.thrift:
// Batch.seqNo, ClientStats): what it lost before anything was sent.
type Client struct {
	ID      string    `json:"id"` // its tag client-uuid
	Service string    `json:"service"`
	Host    string    `json:"host"`
	Seen    time.Time `json:"seen"` // when its last batch came
	// Sent is how many batches it sent since its first one came here, and Received
	// how many of them came. What is missing was lost on the way.
	Sent     int64 `json:"batchesSent"`
	Received int64 `json:"batchesReceived"`
	// Spans it lost since it was started, because its queue was full, a span was
	// too large, or sending failed.
	QueueFull int64 `json:"spansQueueFull"`
	TooLarge  int64 `json:"spansTooLarge"`
	Failed    int64 `json:"spansFailed"`
}

// Lost returns how many spans the client lost.
func (c Client) Lost() int64 { return c.QueueFull + c.TooLarge + c.Failed }
