// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"log/slog"
	"time"
)

// lossBooks are the columns that the loss log compares.
type lossBooks struct {
	name, address string
	delivered     uint64
	lost          [NumReasons]uint64
	lastError     string
}

// lossLog writes one line when loss for a reason begins and one when it has
// ended: when nothing was lost for a whole tick, and, unless the cause was on our
// side of the path, something was sent. It belongs to the sender's goroutine.
type lossLog struct {
	warner  warner
	seen    [NumReasons]uint64 // at the last look
	reasons [NumReasons]lossState
}

type lossState struct {
	lasts     bool
	fresh     bool   // more was lost since the last tick
	delivered uint64 // when that was
}

// warner is what internal/warn does: Problem once when a cause turns up, Resolved
// once when it is gone, at most once a minute each.
type warner interface {
	Problem(cause, msg string, args ...any)
	Resolved(cause, msg string, args ...any)
}

func (l *lossLog) init(logger *slog.Logger) {
	l.warner = &minutely{logger: logger, last: make(map[string]time.Time), open: make(map[string]bool)}
}

// look compares b with what was seen last. Loss can begin at any look and ends
// at a tick.
func (l *lossLog) look(b *lossBooks, tick bool) {
	for why := Reason(0); why < NumReasons; why++ {
		s, lost := &l.reasons[why], b.lost[why]
		if lost > l.seen[why] {
			s.lasts, s.fresh, s.delivered = true, true, b.delivered
			l.seen[why] = lost
			l.warner.Problem(why.String(), "spur: spans are being lost",
				"destination", b.name, "address", b.address, "reason", why.String(),
				"lost_in_all", lost, "delivered_in_all", b.delivered,
				"last_error", b.lastError, "hint", hint(why))
			continue
		}
		if !tick || !s.lasts {
			continue
		}
		ours := why == QueueFull || why == TooLarge
		if !s.fresh && (ours || b.delivered > s.delivered) {
			s.lasts = false
			l.warner.Resolved(why.String(), "spur: spans are no longer being lost",
				"destination", b.name, "address", b.address, "reason", why.String(),
				"lost_in_all", lost, "delivered_in_all", b.delivered)
		}
		s.fresh = false
	}
}

// hint names the knob to turn.
func hint(why Reason) string {
	switch why {
	case QueueFull:
		return "sample less, or raise BatchingOptions.QueueSpans (JAEGER_REPORTER_MAX_QUEUE_SIZE) and QueueBytes"
	case TooLarge:
		return "shorten process tags or raise the packet size"
	case Closed:
		return "give Close more time, and finish spans before it"
	default:
		return "is the receiver there? See last_error and the address (JAEGER_AGENT_HOST, JAEGER_AGENT_PORT, JAEGER_ENDPOINT)"
	}
}

// minutely is a warner that begins a cause at most once a minute, and ends what
// it has begun.
type minutely struct {
	logger *slog.Logger // nil: slog.Default
	last   map[string]time.Time
	open   map[string]bool // begun and not ended
}

func (m *minutely) Problem(cause, msg string, args ...any) {
	last, known := m.last[cause]
	if m.open[cause] || known && time.Since(last) < time.Minute {
		return
	}
	m.last[cause], m.open[cause] = time.Now(), true
	m.log().Warn(msg, args...)
}

func (m *minutely) Resolved(cause, msg string, args ...any) {
	if !m.open[cause] {
		return
	}
	delete(m.open, cause)
	m.log().Info(msg, args...)
}

func (m *minutely) log() *slog.Logger {
	if m.logger == nil {
		return slog.Default()
	}
	return m.logger
}
