// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/format"
)

const (
	maxShown      = 128            // bytes of a receiver's words in an error
	maxCause      = 512            // bytes of an error of another package
	maxRetryAfter = 24 * time.Hour // what is more is no time a batch can wait
)

// retryAfter reads the Retry-After header: how long the receiver asks us to wait.
// 0 when it does not say, or nothing that is valid and lies ahead. A date counts
// from the receiver's own clock if the answer shows it.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if strings.Trim(text, "0123456789") == "" {
		seconds, err := strconv.ParseUint(text, 10, 63)
		if err != nil || seconds > uint64(maxRetryAfter/time.Second) {
			return maxRetryAfter
		}
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// describe is "status 503 Service Unavailable" and the beginning of the body. cut
// says that the body may go on.
func (h *HTTP) describe(status int, body []byte, cut bool) string {
	text := "status " + strconv.Itoa(status)
	if name := http.StatusText(status); name != "" {
		text += " " + name
	}
	if words := h.excerpt(body, cut); words != `""` {
		text += ": " + words
	}
	return text
}

// excerpt quotes the beginning of what a receiver said, without secrets.
func (h *HTTP) excerpt(b []byte, cut bool) string {
	return strconv.Quote(h.tidy(string(b[:min(len(b), maxExcerpt)]), cut || len(b) > maxExcerpt, maxShown))
}

func (h *HTTP) tidy(text string, cut bool, limit int) string {
	return format.Line(h.secrets.hide(text, cut), limit)
}

// hush is err as an error may show it, behind what was being done. Unwrap finds
// err.
func (h *HTTP) hush(doing string, err error) error {
	text := err.Error()
	text = h.tidy(text[:min(len(text), maxExcerpt)], len(text) > maxExcerpt, maxCause)
	return &hushed{text: doing + ": " + text, err: err}
}

type hushed struct {
	text string
	err  error
}

func (e *hushed) Error() string { return e.text }
func (e *hushed) Unwrap() error { return e.err }
