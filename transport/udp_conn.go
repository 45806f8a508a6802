// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/go-spur/spur/internal/guard"
)

const (
	dialTimeout = 2 * time.Second
	writeWait   = time.Second           // for room in the kernel's buffer
	writeSlice  = 50 * time.Millisecond // how late the end of ctx may be seen
	minBuffer   = 256 << 10             // of the socket: not below the default of any system
	minPacket   = 1024                  // a path that takes less is broken
	maxTries    = 4                     // addresses given one batch
)

// packetSteps are the sizes that MaxBatch falls to after EMSGSIZE. 9216 is the
// default of macOS.
var packetSteps = [...]int64{32768, 16384, 9216, 4096, 2048, minPacket}

// attempt is what became of a batch.
type attempt struct {
	kind       Kind
	noReceiver bool  // of Retryable
	err        error // unless it was accepted
	previous   error // what was found on the way about the batch accepted last
}

// send delivers batch.
func (u *UDP) send(ctx context.Context, batch []byte) (out attempt) {
	if len(batch) == 0 {
		return attempt{}
	}
	if n := u.max.get(); len(batch) > n {
		return attempt{kind: TooLarge, err: fmt.Errorf("batch of %d bytes, limit %d", len(batch), n)}
	}
	if err := ctx.Err(); err != nil {
		return attempt{kind: Retryable, err: err}
	}
	for try := 1; ; try++ {
		previous := out.previous
		if err := u.connect(ctx); err != nil {
			return attempt{kind: Retryable, noReceiver: ctx.Err() == nil, err: err, previous: previous}
		}
		if out = u.write(ctx, batch); out.previous == nil {
			out.previous = previous
		}
		if !out.noReceiver || try >= min(len(u.addrs), maxTries) || u.fixed {
			return out
		}
	}
}

// write writes batch to the connection there is and sorts out whom an error is
// about. What ICMP leaves on a socket (ECONNREFUSED, and EMSGSIZE from a narrow
// path) is returned by the next write instead of writing.
func (u *UDP) write(ctx context.Context, batch []byte) (out attempt) {
	err := u.put(ctx, batch)
	if isRefused(err) || isTooLarge(err) {
		first := err
		err = u.put(ctx, batch)
		if (err == nil || isRefused(first)) && u.charge(first) {
			out.previous = first
		}
	}
	if err == nil {
		if err = u.pending.take(); err == nil {
			u.accepted = true
			u.max.accept()
			return out
		}
		u.accepted = false
	}
	out.err = err
	switch {
	case isTooLarge(err):
		out.kind = u.shrink(len(batch))
	case isFull(err), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, ctx.Err()):
		out.kind = Retryable
	case isRefused(err):
		out.kind, out.noReceiver = Retryable, true
		u.avoid()
	default:
		out.kind, out.noReceiver = Retryable, true
		u.disconnect()
		u.avoid()
	}
	return out
}

// shrink lowers MaxBatch below size, if a path can be that narrow.
func (u *UDP) shrink(size int) Kind {
	for _, n := range packetSteps {
		if n < int64(size) {
			u.max.lower(n)
			return TooLarge
		}
	}
	return Permanent
}

// put is one write of batch, waiting for room as long as ctx lasts and at most
// writeWait. A datagram is written whole or not at all, so waiting in slices
// duplicates nothing, and needs no goroutine to watch a ctx without a deadline.
func (u *UDP) put(ctx context.Context, batch []byte) error {
	end, ok := ctx.Deadline()
	var err error
	for range int(writeWait / writeSlice) {
		deadline := time.Now().Add(writeSlice)
		if ok && end.Before(deadline) {
			deadline = end
		}
		_ = u.conn.SetWriteDeadline(deadline) // a connection that fails here fails in Write
		_, err = u.conn.Write(batch)
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if ok && !deadline.Before(end) {
			return err
		}
	}
	return err
}

