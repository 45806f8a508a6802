// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// response is a ResponseWriter that notes what is written. What it does not have
// of the server's abilities the types in combinations.go add.
type response struct {
	http.ResponseWriter
	status   int   // the first final one; 0 until there is one
	written  int64 // bytes of the body
	hijacked bool
}

// Unwrap lets http.ResponseController find the server's ResponseWriter.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// isWrapped reports whether w is, or wraps, a ResponseWriter of ours.
func isWrapped(w http.ResponseWriter) bool {
	for range 32 { // a writer that unwraps to itself has no end
		if _, ours := w.(interface{ note(status int) }); ours {
			return true
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return false
		}
		w = u.Unwrap()
	}
	return false
}

// WriteHeader notes the first status that is not merely informational: 100 to 199
// but for 101, which ends HTTP.
func (w *response) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.note(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(b []byte) (int, error) {
	w.note(http.StatusOK)
	n, err := w.ResponseWriter.Write(b)
	w.written += int64(n)
	return n, err
}

// WriteString is for io.WriteString, which the server's ResponseWriter saves a copy.
func (w *response) WriteString(s string) (int, error) {
	w.note(http.StatusOK)
	n, err := io.WriteString(w.ResponseWriter, s)
	w.written += int64(n)
	return n, err
}

// note keeps the status, unless the connection is no longer the server's.
func (w *response) note(status int) {
	if w.status == 0 && !w.hijacked {
		w.status = status
	}
}

// The types below each add one ability, which the server's ResponseWriter has.

type flusher struct{ *response }

func (f flusher) Flush() { _ = f.FlushError() } // as net/http's own Flush does

// FlushError is what http.ResponseController prefers.
func (f flusher) FlushError() error {
	f.note(http.StatusOK)
	if w, ok := f.ResponseWriter.(interface{ FlushError() error }); ok {
		return w.FlushError()
	}
	f.ResponseWriter.(http.Flusher).Flush()
	return nil
}

type hijacker struct{ *response }

func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buf, err := h.ResponseWriter.(http.Hijacker).Hijack()
	if err == nil {
		h.hijacked = true
	}
	return conn, buf, err
}

type pusher struct{ *response }

func (p pusher) Push(target string, opts *http.PushOptions) error {
	return p.ResponseWriter.(http.Pusher).Push(target, opts)
}

type readerFrom struct{ *response }

// ReadFrom lets the server use sendfile. Unlike Write it sends no status when there
// is nothing to send.
func (r readerFrom) ReadFrom(src io.Reader) (int64, error) {
	n, err := r.ResponseWriter.(io.ReaderFrom).ReadFrom(src)
	if r.written += n; n > 0 {
		r.note(http.StatusOK)
	}
	return n, err
}

type closeNotifier struct{ *response }

func (c closeNotifier) CloseNotify() <-chan bool {
	return c.ResponseWriter.(http.CloseNotifier).CloseNotify() //nolint:staticcheck // handlers that still use it must find it
}
