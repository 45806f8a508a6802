// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"cmp"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/go-spur/spur/transport"
)

// The defaults of BatchingOptions.
const (
	DefaultFlushInterval = time.Second
	DefaultQueueBytes    = 16 << 20
	DefaultQueueSpans    = 1_000_000
	DefaultRetryBudget   = 5 * time.Minute
	DefaultDownAfter     = 10 * time.Second
)

const (
	leastFlushInterval = 10 * time.Millisecond // more often costs more than it brings
	mostShards         = 1024
)

// BatchingOptions changes what NewBatching makes. The zero value is right for an
// agent on the same host. Negative numbers are errors.
type BatchingOptions struct {
	// Name is the destination's name in Stats and log lines; when empty "agent",
	// "collector" or "otlp", after the transport's format.
	Name string
	// SetBy names what chose the address, such as "JAEGER_ENDPOINT", for hints in
	// log lines and errors; when empty they name the variables for the format.
	SetBy string
	// FlushInterval is how long a span waits at most for its batch to become
	// full; DefaultFlushInterval when 0, and 10 ms when less than that.
	FlushInterval time.Duration
	// QueueBytes bounds the memory of full batches that wait to be sent, the one
	// being sent included; DefaultQueueBytes when 0. Beside it each shard holds
	// one batch under construction, of the size of a request but at most 125,000
	// bytes, and the sender at most three requests: with requests of 1,000,000
	// bytes all in all less than QueueBytes + 8 MiB.
	QueueBytes int
	// QueueSpans bounds the spans in full batches that wait to be sent;
	// DefaultQueueSpans when 0. Two batches of a shard may always wait, whatever
	// QueueBytes and QueueSpans say.
	QueueSpans int
	// BatchSpans is how many spans a batch has at most; it is sent as soon as it has so
	// many. When 0, batches are bounded in bytes alone.
	BatchSpans int
	// Shards is how many batches are under construction at a time, 1 to 1024; when
	// 0 twice GOMAXPROCS and at most 8.
	Shards int
	// NoPacing lets datagrams follow each other without a pause. By default two
	// full ones do, because the receive buffer that Linux gives a socket holds
	// no more than three of 65,000 bytes. Agents with larger buffers take more.
	NoPacing bool
	// RetryBudget is how long after its first attempt a batch is tried again;
	// DefaultRetryBudget when 0. A wait that would end later is not begun.
	RetryBudget time.Duration
	// DownAfter is for a Close when every attempt has failed for at least so long: it
	// makes one more, after the wait that the receiver asked for, and then drops what
	// waits as closed. DefaultDownAfter when 0.
	DownAfter time.Duration
	// NoRetry makes one attempt at each batch. It contradicts RetryBudget.
	NoRetry bool
	// InBandStats sends the totals of lost spans with each OTLP batch, as
	// attributes of the instrumentation scope. The Jaeger formats for agents
	// always carry them, and the one for collectors never does.
	InBandStats bool
	// SemanticNames writes OTLP attributes under OpenTelemetry's current names
	// where a span's tags have OpenTracing's. Other formats keep the tags' names.
	SemanticNames bool
	// Logger gets a line when loss for a Reason begins, one a minute while it
	// lasts, and one when it has ended; likewise for spans that are Unconfirmed
	// and for batches that have to be tried again. slog.Default() when nil.
	Logger *slog.Logger
}

// complete checks o and fills in the defaults.
func (o *BatchingOptions) complete(f transport.Format) error {
	switch {
	case o.FlushInterval < 0:
		return fmt.Errorf("%w: FlushInterval %v is negative", ErrOption, o.FlushInterval)
	case o.QueueBytes < 0:
		return fmt.Errorf("%w: QueueBytes %d is negative", ErrOption, o.QueueBytes)
	case o.QueueSpans < 0:
		return fmt.Errorf("%w: QueueSpans %d is negative", ErrOption, o.QueueSpans)
	case o.BatchSpans < 0:
		return fmt.Errorf("%w: BatchSpans %d is negative", ErrOption, o.BatchSpans)
	case o.Shards < 0 || o.Shards > mostShards:
		return fmt.Errorf("%w: Shards %d is not within 0 to %d", ErrOption, o.Shards, mostShards)
	case o.RetryBudget < 0:
		return fmt.Errorf("%w: RetryBudget %v is negative", ErrOption, o.RetryBudget)
	case o.DownAfter < 0:
		return fmt.Errorf("%w: DownAfter %v is negative", ErrOption, o.DownAfter)
	case o.NoRetry && o.RetryBudget > 0:
		return fmt.Errorf("%w: RetryBudget %v contradicts NoRetry", ErrOption, o.RetryBudget)
	}
	o.Name = cmp.Or(o.Name, defaultName(f))
	o.FlushInterval = max(cmp.Or(o.FlushInterval, DefaultFlushInterval), leastFlushInterval)
	o.QueueBytes = cmp.Or(o.QueueBytes, DefaultQueueBytes)
	o.QueueSpans = cmp.Or(o.QueueSpans, DefaultQueueSpans)
	o.RetryBudget = cmp.Or(o.RetryBudget, DefaultRetryBudget)
	o.DownAfter = cmp.Or(o.DownAfter, DefaultDownAfter)
	o.Shards = cmp.Or(o.Shards, min(8, 2*runtime.GOMAXPROCS(0)))
	return nil
}

func defaultName(f transport.Format) string {
	switch f {
	case transport.JaegerBatch:
		return "collector"
	case transport.OTLP:
		return "otlp"
	default:
		return "agent"
	}
}
