// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// able is a ResponseWriter that can do everything and remembers what it did.
type able struct {
	http.ResponseWriter
	did []string
}

func (a *able) Flush() { a.did = append(a.did, "flush") }

func (a *able) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	a.did = append(a.did, "hijack")
	return nil, nil, nil
}

func (a *able) Push(target string, _ *http.PushOptions) error {
	a.did = append(a.did, "push "+target)
	return errors.New("pushed")
}

func (a *able) ReadFrom(r io.Reader) (int64, error) {
	a.did = append(a.did, "read from")
	return io.Copy(io.Discard, r)
}

func (a *able) CloseNotify() <-chan bool {
	a.did = append(a.did, "close notify")
	return make(chan bool)
}

// limited returns a ResponseWriter that can do what is asked for and nothing else.
func limited(a *able, can int) http.ResponseWriter {
	w := a.ResponseWriter
	switch can {
	case flush:
		return struct {
			http.ResponseWriter
			http.Flusher
		}{w, a}
	case hijack:
		return struct {
			http.ResponseWriter
			http.Hijacker
		}{w, a}
	case flush | hijack:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
		}{w, a, a}
	case push:
		return struct {
			http.ResponseWriter
			http.Pusher
		}{w, a}
	case flush | push:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.Pusher
		}{w, a, a}
	case hijack | push:
		return struct {
			http.ResponseWriter
			http.Hijacker
			http.Pusher
		}{w, a, a}
	case flush | hijack | push:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
			http.Pusher
		}{w, a, a, a}
	case readFrom:
		return struct {
			http.ResponseWriter
			io.ReaderFrom
		}{w, a}
	case flush | readFrom:
		return struct {
			http.ResponseWriter
			http.Flusher
			io.ReaderFrom
		}{w, a, a}
	case hijack | readFrom:
		return struct {
			http.ResponseWriter
			http.Hijacker
			io.ReaderFrom
		}{w, a, a}
	case flush | hijack | readFrom:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
			io.ReaderFrom
		}{w, a, a, a}
	case push | readFrom:
		return struct {
			http.ResponseWriter
			http.Pusher
			io.ReaderFrom
		}{w, a, a}
	case flush | push | readFrom:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.Pusher
			io.ReaderFrom
		}{w, a, a, a}
	case hijack | push | readFrom:
		return struct {
			http.ResponseWriter
			http.Hijacker
			http.Pusher
			io.ReaderFrom
		}{w, a, a, a}
	case flush | hijack | push | readFrom:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
			http.Pusher
			io.ReaderFrom
		}{w, a, a, a, a}
	case closeNotify:
		return struct {
			http.ResponseWriter
			http.CloseNotifier
		}{w, a}
	case flush | closeNotify:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.CloseNotifier
		}{w, a, a}
	case hijack | closeNotify:
		return struct {
			http.ResponseWriter
			http.Hijacker
			http.CloseNotifier
		}{w, a, a}
	case flush | hijack | closeNotify:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
			http.CloseNotifier
		}{w, a, a, a}
	case push | closeNotify:
		return struct {
			http.ResponseWriter
			http.Pusher
			http.CloseNotifier
		}{w, a, a}
	case flush | push | closeNotify:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.Pusher
			http.CloseNotifier
		}{w, a, a, a}
	case hijack | push | closeNotify:
		return struct {
			http.ResponseWriter
			http.Hijacker
			http.Pusher
			http.CloseNotifier
		}{w, a, a, a}
	case flush | hijack | push | closeNotify:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
			http.Pusher
			http.CloseNotifier
		}{w, a, a, a, a}
	case readFrom | closeNotify:
		return struct {
			http.ResponseWriter
			io.ReaderFrom
			http.CloseNotifier
		}{w, a, a}
	case flush | readFrom | closeNotify:
		return struct {
			http.ResponseWriter
			http.Flusher
			io.ReaderFrom
			http.CloseNotifier
		}{w, a, a, a}
	case hijack | readFrom | closeNotify:
		return struct {
			http.ResponseWriter
			http.Hijacker
			io.ReaderFrom
			http.CloseNotifier
		}{w, a, a, a}
	case flush | hijack | readFrom | closeNotify:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
			io.ReaderFrom
			http.CloseNotifier
		}{w, a, a, a, a}
	case push | readFrom | closeNotify:
		return struct {
			http.ResponseWriter
			http.Pusher
			io.ReaderFrom
			http.CloseNotifier
		}{w, a, a, a}
	case flush | push | readFrom | closeNotify:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.Pusher
			io.ReaderFrom
			http.CloseNotifier
		}{w, a, a, a, a}
	case hijack | push | readFrom | closeNotify:
		return struct {
			http.ResponseWriter
			http.Hijacker
			http.Pusher
			io.ReaderFrom
			http.CloseNotifier
		}{w, a, a, a, a}
	case flush | hijack | push | readFrom | closeNotify:
		return struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
			http.Pusher
			io.ReaderFrom
			http.CloseNotifier
		}{w, a, a, a, a, a}
	}
	return struct{ http.ResponseWriter }{w}
}

