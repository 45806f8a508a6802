// SPDX-License-Identifier: Apache-2.0

package spurgrpc

import (
	"strings"

	"github.com/go-spur/spur"
)

// Option configures the handlers and interceptors of this package. One that says
// that it is for clients, or servers, is ignored by the other side.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithFilter traces only the RPCs for which trace returns true. It is asked for
// each RPC, on the RPC's goroutine, with the method as gRPC spells it:
// "/package.Service/Method". An RPC that is left out has no span and carries no
// context; on a server, spans that the method starts are roots. Several filters
// must all agree; one that panics has agreed, and Stats.Cut.Panics counts it. A nil
// filter is ignored.
func WithFilter(trace func(fullMethod string) bool) Option {
	return optionFunc(func(c *config) {
		if trace != nil {
			c.filters = append(c.filters, trace)
		}
	})
}

// WithoutHealthChecks leaves out the RPCs of gRPC's health service,
// grpc.health.v1.Health. They are traced by default.
func WithoutHealthChecks() Option {
	return WithFilter(func(fullMethod string) bool {
		return !strings.HasPrefix(fullMethod, "/grpc.health.v1.Health/")
	})
}

// WithOperationName names spans by what name returns for the full method. Where it
// returns "" or panics (Stats.Cut.Panics counts that), and by default, spans have the
// full method's name. It is called on the RPC's goroutine. A nil name is ignored.
//
// On servers name is asked about methods that the server has. Those are all
// names that callers can invent if the server has a grpc.UnknownServiceHandler, such
// as a proxy: there name should return a fixed text for methods that it does not
// know, for instance from grpc.Server.GetServiceInfo.
func WithOperationName(name func(fullMethod string) string) Option {
	return optionFunc(func(c *config) {
		if name != nil {
			c.name = name
		}
	})
}

// WithMessageEvents logs each message that is sent or received on the RPC's span,
// with its number from 1 for each direction and its size in bytes before
// compression: event "message", message.type "sent" or "received", message.id,
// message.uncompressed_size. The handlers also know the size after compression,
// message.compressed_size, and log it when it differs; the interceptors know sizes of
// protobuf messages only. spur.Limits bounds how many logs a span keeps.
func WithMessageEvents() Option { return optionFunc(func(c *config) { c.events = true }) }

// WithRequiredParent is for clients: it traces an RPC only if the current span in
// its context is one of spur's, with a context that is valid (spur.SpanFromContext).
// By default an RPC without one is the root of a trace.
func WithRequiredParent() Option { return optionFunc(func(c *config) { c.requireParent = true }) }

// WithEdgePolicy is for servers: it says what to make of the context a caller
// sent, on top of the tracer's own policy (spur.WithEdgePolicy). The default is
// spur.TrustCaller; a value that is no policy is taken for spur.IgnoreCaller.
func WithEdgePolicy(p spur.EdgePolicy) Option { return optionFunc(func(c *config) { c.policy = p }) }

// WithSemanticNames has tags named as OpenTelemetry's semantic conventions name
// attributes, instead of peer.address, response_code and response_class:
// rpc.system.name "grpc", rpc.method "package.Service/Method",
// rpc.response.status_code such as "NOT_FOUND", also "OK", error.type on errors,
// and network.peer.address with network.peer.port where the peer is an IP
// address. The names are those of version 1.43 of the conventions, whose stability
// for RPC is "release candidate".
func WithSemanticNames() Option { return optionFunc(func(c *config) { c.semantic = true }) }
