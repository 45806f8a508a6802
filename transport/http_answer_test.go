// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// reply answers with a status, a content type and a body.
func reply(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil // nothing guessed
		if kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// withHeader adds a header to an answer.
func withHeader(key, value string, f http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(key, value)
		f(w, r)
	}
}

const (
	proto = "application/x-protobuf"
	jsn   = "application/json; charset=utf-8"
)

// partialProto is an ExportTraceServiceResponse of fewer than 128 bytes.
func partialProto(rejected int, message string) string {
	inner := ""
	if rejected != 0 {
		inner += "\x08" + string(rune(rejected))
	}
	if message != "" {
		inner += "\x12" + string(rune(len(message))) + message
	}
	return "\x0a" + string(rune(len(inner))) + inner
}

func TestHTTPAnswers(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		otlp   string // what Send returns for OTLP
		jaeger string // and for JaegerBatch; "" when the same
		text   string // part of the error
	}{
		{"200 empty", reply(200, proto, ""), "ok", "", ""},
		{"202 empty", reply(202, "", ""), "ok", "", ""},
		{"202 empty of any type", reply(202, "text/html", ""), "ok", "", ""},
		{"204", reply(204, "", ""), "ok", "", ""},
		{"protobuf, no partial success", reply(200, proto, "\x12\x01x"), "ok", "", ""},
		{"protobuf, other name", reply(200, "application/protobuf", partialProto(3, "")), "partial, 3 rejected", "ok", "3 spans rejected"},
		{"protobuf, rejected", reply(200, proto, partialProto(3, "no tenant")), "partial, 3 rejected", "ok", `3 spans rejected: "no tenant"`},
		{"protobuf, warning", reply(200, proto, partialProto(0, "deprecated")), "ok", "", ""},
		{"protobuf, cut", reply(200, proto, "\x0a\x05\x08"), "unconfirmed", "", "cannot be parsed"},
		{"protobuf, negative", reply(200, proto, "\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "unconfirmed", "", "cannot be parsed"},
		{"JSON, number", reply(200, jsn, `{"partialSuccess":{"rejectedSpans":7,"errorMessage":"why"}}`), "partial, 7 rejected", "ok", `7 spans rejected: "why"`},
		{"JSON, string", reply(200, jsn, `{"partialSuccess":{"rejectedSpans":"7"}}`), "partial, 7 rejected", "ok", ""},
		{"JSON, snake case", reply(200, jsn, `{"partial_success":{"rejected_spans":"7","error_message":"m"}}`), "partial, 7 rejected", "ok", `"m"`},
		{"JSON, warning", reply(200, jsn, `{"partialSuccess":{"errorMessage":"old"}}`), "ok", "", ""},
		{"JSON, empty object", reply(200, jsn, `{}`), "ok", "", ""},
		{"JSON, cut", reply(200, jsn, `{"partialSuccess":`), "unconfirmed", "", "cannot be parsed"},
		{"JSON, not an object", reply(200, jsn, `"fine"`), "unconfirmed", "ok", ""},
		{"Thrift", reply(200, "application/x-thrift", "\x0c\x00"), "unconfirmed", "ok", "application/x-thrift"},
		{"captive portal", reply(200, "text/html; charset=utf-8", "<html>Pay   here</html>"), "unconfirmed", "", `200 OK: "<html>Pay here</html>": an answer of type "text/html`},
		{"no type", reply(200, "", "hello"), "unconfirmed", "", `"hello"`},
		{"bad type", reply(200, "/;;", "hello"), "unconfirmed", "", ""},
		{"encoded", withHeader("Content-Encoding", "gzip", reply(200, proto, "\x1f\x8b")), "unconfirmed", "", ""},
		{"huge", reply(200, proto, strings.Repeat("\x12\x00", 3<<20)), "unconfirmed", "", "more than 4194304 bytes"},
		{"huge portal", reply(200, "text/html", strings.Repeat("x", 1<<20)), "unconfirmed", "", "xxx…"},

		{"300", reply(300, "", ""), "permanent", "", "status 300 Multiple Choices"},
		{"304", reply(304, "", ""), "permanent", "", "304"},
		{"400", reply(400, proto, "\x08\x03\x12\x07bad tag"), "refused", "", `status 400 Bad Request: "bad tag"`},
		{"401", reply(401, "text/plain", "who?\r\n\x00"), "refused", "", `401 Unauthorized: "who?"`},
		{"404", reply(404, "", ""), "refused", "", "404 Not Found"},
		{"413 of a small batch", reply(413, "", ""), "refused", "", "413"},
		{"429", reply(429, "", ""), "retryable", "", "429"},
		{"429 with seconds", withHeader("Retry-After", "120", reply(429, "", "slow down")), "retryable, after 2m0s", "", "slow down"},
		{"429 with an hour", withHeader("Retry-After", "3600", reply(429, "", "")), "retryable, after 1h0m0s", "", ""},
		{"500", reply(500, "", "oops"), "permanent", "", "status 500"},
		{"501", reply(501, "", ""), "permanent", "", ""},
		{"502", reply(502, "", ""), "retryable", "", ""},
		{"503", reply(503, "text/plain", strings.Repeat("é ", 200)), "retryable", "", "é…"},
		{"503 with a long body", reply(503, "", strings.Repeat("x", 1<<20)), "retryable", "", "503"},
		{"504", reply(504, "", ""), "retryable", "", ""},
		{"507", reply(507, "", ""), "permanent", "", ""},
		{"999", reply(999, "", ""), "permanent", "", "status 999"},
	}
	for _, tt := range tests {
		for _, f := range []Format{OTLP, JaegerBatch} {
			t.Run(tt.name+"/"+f.String(), func(t *testing.T) {
				want := tt.otlp
				if f == JaegerBatch && tt.jaeger != "" {
					want = tt.jaeger
				}
				c := collect(t, tt.answer)
				h := newHTTP(t, c.URL, HTTPOptions{Format: f})
				err := wantHTTP(t, h, "batch", want)
				if err != nil && !strings.Contains(err.Error(), tt.text) {
					t.Errorf("error %q, want %q in it", err, tt.text)
				}
				c.wantCounts(t, 1, 1)
				wantHTTP(t, h, "batch", want)
			})
		}
	}
}

func TestHTTPRetryAfterDate(t *testing.T) {
	c := collect(t, func(w http.ResponseWriter, _ *http.Request) {
		now := time.Now().Add(-time.Hour) // a clock that is slow
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		w.Header().Set("Retry-After", now.Add(90*time.Second).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	h := newHTTP(t, c.URL, HTTPOptions{})
	wantHTTP(t, h, "batch", "retryable, after 1m30s")
}

// jaeger-client-go follows ten redirects, credentials and all.
func TestHTTPFollowsNoRedirects(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			c := collect(t, withHeader("Location", "/api/traces", reply(status, "", "")))
			h := newHTTP(t, c.URL, HTTPOptions{BearerToken: "t"})
			wantHTTP(t, h, "batch", "permanent")
			c.wantCounts(t, 1, 1)
		})
	}
	c := collect(t, withHeader("Location", "http://%zz\\", reply(302, "", "")))
	wantHTTP(t, newHTTP(t, c.URL, HTTPOptions{}), "batch", "permanent")
}

func TestHTTPTooLarge(t *testing.T) {
	const takes = 100_000
	c := collect(t, func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > takes {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	})
	h := newHTTP(t, c.URL, HTTPOptions{})
	size := h.MaxBatch()
	for _, want := range []int{500_000, 250_000, 125_000, 65536} {
		wantHTTP(t, h, strings.Repeat("x", size), "too large")
		if size = h.MaxBatch(); size != want {
			t.Fatalf("MaxBatch %d, want %d", size, want)
		}
	}
	wantHTTP(t, h, strings.Repeat("x", size), "ok")
	c.wantCounts(t, 5, 1)
	wantHTTP(t, h, strings.Repeat("x", size+1), "too large")
	c.wantCounts(t, 5, 1)

	c = collect(t, reply(413, "", ""))
	h = newHTTP(t, c.URL, HTTPOptions{MaxBatch: 4096})
	wantHTTP(t, h, strings.Repeat("x", 4096), "refused")
	h = newHTTP(t, c.URL, HTTPOptions{})
	wantHTTP(t, h, strings.Repeat("x", 65536), "refused")
	wantHTTP(t, h, strings.Repeat("x", 65537), "too large")
	wantHTTP(t, h, strings.Repeat("x", 65536), "refused")
	if h.MaxBatch() != 65536 {
		t.Errorf("MaxBatch %d", h.MaxBatch())
	}
}

// A secret at the end of what is read of a body is not shown in half.
func TestHTTPErrorsShowNoHalfSecrets(t *testing.T) {
	const token = "hunter2-hunter3"
	for _, status := range []int{200, 401} {
		for _, length := range []string{"", "9999"} {
			for room := range len(token) + 2 {
				gap := strings.Repeat(" ", maxExcerpt-room) // which is shown as one
				c := collect(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/plain")
					if length != "" { // more is announced than comes
						w.Header().Set("Content-Length", length)
						gap = " "
					}
					w.WriteHeader(status)
					text := gap + token + token
					if length != "" {
						text = gap + token[:min(room, len(token))]
					}
					_, _ = w.Write([]byte(text))
				})
				err := newHTTP(t, c.URL, HTTPOptions{BearerToken: token}).Send(context.Background(), []byte("batch"))
				if text := fmt.Sprint(err); !strings.Contains(text, fmt.Sprint(status)) || strings.Contains(strings.TrimPrefix(text, "transport"), `"h`) || strings.Contains(text, "hu") {
					t.Errorf("%d, %d bytes of it: %v", status, room, err)
				}
			}
		}
	}
}

