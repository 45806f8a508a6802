// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"time"
)

// Handlers choose what to do by type assertions, so a method too many is as wrong as
// one too few. These are the kinds of ResponseWriter that there are in practice: those
// of net/http's servers, http1 and http2, and of common middleware. Each is one
// pointer, which an interface holds without an allocation.
type (
	plain         struct{ *response }
	flusher       struct{ plain }
	hijacker      struct{ plain }
	pusher        struct{ plain }
	flushHijacker struct{ hijacker }
	readerFrom    struct{ flushHijacker }
	http1         struct{ readerFrom } // and closeNotify
	flushPusher   struct{ pusher }
	http2         struct{ flushPusher } // and closeNotify
)

// What the servers' ResponseWriters can do together, for one type switch.
type (
	canFlushHijack interface {
		http.Flusher
		http.Hijacker
	}
	canReadFrom interface {
		canFlushHijack
		io.ReaderFrom
	}
	canHTTP1 interface {
		canReadFrom
		http.CloseNotifier //nolint:staticcheck // handlers that still use it must find it
	}
	canFlushPush interface {
		http.Flusher
		http.Pusher
	}
	canHTTP2 interface {
		canFlushPush
		http.CloseNotifier //nolint:staticcheck // as above
	}
)

// writer returns a ResponseWriter that writes to w and is of the largest kind that
// can do nothing that w's cannot. What that kind lacks is found by Unwrap.
func writer(w *response) http.ResponseWriter {
	p := plain{w}
	h, s := flushHijacker{hijacker{p}}, flushPusher{pusher{p}}
	switch w.ResponseWriter.(type) {
	case canHTTP1:
		return http1{readerFrom{h}}
	case canReadFrom:
		return readerFrom{h}
	case canFlushHijack:
		return h
	case canHTTP2:
		return http2{s}
	case canFlushPush:
		return s
	case http.Flusher:
		return flusher{p}
	case http.Hijacker:
		return h.hijacker
	case http.Pusher:
		return s.pusher
	}
	return p
}

func (w flusher) Flush()                                        { _ = w.FlushError() } // as net/http's own Flush does
func (w flushHijacker) Flush()                                  { _ = w.FlushError() }
func (w flushPusher) Flush()                                    { _ = w.FlushError() }
func (w hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) { return w.hijack() }
func (w http1) CloseNotify() <-chan bool                        { return w.closeNotify() }
func (w http2) CloseNotify() <-chan bool                        { return w.closeNotify() }

func (w pusher) Push(target string, opts *http.PushOptions) error {
	return w.ResponseWriter.(http.Pusher).Push(target, opts)
}

func (w *response) closeNotify() <-chan bool {
	return w.ResponseWriter.(http.CloseNotifier).CloseNotify() //nolint:staticcheck // as above
}

// Unwrap lets http.ResponseController, and others who look for what w cannot do, go
// on to the writers below. Those who find it there still use it through w: what they
// get first notes what is sent. The last of net/http's own writers is not shown.
func (w plain) Unwrap() http.ResponseWriter {
	next := w.ResponseWriter
	var flush, hijack bool
	wraps(next, func(w http.ResponseWriter) bool {
		_, f := w.(http.Flusher)
		_, h := w.(http.Hijacker)
		flush, hijack = flush || f, hijack || h
		return flush && hijack
	})
	b, u := below(w), unwraps{next}
	last := isServers(next)
	switch {
	case hijack && last:
		return belowHijacker{belowFlusher{b}}
	case hijack:
		return midHijacker{belowHijacker{belowFlusher{b}}, u}
	case flush && last:
		return belowFlusher{b}
	case flush:
		return midFlusher{belowFlusher{b}, u}
	case last:
		return b
	}
	return mid{b, u}
}

// What a ResponseWriter of ours unwraps to: the last one, or one in the middle.
type (
	below         struct{ *response }
	belowFlusher  struct{ below }
	belowHijacker struct{ belowFlusher }

	unwraps struct{ next http.ResponseWriter }
	mid     struct {
		below
		unwraps
	}
	midFlusher struct {
		belowFlusher
		unwraps
	}
	midHijacker struct {
		belowHijacker
		unwraps
	}
)

func (w below) SetReadDeadline(t time.Time) error {
	return http.NewResponseController(w.ResponseWriter).SetReadDeadline(t)
}

func (w below) SetWriteDeadline(t time.Time) error {
	return http.NewResponseController(w.ResponseWriter).SetWriteDeadline(t)
}

func (w below) EnableFullDuplex() error {
	return http.NewResponseController(w.ResponseWriter).EnableFullDuplex()
}

func (w belowFlusher) Flush()                                        { _ = w.FlushError() }
func (w belowHijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) { return w.hijack() }
func (u unwraps) Unwrap() http.ResponseWriter                        { return u.next }

// isServers reports whether w is of a type of net/http's own, which nobody else can
// name and look for.
func isServers(w http.ResponseWriter) bool {
	if _, more := w.(unwrapper); more {
		return false
	}
	t := reflect.TypeOf(w)
	if t == nil || t.Kind() != reflect.Pointer {
		return false
	}
	pkg := t.Elem().PkgPath()
	return pkg == "net/http" || pkg == "golang.org/x/net/http2" || strings.HasPrefix(pkg, "net/http/internal/")
}
