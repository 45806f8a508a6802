// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"bufio"
	"context"
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

// use does all that w can do, and returns what that is.
func use(t *testing.T, w http.ResponseWriter) string {
	var can []string
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
		can = append(can, "flush")
	}
	if r, ok := w.(io.ReaderFrom); ok {
		if n, err := r.ReadFrom(strings.NewReader("abc")); n != 3 || err != nil {
			t.Errorf("ReadFrom: %d, %v", n, err)
		}
		can = append(can, "read from")
	}
	if p, ok := w.(http.Pusher); ok {
		if err := p.Push("/x", nil); err == nil || err.Error() != "pushed" {
			t.Errorf("Push: %v", err)
		}
		can = append(can, "push /x")
	}
	if c, ok := w.(http.CloseNotifier); ok { //nolint:staticcheck // it is what is tested
		if c.CloseNotify() == nil {
			t.Error("no channel")
		}
		can = append(can, "close notify")
	}
	if h, ok := w.(http.Hijacker); ok {
		if _, _, err := h.Hijack(); err != nil {
			t.Errorf("Hijack: %v", err)
		}
		can = append(can, "hijack")
	}
	return strings.Join(can, ", ")
}

// Each writer becomes one of the largest kind that can do nothing that it cannot.
func TestWriterKinds(t *testing.T) {
	a := &able{ResponseWriter: httptest.NewRecorder()}
	w := a.ResponseWriter
	for name, test := range map[string]struct {
		base http.ResponseWriter
		want string
	}{
		"plain": {struct{ http.ResponseWriter }{w}, ""},
		"HTTP/1.1": {struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
			io.ReaderFrom
			http.CloseNotifier
		}{w, a, a, a, a}, "flush, read from, close notify, hijack"},
		"HTTP/2": {struct {
			http.ResponseWriter
			http.Flusher
			http.Pusher
			http.CloseNotifier
		}{w, a, a, a}, "flush, push /x, close notify"},
		"recorder": {struct {
			http.ResponseWriter
			http.Flusher
		}{w, a}, "flush"},
		"timeout": {struct {
			http.ResponseWriter
			http.Pusher
		}{w, a}, "push /x"},
		"middleware, HTTP/1.1": {struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
			io.ReaderFrom
		}{w, a, a, a}, "flush, read from, hijack"},
		"middleware, HTTP/2": {struct {
			http.ResponseWriter
			http.Flusher
			http.Pusher
		}{w, a, a}, "flush, push /x"},
		"middleware": {struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
		}{w, a, a}, "flush, hijack"},
		"hijacker": {struct {
			http.ResponseWriter
			http.Hijacker
		}{w, a}, "hijack"},
		"everything": {a, "flush, read from, close notify, hijack"},
		"four": {struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
			http.Pusher
			http.CloseNotifier
		}{w, a, a, a, a}, "flush, hijack"},
		"reader from": {struct {
			http.ResponseWriter
			io.ReaderFrom
		}{w, a}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a.did = nil
			s := &response{ctx: context.Background(), ResponseWriter: test.base}
			if got := use(t, writer(s)); got != test.want {
				t.Errorf("can %q, want %q", got, test.want)
			}
			if got := strings.Join(a.did, ", "); got != test.want {
				t.Errorf("did %q, want %q", got, test.want)
			}
			if s.hijacked.Load() != strings.Contains(test.want, "hijack") || (s.written.Load() == 3) != strings.Contains(test.want, "read from") {
				t.Errorf("noted hijacked %v, %d bytes", s.hijacked.Load(), s.written.Load())
			}
			if !errors.Is(http.NewResponseController(writer(s)).EnableFullDuplex(), http.ErrNotSupported) {
				t.Error("a controller can do what none of the writers can")
			}
		})
	}
}