func TestHide(t *testing.T) {
	s := secrets{"abcdef", "cdx", "q"}
	for _, tt := range []struct {
		in   string
		cut  bool
		want string
	}{
		{"", true, ""},
		{"none of it", false, "none of it"},
		{"an abcdef.", false, "an …."},
		{"abcdefabcdef", false, "…"},
		{"abcdx", false, "ab…"},
		{"-abcdefcdx-q", false, "-…-…"}, // side by side
		{"-abcd", false, "-abcd"},
		{"-abcd", true, "-…"},
		{"-abcdx", true, "-ab…"},
		{"-a", true, "-…"},
		{"-b", true, "-b"},
	} {
		if got := s.hide(tt.in, tt.cut); got != tt.want {
			t.Errorf("hide(%q, %v) = %q, want %q", tt.in, tt.cut, got, tt.want)
		}
	}
}

// A receiver that repeats what it was told does not get it into a log.
func TestHTTPErrorsShowNoSecrets(t *testing.T) {
	secret := []string{"hunter2", "sesame", "c2VzYW1l", "query-key"}
	echo := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.Header.Get("X-Key"))
		w.WriteHeader(map[bool]int{true: 200, false: 401}[r.Header.Get("X-Ok") != ""])
		_, _ = fmt.Fprint(w, r.RequestURI, " ", r.Header.Get("Authorization"), " ", r.Header.Get("X-Key"), " stop")
	}
	c := collect(t, echo)
	for name, o := range map[string]HTTPOptions{
		"basic":         {Username: "ann", Password: "sesame"},
		"bearer":        {BearerToken: "sesame"},
		"authorization": {Header: http.Header{"Authorization": {"Token sesame"}}},
		"success":       {BearerToken: "sesame", Header: http.Header{"X-Ok": {"1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			o.Header = o.Header.Clone()
			if o.Header == nil {
				o.Header = http.Header{}
			}
			o.Header.Set("X-Key", "hunter2")
			h := newHTTP(t, c.URL+"/x?key=query-key", o)
			err := h.Send(context.Background(), []byte("batch"))
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), "stop") {
				t.Fatalf("Send = %v", err)
			}
			for _, s := range secret {
				if strings.Contains(err.Error(), s) {
					t.Errorf("the error shows %q: %v", s, err)
				}
			}
		})
	}
}
