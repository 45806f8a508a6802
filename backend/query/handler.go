// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"runtime/debug"
	"time"
)

// document is an answer that writes itself, piece by piece. An error after the
// first byte breaks the connection off.
type document interface {
	writeTo(w io.Writer, indent string) error
}

// json is the usual door: what f returns is written as JSON. An answer that is
// a document writes itself.
func (s *server) json(f func(*http.Request) (any, error)) http.Handler {
	return s.raw(func(w http.ResponseWriter, r *http.Request) error {
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
		if d, ok := v.(document); ok {
			err = d.writeTo(b, indent)
		} else {
			enc := json.NewEncoder(b)
			enc.SetIndent("", indent)
			err = enc.Encode(v)
		}
		if err != nil {
			return err
		}
		return b.Flush()
	})
}

// raw is the lower door, for downloads and streams: f writes the answer, and
// an error it returns is the answer when nothing was written before.
func (s *server) raw(f func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v != http.ErrAbortHandler {
				s.failed.log(s.Logger, "a request panicked", "path", shorten(r.URL.Path), "panic", v, "stack", string(debug.Stack()))
			}
			if rec.wrote {
				panic(http.ErrAbortHandler)
			}
			writeError(rec, internalError())
		}()
		err := f(rec, r)
		if err == nil || r.Context().Err() != nil {
			return // done, or nobody waits for it
		}
		e := asError(err)
		if e.Code == http.StatusInternalServerError {
			s.failed.log(s.Logger, "a request failed", "path", shorten(r.URL.Path), "error", err)
		}
		if rec.wrote {
			panic(http.ErrAbortHandler) // so that the client does not take a part for the whole
		}
		writeError(rec, e)
	})
}

// recorder remembers whether the answer has begun, and gives the client time
// for each write rather than for the whole.
type recorder struct {
	http.ResponseWriter
	wrote bool
}

func (w *recorder) WriteHeader(code int) {
	w.wrote = true
	w.ResponseWriter.WriteHeader(code)
}

func (w *recorder) Write(b []byte) (int, error) {
	w.wrote = true
	// A writer without deadlines is a test's, or a server's that has its own.
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(writeTimeout))
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
