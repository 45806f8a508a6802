// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/transport"
)

// TestAway: a receiver is away for 30 s, and nothing is lost that has room.
func TestAway(t *testing.T) {
	for _, spool := range []bool{false, true} {
		t.Run(fmt.Sprint("spool ", spool), func(t *testing.T) {
			c := Config{}
			if spool {
				c.Spool = t.TempDir()
			}
			synctest.Test(t, func(t *testing.T) {
				p := newPeers()
				away := func(context.Context, string, send.Batch) error { return says(transport.Retryable, 0, 0) }
				p.says(away)
				s := p.store(t, c)
				for i := range 30 {
					write(t, s, 100*i, 100)
					time.Sleep(time.Second)
				}
				if b := balanced(t, s); b.Waiting != 3_000 {
					t.Errorf("away: %+v", b)
				}
				p.says(func(context.Context, string, send.Batch) error { return nil })
				time.Sleep(lastPause * 3 / 2)
				synctest.Wait()
				if b := balanced(t, s); b.Sent != 3_000 || p.count() != 3_000 || b.Waiting != 0 {
					t.Errorf("back: %+v, %d came", b, p.count())
				}
				closed(t, s, false)
			})
		})
	}
}

// TestFull: with no room in memory a Write waits, until there is some or until the
// store closes.
func TestFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeers()
		p.says(func(context.Context, string, send.Batch) error { return says(transport.Retryable, 0, 0) })
		s := p.store(t, Config{QueueBytes: 10_000})
		written, gaveUp, ended := false, false, false
		go func() {
			for i := range 10 {
				write(t, s, 100*i, 100)
			}
			written = true
		}()
		synctest.Wait()
		if b := balanced(t, s); written || b.Waiting != 200 {
			t.Errorf("written %v: %+v", written, b)
		}
		go func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			gaveUp = errors.Is(s.Write(ctx, spans(1, 1000)), context.DeadlineExceeded)
		}()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if !gaveUp {
			t.Error("a Write does not end with its context")
		}
		p.says(func(context.Context, string, send.Batch) error { return nil })
		time.Sleep(lastPause * 3 / 2)
		synctest.Wait()
		if b := balanced(t, s); !written || b.Sent != 1_000 {
			t.Errorf("written %v: %+v", written, b)
		}
		p.says(func(context.Context, string, send.Batch) error { return says(transport.Retryable, 0, 0) })
		write(t, s, 0, 200)
		go func() { ended = errors.Is(s.Write(t.Context(), spans(1, 1000)), store.ErrClosed) }()
		synctest.Wait()
		closed(t, s, true)
		synctest.Wait()
		if b := balanced(t, s); !ended || b.Dropped[trace.ReasonShutdown] != 200 {
			t.Errorf("ended %v: %+v", ended, b)
		}
	})
}

// TestOutcomes: what each answer does to the books.
func TestOutcomes(t *testing.T) {
	for name, test := range map[string]struct {
		answer func(b send.Batch) error
		want   Books
	}{
		"partial": {func(send.Batch) error { return says(transport.Partial, 0, 3) }, Books{Sent: 97, Rejected: 3}},
		"boasts":  {func(send.Batch) error { return says(transport.Partial, 0, 1<<40) }, Books{Rejected: 100}},
		"refused": {func(send.Batch) error { return says(transport.Refused, 0, 0) }, Books{Dropped: map[trace.Reason]int64{ReasonRefused: 100}}},
		"unclear": {func(send.Batch) error { return says(transport.Unconfirmed, 0, 0) }, Books{Dropped: map[trace.Reason]int64{ReasonRefused: 100}}},
		"other":   {func(send.Batch) error { return errors.New("no *transport.Error") }, Books{Dropped: map[trace.Reason]int64{ReasonRefused: 100}}},
		"large": {func(b send.Batch) error {
			if b.Spans > 7 {
				return says(transport.TooLarge, 0, 0)
			}
			return nil
		}, Books{Sent: 100}},
		"too large": {func(b send.Batch) error { return says(transport.TooLarge, 0, 0) }, Books{Dropped: map[trace.Reason]int64{trace.ReasonTooLarge: 100}}},
		"expired":   {func(b send.Batch) error { return says(transport.Retryable, 0, 0) }, Books{Dropped: map[trace.Reason]int64{ReasonExpired: 100}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPeers()
				p.says(func(_ context.Context, _ string, b send.Batch) error { return test.answer(b) })
				s := p.store(t, Config{})
				write(t, s, 0, 100)
				time.Sleep(retryFor + time.Second)
				got := balanced(t, s)
				test.want.Taken = 100
				if test.want.Dropped == nil {
					test.want.Dropped = map[trace.Reason]int64{}
				}
				if fmt.Sprint(got) != fmt.Sprint(test.want) {
					t.Errorf("%+v, want %+v", got, test.want)
				}
				closed(t, s, false)
			})
		})
	}
}

// TestRetryAfter: a receiver is left alone for as long as it asks.
func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeers()
		var at []time.Time
		p.says(func(context.Context, string, send.Batch) error {
			if at = append(at, time.Now()); len(at) == 1 {
				return says(transport.Retryable, 7*time.Second, 0)
			}
			return nil
		})
		s := p.store(t, Config{})
		write(t, s, 0, 1)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(at) != 2 || at[1].Sub(at[0]) != 7*time.Second {
			t.Errorf("asked at %v", at)
		}
		closed(t, s, false)
	})
}

