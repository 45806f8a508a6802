// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// What a ResponseWriter may be able to do beside writing.
const (
	flush = 1 << iota
	hijack
	push
	readFrom
	closeNotify
)

// abilities returns what w can do.
func abilities(w http.ResponseWriter) (can int) {
	if _, ok := w.(http.Flusher); ok {
		can |= flush
	}
	if _, ok := w.(http.Hijacker); ok {
		can |= hijack
	}
	if _, ok := w.(http.Pusher); ok {
		can |= push
	}
	if _, ok := w.(io.ReaderFrom); ok {
		can |= readFrom
	}
	if _, ok := w.(http.CloseNotifier); ok { //nolint:staticcheck // handlers that still use it must find it
		can |= closeNotify
	}
	return can
}

// wrap returns a ResponseWriter that can do what w can and nothing else, and where
// it notes what is written. Handlers choose what to do by type assertions, so a
// method too many is as wrong as one too few: hence a type for each combination.
func wrap(w http.ResponseWriter) (http.ResponseWriter, *response) {
	s := &response{ResponseWriter: w}
	can := abilities(w)
	switch can { // net/http's own servers
	case flush | hijack | readFrom | closeNotify:
		return http1{s}, s
	case flush | push | closeNotify:
		return http2{s}, s
	}
	f, h, p, r, c := flusher{s}, hijacker{s}, pusher{s}, readerFrom{s}, closeNotifier{s}
	switch can {
	case flush:
		return struct {
			*response
			flusher
		}{s, f}, s
	case hijack:
		return struct {
			*response
			hijacker
		}{s, h}, s
	case flush | hijack:
		return struct {
			*response
			flusher
			hijacker
		}{s, f, h}, s
	case push:
		return struct {
			*response
			pusher
		}{s, p}, s
	case flush | push:
		return struct {
			*response
			flusher
			pusher
		}{s, f, p}, s
	case hijack | push:
		return struct {
			*response
			hijacker
			pusher
		}{s, h, p}, s
	case flush | hijack | push:
		return struct {
			*response
			flusher
			hijacker
			pusher
		}{s, f, h, p}, s
	case readFrom:
		return struct {
			*response
			readerFrom
		}{s, r}, s
	case flush | readFrom:
		return struct {
			*response
			flusher
			readerFrom
		}{s, f, r}, s
	case hijack | readFrom:
		return struct {
			*response
			hijacker
			readerFrom
		}{s, h, r}, s
	case flush | hijack | readFrom:
		return struct {
			*response
			flusher
			hijacker
			readerFrom
		}{s, f, h, r}, s
	case push | readFrom:
		return struct {
			*response
			pusher
			readerFrom
		}{s, p, r}, s
	case flush | push | readFrom:
		return struct {
			*response
			flusher
			pusher
			readerFrom
		}{s, f, p, r}, s
	case hijack | push | readFrom:
		return struct {
			*response
			hijacker
			pusher
			readerFrom
		}{s, h, p, r}, s
	case flush | hijack | push | readFrom:
		return struct {
			*response
			flusher
			hijacker
			pusher
			readerFrom
		}{s, f, h, p, r}, s
	case closeNotify:
		return struct {
			*response
			closeNotifier
		}{s, c}, s
	case flush | closeNotify:
		return struct {
			*response
			flusher
			closeNotifier
		}{s, f, c}, s
	case hijack | closeNotify:
		return struct {
			*response
			hijacker
			closeNotifier
		}{s, h, c}, s
	case flush | hijack | closeNotify:
		return struct {
			*response
			flusher
			hijacker
			closeNotifier
		}{s, f, h, c}, s
	case push | closeNotify:
		return struct {
			*response
			pusher
			closeNotifier
		}{s, p, c}, s
	case hijack | push | closeNotify:
		return struct {
			*response
			hijacker
			pusher
			closeNotifier
		}{s, h, p, c}, s
	case flush | hijack | push | closeNotify:
		return struct {
			*response
			flusher
			hijacker
			pusher
			closeNotifier
		}{s, f, h, p, c}, s
	case readFrom | closeNotify:
		return struct {
			*response
			readerFrom
			closeNotifier
		}{s, r, c}, s
	case flush | readFrom | closeNotify:
		return struct {
			*response
			flusher
			readerFrom
			closeNotifier
		}{s, f, r, c}, s
	case hijack | readFrom | closeNotify:
		return struct {
			*response
			hijacker
			readerFrom
			closeNotifier
		}{s, h, r, c}, s
	case push | readFrom | closeNotify:
		return struct {
			*response
			pusher
			readerFrom
			closeNotifier
		}{s, p, r, c}, s
	case flush | push | readFrom | closeNotify:
		return struct {
			*response
			flusher
			pusher
			readerFrom
			closeNotifier
		}{s, f, p, r, c}, s
	case hijack | push | readFrom | closeNotify:
		return struct {
			*response
			hijacker
			pusher
			readerFrom
			closeNotifier
		}{s, h, p, r, c}, s
	case flush | hijack | push | readFrom | closeNotify:
		return struct {
			*response
			flusher
			hijacker
			pusher
			readerFrom
			closeNotifier
		}{s, f, h, p, r, c}, s
	}
	return s, s
}

// http1 and http2 are the combinations that net/http's own servers have. Each is one
// pointer, which an interface holds without an allocation.
type (
	http1 struct{ *response }
	http2 struct{ *response }
)

func (w http1) Flush()                                       { flusher(w).Flush() }
func (w http1) FlushError() error                            { return flusher(w).FlushError() }
func (w http1) Hijack() (net.Conn, *bufio.ReadWriter, error) { return hijacker(w).Hijack() }
func (w http1) ReadFrom(src io.Reader) (int64, error)        { return readerFrom(w).ReadFrom(src) }
func (w http1) CloseNotify() <-chan bool                     { return closeNotifier(w).CloseNotify() }

func (w http2) Flush()                                           { flusher(w).Flush() }
func (w http2) FlushError() error                                { return flusher(w).FlushError() }
func (w http2) Push(target string, opts *http.PushOptions) error { return pusher(w).Push(target, opts) }

func (w http2) CloseNotify() <-chan bool { return closeNotifier(w).CloseNotify() }