func TestResponseStatus(t *testing.T) {
	hijack := func(w http.ResponseWriter) { _, _, _ = http.NewResponseController(w).Hijack() }
	tests := []struct {
		name  string
		write func(w http.ResponseWriter)
		want  int32
		http2 bool
	}{
		{"nothing", func(http.ResponseWriter) {}, 0, false},
		{"body alone", func(w http.ResponseWriter) { _, _ = w.Write(nil) }, 200, false},
		{"string alone", func(w http.ResponseWriter) { _, _ = io.WriteString(w, "a") }, 200, false},
		{"first wins", func(w http.ResponseWriter) { w.WriteHeader(404); w.WriteHeader(500) }, 404, false},
		{"informational", func(w http.ResponseWriter) { w.WriteHeader(103); w.WriteHeader(204) }, 204, false},
		{"informational alone", func(w http.ResponseWriter) { w.WriteHeader(100) }, 0, false},
		{"switching protocols", func(w http.ResponseWriter) { w.WriteHeader(101); w.WriteHeader(200) }, 101, false},
		{"switching protocols over HTTP/2", func(w http.ResponseWriter) { w.WriteHeader(101); w.WriteHeader(200) }, 200, true},
		{"flush", func(w http.ResponseWriter) { w.(http.Flusher).Flush(); w.WriteHeader(500) }, 200, false},
		{"no status", func(w http.ResponseWriter) { w.WriteHeader(99) }, 0, false},
		{"no status, then one", func(w http.ResponseWriter) {
			func() {
				defer func() { _ = recover() }()
				w.WriteHeader(1000)
			}()
			w.WriteHeader(400)
		}, 400, false},
		{"hijacked", func(w http.ResponseWriter) { hijack(w); w.WriteHeader(500) }, 0, false},
		{"hijacked after a status", func(w http.ResponseWriter) { w.WriteHeader(101); hijack(w); w.WriteHeader(500) }, 101, false},
		{"a source that panics", func(w http.ResponseWriter) { _, _ = w.(io.ReaderFrom).ReadFrom(&bomb{}) }, 200, false},
		{"a source that panics at once", func(w http.ResponseWriter) { _, _ = w.(io.ReaderFrom).ReadFrom(&bomb{read: true}) }, 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &response{ctx: context.Background(), ResponseWriter: &able{ResponseWriter: httptest.NewRecorder()}, http2: test.http2}
			func() {
				defer func() { _ = recover() }()
				test.write(writer(s))
			}()
			if got := s.status.Load(); got != test.want {
				t.Errorf("status %d, want %d", got, test.want)
			}
		})
	}
}

// bomb gives five bytes and panics.
type bomb struct{ read bool }

func (b *bomb) Read(p []byte) (int, error) {
	if b.read {
		panic("no milk")
	}
	b.read = true
	return copy(p, "hello"), nil
}

// shy is middleware's writer that hides what it wraps but by Unwrap.
type shy struct{ http.ResponseWriter }

func (s shy) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// What reaches the writers below ours is seen, whichever way it is found.
func TestResponseBelow(t *testing.T) {
	next := func(w http.ResponseWriter) http.ResponseWriter { return w.(unwrapper).Unwrap() }
	hijacker := func(w http.ResponseWriter) (h http.Hijacker) {
		wraps(w, func(w http.ResponseWriter) (ok bool) {
			h, ok = w.(http.Hijacker)
			return ok
		})
		return h
	}
	flusher := func(w http.ResponseWriter) (f http.Flusher) {
		wraps(w, func(w http.ResponseWriter) (ok bool) {
			f, ok = w.(http.Flusher)
			return ok
		})
		return f
	}
	for name, test := range map[string]struct {
		do       func(w http.ResponseWriter)
		status   int32
		hijacked bool
	}{
		"controller's Flush":    {func(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }, 200, false},
		"controller's Hijack":   {func(w http.ResponseWriter) { _, _, _ = http.NewResponseController(w).Hijack() }, 0, true},
		"a Flusher looked for":  {func(w http.ResponseWriter) { flusher(w).Flush() }, 200, false},
		"a Hijacker looked for": {func(w http.ResponseWriter) { _, _, _ = hijacker(w).Hijack() }, 0, true},
		"WriteHeader":           {func(w http.ResponseWriter) { next(w).WriteHeader(202) }, 202, false},
		"Write":                 {func(w http.ResponseWriter) { _, _ = next(w).Write(nil) }, 200, false},
	} {
		for depth, around := range map[string]func(http.ResponseWriter) http.ResponseWriter{
			"none":      func(w http.ResponseWriter) http.ResponseWriter { return w },
			"one below": func(w http.ResponseWriter) http.ResponseWriter { return shy{w} },
			"two below": func(w http.ResponseWriter) http.ResponseWriter { return shy{shy{w}} },
		} {
			s := &response{ctx: context.Background(), ResponseWriter: around(&able{ResponseWriter: httptest.NewRecorder()})}
			w := writer(s)
			test.do(w)
			w.WriteHeader(500)
			if s.status.Load() != test.status || s.hijacked.Load() != test.hijacked {
				t.Errorf("%s, %s: noted status %d, hijacked %v", name, depth, s.status.Load(), s.hijacked.Load())
			}
		}
	}
}

// Programs find their own writers below ours.
func TestResponseUnwrapsToThoseBelow(t *testing.T) {
	mine := &able{ResponseWriter: httptest.NewRecorder()}
	ours := writer(&response{ctx: context.Background(), ResponseWriter: shy{mine}})
	if !wraps(ours, func(w http.ResponseWriter) bool { return w == http.ResponseWriter(mine) }) {
		t.Error("a writer is hidden")
	}
}
