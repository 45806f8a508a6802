// SPDX-License-Identifier: Apache-2.0

package send

import (
	"context"
	"errors"
	"strings"
	"sync"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/transport"
)

// connection is a connection of gRPC. Messages are bytes.
type connection struct {
	config Config

	mu     sync.Mutex
	conn   *grpc.ClientConn
	closed bool
}

// open prepares a connection; it is made when it is needed.
func (c *connection) open(config Config) error {
	if _, err := HostPort(config.Protocol, config.Endpoint); err != nil {
		return err
	}
	c.config = config
	conn, err := c.dial()
	c.conn = conn
	return err
}

func (c *connection) dial() (*grpc.ClientConn, error) {
	credentials := insecure.NewCredentials()
	if c.config.TLS.Enabled {
		var err error
		if credentials, err = newTLSCredentials(&c.config); err != nil {
			return nil, err
		}
	}
	address := c.config.Address
	if address == "" {
		address = c.config.Endpoint
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(credentials),
		grpc.WithUserAgent("spur"),
		grpc.WithDisableServiceConfig(),
		grpc.WithDisableRetry(),
		grpc.WithNoProxy(),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: firstConnect, Multiplier: 2, Jitter: 0.2, MaxDelay: lastConnect},
			MinConnectTimeout: connectTime,
		}),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(bytesCodec{}), grpc.MaxCallSendMsgSize(longest), grpc.MaxCallRecvMsgSize(mostAnswer)),
	}
	if c.config.TLS.ServerName == "" || !c.config.TLS.Enabled { // else credentials say it
		options = append(options, grpc.WithAuthority(c.config.Endpoint))
	}
	return grpc.NewClient("passthrough:///"+address, options...)
}

// call calls a method with a request, and returns the response.
func (c *connection) call(ctx context.Context, method string, request []byte) (answer []byte, e *transport.Error) {
	c.mu.Lock()
	conn, closed := c.conn, c.closed
	c.mu.Unlock()
	if closed {
		return nil, failed(transport.Permanent, transport.ErrClosed)
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	for name, value := range c.config.Header {
		ctx = metadata.AppendToOutgoingContext(ctx, name, value)
	}
	if c.config.Token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+c.config.Token)
	}
	err := conn.Invoke(ctx, method, request, &answer)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		c.replace(conn)
	}
	return answer, ofStatus(err)
}

// replace makes the next call use a new connection: one that does not answer may be
// dead, and TCP takes a quarter of an hour to say so.
func (c *connection) replace(old *grpc.ClientConn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.conn != old {
		return
	}
	if conn, err := c.dial(); err == nil {
		c.conn = conn
		_ = old.Close() // nothing is wanted of it any more
	}
}

// Close implements Sender.
func (c *connection) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	return c.conn.Close()
}

// ofStatus says what to do after an error of gRPC (opentelemetry.io specification,
// protocol/otlp.md, Failures). ResourceExhausted is tried again without RetryInfo,
// too, for that is what a Jaeger answers whose queue is full; unless it is about the
// request's length.
func ofStatus(err error) *transport.Error {
	if err == nil {
		return nil
	}
	s := status.Convert(err)
	e := failed(transport.Refused, errors.New(s.Code().String()+": "+shorten(s.Message())))
	switch s.Code() {
	case codes.ResourceExhausted:
		e.Kind = transport.Retryable
		if strings.Contains(s.Message(), "larger than max") { // as grpc's servers and clients say
			e.Kind = transport.TooLarge
		}
	case codes.Canceled, codes.DeadlineExceeded, codes.Aborted, codes.OutOfRange, codes.Unavailable, codes.DataLoss:
		e.Kind = transport.Retryable
	}
	for _, d := range s.Details() {
		if info, ok := d.(*errdetails.RetryInfo); ok {
			e.RetryAfter = min(max(info.GetRetryDelay().AsDuration(), 0), mostRetryAfter)
		}
	}
	return e
}

// bytesCodec hands messages on as they are.
type bytesCodec struct{}

func (bytesCodec) Name() string { return "proto" }

func (bytesCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func (bytesCodec) Unmarshal(b mem.BufferSlice, v any) error {
	*v.(*[]byte) = b.Materialize()
	return nil
}

// shorten makes a receiver's text fit into a message.
func shorten(s string) string {
	if len(s) > mostText {
		s = s[:mostText] + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
