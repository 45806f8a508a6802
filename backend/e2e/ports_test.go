// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestPortTaken: a receiver's port that is taken is named and skipped; without the
// API's port there is nothing to start.
func TestPortTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	p := run(t, "--span-storage.type=memory", "--collector.otlp.grpc.host-port="+taken.Addr().String())
	p.takesSpans(0)
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Skip(err) // Windows
	}
	if code := p.wait(); code != 0 {
		t.Errorf("it ends with status %d: %s", code, &p.errors)
	}
	if said := <-p.said; !regexp.MustCompile(regexp.QuoteMeta(taken.Addr().String()) + ` +not used: `).MatchString(said) {
		t.Errorf("nothing is said of %v:\n%s", taken.Addr(), said)
	}

	p, _ = launch(t, "--span-storage.type=memory", "--query.http-server.host-port="+taken.Addr().String())
	if code := p.wait(); code != 1 || !strings.Contains(p.errors.String(), taken.Addr().String()) || !strings.Contains(p.errors.String(), "--query.http-server.host-port") {
		t.Errorf("it ends with status %d and says %s", code, &p.errors)
	}
}
