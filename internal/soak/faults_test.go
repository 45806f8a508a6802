// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package soak

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"
)

const soakJSON = `{"partialSuccess":{}}`

// soakFaults are the ways to fail that TestSoak chooses from. Those that answer like
// a collector, or do not answer, accept; the others do not.
func soakFaults() []soakFault {
	return []soakFault{
		soakRefused,
		{name: "restart", crash: true, serve: soakHealthy.serve},
		{name: "reset mid-body", serve: func(_ *soakHTTP, w http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2)
			raw(w, true, nil)
		}},
		{name: "accept and reset", serve: func(s *soakHTTP, w http.ResponseWriter, r *http.Request) {
			s.take(r)
			raw(w, true, nil)
		}},
		{name: "accept and hang up", serve: func(s *soakHTTP, w http.ResponseWriter, r *http.Request) {
			s.take(r)
			raw(w, false, nil)
		}},
		{name: "accept and say nothing", serve: func(s *soakHTTP, _ http.ResponseWriter, r *http.Request) {
			s.take(r)
			s.hold(r, soakPatience)
			panic(http.ErrAbortHandler)
		}},
		{name: "black hole", serve: func(s *soakHTTP, w http.ResponseWriter, r *http.Request) {
			raw(w, true, func(net.Conn) { s.hold(r, soakPatience) })
		}},
		{name: "slow", serve: func(s *soakHTTP, w http.ResponseWriter, r *http.Request) {
			if s.take(r) {
				s.hold(r, 300*time.Millisecond)
				s.thank(w, r)
			}
		}},
		{name: "drip", serve: func(s *soakHTTP, w http.ResponseWriter, r *http.Request) {
			if s.take(r) {
				raw(w, false, func(c net.Conn) { s.drip(c, soakAnswer(len(soakJSON), soakJSON)) })
			}
		}},
		{name: "drip the body", serve: func(s *soakHTTP, w http.ResponseWriter, r *http.Request) {
			if s.take(r) {
				raw(w, false, func(c net.Conn) {
					_, _ = io.WriteString(c, soakAnswer(100, ""))
					s.drip(c, "{"+strings.Repeat(" ", 98)+"}")
				})
			}
		}},
		soakStatus(http.StatusInternalServerError, ""),
		soakStatus(http.StatusServiceUnavailable, ""),
		soakStatus(http.StatusServiceUnavailable, ""), // the usual one
		soakStatus(http.StatusTooManyRequests, "1"),
		soakStatus(http.StatusBadRequest, ""),
		soakStatus(http.StatusTemporaryRedirect, ""),
		{name: "html", serve: func(s *soakHTTP, w http.ResponseWriter, r *http.Request) {
			if _, ok := s.body(r); ok {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				_, _ = io.WriteString(w, "<!DOCTYPE html><title>Sign in</title>")
			}
		}},
		soakLength(5),
		soakLength(-5),
		{name: "endless", serve: func(s *soakHTTP, w http.ResponseWriter, r *http.Request) {
			if _, ok := s.body(r); !ok {
				return
			}
			w.Header().Set("Content-Type", "application/json")
			for blank := []byte(strings.Repeat(" ", 64<<10)); ; {
				if _, err := w.Write(blank); err != nil {
					return
				}
			}
		}},
	}
}

// soakStatus answers so, and does not accept.
func soakStatus(code int, retryAfter string) soakFault {
	return soakFault{name: fmt.Sprint(code), serve: func(s *soakHTTP, w http.ResponseWriter, r *http.Request) {
		if _, ok := s.body(r); !ok {
			return
		}
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		if code/100 == 3 {
			w.Header().Set("Location", r.URL.RequestURI())
		}
		w.WriteHeader(code)
	}}
}

// soakLength answers with a length that is wrong by so much, and does not accept.
func soakLength(by int) soakFault {
	return soakFault{name: fmt.Sprintf("length %+d", by), serve: func(s *soakHTTP, w http.ResponseWriter, r *http.Request) {
		if _, ok := s.body(r); ok {
			raw(w, false, func(c net.Conn) { _, _ = io.WriteString(c, soakAnswer(len(soakJSON)+by, soakJSON)) })
		}
	}}
}

func soakAnswer(length int, body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body)
}

// misbehave chooses another fault every 500 ms or so, until stop is closed: half of
// the time none.
func misbehave(seed uint64, stop <-chan struct{}, faults []soakFault, turn func(soakFault)) {
	chance := rand.New(rand.NewPCG(seed, 0))
	for healthy := false; ; healthy = !healthy {
		if healthy {
			turn(soakHealthy)
		} else {
			turn(faults[chance.IntN(len(faults))])
		}
		timer := time.NewTimer(250*time.Millisecond + time.Duration(chance.Int64N(int64(500*time.Millisecond))))
		select {
		case <-timer.C:
		case <-stop:
			timer.Stop()
			return
		}
	}
}
