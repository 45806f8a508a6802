// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"
)

var (
	_ Transport = (*UDP)(nil)
	_ Confirmer = (*UDP)(nil)
	_ Addresser = (*UDP)(nil)
)

// The errors that constructors wrap, and the cause of a Send after Close.
var (
	ErrAddress = errors.New("transport: bad address")
	ErrOption  = errors.New("transport: bad option")
	ErrClosed  = errors.New("transport: closed")
)

// Sizes of UDP datagrams in bytes, headers not counted.
const (
	DefaultUDPPacketSize = 65000 // what Jaeger's agents and receivers expect at most
	MaxUDPPacketSize     = 65507 // what IPv4 can carry
)

// UDPOptions changes what NewUDP does. The zero value is right for an agent on
// the same host.
type UDPOptions struct {
	// Format is JaegerCompact (the default) or JaegerBinary.
	Format Format
	// MaxPacketSize is the largest datagram in bytes, 1 to MaxUDPPacketSize;
	// DefaultUDPPacketSize when 0. Off the host, 1400 avoids IP fragments.
	MaxPacketSize int
	// ResolveInterval is how old the answer of a lookup may be before Send asks
	// again; 10 s when 0. Lookups are never closer than one second, whatever
	// stands here. There is no upper limit: a longer interval means that many
	// more seconds of batches for an address the name has left.
	ResolveInterval time.Duration
	// DisableReconnect keeps the first address the name had, for good: no lookup
	// follows the first that succeeds, and no other address of the name is tried.
	DisableReconnect bool
	// Dial opens connections; net.Dialer's DialContext when nil. It is called
	// with "udp" and an IP address with port, on the goroutine of Send. A
	// connection with a method SocketError() error is asked by it for the error
	// that earlier writes left behind (it returns and clears it); other ones by
	// SO_ERROR when they are a syscall.Conn.
	Dial DialFunc
	// Resolver finds the addresses of host names; net.DefaultResolver when nil.
	// It runs on a goroutine of its own and must return soon after its context
	// ends. It is not asked for IP addresses.
	Resolver Resolver
}

// UDP sends each batch as one datagram. It has no acknowledgement; what it can
// learn of a loss is an ICMP refusal, which the kernel keeps on the socket:
//
//   - found right after a write it belongs to that batch (a receiver on the same
//     host answers before the write returns): Send returns Retryable with NoReceiver;
//   - found later, before the next write or by Confirm, or returned by a write
//     (which then has sent nothing and is repeated once), it belongs to the batch
//     accepted last: PreviousLost. Each batch is reported lost at most once. Of
//     several refusals on their way from a distant host the kernel keeps one.
//
// Names are resolved by Send, never by NewUDP. The first Send waits for the
// answer, at most 2 s; later ones that have no address at most 200 ms, once a
// lookup; ones that have an address never wait. An address that stays in the
// answer stays in use; one that fails to resolve again does, too. When a name has
// several addresses, IPv4 ones come first, and a batch that one does not take is given
// to the next, 4 addresses at most; the first is tried again after ResolveInterval.
//
// What Send returns besides: TooLarge for a batch above MaxBatch (not written)
// and after EMSGSIZE; Retryable when nothing was sent because the kernel's buffer
// is full (ENOBUFS, EAGAIN, or for a second) or ctx ended; Retryable with NoReceiver
// when there is no address, no connection or any other error, after which the next
// Send connects anew. A retry never duplicates a batch, but for a refusal that came late from a
// name with several addresses.
type UDP struct {
	address atomic.Pointer[string]
	max     limit
	format  Format
	target  target
	packet  int // MaxPacketSize
	dial    DialFunc
	fixed   bool // DisableReconnect

	// What follows belongs to the goroutine that calls Send, Confirm and Close.
	names    *names // nil for an IP address
	addrs    []string
	at       int       // which of addrs is in use
	strayed  time.Time // when an address was last left for refusing; zero after a move
	conn     net.Conn
	pending  pendingError
	accepted bool // the last batch was accepted on conn, and nothing was charged to it since
	closed   bool
}

