// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"
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

// send delivers batch. refusal is what was found on the socket before; previous
// is what was found on the way about the batch accepted last.
func (u *UDP) send(ctx context.Context, batch []byte, refusal error) (k Kind, previous, err error) {
	if refusal != nil {
		u.avoid()
	}
	if len(batch) == 0 {
		return Accepted, nil, nil
	}
	if n := u.max.Load(); int64(len(batch)) > n {
		return TooLarge, nil, fmt.Errorf("batch of %d bytes, limit %d", len(batch), n)
	}
	if err := ctx.Err(); err != nil {
		return Retryable, nil, err
	}
	for try := 1; ; try++ {
		if err := u.connect(ctx); err != nil {
			return Permanent, previous, err
		}
		k, p, err := u.write(ctx, batch)
		if p != nil {
			previous = p
		}
		if k != Permanent || !isRefused(err) || try >= min(len(u.addrs), maxTries) || u.fixed {
			return k, previous, err
		}
	}
}

// write writes batch to the connection there is and sorts out whom an error is
// about. What ICMP leaves on a socket (ECONNREFUSED, and EMSGSIZE from a narrow
// path) is returned by the next write instead of writing.
func (u *UDP) write(ctx context.Context, batch []byte) (k Kind, previous, err error) {
	err = u.put(ctx, batch)
	if isRefused(err) || isTooLarge(err) {
		first := err
		err = u.put(ctx, batch)
		if (err == nil || isRefused(first)) && u.charge(first) {
			previous = first
		}
	}
	switch {
	case err == nil:
		u.accepted = true
		if err = u.pending.take(); err == nil {
			return Accepted, previous, nil
		}
		u.accepted = false
		u.avoid()
		return Permanent, previous, err
	case isRefused(err):
		u.avoid()
		return Permanent, previous, err
	case isTooLarge(err):
		for _, n := range packetSteps {
			if n < int64(len(batch)) {
				u.max.Store(n)
				return TooLarge, previous, err
			}
		}
		return Permanent, previous, err
	case isFull(err), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, ctx.Err()):
		return Retryable, previous, err
	}
	u.disconnect()
	u.hurry()
	return Permanent, previous, err
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
	c, err := u.dial(ctx, "udp", addr)
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

// avoid is called when the address in use has refused a batch: the next one of
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
