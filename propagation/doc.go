// SPDX-License-Identifier: Apache-2.0

// Package propagation carries span contexts between processes: it writes a
// [model.Context] into a carrier and reads it back, in Jaeger's own formats.
//
// # Textual formats
//
// [Jaeger] speaks the headers of all Jaeger clients, once for HTTP headers and
// once for plain text maps:
//
//	header           who sends it                        what it carries
//	uber-trace-id    jaeger clients of every language,   trace id, span id, parent id, flags
//	                 OpenTelemetry's jaeger propagators
//	uberctx-<key>    jaeger clients,                     one baggage member
//	                 OpenTelemetry JS
//	jaeger-baggage   people, with curl; test tools       a list of members: k1=v1, k2=v2
//	jaeger-debug-id  people, with curl; test tools       a request to trace this call, and a name to find it by
//
// The first two are written and read, the last two only read. uber-trace-id reads
//
//	{trace id}:{span id}:{parent id}:{flags}
//
// in hexadecimal. Trace ids go out with 16 digits, or 32 when they need more than
// 64 bits, the other ids with 16, flags with as many as they need. They come in
// with leading zeros missing, with 32 digits for 64 bits, with a parent of 0 and
// with flags of 01, depending on the sender; all that is read. Flags are
// hexadecimal in both directions, whereas jaeger-client-go writes hexadecimal and
// reads decimal; the values 0 to 9, all that clients send without firehose and
// debug together, mean the same in both.
//
// The two kinds differ in values. Under [HTTP] they are percent-encoded, with %20
// for a space, and '+' is read as a space too, since jaeger-client-go writes it.
// Under [Text] they travel as they are. Keys of baggage are lower-cased by every
// receiver: HTTP does not keep their case.
//
// # Binary format
//
// [Binary] reads and writes what jaeger-client-go does for OpenTracing's Binary
// format; clients in other languages have formats of their own there. It carries
// ids, flags and baggage, byte for byte and in any case.
//
// # What comes in is hostile
//
// Everything here may come from a stranger. Readers check lengths first, copy what
// they keep, stay within [Limits], do not log, and count what they leave out
// ([Statser]). A context that was read is safe to pass on: writers encode or leave
// out whatever would break the request it is written to.
package propagation
