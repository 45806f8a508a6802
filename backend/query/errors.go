// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// apiError is an error that the client may read, in the form of Jaeger's
// answers (jaeger 1.62 cmd/query/app/http_handler.go, structuredError).
type apiError struct {
	Code    int    `json:"code,omitempty"`
	Msg     string `json:"msg"`
	TraceID string `json:"traceID,omitempty"`
	Column  int    `json:"column,omitempty"` // of a search text, from 1
}

func (e *apiError) Error() string { return e.Msg }

func errorf(code int, format string, args ...any) *apiError {
	return &apiError{Code: code, Msg: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) *apiError {
	return errorf(http.StatusBadRequest, format, args...)
}

func tooLarge(format string, args ...any) *apiError {
	return errorf(http.StatusRequestEntityTooLarge, format, args...)
}

func internalError() *apiError {
	return errorf(http.StatusInternalServerError, "internal error: see the server's log")
}

// asError says what the client hears of err. What it may not read, the text of
// a disk's error say, is an internal error.
func asError(err error) *apiError {
	var e *apiError
	var parse *trace.ParseError
	var body *http.MaxBytesError
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &parse):
		return &apiError{Code: http.StatusBadRequest, Msg: parse.Msg, Column: parse.Column}
	case errors.Is(err, store.ErrNotFound):
		return errorf(http.StatusNotFound, "%v", store.ErrNotFound)
	case errors.Is(err, store.ErrCursor):
		return badRequest("%v", store.ErrCursor)
	case errors.Is(err, store.ErrTooMuch):
		return badRequest("%v", err)
	case errors.Is(err, errors.ErrUnsupported):
		return errorf(http.StatusNotImplemented, "this store cannot do that")
	case errors.Is(err, store.ErrFull):
		return errorf(http.StatusInsufficientStorage, "%v", store.ErrFull)
	case errors.Is(err, store.ErrClosed), errors.Is(err, trace.ErrBusy):
		return errorf(http.StatusServiceUnavailable, "too busy: try again")
	case errors.As(err, &body):
		return tooLarge("the body is larger than %d bytes", body.Limit)
	}
	return internalError()
}

func writeError(w http.ResponseWriter, e *apiError) {
	writeErrorAs(w, e, envelope{Errors: []*apiError{e}})
}

// writeErrorAs answers with e's status and a body that says the same.
func writeErrorAs(w http.ResponseWriter, e *apiError, body any) {
	w.Header().Set("Content-Type", "application/json")
	if e.Code == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(e.Code)
	_ = json.NewEncoder(w).Encode(body) // a client that is gone needs no error
}

// shorten cuts a value for an error or the log.
func shorten(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	return strings.ToValidUTF8(s[:maxQuoted], "") + "… (" + strconv.Itoa(len(s)) + " bytes)"
}

// failures logs at most one failure every logEvery.
type failures struct {
	mu      sync.Mutex
	next    time.Time
	skipped int
}

func (f *failures) log(l *slog.Logger, msg string, args ...any) {
	f.mu.Lock()
	now := time.Now()
	if now.Before(f.next) {
		f.skipped++
		f.mu.Unlock()
		return
	}
	skipped := f.skipped
	f.next, f.skipped = now.Add(logEvery), 0
	f.mu.Unlock()
	if skipped > 0 {
		args = append(args, "skipped", skipped)
	}
	l.Error(msg, args...)
}
