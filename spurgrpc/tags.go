// SPDX-License-Identifier: Apache-2.0

package spurgrpc

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"

	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur"
)

// unknownMethod is the operation of RPCs whose method the server does not have:
// their names are the caller's invention, and there is no end to them.
const unknownMethod = "unknown method"

// tagMethod sets what is known from the method.
func (c *config) tagMethod(span *spur.Span, fullMethod string) {
	if c.semantic {
		span.SetString("rpc.system.name", "grpc")
		span.SetString("rpc.method", strings.TrimPrefix(fullMethod, "/"))
	}
}

// tagUnknown sets what is known of a method that the server does not have.
func (c *config) tagUnknown(span *spur.Span, fullMethod string) {
	span.SetString("rpc.method_original", strings.TrimPrefix(fullMethod, "/"))
	if c.semantic {
		span.SetString("rpc.system.name", "grpc")
		span.SetString("rpc.method", "_OTHER")
	}
}

// tagPeer sets the other side's address.
func (c *config) tagPeer(span *spur.Span, addr net.Addr) {
	if addr == nil || !span.IsRecording() {
		return
	}
	if !c.semantic {
		try(func() { span.SetString("peer.address", addr.String()) })
		return
	}
	if tcp, ok := addr.(*net.TCPAddr); ok {
		if ip, ok := netip.AddrFromSlice(tcp.IP); ok {
			span.SetString("network.peer.address", ip.Unmap().String())
			span.SetInt("network.peer.port", tcp.Port)
		}
	}
}

// finish tags the outcome and finishes the span. ctx is the RPC's, err what it ended
// with, nil for OK.
func (c *config) finish(ctx context.Context, span *spur.Span, err error) {
	if err == nil {
		if c.semantic {
			span.SetString("rpc.response.status_code", statusName(codes.OK))
		}
		span.Finish()
		return
	}
	st := statusOf(err)
	own := st.Code() == codes.Canceled && errors.Is(ctx.Err(), context.Canceled)
	c.tagStatus(span, st.Code(), c.isError(st.Code()) && !own)
	logStatus(span, st.Code(), st.Message())
	span.Finish()
}

// caught is deferred. If what was called did not return, it tells end what recover
// says, and passes a panic on.
func caught(returned *bool, end func(p any)) {
	if *returned {
		return
	}
	p := recover()
	end(p)
	if p != nil {
		panic(p)
	}
}

// panicked finishes the span of a handler or call that did not return. p is what
// recover returned, nil when that is not known or there was no panic.
func (c *config) panicked(span *spur.Span, p any) {
	c.tagStatus(span, codes.Unknown, true)
	if p != nil {
		span.LogKV("event", "error", "error.kind", codes.Unknown.String(), "message", "panic", "error.object", p)
	} else {
		logStatus(span, codes.Unknown, "panic or runtime.Goexit")
	}
	span.Finish()
}

func (c *config) tagStatus(span *spur.Span, code codes.Code, failed bool) {
	if c.semantic {
		span.SetString("rpc.response.status_code", statusName(code))
	}
	if code == codes.OK { // an error that says OK
		return
	}
	if !c.semantic {
		span.SetString("response_code", code.String())
		span.SetString("response_class", class(code))
	}
	if failed {
		span.SetBool(string(ext.Error), true)
		if c.semantic {
			span.SetString("error.type", statusName(code))
		}
	}
}

func logStatus(span *spur.Span, code codes.Code, message string) {
	if code != codes.OK && span.IsRecording() {
		span.LogFields(log.Event("error"), log.String("error.kind", code.String()), log.Message(message))
	}
}

// statusOf is the status that grpc makes of an error when it sends it; Unknown where
// the error's methods panic.
func statusOf(err error) *status.Status {
	st := status.New(codes.Unknown, "")
	try(func() {
		if own, ok := status.FromError(err); ok {
			st = own
		} else {
			st = status.FromContextError(err)
		}
	})
	return st
}

// isError reports whether a code that is not OK is an error of the side whose
// span it is: always a client's, and a server's when the server is to blame.
func (c *config) isError(code codes.Code) bool {
	if c.client {
		return true
	}
	switch code {
	case codes.Unknown, codes.DeadlineExceeded, codes.Unimplemented, codes.Internal, codes.Unavailable, codes.DataLoss:
		return true
	}
	return false
}

// class groups the codes as the OpenTracing instrumentation of gRPC did.
func class(code codes.Code) string {
	switch code {
	case codes.OK, codes.Canceled:
		return "2xx"
	case codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.PermissionDenied,
		codes.Unauthenticated, codes.FailedPrecondition, codes.OutOfRange:
		return "4xx"
	case codes.DeadlineExceeded, codes.ResourceExhausted, codes.Aborted, codes.Unimplemented,
		codes.Internal, codes.Unavailable, codes.DataLoss:
		return "5xx"
	}
	return "0xx"
}

// statusName is a code as the gRPC specification spells it.
func statusName(code codes.Code) string {
	names := [...]string{
		"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
		"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
		"INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
	}
	if int64(code) < int64(len(names)) {
		return names[code]
	}
	return code.String()
}
