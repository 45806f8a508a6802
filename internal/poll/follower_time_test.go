// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package poll_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/poll"
)

// steps is a source that does one thing after the other, and then the last one
// again and again.
type steps struct {
	do  []func(current int) (int, error)
	log bytes.Buffer
}

func (s *steps) follow(change func(*poll.Source[int])) *poll.Follower[int] {
	n := 0
	src := poll.Source[int]{
		Options: poll.Options{Interval: time.Minute, Random: func() float64 { return 0.5 }}, // asks at 0:00.5, 1:00.5, …
		Name:    "source", Initial: 1, Cause: "rate", Failing: "fails", Working: "works",
		Logger: slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}})),
		Update: func(_ context.Context, current int) (int, error) {
			n++
			return s.do[min(n, len(s.do))-1](current)
		},
	}
	if change != nil {
		change(&src)
	}
	return poll.Follow(src)
}

func add(current int) (int, error) { return current + 1, nil }
func fail(int) (int, error)        { return 99, errors.New("no") }
func idle(int) (int, error)        { return 99, poll.ErrIdle }

func TestFollower(t *testing.T) {
	started := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // of a bubble
	at := func(minute int) time.Time {
		return started.Add(time.Duration(minute)*time.Minute + 500*time.Millisecond)
	}
	for _, tt := range []struct {
		name    string
		do      []func(int) (int, error)
		change  func(*poll.Source[int])
		minutes int
		value   int
		want    poll.Status
		log     string
	}{
		{"not yet", []func(int) (int, error){add}, nil, 0, 1, poll.Status{}, ""},
		{"goes on", []func(int) (int, error){add}, nil, 3, 4, poll.Status{Fetched: 3, Updated: at(2)}, ""},
		{"fails", []func(int) (int, error){add, fail}, nil, 4, 2, poll.Status{Fetched: 1, Failed: 3, Updated: at(0), LastError: "no"}, "level=WARN msg=fails cause=rate from=source error=no\n"},
		{
			"works again",
			[]func(int) (int, error){fail, add},
			nil, 3, 3,
			poll.Status{Fetched: 2, Failed: 1, Updated: at(2), LastError: "no"},
			"level=WARN msg=fails cause=rate from=source error=no\nlevel=INFO msg=works cause=rate from=source failed=1\n",
		},
		{"idle", []func(int) (int, error){add, idle}, nil, 9, 2, poll.Status{Fetched: 1, Updated: at(0)}, ""},
		{"panics", []func(int) (int, error){func(int) (int, error) { panic("boom") }}, nil, 1, 1, poll.Status{Failed: 1, LastError: "panic: boom"}, "level=WARN msg=fails cause=rate from=source error=\"panic: boom\"\n"},
		{
			"panics with itself",
			[]func(int) (int, error){func(int) (int, error) { m := map[int]any{}; m[0] = m; panic(m) }},
			nil, 1, 1,
			poll.Status{Failed: 1, LastError: "panic: map[0:map[0:map[0:map[0:map[0:map[0:map[0:map[0:…]]]]]]]]"},
			"*",
		},
		{"nasty error", []func(int) (int, error){func(int) (int, error) { return 0, nasty{} }}, nil, 1, 1, poll.Status{Failed: 1, LastError: "!(PANIC=Error method: nasty)"}, "*"},
		{"described", []func(int) (int, error){fail}, func(s *poll.Source[int]) {
			s.Describe = func(now int, st poll.Status) slog.Attr { return slog.String("now", fmt.Sprint(now, st.Failed)) }
		}, 2, 1, poll.Status{Failed: 2, LastError: "no"}, "level=WARN msg=fails cause=rate from=source now=\"1 1\" error=no\n"},
		{"hint", []func(int) (int, error){fail}, func(s *poll.Source[int]) {
			s.Hint = func(now int, st poll.Status) string { return fmt.Sprintf("%d until %d", now, st.Failed) }
		}, 2, 1, poll.Status{Failed: 2, LastError: "no"}, "level=WARN msg=fails cause=rate from=source error=no hint=\"1 until 1\"\n"},
		{"no hint", []func(int) (int, error){fail}, func(s *poll.Source[int]) {
			s.Hint = func(int, poll.Status) string { return "" }
		}, 2, 1, poll.Status{Failed: 2, LastError: "no"}, "level=WARN msg=fails cause=rate from=source error=no\n"},
		{"description panics", []func(int) (int, error){fail, add}, func(s *poll.Source[int]) {
			s.Describe = func(int, poll.Status) slog.Attr { panic("no") }
		}, 2, 2, poll.Status{Fetched: 1, Failed: 1, Updated: at(1), LastError: "no"}, ""},
		{
			"patience",
			[]func(int) (int, error){fail, fail, add},
			func(s *poll.Source[int]) { s.Patience = 90 * time.Second }, 3, 2,
			poll.Status{Fetched: 1, Failed: 2, Updated: at(2), LastError: "no"},
			"",
		},
		{
			"patience ends",
			[]func(int) (int, error){fail},
			func(s *poll.Source[int]) { s.Patience = time.Minute }, 2, 1,
			poll.Status{Failed: 2, LastError: "no"},
			"level=WARN msg=fails cause=rate from=source error=no\n",
		},
		{
			"closed while there is patience",
			[]func(int) (int, error){fail},
			func(s *poll.Source[int]) { s.Patience = time.Hour }, 2, 1,
			poll.Status{Failed: 2, LastError: "no"},
			"level=WARN msg=fails cause=rate from=source error=no\n",
		},
		{
			"no patience with what has worked",
			[]func(int) (int, error){fail},
			func(s *poll.Source[int]) { s.Patience, s.Updated = time.Hour, started }, 1, 1,
			poll.Status{Fetched: 1, Failed: 1, Updated: started, LastError: "no"},
			"level=WARN msg=fails cause=rate from=source error=no\n",
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &steps{do: tt.do}
			f := s.follow(tt.change)
			time.Sleep(time.Duration(tt.minutes) * time.Minute)
			synctest.Wait()
			if st := f.Status(); f.Value() != tt.value || st.Fetched != tt.want.Fetched || st.Failed != tt.want.Failed || !st.Updated.Equal(tt.want.Updated) || st.LastError != tt.want.LastError {
				t.Errorf("%s: %d, %+v; want %d, %+v", tt.name, f.Value(), st, tt.value, tt.want)
			}
			for range 2 {
				if err := f.Close(); err != nil {
					t.Error(err)
				}
			}
			time.Sleep(time.Hour)
			if f.Value() != tt.value {
				t.Errorf("%s: followed after Close", tt.name)
			}
			if got := s.log.String(); got != tt.log && tt.log != "*" {
				t.Errorf("%s: logged %s, want %s", tt.name, got, tt.log)
			}
		})
	}
}

// TestFollowerErrorTexts are short, and URLs in them have no secrets, whoever made
// the error.
func TestFollowerErrorTexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := &url.Error{Op: "Get", URL: "http://h/?token=secret2", Err: errors.New("no")}
		err := fmt.Errorf("fetching: %w", &url.Error{Op: "Get", URL: "http://h/\n?token=secret", Err: fmt.Errorf("redirect: %w", inner)})
		s := &steps{do: []func(int) (int, error){
			func(int) (int, error) { return 0, err },
			func(int) (int, error) { return 0, errors.New("\xff" + strings.Repeat("é", 1<<20)) },
		}}
		f := s.follow(nil)
		defer f.Close()
		time.Sleep(time.Second)
		if got, want := f.Status().LastError, `fetching: Get "http://h/\n?***": redirect: Get "http://h/?***": no`; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		time.Sleep(time.Minute)
		if got := f.Status().LastError; len(got) > 256 || !strings.HasPrefix(got, "\uFFFDéé") || !strings.HasSuffix(got, "é…") {
			t.Errorf("%d bytes: %s", len(got), got)
		}
		if strings.Contains(s.log.String(), "secret") {
			t.Errorf("logged %s", s.log.String())
		}
	})
}
