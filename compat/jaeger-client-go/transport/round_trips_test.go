// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"net/http"
	"testing"
	"time"

	"github.com/go-spur/spur/transport"
)

func FuzzRetryAfter(f *testing.F) {
	for _, header := range []string{"", "0", "5", "-1", "99999999999999999999", "1e3", "Wed, 21 Oct 2099 07:28:00 GMT", "\x00"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if d := retryAfter(header); d < 0 || d > time.Hour {
			t.Errorf("%q: %v", header, d)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-7": 0, "soon": 0, "86400": time.Hour,
		time.Now().Add(48 * time.Hour).UTC().Format(http.TimeFormat): time.Hour,
	} {
		if got := retryAfter(header); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestKindOf(t *testing.T) {
	for status, want := range map[int]transport.Kind{
		302: transport.Permanent, 400: transport.Refused, 401: transport.Refused, 413: transport.TooLarge, 429: transport.Retryable,
		500: transport.Permanent, 502: transport.Retryable, 503: transport.Retryable, 504: transport.Retryable,
	} {
		if got := kindOf(status); got != want {
			t.Errorf("%d: %v, want %v", status, got, want)
		}
	}
}
