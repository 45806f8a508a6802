// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/go-spur/spur/internal/bench/sink"
)

// sinkSwitch makes this test binary a sink instead of running tests.
const sinkSwitch = "E2E_SINK"

// sinkBuffer is the receive buffer that a sink asks for: what an agent is tuned
// to.
const sinkBuffer = 4 << 20

func TestMain(m *testing.M) {
	if os.Getenv(sinkSwitch) != "" {
		if err := sink.Serve(os.Stdin, os.Stdout, sinkBuffer); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// testSink is a sink whose trouble fails a test.
type testSink struct{ *sink.Sink }

// startSink starts a sink that ends with t.
func startSink(t testing.TB) testSink {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), sinkSwitch+"=1")
	cmd.Stderr = os.Stderr
	s, err := sink.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("sink: %v", err)
		}
	})
	return testSink{s}
}

// received returns how many spans have come in over UDP so far.
func (s testSink) received(t testing.TB) uint64 { return s.receivedVia(t, viaUDP) }

// receivedVia is received for any way to the sink.
func (s testSink) receivedVia(t testing.TB, via string) uint64 {
	t.Helper()
	n, err := s.Received(map[string]string{viaUDP: "", viaThrift: "/api/traces", viaOTLP: "/v1/traces"}[via])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
