// SPDX-License-Identifier: Apache-2.0

// Package spurgrpc traces gRPC servers and clients with spur.
//
//	server := grpc.NewServer(grpc.StatsHandler(spurgrpc.ServerHandler(tracer)))
//	conn, err := grpc.NewClient(target, grpc.WithStatsHandler(spurgrpc.ClientHandler(tracer)))
//
// Every RPC for a method that the server has, unary or stream, has one span on either
// side, however it ends. The server's is a child of the client's, the method finds it
// in its context (spur.SpanFromContext), and baggage comes with it. Contexts travel in
// the metadata under the names they have in HTTP headers (opentracing.HTTPHeaders);
// binary metadata ("-bin") is not touched. Nothing here starts a goroutine.
//
// A server that hands on the metadata it was sent sends no other's context beside its
// own: in the copy that goes out, headers of a format that is written are replaced, and,
// under their default names, removed where the span has no value for them, baggage
// included. So baggage is set on spans, not in metadata.
//
// # Handlers or interceptors
//
// [ServerHandler] and [ClientHandler] see whole RPCs, from the transport up, and
// serve unary RPCs and streams alike. [UnaryServerInterceptor] and its siblings make
// the same spans in a chain of interceptors. Use one or the other, or RPCs have two
// spans, one within the other. They differ in this:
//
//   - RPCs for methods that the server does not have reach its handler only: see
//     [ServerHandler].
//   - A client that repeats an RPC has a span for each attempt with its handler, and
//     one span for all of them with its interceptors. An RPC that fails before its
//     first attempt, since no name server answers or the context is done, has a span
//     with the interceptor only.
//   - peer.address is the server's address with the client's handler, and the
//     target of the ClientConn with its interceptors.
//   - A stream whose server ends it while the client is sending has its true status
//     with the interceptor only: see [ClientHandler].
//
// # Spans
//
// The operation is the full method, "/package.Service/Method" with its first slash,
// as opentracing-contrib/go-grpc has it; [WithOperationName] changes it. Tags are
//
//   - component "gRPC" and span.kind "server" or "client", from the start, so that
//     samplers see them
//   - peer.address, on spans that are recorded
//   - response_code, such as "NotFound", and response_class, "4xx", when the
//     status is not OK, as in opentracing-contrib/go-grpc. Class 2xx has Canceled, 0xx
//     Unknown, 5xx DeadlineExceeded, ResourceExhausted, Aborted, Unimplemented,
//     Internal, Unavailable and DataLoss, 4xx the others
//   - error: on clients for every status but OK, and but Canceled when the RPC's own
//     context was cancelled; on servers for Unknown, DeadlineExceeded, Unimplemented,
//     Internal, Unavailable and DataLoss
//
// and a status that is not OK is a log: event "error", error.kind the code, message
// the status's message. [WithSemanticNames] has OpenTelemetry's names instead. A method
// that panics has response_code "Unknown" and error; the panic goes on.
//
// A client's span is a child of the current span in the RPC's context, and a root
// when there is none, unless [WithRequiredParent]. A server's descends from the
// span that its context holds before, such as an HTTP server's in front of
// grpc.Server.ServeHTTP; else from the caller's, as [WithEdgePolicy] admits.
package spurgrpc
