// SPDX-License-Identifier: Apache-2.0

package warn

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/guard"
)

const (
	interval  = time.Minute // between two lines about one problem
	maxCauses = 64          // told apart; further ones share their lines
	maxValue  = 1 << 10     // bytes of a message or value; cut ones end in "…"
)

// Warner writes lines about problems, each known by its cause: a short constant
// such as "queue_full", shown as the attribute "cause". Methods may be called from
// any goroutine. They log on it without a lock, so a handler may be slow, call
// back, or panic (the line is lost then, and does not count as written). A call
// with nothing to say takes no lock and allocates nothing.
type Warner struct {
	logger *slog.Logger
	start  time.Time
	rest   cause // shared by those beyond maxCauses

	mu     sync.Mutex // serializes writers of causes
	causes atomic.Pointer[map[string]*cause]
}

// cause is the state of one problem.
type cause struct {
	next       atomic.Int64  // when the next line may be written, in nanoseconds since start
	suppressed atomic.Uint64 // calls of Problem since the last line
	open       atomic.Bool   // a line was written that Resolved has not answered
}

// New returns a Warner that writes to logger, or nowhere if that is nil.
func New(logger *slog.Logger) *Warner {
	w := &Warner{logger: logger, start: time.Now()}
	w.causes.Store(&map[string]*cause{})
	return w
}

// Problem says that something failed. It logs msg and attrs at level Warn unless
// it has done so for this cause less than a minute ago. The attribute
// "suppressed" counts the calls since the line before, when there are any.
func (w *Warner) Problem(name, msg string, attrs ...slog.Attr) {
	if w.logger == nil {
		return
	}
	c := w.add(name)
	now, next := int64(time.Since(w.start)), c.next.Load()
	if now < next || !c.next.CompareAndSwap(next, now+int64(interval)) {
		c.suppressed.Add(1)
		return
	}
	if w.log(slog.LevelWarn, name, msg, c.suppressed.Swap(0), attrs) {
		c.open.Store(true)
	}
}

// Resolved says that what failed works now. It logs msg and attrs at level Info
// if Problem has logged a line for this cause since the last time. Call it
// whenever something works: most calls find nothing to say.
func (w *Warner) Resolved(name, msg string, attrs ...slog.Attr) {
	if w.logger == nil {
		return
	}
	c := w.find(name)
	if c == nil || !c.open.Load() || !c.open.CompareAndSwap(true, false) {
		return
	}
	w.log(slog.LevelInfo, name, msg, c.suppressed.Swap(0), attrs)
}

// find returns the state for a name, the shared one if there is no room for more,
// or nil.
func (w *Warner) find(name string) *cause {
	causes := *w.causes.Load()
	if c := causes[name]; c != nil || len(causes) < maxCauses {
		return c
	}
	return &w.rest
}

// add is find for a name that may be new. The map is copied to be changed.
func (w *Warner) add(name string) *cause {
	if c := w.find(name); c != nil {
		return c
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.find(name); c != nil {
		return c
	}
	causes, c := maps.Clone(*w.causes.Load()), new(cause)
	causes[name] = c
	w.causes.Store(&causes)
	return c
}

// log writes one line and reports whether it did.
func (w *Warner) log(level slog.Level, name, msg string, suppressed uint64, attrs []slog.Attr) (logged bool) {
	_ = guard.Run(func() { logged = w.write(level, name, msg, suppressed, attrs) })
	return logged
}

// write may panic: handlers and the methods of values are foreign code.
func (w *Warner) write(level slog.Level, name, msg string, suppressed uint64, attrs []slog.Attr) bool {
	ctx := context.Background()
	if !w.logger.Enabled(ctx, level) {
		return false
	}
	out := make([]slog.Attr, 0, len(attrs)+2)
	out = append(out, slog.String("cause", clip(name)))
	for _, a := range attrs {
		out = append(out, slog.Attr{Key: a.Key, Value: bound(a.Value)})
	}
	if suppressed > 0 {
		out = append(out, slog.Uint64("suppressed", suppressed))
	}
	w.logger.LogAttrs(ctx, level, clip(msg), out...)
	return true
}

// bound makes text of what a handler would otherwise print at any length, or for
// ever.
func bound(v slog.Value) slog.Value {
	switch v = v.Resolve(); v.Kind() {
	case slog.KindString:
		return slog.StringValue(clip(v.String()))
	case slog.KindAny, slog.KindGroup:
		text, _ := format.String(v.Any(), maxValue)
		return slog.StringValue(text)
	}
	return v
}

func clip(s string) string { return format.Short(s, maxValue) }
