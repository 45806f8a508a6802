// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"reflect"
	"sync/atomic"
)

// response is a ResponseWriter that notes what is sent. The types in writers.go add
// what else the server's can do.
type response struct {
	http.ResponseWriter
	ctx      context.Context // of the request
	http2    bool            // where 101 is one more informational status
	status   atomic.Int32
	written  atomic.Int64 // bytes of the body
	hijacked atomic.Bool
}

// note keeps the first final status, unless the connection is no longer the
// server's or the client has gone.
func (w *response) note(status int) {
	if w.status.Load() == 0 && !w.hijacked.Load() && w.ctx.Err() != context.Canceled {
		w.status.CompareAndSwap(0, int32(status))
	}
}

// WriteHeader notes the status once the server has taken it: it panics at what is
// none. Informational ones are not final, but for 101, which ends HTTP/1.1.
func (w *response) WriteHeader(status int) {
	w.ResponseWriter.WriteHeader(status)
	if status >= 200 || status == http.StatusSwitchingProtocols && !w.http2 {
		w.note(status)
	}
}

func (w *response) Write(b []byte) (int, error) {
	n, err := w.ResponseWriter.Write(b)
	w.wrote(int64(n), err)
	return n, err
}

// WriteString is for io.WriteString, which the server's ResponseWriter saves a copy.
func (w *response) WriteString(s string) (int, error) {
	n, err := io.WriteString(w.ResponseWriter, s)
	w.wrote(int64(n), err)
	return n, err
}

// wrote notes what a write has done: it sends status 200 first, unless somebody else
// has the connection.
func (w *response) wrote(n int64, err error) {
	if err != http.ErrHijacked && err != http.ErrHandlerTimeout { //nolint:errorlint // net/http does not wrap them
		w.note(http.StatusOK)
	}
	w.written.Add(n)
}

// FlushError is what http.ResponseController prefers to Flush. It flushes whichever
// writer below can.
func (w *response) FlushError() error {
	err := http.NewResponseController(w.ResponseWriter).Flush()
	if !errors.Is(err, http.ErrNotSupported) {
		w.note(http.StatusOK)
	}
	return err
}

func (w *response) hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buf, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.hijacked.Store(true)
	}
	return conn, buf, err
}

// ReadFrom lets the server use sendfile. Unlike Write it sends no status when there
// is nothing to send.
func (w readerFrom) ReadFrom(src io.Reader) (n int64, err error) {
	counted := &counter{Reader: src}
	defer func() { // also when src panics
		if n = max(n, counted.n); n > 0 {
			w.wrote(n, err)
		}
	}()
	to := w.ResponseWriter.(io.ReaderFrom)
	if sendable(src) {
		return to.ReadFrom(src)
	}
	return to.ReadFrom(counted)
}

// counter counts what is read.
type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	return n, err
}

// sendable reports whether the system can send src without the program: it must stay
// what it is.
func sendable(src io.Reader) bool {
	if l, ok := src.(*io.LimitedReader); ok {
		src = l.R
	}
	switch src.(type) {
	case *os.File, *net.TCPConn, *net.UnixConn:
		return true
	}
	return false
}

// unwrapper is how http.ResponseController finds the server's ResponseWriter.
type unwrapper interface{ Unwrap() http.ResponseWriter }

// wraps reports whether is holds for w or for a writer that it wraps.
func wraps(w http.ResponseWriter, is func(w http.ResponseWriter) bool) bool {
	for range 32 { // a writer that unwraps to itself has no end
		if w == nil || is(w) {
			return w != nil
		}
		u, ok := w.(unwrapper)
		if !ok {
			return false
		}
		w = u.Unwrap()
	}
	return false
}

// isWrapped reports whether w is, or wraps, a ResponseWriter of ours.
func isWrapped(w http.ResponseWriter) bool {
	return wraps(w, func(w http.ResponseWriter) bool {
		_, ours := w.(interface{ note(status int) })
		return ours
	})
}

// hasTimeout reports whether what is written goes to an http.TimeoutHandler, which
// throws it away when it is late.
func hasTimeout(w http.ResponseWriter) bool {
	return wraps(w, func(w http.ResponseWriter) bool { return reflect.TypeOf(w).String() == "*http.timeoutWriter" })
}
