// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/go-spur/spur/model"
)

// Reporter takes finished sampled spans away. The methods do not change; more
// abilities are optional interfaces: Statser, SpanKeeper.
type Reporter interface {
	// Report runs on the goroutine that finished the span, concurrently with
	// itself and the other methods. It must not block, and must not keep or
	// modify s or anything s points to: the same s goes to every destination
	// and is used again afterwards. It may be called after Close.
	Report(s *model.Span)
	// Flush returns when every span reported before the call has been dealt
	// with, or soon after ctx ends, with ctx's error.
	Flush(ctx context.Context) error
	// Close flushes, stops what runs in the background and counts what ctx left
	// no time for. A second Close does nothing.
	Close(ctx context.Context) error
}

// SpanKeeper is a Reporter for which spans stay readable after they finish: the
// tracer then keeps their tags and logs instead of using the memory again.
type SpanKeeper interface {
	KeepsSpans() bool
}

// Statser is a Reporter that counts. Without it a Reporter is one destination
// whose spans count as sent when Report returns. Stats may be called from any
// goroutine.
type Statser interface {
	Stats() []DestinationStats
}

var (
	_ = []Statser{(*Batching)(nil), (*Console)(nil), (*Logging)(nil), (*Memory)(nil), (*Multi)(nil), Null{}, (*bounded)(nil)}
	_ = []SpanKeeper{(*Memory)(nil), (*Multi)(nil), NullKeeper{}, (*bounded)(nil)}
)

// Reason says why a span was dropped.
type Reason uint8

// The reasons. Every dropped span has exactly one.
const (
	QueueFull      Reason = iota // the destination did not keep up
	TooLarge                     // larger than the path takes, even alone and trimmed
	SendError                    // sending failed for good, or there is no second try
	Rejected                     // the receiver refused it
	RetryExhausted               // every attempt failed until the budget for retries was spent
	Closed                       // finished after, or left over at, Close
	NumReasons                   // how many there are
)

// String returns the reason's name as metrics show it: queue_full, …
func (r Reason) String() string {
	names := [...]string{"queue_full", "too_large", "send_error", "rejected", "retry_exhausted", "closed"}
	if int(r) < len(names) {
		return names[r]
	}
	return "Reason(" + strconv.Itoa(int(r)) + ")"
}

// Drops counts dropped spans by Reason. Its JSON has a member for each reason, by name.
type Drops [NumReasons]uint64

// MarshalJSON implements json.Marshaler: {"queue_full":0,"too_large":2, …}.
func (d Drops) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for r, n := range d {
		if r > 0 {
			b = append(b, ',')
		}
		b = append(strconv.AppendQuote(b, Reason(r).String()), ':')
		b = strconv.AppendUint(b, n, 10)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads what MarshalJSON writes. Members of other names are ignored.
func (d *Drops) UnmarshalJSON(b []byte) error {
	var named map[string]uint64
	if err := json.Unmarshal(b, &named); err != nil {
		return err
	}
	for r := range d {
		d[r] = named[Reason(r).String()]
	}
	return nil
}

// DestinationStats are the books of one destination. Of every span reported to
// it exactly one of Sent, Unconfirmed, Dropped and BufferedSpans tells; only
// BufferedSpans ever decreases.
type DestinationStats struct {
	Name    string // such as "agent", "memory"
	Address string // where spans go now; "" when that means nothing
	Format  string // transport.Format; "" when nothing is encoded

	Sent          uint64 // handed over without an error coming back
	Unconfirmed   uint64 // written whole, and never answered, or not by what takes spans
	Dropped       Drops
	BufferedSpans uint64 // waiting, or in the batch being sent
	BufferedBytes uint64 // of memory they hold

	Retries       uint64    // attempts after the first
	LastError     string    // "" when there was none yet
	LastErrorTime time.Time // of LastError
}

// DroppedTotal is the sum over all reasons.
func (d *DestinationStats) DroppedTotal() uint64 {
	var n uint64
	for _, v := range d.Dropped {
		n += v
	}
	return n
}
