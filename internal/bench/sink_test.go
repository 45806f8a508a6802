// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// sinkSwitch makes this test binary a sink instead of running tests.
const sinkSwitch = "E2E_SINK"

// sinkBuffer is the receive buffer that a sink asks for: what an agent is tuned
// to.
const sinkBuffer = 4 << 20

func TestMain(m *testing.M) {
	if os.Getenv(sinkSwitch) != "" {
		if err := runSink(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// sink stands for Jaeger's agent and for a collector: a process of its own, so that
// its CPU time is not ours, that counts the spans it receives.
type sink struct {
	address string
	http    string   // its URL, without a path; see httpSinkHandler
	buffer  int      // its receive buffer in bytes, as granted
	conn    net.Conn // for questions
	asked   int
}

// startSink starts a sink that ends with t.
func startSink(t testing.TB) *sink {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), sinkSwitch+"=1")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close() // and the sink ends
		if err := cmd.Wait(); err != nil {
			t.Errorf("sink: %v", err)
		}
	})
	s := &sink{}
	if _, err := fmt.Fscanln(bufio.NewReader(stdout), &s.address, &s.buffer, &s.http); err != nil {
		t.Fatalf("the sink says nothing: %v", err)
	}
	if s.conn, err = net.Dial("udp", s.address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.conn.Close() })
	return s
}

// received returns how many spans have come in so far. The question waits its
// turn behind everything that was sent before.
func (s *sink) received(t testing.TB) uint64 {
	t.Helper()
	s.asked++
	question := fmt.Sprintf("?%d", s.asked)
	answer := make([]byte, 256)
	for range 10 { // a question may be lost like any datagram
		if _, err := io.WriteString(s.conn, question); err != nil {
			t.Fatal(err)
		}
		if err := s.conn.SetReadDeadline(time.Now().Add(2 * time.Second)); err != nil {
			t.Fatal(err)
		}
		for {
			n, err := s.conn.Read(answer)
			if err != nil {
				break
			}
			var to string
			var spans, malformed uint64
			if _, err := fmt.Sscan(string(answer[:n]), &to, &spans, &malformed); err != nil {
				t.Fatal(err)
			}
			if to != question {
				continue // to an earlier question that was asked twice
			}
			if malformed > 0 {
				t.Fatalf("the sink could not decode %d datagrams", malformed)
			}
			return spans
		}
	}
	t.Fatal("the sink does not answer")
	return 0
}

// runSink is the sink's process. It writes its address, receive buffer and URL to
// out, and ends when in does.
func runSink(in io.Reader, out io.Writer) error {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	buffer := growReceiveBuffer(conn, sinkBuffer)
	url, err := serveHTTPSink()
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, conn.LocalAddr(), buffer, url); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		conn.Close()
	}()
	var c spanCounter
	buf := make([]byte, math.MaxUint16)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return nil // closed
		}
		if n > 0 && buf[0] == '?' {
			answer := fmt.Appendf(nil, "%s %d %d", buf[:n], c.spans, c.malformed)
			if _, err := conn.WriteToUDPAddrPort(answer, from); err != nil {
				return err
			}
			continue
		}
		c.add(buf[:n])
	}
}

// spanCounter counts the spans of emitBatch messages. It decodes one of 64, and
// of the others looks at the head alone, so that it keeps up with any sender.
type spanCounter struct {
	process          []byte // as encoded in the message decoded last
	datagrams        uint64
	spans, malformed uint64
}

func (c *spanCounter) add(message []byte) {
	n, ok := c.peek(message)
	if !ok || c.datagrams%64 == 0 {
		m, err := wire.DecodeCompactMessage(message)
		if err != nil || ok && n != uint64(len(m.Batch.Spans)) {
			c.malformed++
			n = 0
		} else {
			c.process = wire.AppendCompactProcess(c.process[:0], m.Batch.Process)
			n = uint64(len(m.Batch.Spans))
		}
	}
	c.datagrams++
	c.spans += n
}

// peek reads the number of spans behind a process that is known.
func (c *spanCounter) peek(message []byte) (n uint64, ok bool) {
	const (
		version      = 2 // bytes in front of the sequence id
		method       = 1 + len("emitBatch")
		structHeads  = 2
		listHead     = 0x19
		longListSize = 15
	)
	if len(c.process) == 0 || len(message) < version {
		return 0, false
	}
	_, size := binary.Uvarint(message[version:])
	if size <= 0 || len(message) < version+size+method+structHeads {
		return 0, false
	}
	rest, ok := bytes.CutPrefix(message[version+size+method+structHeads:], c.process)
	if !ok || len(rest) < 2 || rest[0] != listHead {
		return 0, false
	}
	if n = uint64(rest[1] >> 4); n < longListSize {
		return n, true
	}
	n, size = binary.Uvarint(rest[2:])
	return n, size > 0
}

func TestSpanCounter(t *testing.T) {
	one := wire.AppendCompactProcess(nil, &model.Process{Service: "one"})
	two := wire.AppendCompactProcess(nil, &model.Process{Service: "two", Tags: []model.Tag{{Key: "k", Value: model.Int64(1)}}})
	message := func(process []byte, seq int32, spans int) []byte {
		m := wire.AppendCompactMessageHead(nil, seq, process, spans)
		for range spans {
			m = wire.AppendCompactSpan(m, &model.Span{Operation: "op"})
		}
		return wire.AppendCompactMessageTail(m, int64(seq), nil)
	}
	var c spanCounter
	for i, n := range []int{1, 0, 14, 15, 300} {
		c.add(message(one, int32(100*i), n))
	}
	c.add(message(two, 7, 20))
	for _, n := range []int{2, 130} {
		c.add(message(two, math.MaxInt32, n))
	}
	if c.spans != 482 || c.malformed != 0 {
		t.Errorf("%d spans and %d malformed messages, want 482 and 0", c.spans, c.malformed)
	}
	c.add(message(one, 1, 4)[:30])
	c.add([]byte("?"))
	c.add(nil)
	if c.spans != 482 || c.malformed != 3 {
		t.Errorf("after garbage %d spans and %d malformed messages, want 482 and 3", c.spans, c.malformed)
	}
	c.datagrams = 64 // the next is decoded
	if lie := wire.AppendCompactMessageHead(nil, 1, two, 5); true {
		c.add(wire.AppendCompactMessageTail(lie, 1, nil))
	}
	if c.malformed != 4 {
		t.Error("a message with fewer spans than it says was not noticed")
	}
}
