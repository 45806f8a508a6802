// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"net/http"
	"testing"
	"time"

	"github.com/go-spur/spur"
)

// What the external tests of this package need of its inside: the suites, run on
// pieces that fail.

// brokenPatience is for pieces that are expected to fail, and for what they leave.
const brokenPatience = 500 * time.Millisecond

func patienceFor(want map[string]string) time.Duration {
	if len(want) == 0 {
		return suitePatience
	}
	return brokenPatience
}

// WantFailingServer wants those checks of TestHTTPServer to fail, with these texts;
// none to fail when want is empty.
func WantFailingServer(t *testing.T, wrap func(*spur.Tracer, http.Handler) http.Handler, want map[string]string) {
	t.Helper()
	wantFailing(t, failingChecks(serverPiece{wrap, patienceFor(want), patienceFor(want)}, serverChecks, want), want)
}

// WantFailingClient is WantFailingServer for TestHTTPClient.
func WantFailingClient(t *testing.T, wrap func(*spur.Tracer, http.RoundTripper) http.RoundTripper, want map[string]string) {
	t.Helper()
	wantFailing(t, failingChecks(clientPiece{wrap, patienceFor(want), patienceFor(want)}, clientChecks, want), want)
}
