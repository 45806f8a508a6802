// SPDX-License-Identifier: Apache-2.0

package sink

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Sink is a sink's process, as its parent sees it.
type Sink struct {
	UDP    string // its address for datagrams
	HTTP   string // its URL, without a path; see handler
	Buffer int    // its receive buffer for datagrams in bytes, as granted

	cmd   *exec.Cmd
	stdin io.Closer
	conn  *net.UDPConn // for questions
	asked int
}

// Start starts cmd, which must call [Serve] with its standard input and output.
func Start(cmd *exec.Cmd) (*Sink, error) {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &Sink{cmd: cmd, stdin: stdin}
	if err := s.connect(stdout); err != nil {
		return nil, errors.Join(fmt.Errorf("the sink says nothing: %w", err), s.Close())
	}
	return s, nil
}

func (s *Sink) connect(stdout io.Reader) error {
	if _, err := fmt.Fscanln(bufio.NewReader(stdout), &s.UDP, &s.Buffer, &s.HTTP); err != nil {
		return err
	}
	address, err := net.ResolveUDPAddr("udp", s.UDP)
	if err != nil {
		return err
	}
	s.conn, err = net.DialUDP("udp", nil, address)
	return err
}

// Close ends the process.
func (s *Sink) Close() error {
	if s.conn != nil {
		_ = s.conn.Close()
	}
	return errors.Join(s.stdin.Close(), s.cmd.Wait())
}

// Received returns how many spans have come in so far: over UDP when path is empty,
// else by requests to it. Over UDP the question waits its turn behind everything that
// was sent before; over HTTP all that was answered is in it.
func (s *Sink) Received(path string) (uint64, error) {
	if path == "" {
		return s.datagrams()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.HTTP+path, nil)
	if err != nil {
		return 0, err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	var spans, malformed uint64
	if _, err := fmt.Fscan(resp.Body, &spans, &malformed); err != nil {
		return 0, err
	}
	if malformed > 0 {
		return 0, fmt.Errorf("the sink could not count %d requests", malformed)
	}
	return spans, nil
}

func (s *Sink) datagrams() (uint64, error) {
	s.asked++
	question := fmt.Sprintf("?%d", s.asked)
	answer := make([]byte, 256)
	for range 10 { // a question may be lost like any datagram
		if _, err := io.WriteString(s.conn, question); err != nil {
			return 0, err
		}
		if err := s.conn.SetReadDeadline(time.Now().Add(2 * time.Second)); err != nil {
			return 0, err
		}
		for {
			n, err := s.conn.Read(answer)
			if err != nil {
				break
			}
			var to string
			var spans, malformed uint64
			if _, err := fmt.Sscan(string(answer[:n]), &to, &spans, &malformed); err != nil {
				return 0, err
			}
			if to != question {
				continue // to an earlier question that was asked twice
			}
			if malformed > 0 {
				return 0, fmt.Errorf("the sink could not decode %d datagrams", malformed)
			}
			return spans, nil
		}
	}
	return 0, errors.New("the sink does not answer")
}

// Drops is how many datagrams the kernel has dropped because the receive buffer was
// full; 0 where that is not known.
func (s *Sink) Drops() int {
	table, err := os.ReadFile("/proc/net/udp")
	if err != nil {
		return 0
	}
	_, port, _ := net.SplitHostPort(s.UDP)
	number, _ := strconv.Atoi(port)
	suffix := fmt.Sprintf(":%04X", number)
	for _, line := range strings.Split(string(table), "\n") {
		if f := strings.Fields(line); len(f) > 2 && strings.HasSuffix(f[1], suffix) {
			drops, _ := strconv.Atoi(f[len(f)-1])
			return drops
		}
	}
	return 0
}