// TestOneOfTwo: a receiver that is slow, or gone, does not hold up another.
func TestOneOfTwo(t *testing.T) {
	for name, bad := range map[string]func(context.Context) error{
		"slow":   func(context.Context) error { time.Sleep(9 * time.Second); return nil },
		"silent": func(context.Context) error { time.Sleep(10 * time.Second); return says(transport.Retryable, 0, 0) },
		"gone":   func(context.Context) error { return says(transport.Retryable, 0, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPeers()
				p.says(func(ctx context.Context, name string, _ send.Batch) error {
					if name == "bad:1" {
						return bad(ctx)
					}
					time.Sleep(time.Millisecond)
					return nil
				})
				s := p.store(t, Config{Endpoints: []string{"bad:1", "good:1", "bad:1"}})
				begun := time.Now()
				for i := range 1000 {
					write(t, s, 10*i, 10)
				}
				time.Sleep(2 * time.Second)
				if n := p.count(); n < 10_000-10*perTarget {
					t.Errorf("%d spans after %v", n, time.Since(begun))
				}
				time.Sleep(time.Minute)
				if b := balanced(t, s); b.Sent != 10_000 || p.count() != 10_000 {
					t.Errorf("%+v, %d came", b, p.count())
				}
				closed(t, s, false)
				if p.open != 0 {
					t.Errorf("%d senders are open", p.open)
				}
			})
		})
	}
}

// TestShare: receivers that are well take equal parts.
func TestShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeers()
		s := p.store(t, Config{Endpoints: []string{"a:1", "b:1", "c:1"}})
		for i := range 300 {
			write(t, s, i, 1)
			synctest.Wait()
		}
		if got := p.shares(); got != "map[a:1:100 b:1:100 c:1:100]" {
			t.Error(got)
		}
		closed(t, s, false)
	})
}

// TestNames: a name's addresses are followed, and kept when it cannot be looked up.
func TestNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeers()
		none := errors.New("no such host")
		p.finds(none)
		s := p.store(t, Config{Endpoints: []string{"dns:///collector:4317"}})
		use := func(want string) {
			t.Helper()
			synctest.Wait()
			p.shares()
			for i := range 4 {
				write(t, s, i, 1)
				synctest.Wait()
			}
			if got := p.shares(); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		use("map[]")
		p.finds(nil, "10.0.0.1")
		time.Sleep(resolveLeast)
		synctest.Wait()
		if n := p.count(); n != 4 {
			t.Errorf("%d came when the name was found", n)
		}
		p.finds(nil, "10.0.0.1", "10.0.0.2", "10.0.0.2")
		time.Sleep(resolveEvery)
		use("map[10.0.0.1:4317:2 10.0.0.2:4317:2]")
		p.finds(none)
		time.Sleep(resolveEvery)
		use("map[10.0.0.1:4317:2 10.0.0.2:4317:2]")
		p.finds(nil, "::3")
		time.Sleep(resolveEvery)
		use("map[[::3]:4317:4]")
		p.mu.Lock()
		if p.open != 1 {
			t.Errorf("%d senders are open", p.open)
		}
		p.mu.Unlock()
		closed(t, s, false)
	})
}

func TestOpenWrong(t *testing.T) {
	for want, c := range map[string]Config{
		"no endpoint":     {},
		`"a" is not`:      {Endpoints: []string{"a"}, Send: send.Config{Protocol: send.OTLPGRPC}},
		"no protocol":     {Endpoints: []string{"a:1"}},
		"100 bytes are":   {Endpoints: []string{"a:1"}, Send: send.Config{Protocol: send.OTLPGRPC}, Spool: t.TempDir(), SpoolBytes: 100},
		"not a directory": {Endpoints: []string{"a:1"}, Send: send.Config{Protocol: send.OTLPGRPC}, Spool: "/dev/null/x"},
	} {
		if _, err := Open(c, nil, quiet); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestWriteOnly: nothing can be read, and Status says what waits.
func TestWriteOnly(t *testing.T) {
	p := newPeers()
	s := p.store(t, Config{})
	if _, err := s.Services(t.Context()); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
	if !s.Caps().WriteOnly || !s.Caps().Volatile {
		t.Errorf("%+v", s.Caps())
	}
	if st, err := s.Status(t.Context()); err != nil || st.Engine != "forward" || st.MaxBytes != DefaultQueueBytes {
		t.Errorf("%+v, %v", st, err)
	}
	closed(t, s, false)
	if err := s.Write(t.Context(), ptrace.NewTraces()); !errors.Is(err, store.ErrClosed) {
		t.Error(err)
	}
	if err := s.Close(); !errors.Is(err, store.ErrClosed) {
		t.Error(err)
	}
}

// TestFlaps: a receiver that refuses every other batch, because it has much to do, is
// not logged each time.
func TestFlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		p := newPeers()
		p.log = slog.New(slog.NewTextHandler(&log, nil))
		n := 0
		p.says(func(context.Context, string, send.Batch) error {
			if n++; n%2 == 1 {
				return says(transport.Retryable, 0, 0)
			}
			return nil
		})
		s := p.store(t, Config{})
		for range 100 {
			write(t, s, 0, 1)
			time.Sleep(time.Second)
		}
		closed(t, s, false)
		for _, text := range []string{"cannot be sent", "can be sent again"} {
			if times := strings.Count(log.String(), text); times != 2 {
				t.Errorf("%d times: %s", times, text)
			}
		}
	})
}
