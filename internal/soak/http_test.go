// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package soak

import (
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// soakPatience is how long a sink holds a connection that it does nothing with.
const soakPatience = 2 * time.Second

// soakFault is what a soakHTTP does with requests.
type soakFault struct {
	name  string
	down  bool // nothing listens, and connections are reset
	crash bool // the same for a moment
	serve func(s *soakHTTP, w http.ResponseWriter, r *http.Request)
}

var soakHealthy = soakFault{name: "healthy", serve: func(s *soakHTTP, w http.ResponseWriter, r *http.Request) {
	if s.take(r) {
		s.thank(w, r)
	}
}}

var soakRefused = soakFault{name: "refused", down: true}

// soakHTTP is a collector on a real port, which fails on command. It takes Thrift
// and OTLP, by the path.
type soakHTTP struct {
	arrivals
	address string
	running sync.WaitGroup // handlers and what accepts connections

	state  sync.Mutex
	fault  soakFault
	server *http.Server  // nil: nothing listens
	freed  chan struct{} // closed to let go what is held
	closed bool
}

func startSoakHTTP(t testing.TB) *soakHTTP {
	t.Helper()
	s := &soakHTTP{address: ownPort(t), freed: make(chan struct{})}
	if !s.become(soakHealthy) {
		t.Fatalf("cannot listen at %s", s.address)
	}
	t.Cleanup(s.close)
	return s
}

func (s *soakHTTP) url(path string) string { return "http://" + s.address + path }

// become changes the fault. It returns false, and the sink is down, when the port
// could not be taken again.
func (s *soakHTTP) become(f soakFault) bool {
	s.state.Lock()
	defer s.state.Unlock()
	s.fault = f
	if (f.down || f.crash) && s.server != nil {
		s.downLocked()
	}
	if f.down || s.server != nil || s.closed {
		return true
	}
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		return false
	}
	s.freed = make(chan struct{})
	server := &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: soakPatience, ReadTimeout: 2 * soakPatience}
	s.server = server
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		_ = server.Serve(listener) // until it is closed
	}()
	return true
}

func (s *soakHTTP) downLocked() {
	_ = s.server.Close()
	s.server = nil
	close(s.freed)
}

// close waits until nothing of the sink runs.
func (s *soakHTTP) close() {
	s.state.Lock()
	if s.server != nil {
		s.downLocked()
	}
	s.closed = true
	s.state.Unlock()
	s.running.Wait()
}

// ServeHTTP implements http.Handler.
func (s *soakHTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.state.Lock()
	if s.closed {
		s.state.Unlock()
		panic(http.ErrAbortHandler)
	}
	s.running.Add(1)
	serve := s.fault.serve
	s.state.Unlock()
	defer s.running.Done()
	s.count(1, 0)
	if serve == nil { // it came in when this was healthy
		panic(http.ErrAbortHandler)
	}
	serve(s, w, r)
}

// body reads a request; false says that it did not come whole.
func (s *soakHTTP) body(r *http.Request) ([]byte, bool) {
	b, err := io.ReadAll(r.Body)
	return b, err == nil && int64(len(b)) == r.ContentLength
}

// take accepts a request that comes whole, before anything is answered.
func (s *soakHTTP) take(r *http.Request) bool {
	b, ok := s.body(r)
	if !ok {
		return false
	}
	var spans []model.Span
	var err error
	if strings.HasSuffix(r.URL.Path, "/v1/traces") {
		var batches []wire.Batch
		batches, err = wire.DecodeOTLP(b)
		for i := range batches {
			spans = append(spans, batches[i].Spans...)
		}
	} else {
		var batch *wire.Batch
		if batch, err = wire.DecodeBinaryBatch(b); err == nil {
			spans = batch.Spans
		}
	}
	if err != nil || len(spans) == 0 {
		s.count(0, 1)
		return false
	}
	s.accept(spans)
	return true
}

// thank answers as a collector does that has accepted.
func (s *soakHTTP) thank(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/v1/traces") {
		w.Header().Set("Content-Type", "application/x-protobuf")
		w.WriteHeader(http.StatusOK)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// hold waits until the client gives up, the sink goes down or patience ends.
func (s *soakHTTP) hold(r *http.Request, patience time.Duration) {
	s.state.Lock()
	freed := s.freed
	s.state.Unlock()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
	case <-freed:
	case <-timer.C:
	}
}

// raw gives use the connection, resets it afterwards when reset is true, and else
// closes it.
func raw(w http.ResponseWriter, reset bool, use func(net.Conn)) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if use != nil {
		use(conn)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	conn.Close()
}

// drip writes text one byte at a time.
func (s *soakHTTP) drip(conn net.Conn, text string) {
	s.state.Lock()
	freed := s.freed
	s.state.Unlock()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i := range len(text) {
		if _, err := io.WriteString(conn, text[i:i+1]); err != nil {
			return
		}
		select {
		case <-tick.C:
		case <-freed:
			return
		}
	}
}

// recover makes the sink healthy, for good.
func (s *soakHTTP) recover(t testing.TB) {
	t.Helper()
	if !soon(t, 10*time.Second, func() bool { return s.become(soakHealthy) }) {
		t.Fatalf("the port of %s is taken", s.address)
	}
}
