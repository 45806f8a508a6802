// SPDX-License-Identifier: Apache-2.0

package polltest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Case is a server that answers badly.
type Case struct {
	Name    string
	Handler http.Handler
	Slow    bool // it ends with the client's deadline
}

// Body answers every request with a text, as JSON.
func Body(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, text)
	})
}

// Hostile returns servers whose answers mean nothing in any JSON API. A client
// keeps what it had.
func Hostile() []Case {
	return []Case{
		{Name: "garbage", Handler: Body("\x00\xff\xfe{]garbage")},
		{Name: "empty", Handler: Body("")},
		{Name: "cut off", Handler: Body(`[{"`)},
		{Name: "null", Handler: Body("null")},
		{Name: "a string", Handler: Body(`"ok"`)},
		{Name: "a number beyond everything", Handler: Body("1e999999")},
		{Name: "two documents", Handler: Body("[] []")},
		{Name: "deep", Handler: Body(strings.Repeat("[", 500_000))},
		{Name: "html", Handler: http.HandlerFunc(html)},
		{Name: "status 500", Handler: status(http.StatusInternalServerError, "no such thing here")},
		{Name: "status 500 without end", Handler: http.HandlerFunc(endlessError)},
		{Name: "status 404", Handler: http.NotFoundHandler()},
		{Name: "status 304", Handler: status(http.StatusNotModified, "")},
		{Name: "redirect loop", Handler: http.HandlerFunc(redirect)},
		{Name: "hang", Handler: http.HandlerFunc(hang), Slow: true},
		{Name: "hang in the body", Handler: http.HandlerFunc(hangInBody), Slow: true},
		{Name: "drip", Handler: http.HandlerFunc(drip), Slow: true},
		{Name: "closed connection", Handler: http.HandlerFunc(hangUp)},
		{Name: "lies about the length", Handler: http.HandlerFunc(liar)},
		{Name: "endless", Handler: http.HandlerFunc(endless)},
		{Name: "endless header", Handler: http.HandlerFunc(endlessHeader)},
		{Name: "gzip bomb", Handler: bomb()},
	}
}

func status(code int, text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		if text != "" {
			_, _ = io.WriteString(w, text)
		}
	})
}

func html(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "<!doctype html><title>Welcome to the guest network</title>")
}

func redirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func hangInBody(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, "[")
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

// drip sends a byte a second.
func drip(w http.ResponseWriter, r *http.Request) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if _, err := io.WriteString(w, " "); err != nil || http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}

func hangUp(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		conn.Close()
	}
}

func liar(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "9000000000000")
	_, _ = io.WriteString(w, "[]")
}

func endless(w http.ResponseWriter, _ *http.Request) { pour(w, spaces()) }

func endlessError(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusInternalServerError)
	pour(w, spaces())
}

func endlessHeader(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
	for i := 0; err == nil; i++ {
		_, err = fmt.Fprintf(conn, "X-%d: %s\r\n", i, strings.Repeat("x", 4096))
	}
}

// bomb sends 4 MiB of spaces in 4 KiB, again and again: gzip files add up.
func bomb() http.Handler {
	var file bytes.Buffer
	z := gzip.NewWriter(&file)
	_, _ = io.WriteString(z, strings.Repeat(" ", 4<<20))
	_ = z.Close()
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		pour(w, file.Bytes())
	})
}

// pour writes until nobody takes it.
func pour(w io.Writer, b []byte) {
	for {
		if _, err := w.Write(b); err != nil {
			return
		}
	}
}

// spaces are what any JSON parser skips.
func spaces() []byte { return bytes.Repeat([]byte{' '}, 64<<10) }