// NewUDP returns a transport to addr, a host and port as net.SplitHostPort reads
// them: the host a name or an IP address, IPv6 in brackets, the port 1 to 65535.
// It opens nothing and asks nobody. The error wraps ErrAddress or ErrOption and
// names the value.
func NewUDP(addr string, o UDPOptions) (*UDP, error) {
	t, err := parseTarget(addr)
	if err != nil {
		return nil, err
	}
	if err := o.complete(); err != nil {
		return nil, err
	}
	u := &UDP{format: o.Format, target: t, packet: o.MaxPacketSize, dial: o.Dial, fixed: o.DisableReconnect}
	u.max.init(o.MaxPacketSize)
	u.address.Store(&t.text)
	if t.literal {
		u.addrs = []string{t.text}
	} else {
		u.names = newNames(t, o)
	}
	return u, nil
}

func (o *UDPOptions) complete() error {
	o.Format = cmp.Or(o.Format, JaegerCompact)
	o.MaxPacketSize = cmp.Or(o.MaxPacketSize, DefaultUDPPacketSize)
	o.ResolveInterval = cmp.Or(o.ResolveInterval, 10*time.Second)
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	switch {
	case o.Format != JaegerCompact && o.Format != JaegerBinary:
		return fmt.Errorf("%w: Format %v does not go over UDP", ErrOption, o.Format)
	case o.MaxPacketSize < 1 || o.MaxPacketSize > MaxUDPPacketSize:
		return fmt.Errorf("%w: MaxPacketSize %d is not within 1 to %d", ErrOption, o.MaxPacketSize, MaxUDPPacketSize)
	case o.ResolveInterval < 0:
		return fmt.Errorf("%w: ResolveInterval %v is negative", ErrOption, o.ResolveInterval)
	}
	return nil
}

// Format implements Transport.
func (u *UDP) Format() Format { return u.format }

// MaxBatch implements Transport. It shrinks after EMSGSIZE and grows again, up to
// MaxPacketSize, as batches are accepted.
func (u *UDP) MaxBatch() int { return u.max.get() }

// Address implements Addresser: the address given to NewUDP, and behind a name
// the IP address in use, as in "agent:6831 (10.0.0.1:6831)".
func (u *UDP) Address() string { return *u.address.Load() }

// Send implements Transport; see UDP for what its errors mean. Whatever its Kind,
// the error says PreviousLost when the batch accepted last turned out lost. An
// empty batch is accepted and not written.
func (u *UDP) Send(ctx context.Context, batch []byte) error {
	if u.closed {
		return &Error{Kind: Permanent, Err: ErrClosed}
	}
	refusal := u.pending.take()
	lost := u.charge(refusal)
	if refusal != nil {
		u.avoid()
	}
	out := u.send(ctx, batch)
	if out.previous != nil {
		lost, refusal = true, out.previous
	}
	if out.kind == Accepted && !lost {
		return nil
	}
	if out.err == nil {
		out.err = refusal
	}
	return &Error{Kind: out.kind, NoReceiver: out.noReceiver, PreviousLost: lost, Hint: hintOf(out.err), Err: out.err}
}

// Confirm implements Confirmer. Without SO_ERROR (Windows, Plan 9, WebAssembly)
// it knows nothing and returns nil.
func (u *UDP) Confirm() error {
	refusal := u.pending.take()
	if refusal == nil {
		return nil
	}
	lost := u.charge(refusal)
	u.avoid()
	if !lost {
		return nil
	}
	return &Error{Kind: Accepted, PreviousLost: true, Hint: hintOf(refusal), Err: refusal}
}

// Close implements Transport: it closes the connection and ends a lookup that is
// on its way. It returns at once unless the Resolver ignores its context, for
// which it waits one second at most. The error is always nil.
func (u *UDP) Close() error {
	if u.closed {
		return nil
	}
	u.closed = true
	u.disconnect()
	if u.names != nil {
		u.names.stop()
	}
	return nil
}

// charge says whether refusal is news about the batch accepted last.
func (u *UDP) charge(refusal error) bool {
	if refusal == nil || !u.accepted {
		return false
	}
	u.accepted = false
	return true
}
