// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"cmp"
	"log/slog"

	"github.com/go-spur/spur/internal/warn"
	"github.com/go-spur/spur/transport"
)

// The loss log treats Unconfirmed as one more reason.
const (
	unconfirmedLoss = NumReasons
	numLosses       = NumReasons + 1
)

// lossBooks are what the loss log compares, and shows.
type lossBooks struct {
	name, address string
	ledger
}

// lossLog writes a line when loss for a reason begins, once a minute while it
// lasts, and when it has ended: when nothing was lost for a whole tick and, unless
// the cause was on our side of the path, something was sent. It does the same for
// attempts that fail and will be made again. It belongs to the sender.
type lossLog struct {
	warner   *warn.Warner
	lines    lines
	format   transport.Format
	setBy    string
	reasons  [numLosses]lossState
	retrying bool // failing was called since relieved
	closing  bool // there is but one more line, by closed
}

type lossState struct {
	seen  uint64 // lost at the last look
	lasts bool
	fresh bool   // more was lost since the last tick
	sent  uint64 // when that was
}

func (l *lossLog) init(o *BatchingOptions, f transport.Format) {
	l.warner, l.format, l.setBy = warn.New(cmp.Or(o.Logger, slog.Default())), f, o.SetBy
}

// look compares b with what was seen last. Loss can begin at any look and ends
// at a tick.
func (l *lossLog) look(b lossBooks, tick bool) {
	if l.closing {
		return
	}
	for i, lost := range b.losses() {
		why, s := Reason(i), &l.reasons[i]
		cause, begin, end := lossText(why)
		if lost > s.seen {
			*s = lossState{lasts: true, fresh: true, sent: b.sent, seen: lost}
			l.problem(cause, begin, why, b, b.total(why), b.delivered())
			continue
		}
		if !tick || !s.lasts {
			continue
		}
		ours := why == QueueFull || why == TooLarge
		if !s.fresh && (ours || b.sent > s.sent) {
			s.lasts = false
			l.resolved(cause, end, b.attrs(b.total(why), b.delivered()))
		}
		s.fresh = false
	}
}

// lossText returns what the lines about a reason say.
func lossText(why Reason) (cause, begin, end string) {
	if why == unconfirmedLoss {
		return "unconfirmed", "spur: spans were sent, but nothing says that they arrived", "spur: sent spans are confirmed again"
	}
	return why.String(), "spur: spans are being lost", "spur: spans are no longer being lost"
}

// attrs are what all lines have, and more.
func (b *lossBooks) attrs(more ...slog.Attr) []slog.Attr {
	return append([]slog.Attr{slog.String("destination", b.name), slog.String("address", b.address)}, more...)
}

func (b *lossBooks) total(why Reason) slog.Attr {
	if why == unconfirmedLoss {
		return slog.Uint64("unconfirmed_in_all", b.unconfirmed)
	}
	return slog.Uint64("lost_in_all", b.dropped[why])
}

func (b *lossBooks) delivered() slog.Attr { return slog.Uint64("delivered_in_all", b.sent) }

func (b *lossBooks) unsent() slog.Attr { return slog.Uint64("waiting_spans", b.waiting+b.sending) }

func (l *lossLog) problem(cause, msg string, why Reason, b lossBooks, more ...slog.Attr) {
	attrs := append(b.attrs(more...), slog.String("last_error", b.lastError), slog.String("hint", l.hint(why, b)))
	l.lines.write(func() { l.warner.Problem(cause, msg, attrs...) })
}

func (l *lossLog) resolved(cause, msg string, attrs []slog.Attr) {
	l.lines.write(func() { l.warner.Resolved(cause, msg, attrs...) })
}

// retryCause is the cause in lines about attempts that will be made again.
const retryCause = "retrying"

// failing says that an attempt failed and will be made again: nothing is lost yet.
func (l *lossLog) failing(b lossBooks) {
	l.retrying = true
	l.problem(retryCause, "spur: delivery is failing, retrying", RetryExhausted, b, b.unsent())
}

// relieved says that a batch was accepted.
func (l *lossLog) relieved(b lossBooks) {
	l.retrying = false
	l.resolved(retryCause, "spur: delivery works again", b.attrs(b.unsent()))
}

// closed says what Close has lost.
func (l *lossLog) closed(b lossBooks, lost string) {
	var all uint64
	for _, n := range b.losses() {
		all += n
	}
	l.problem("close", "spur: spans were lost at the end", Closed, b, slog.String("lost", lost), slog.Uint64("lost_in_all", all), b.delivered())
}

// hint is what the last error says is probably wrong, where that has to do with why,
// or else what is usual for why.
func (l *lossLog) hint(why Reason, b lossBooks) string {
	if b.troubled && b.lastHint != "" && why != TooLarge && (why != QueueFull || l.retrying) {
		return b.lastHint + "; see " + knobs(l.format, l.setBy)
	}
	if b.troubled && why == Closed {
		return "the last attempt failed: see last_error and " + knobs(l.format, l.setBy) + ", or give Close more time"
	}
	return hint(why, l.format, l.setBy)
}

// hint names what to look at, or the knob to turn.
func hint(why Reason, f transport.Format, setBy string) string {
	http := f == transport.JaegerBatch || f == transport.OTLP
	switch {
	case why == QueueFull:
		return "sample less, or raise BatchingOptions.QueueSpans (JAEGER_REPORTER_MAX_QUEUE_SIZE) and QueueBytes"
	case why == TooLarge && http:
		return "shorten process tags or raise the size of requests that the receiver takes"
	case why == TooLarge:
		return "shorten process tags or raise the packet size"
	case why == Closed:
		return "give Close more time, and finish spans before it"
	case why == unconfirmedLoss:
		return "did something else answer, such as a proxy or a login page, or did the receiver never answer? See last_error and " + knobs(f, setBy)
	case why == Rejected:
		return "the receiver refuses what it gets: see last_error, the credentials, and " + knobs(f, setBy)
	default:
		return "is the receiver there? See last_error and " + knobs(f, setBy)
	}
}

// knobs names what has chosen the address, or else the environment variables that
// decide where spans of a format go.
func knobs(f transport.Format, setBy string) string {
	switch {
	case setBy != "":
		return "the address (" + setBy + ")"
	case f == transport.JaegerBatch:
		return "the address (JAEGER_ENDPOINT)"
	case f == transport.OTLP:
		return "the address (JAEGER_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT)"
	default:
		return "the address (JAEGER_AGENT_HOST, JAEGER_AGENT_PORT)"
	}
}
