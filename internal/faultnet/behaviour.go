// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Behaviour is what an HTTPPeer does with a request. The zero value is Healthy.
// It is a value and never changes; its methods return changed copies.
type Behaviour struct {
	name    string
	kind    kind
	taken   bool // accepts although its answer does not say so
	lies    bool // does not accept although its status says so
	status  int  // 0: as Healthy
	header  http.Header
	body    string
	wait    time.Duration // before the answer; how long a restart takes
	drip    time.Duration // between two bytes
	whole   bool          // drips the head of the answer, too
	after   int64         // reset after so many bytes of the body
	excess  int           // declared length less the real one
	endless bool
}

type kind uint8

const (
	answer kind = iota
	refuse
	vanish
	stall
	mute
	reset
	hangUp
	restart
)

const (
	jsonType = "application/json"
	jsonBody = `{"partialSuccess":{}}`
)

// Healthy accepts: 200 with the content type of the request and no body when the
// path ends in /v1/traces, else 202 without a body.
func Healthy() Behaviour { return Behaviour{} }

// Answer answers so at once. A 2xx accepts the request.
func Answer(status int, contentType, body string) Behaviour {
	b := Status(status)
	if contentType != "" {
		b = b.Header("Content-Type", contentType)
	}
	b.body = body
	return b
}

// Status answers so, without a body. A 3xx redirects to the request's own address
// unless Header gives it a Location: a loop for those who follow.
func Status(code int) Behaviour { return Behaviour{name: strconv.Itoa(code), status: code} }

// RedirectLoop answers 307 to the request's own address.
func RedirectLoop() Behaviour { return Status(http.StatusTemporaryRedirect).named("redirect loop") }

// HTML answers 200 with a page, as a captive portal does. It does not accept.
func HTML() Behaviour {
	b := Answer(http.StatusOK, "text/html; charset=utf-8", "<!DOCTYPE html><title>Sign in</title>").named("html")
	b.lies = true
	return b
}

// Refuse is a process that is not there: dials fail with ECONNREFUSED, and
// connections are reset, those that exist included.
func Refuse() Behaviour { return Behaviour{name: "refuse", kind: refuse} }

// Vanish is a host that is not there: dials wait until their context ends or the
// default behaviour changes, and existing connections are read no more.
func Vanish() Behaviour { return Behaviour{name: "vanish", kind: vanish} }

// Stall reads nothing more from the connection that a request begins to come in
// by, and holds it open until the other end closes it.
func Stall() Behaviour { return Behaviour{name: "stall", kind: stall} }

// Mute reads everything and answers nothing, until the other end closes.
func Mute() Behaviour { return Behaviour{name: "mute", kind: mute} }

// ResetAt resets the connection after n bytes of the request's body, or after all
// of it when it is shorter.
func ResetAt(n int) Behaviour {
	return Behaviour{name: "reset at " + strconv.Itoa(n), kind: reset, after: int64(max(n, 0))}
}

// ResetAfterRead reads the whole request and resets the connection.
func ResetAfterRead() Behaviour {
	return Behaviour{name: "reset after read", kind: reset, after: math.MaxInt64}
}

// HangUp reads the whole request and closes the connection without an answer.
func HangUp() Behaviour { return Behaviour{name: "hang up", kind: hangUp} }

// Restart is a process that ends and comes back: all connections are reset, dials
// are refused for the time down, and then all is as with Healthy. As the default
// it does that when it is set; queued by Next, when a request comes.
func Restart(down time.Duration) Behaviour {
	return Behaviour{name: "restart " + down.String(), kind: restart, wait: down}
}

// Slow is Healthy after d. It accepts then, even if nobody waits for the answer
// any more.
func Slow(d time.Duration) Behaviour { return Behaviour{name: "slow " + d.String(), wait: d} }

// Drip accepts, with an answer of about 1,100 bytes that comes one byte every
// interval, its status line included.
func Drip(every time.Duration) Behaviour {
	b := DripBody(every)
	b.name, b.whole = "drip "+every.String(), true
	return b
}

// DripBody is Drip with the head at once; 1,024 bytes of JSON drip.
func DripBody(every time.Duration) Behaviour {
	b := Answer(http.StatusOK, jsonType, "{"+strings.Repeat(" ", 1022)+"}").named("drip body " + every.String())
	b.drip = every
	return b
}

// Endless answers 200 with JSON that does not end: 64 KiB every millisecond, until
// the other end closes. It does not accept.
func Endless() Behaviour {
	b := Answer(http.StatusOK, jsonType, "").named("endless")
	b.lies, b.endless = true, true
	return b
}

// WrongLength answers 200 with a Content-Length that is by larger than the JSON
// body (and then closes the connection), or smaller (and leaves the rest of the
// body on the connection, in front of the next answer). It does not accept.
func WrongLength(by int) Behaviour {
	b := Answer(http.StatusOK, jsonType, jsonBody).named("wrong length " + strconv.Itoa(by))
	b.lies, b.excess = true, by
	return b
}

// Header returns b with a header more in its answer.
func (b Behaviour) Header(key, value string) Behaviour {
	b.header = b.header.Clone()
	if b.header == nil {
		b.header = make(http.Header)
	}
	b.header.Add(key, value)
	return b
}

// Taking returns b as a peer that accepts each request it has read whole, although
// its answer does not say so: one that crashes behind its commit, for example.
func (b Behaviour) Taking() Behaviour {
	b.name, b.taken = b.String()+", taking", true
	return b
}

// String returns a short name, such as "503" or "slow 2s".
func (b Behaviour) String() string {
	if b.name == "" {
		return "healthy"
	}
	return b.name
}

func (b Behaviour) named(name string) Behaviour {
	b.name = name
	return b
}

// accepts says whether a request that was read whole counts as accepted.
func (b Behaviour) accepts() bool {
	return b.taken || b.kind == answer && !b.lies && (b.status == 0 || b.status/100 == 2)
}

// healthyStatus is Healthy's status for req.
func healthyStatus(req *http.Request) int {
	if strings.HasSuffix(req.URL.Path, "/v1/traces") {
		return http.StatusOK
	}
	return http.StatusAccepted
}

// head returns the answer's status and header, and the body to send after it.
func (b Behaviour) head(req *http.Request) (status int, h http.Header, body string) {
	status, body, h = b.status, b.body, b.header.Clone()
	if h == nil {
		h = make(http.Header)
	}
	if status == 0 {
		status = healthyStatus(req)
		if ct := req.Header.Get("Content-Type"); ct != "" && status == http.StatusOK {
			h.Set("Content-Type", ct)
		}
	}
	if status/100 == 3 && h.Get("Location") == "" {
		h.Set("Location", req.URL.RequestURI())
	}
	switch {
	case b.endless:
		h.Set("Transfer-Encoding", "chunked")
	case status/100 == 1 || status == http.StatusNoContent || status == http.StatusNotModified:
		body = ""
	default:
		h.Set("Content-Length", strconv.Itoa(max(0, len(body)+b.excess)))
	}
	if req.Method == http.MethodHead {
		body = ""
	}
	if req.Close {
		h.Set("Connection", "close")
	}
	return status, h, body
}
