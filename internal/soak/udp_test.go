// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package soak

import (
	"math"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur/wire"
)

// soakUDP is an agent on a real port, which goes away and comes back on command.
type soakUDP struct {
	arrivals
	address string
	running sync.WaitGroup

	state sync.Mutex
	conn  *net.UDPConn // nil: nothing listens
}

func startSoakUDP(t testing.TB) *soakUDP {
	t.Helper()
	s := &soakUDP{address: ownPort(t)}
	if !s.up() {
		t.Fatalf("cannot listen at %s", s.address)
	}
	t.Cleanup(s.down)
	return s
}

func (s *soakUDP) url() string { return "udp://" + s.address }

// up listens, if nothing does, and false says that the port is taken.
func (s *soakUDP) up() bool {
	s.state.Lock()
	defer s.state.Unlock()
	if s.conn != nil {
		return true
	}
	address, err := net.ResolveUDPAddr("udp", s.address)
	if err != nil {
		return false
	}
	conn, err := net.ListenUDP("udp", address)
	if err != nil {
		return false
	}
	_ = conn.SetReadBuffer(4 << 20) // as far as the system lets it
	s.conn = conn
	s.running.Add(1)
	go s.read(conn)
	return true
}

// down closes the socket; what the kernel holds is lost.
func (s *soakUDP) down() {
	s.state.Lock()
	defer s.state.Unlock()
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
	s.running.Wait()
}

func (s *soakUDP) read(conn *net.UDPConn) {
	defer s.running.Done()
	buf := make([]byte, math.MaxUint16)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return // closed
		}
		m, err := wire.DecodeCompactMessage(buf[:n])
		if err != nil {
			s.count(1, 1)
			continue
		}
		s.count(1, 0)
		s.accept(m.Batch.Spans)
	}
}

// recover makes the sink listen, for good.
func (s *soakUDP) recover(t testing.TB) {
	t.Helper()
	if !soon(t, 10*time.Second, s.up) {
		t.Fatalf("the port of %s is taken", s.address)
	}
}
