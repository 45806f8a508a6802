// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bufio"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"
)

// document is an answer that writes itself, piece by piece. An error after the
// first byte breaks the connection off.
type document interface {
	writeTo(w *jsonWriter) error
}

// json returns a handler that writes what f returns as JSON. A document writes
// itself.
func (s *server) json(f func(*http.Request) (any, error)) http.Handler { return s.raw(s.answer(f)) }

// answer returns f as a function that writes what it returned.
func (s *server) answer(f func(*http.Request) (any, error)) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := f(r)
		if err != nil {
			return err
		}
		indent := ""
		if p := r.URL.Query().Get("prettyPrint"); p != "" && p != "false" {
			indent = "    "
		}
		w.Header().Set("Content-Type", "application/json")
		b := bufio.NewWriterSize(w, 64<<10)
		j := newJSONWriter(b, indent)
		if d, ok := v.(document); ok {
			err = d.writeTo(j)
		} else {
			j.value(v)
			err = j.err
		}
		if err != nil {
			return err
		}
		return b.Flush()
	}
}

// raw returns a handler for downloads and streams: f writes the answer. An error
// it returns is the answer when nothing was written before.
func (s *server) raw(f func(http.ResponseWriter, *http.Request) error) http.Handler {
	return s.handle(f, writeError)
}

// handle is raw with a form of errors.
func (s *server) handle(f func(http.ResponseWriter, *http.Request) error, write func(http.ResponseWriter, *apiError)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v)
			default:
				s.fail(rec, r, write, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
			}
		}()
		if err := f(rec, r); err != nil {
			s.fail(rec, r, write, err)
		}
	})
}

// fail answers a request that failed. When the answer has begun it breaks off
// the connection, so that no client takes a part for the whole.
func (s *server) fail(w *recorder, r *http.Request, write func(http.ResponseWriter, *apiError), err error) {
	e := asError(err)
	gone := w.failed || r.Context().Err() != nil // nobody reads it
	if e.Code == http.StatusInternalServerError && !gone {
		s.failures.log(s.Logger, "a request failed", "path", shorten(r.URL.Path), "error", err)
	}
	switch {
	case w.wrote:
		panic(http.ErrAbortHandler)
	case !gone:
		write(w, e)
	}
}

// recorder remembers what became of the answer, and gives the client time
// for each write rather than for the whole.
type recorder struct {
	http.ResponseWriter
	wrote  bool
	failed bool // the client is gone, or too slow
}

func (w *recorder) WriteHeader(code int) {
	w.wrote = true
	w.ResponseWriter.WriteHeader(code)
}

func (w *recorder) Write(b []byte) (int, error) {
	w.wrote = true
	// A writer without deadlines is a test's, or a server's that has its own.
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(writeTimeout))
	n, err := w.ResponseWriter.Write(b)
	w.failed = w.failed || err != nil
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