func TestAbilitiesArePreservedExactly(t *testing.T) {
	for can := range 32 {
		a := &able{ResponseWriter: httptest.NewRecorder()}
		base := limited(a, can)
		if got := abilities(base); got != can {
			t.Fatalf("the test's own writer %05b can do %05b", can, got)
		}
		w, s := wrap(base)
		if got := abilities(w); got != can {
			t.Errorf("a writer that can do %05b became one that can do %05b", can, got)
		}
		if u, ok := w.(interface{ Unwrap() http.ResponseWriter }); !ok || u.Unwrap() != base {
			t.Errorf("%05b: Unwrap does not return the server's writer", can)
		}
		var want []string
		if can&flush != 0 {
			w.(http.Flusher).Flush()
			want = append(want, "flush")
		}
		if can&hijack != 0 {
			if _, _, err := w.(http.Hijacker).Hijack(); err != nil || !s.hijacked {
				t.Errorf("%05b: Hijack: %v, noted %v", can, err, s.hijacked)
			}
			want = append(want, "hijack")
		}
		if can&push != 0 {
			if err := w.(http.Pusher).Push("/x", nil); err == nil || err.Error() != "pushed" {
				t.Errorf("%05b: Push: %v", can, err)
			}
			want = append(want, "push /x")
		}
		if can&readFrom != 0 {
			if n, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("abc")); n != 3 || err != nil || s.written != 3 {
				t.Errorf("%05b: ReadFrom: %d, %v, counted %d", can, n, err, s.written)
			}
			want = append(want, "read from")
		}
		if can&closeNotify != 0 {
			if w.(http.CloseNotifier).CloseNotify() == nil { //nolint:staticcheck // it is what is tested
				t.Errorf("%05b: no channel", can)
			}
			want = append(want, "close notify")
		}
		if got := strings.Join(a.did, ", "); got != strings.Join(want, ", ") {
			t.Errorf("%05b: did %q, want %q", can, got, want)
		}
	}
}

func TestResponseStatus(t *testing.T) {
	tests := []struct {
		name  string
		write func(w http.ResponseWriter)
		want  int
	}{
		{"nothing", func(http.ResponseWriter) {}, 0},
		{"body alone", func(w http.ResponseWriter) { _, _ = w.Write(nil) }, 200},
		{"string alone", func(w http.ResponseWriter) { _, _ = io.WriteString(w, "a") }, 200},
		{"first wins", func(w http.ResponseWriter) { w.WriteHeader(404); w.WriteHeader(500) }, 404},
		{"informational", func(w http.ResponseWriter) { w.WriteHeader(103); w.WriteHeader(204) }, 204},
		{"switching protocols", func(w http.ResponseWriter) { w.WriteHeader(101) }, 101},
		{"flush", func(w http.ResponseWriter) { w.(http.Flusher).Flush(); w.WriteHeader(500) }, 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w, s := wrap(httptest.NewRecorder())
			test.write(w)
			if s.status != test.want {
				t.Errorf("status %d, want %d", s.status, test.want)
			}
		})
	}
}