// connect sees to it that there is a connection, to where the name points now.
func (u *UDP) connect(ctx context.Context) error {
	if u.names != nil {
		addrs, err := u.names.poll(ctx, len(u.addrs) > 0)
		if err != nil {
			return err
		}
		if addrs != nil {
			u.move(ctx, addrs)
		}
	}
	if u.conn != nil {
		return nil
	}
	var err error
	for range u.addrs {
		if err = u.open(ctx, u.addrs[u.at]); err == nil {
			return nil
		}
		u.at = (u.at + 1) % len(u.addrs)
	}
	u.hurry()
	return err
}

// move takes over the addresses of a lookup. The connection changes only when its
// address is none of them, and not before there is another. One that was left for
// refusing a batch is tried again after a while if it still comes first: where
// nobody refuses, nobody may be listening either.
func (u *UDP) move(ctx context.Context, addrs []string) {
	i := -1
	if len(u.addrs) > 0 {
		i = slices.Index(addrs, u.addrs[u.at])
	}
	if i == 0 || i > 0 && (u.strayed.IsZero() || time.Since(u.strayed) < u.names.interval) {
		u.addrs, u.at = addrs, i
		return
	}
	if u.conn == nil {
		u.addrs, u.at, u.strayed = addrs, 0, time.Time{}
		return
	}
	for i, a := range addrs {
		if u.open(ctx, a) == nil {
			u.addrs, u.at, u.strayed = addrs, i, time.Time{}
			return
		}
	}
	// None can be dialled: keep what works. The timer asks again.
}

// open dials addr and, when that works, lets go of the connection before.
func (u *UDP) open(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	var c net.Conn
	err := guard.Try(func() (err error) {
		c, err = u.dial(ctx, "udp", addr)
		return err
	})
	if err == nil && c == nil {
		err = errNoConn
	}
	if err != nil {
		return err
	}
	if b, ok := c.(interface{ SetWriteBuffer(int) error }); ok {
		// Best effort. macOS takes no datagram larger than this buffer.
		_ = b.SetWriteBuffer(max(4*u.packet, minBuffer))
	}
	u.disconnect()
	u.conn = c
	u.pending = newPendingError(c)
	text := u.target.text
	if !u.target.literal {
		text += " (" + addr + ")"
	}
	u.address.Store(&text)
	return nil
}

// avoid is called when the address in use did not take a batch: the next one of
// the name, if there is one, is tried next, and the name is looked up again.
func (u *UDP) avoid() {
	u.hurry()
	if len(u.addrs) > 1 && !u.fixed {
		u.disconnect()
		u.at = (u.at + 1) % len(u.addrs)
		u.strayed = time.Now()
	}
}

func (u *UDP) hurry() {
	if u.names != nil {
		u.names.hurry()
	}
}

func (u *UDP) disconnect() {
	if u.conn != nil {
		_ = u.conn.Close()
	}
	u.conn, u.pending, u.accepted = nil, pendingError{}, false
}

// pendingError reads the error that earlier writes left on a connection. It is
// asked twice a batch and does not allocate.
type pendingError struct {
	asker interface{ SocketError() error }
	raw   syscall.RawConn
	read  func(fd uintptr)
	err   *error // where read puts what it finds
}

func newPendingError(c any) pendingError {
	if a, ok := c.(interface{ SocketError() error }); ok {
		return pendingError{asker: a}
	}
	sc, ok := c.(syscall.Conn)
	if !ok {
		return pendingError{}
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return pendingError{}
	}
	found := new(error)
	return pendingError{raw: raw, err: found, read: func(fd uintptr) { *found = socketError(fd) }}
}

// take returns the error and clears it.
func (p *pendingError) take() error {
	if p.asker != nil {
		return p.asker.SocketError()
	}
	if p.raw == nil {
		return nil
	}
	*p.err = nil
	if p.raw.Control(p.read) != nil {
		return nil
	}
	return *p.err
}
