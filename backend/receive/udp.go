// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/semaphore"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/wire"
)

// UDP listens for what clients send to an agent of Jaeger's: datagrams with a call
// of Agent.emitBatch (agent.thrift). Nobody hears an answer: what is lost is
// counted.
//
// One goroutine reads, as fast as it can, and others decode; what waits between
// them is bounded, and when it is full, datagrams wait in the socket's buffer.
// What that has no room for is counted where the kernel tells, on Linux.
type UDP struct {
	conn     *net.UDPConn
	decode   func([]byte) (*wire.Message, error)
	from     trace.Origin
	sink     Sink
	clients  *Clients
	log      *slog.Logger
	counters udpCounters
	logged   atomic.Int64 // when a malformed datagram was last logged
	drops    uint32       // of the kernel's that were counted; watchDropped's, and at the end Serve's

	room    *semaphore.Weighted // bytes that may wait
	queue   chan []byte
	serving atomic.Bool
	served  chan struct{}   // closed when Serve has ended
	alive   context.Context // what waits is decoded until it is done
	giveUp  context.CancelFunc
}

// Protocol is one of Thrift's encodings of a datagram.
type Protocol string

// The protocols.
const (
	Compact Protocol = "compact" // port 6831
	Binary  Protocol = "binary"  // port 6832
)

// NewUDP returns a listener on conn, which Close closes. It asks for a large buffer
// of the socket and logs when it got less. What clients say of themselves goes to
// clients, which may be nil. It counts datagrams in reg, which may be nil, under the
// names of Jaeger's agent.
func NewUDP(conn *net.UDPConn, p Protocol, sink Sink, clients *Clients, reg prometheus.Registerer, log *slog.Logger) *UDP {
	u := &UDP{
		conn:    conn,
		decode:  wire.DecodeCompactMessage,
		from:    trace.Origin{Protocol: "thrift-" + string(p), Transport: "udp"},
		sink:    sink,
		clients: clients,
		log:     log.With("addr", conn.LocalAddr().String()),
		room:    semaphore.NewWeighted(waitingBytes),
		queue:   make(chan []byte, waitingDatagrams),
		served:  make(chan struct{}),
	}
	u.counters = newUDPCounters(reg, p, func() float64 { return float64(len(u.queue)) })
	u.alive, u.giveUp = context.WithCancel(context.Background())
	if p == Binary {
		u.decode = wire.DecodeBinaryMessage
	}
	granted, err := prepareSocket(conn, socketBuffer)
	if err != nil {
		u.log.Warn("cannot prepare the socket", "error", err)
	} else if granted < socketBuffer {
		u.log.Warn("small buffer: bursts of datagrams may be lost; net.core.rmem_max limits it", "granted", granted, "asked", socketBuffer)
	}
	return u
}

// Addr returns where it listens.
func (u *UDP) Addr() net.Addr { return u.conn.LocalAddr() }

// Serve reads datagrams until Close, and returns nil when those are decoded. It
// is called once.
func (u *UDP) Serve() error {
	u.serving.Store(true)
	defer close(u.served)
	defer u.countDropped()
	stop := make(chan struct{})
	var helpers, workers sync.WaitGroup
	helpers.Go(func() { u.watchDropped(stop) })
	for range runtime.GOMAXPROCS(0) {
		workers.Go(u.work)
	}
	err := u.read()
	close(u.queue)
	close(stop)
	workers.Wait()
	helpers.Wait()
	return err
}

// read fills the queue until Close sets a deadline.
func (u *UDP) read() error {
	buf := make([]byte, maxDatagram)
	failures := 0
	var end time.Time // when what has arrived is no longer waited for
	for {
		n, _, err := u.conn.ReadFromUDPAddrPort(buf)
		switch {
		case err == nil:
		case errors.Is(err, net.ErrClosed):
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded): // by Close
			now := time.Now()
			if end.IsZero() {
				end = now.Add(lastDatagrams)
			}
			if now.After(end) || !hasDatagram(u.conn) || u.conn.SetReadDeadline(now.Add(lastPause)) != nil {
				return nil
			}
			continue
		default: // an ICMP message from a peer, where these are told, or want of memory
			u.counters.errors.Inc()
			if failures++; failures > maxReadFailures {
				return err
			}
			continue
		}
		failures = 0
		u.counters.size.Set(float64(n))
		_ = u.room.Acquire(context.Background(), int64(n)) // it fails for a context alone
		u.queue <- bytes.Clone(buf[:n])
	}
}

// watchDropped looks now and then at what the kernel dropped.
func (u *UDP) watchDropped(stop <-chan struct{}) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			u.countDropped()
		case <-stop:
			return
		}
	}
}

// countDropped counts what was dropped since it was last called.
func (u *UDP) countDropped() {
	total, ok := socketDrops(u.conn)
	if !ok {
		return
	}
	lost := total - u.drops // it wraps around
	u.drops = total
	if lost > 0 {
		u.counters.dropped.Add(float64(lost))
		u.sink.Unread(u.from, trace.ReasonKernel, int(lost))
	}
}

// work decodes what is in the queue.
func (u *UDP) work() {
	for b := range u.queue {
		if u.alive.Err() != nil {
			u.sink.Unread(u.from, trace.ReasonShutdown, 1)
		} else if u.take(b) != nil {
			u.sink.Unread(u.from, trace.ReasonMalformed, 1)
		}
		u.room.Release(int64(len(b)))
	}
}

// take hands on the spans of a datagram. With an error, they could not be read.
func (u *UDP) take(b []byte) (err error) {
	defer rescued(&err, u.log)
	m, err := u.decode(b)
	if err != nil {
		u.logMalformed(err)
		u.counters.malformed.Inc()
		return err
	}
	u.counters.processed.Inc()
	u.clients.add(&m.Batch)
	if len(m.Batch.Spans) > 0 {
		// What was refused has been counted, and there is nobody to tell.
		_, _ = u.sink.Take(context.Background(), jaeger.Traces(&m.Batch), u.from)
	}
	return nil
}

// logMalformed logs now and then that something sends what is not understood.
func (u *UDP) logMalformed(err error) {
	now := time.Now().UnixNano()
	last := u.logged.Load()
	if (last == 0 || now-last > int64(logEvery)) && u.logged.CompareAndSwap(last, now) {
		u.log.Warn("a datagram cannot be read", "error", err)
	}
}

// Close reads what has arrived and waits until it is decoded, or until ctx is
// done: then the rest is counted as lost, and its error is returned.
func (u *UDP) Close(ctx context.Context) error {
	if !u.serving.Load() {
		return u.conn.Close()
	}
	err := u.conn.SetReadDeadline(time.Now())
	select {
	case <-u.served:
	case <-ctx.Done():
		err = errors.Join(err, ctx.Err())
		u.giveUp()
		<-u.served
	}
	return errors.Join(err, u.conn.Close())
}
