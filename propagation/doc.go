// SPDX-License-Identifier: Apache-2.0

// Package propagation carries span contexts between processes: it writes a
// [model.Context] into a carrier and reads it back, in the formats of Jaeger, W3C
// and B3, one of them or several at once.
//
// # Textual formats
//
// [Default] reads all of these and writes Jaeger's and W3C's; [Composite] takes any
// choice, and [Jaeger], [W3C] and [B3] speak one format.
//
//	format  header             who sends it                             what it carries
//	jaeger  uber-trace-id      Jaeger clients of every language,        trace id, span id, parent id,
//	                           OpenTelemetry's jaeger propagators       sampled, debug, firehose
//	        uberctx-<key>      Jaeger clients, OpenTelemetry JS         one baggage member
//	        jaeger-baggage     people, with curl; test tools            a list of members: k1=v1, k2=v2
//	        jaeger-debug-id    people, with curl; test tools            a request to trace this call, and a
//	                                                                    name to find it by
//	w3c     traceparent        OpenTelemetry, most proxies and clouds   trace id, span id, sampled, random
//	        tracestate         OpenTelemetry, vendors                   text of each vendor, passed on
//	        baggage            OpenTelemetry                            all members, with properties
//	b3      b3                 Zipkin, Envoy, Istio                     trace id, span id, parent id,
//	                                                                    sampled or nothing, debug
//	        x-b3-traceid …     Zipkin, Envoy, Istio,                    the same
//	                           jaeger-client-go's zipkin package
//	        baggage-<key>      jaeger-client-go's zipkin package        one baggage member
//
// jaeger-baggage and jaeger-debug-id are only read. So are the forms of a header
// that others send and spur does not:
//
//   - uber-trace-id with leading zeros missing, with 32 digits for 64 bits, with a
//     parent that is 0, missing or garbage, with flags of 01, with "%3A" for ':' under
//     [HTTP]. Flags are hexadecimal, and at most ff, whereas jaeger-client-go writes
//     hexadecimal and reads decimal; 0 to 9, all that clients send without firehose
//     and debug together, mean the same.
//   - traceparent of later versions than 00, with anything behind another '-'.
//   - B3's ids in upper case or without leading zeros, as real clients send them, its
//     sampling state as true and false, and a parent id without one. A parent that
//     cannot be read is ignored in x-b3-parentspanid and makes b3 malformed.
//
// 64-bit trace ids are written with 16 digits in Jaeger's format and in B3, padded
// to 32 in W3C's; ids are never cut.
//
// # What does not fit a format
//
// W3C has no parent id, debug flag or firehose flag, and B3 no firehose flag. They
// are written in the formats that have them and are lost where only others are
// spoken. While the decision to sample is open, Jaeger's format and W3C's say "not
// sampled", and B3, which can, says nothing; B3 without a decision is read as
// [model.StateDeferred], and a decision without ids ("b3: 0", "X-B3-Sampled: 0") as
// [model.StateDecided].
//
// A debug flag without a sampled one asks for nothing. uber-trace-id passes it on as
// it came; B3, where debug implies sampled, leaves it out.
//
// The random flag of W3C's level 2 is [model.StateW3CRandom]: read, and written when
// the context has it. tracestate is passed on as it came, but for members whose key
// came before, and tabs; spur adds nothing to it. One that is malformed, or longer
// than [Limits].IDHeaderBytes, is dropped alone.
//
// # Several formats in one carrier
//
//   - The first format, in the configured order, whose ids can be read wins. Headers
//     that cannot be read are counted (Rejected) and hide no other format; they are
//     an error only when no format can be read.
//   - A format with the same trace id agrees: it adds what the winner lacks, that is
//     debug flags (with sampled ones) and firehose flags, the parent id (of the same
//     span), the random flag and tracestate. Of the sampled flag the winner's counts,
//     unless the winner leaves the decision open or the other one debugs.
//   - A format with another trace id is overruled and counted (Conflicts). Its flags
//     and its tracestate are ignored, its baggage is not.
//   - The debug id, and a decision without ids, count when no format has ids.
//
// # One set of baggage
//
// Baggage of all formats that are read is one set. Keys are compared without regard
// to case, since HTTP does not keep it, unless W3C's, which does, is the only baggage
// that is read, or written. The value is that of the format whose ids won, or else of
// the first format that has the member; the spelling of the key, and the properties,
// are those of W3C's baggage if it is there, and lower case otherwise. Within one
// format the last value of a key counts, and jaeger-baggage gives way to uberctx-*.
//
// Values are percent-encoded in W3C's baggage, and under [HTTP] in Jaeger's, with %20
// for a space. There '+' is read as a space, since jaeger-client-go writes it so, and
// what does not decode ("100%") is taken as it stands. A member of W3C's that does not
// decode is left out; bytes that are not UTF-8 become U+FFFD, as its specification
// demands. In B3's baggage-*, and under [Text], values travel as they are: those that
// a header cannot hold so, with control bytes or spaces at the ends, are left out
// there.
//
// # How much baggage
//
// Of what comes in, the [Limits] of 64 members and 8192 bytes hold for each format,
// and for the outcome, where a member that came twice counts once.
//
// What goes out has at most 8192 bytes in all headers of all formats together: names
// and values as they are sent, without the name of W3C's header, whose specification
// counts its value alone. A set that is too large for all formats is written to those
// that it fits, the preferred ones first: whole, never a part of it. A member that,
// with the newer ones, fits none is left out; one whose key or value a format cannot
// hold is left out of that format alone. BaggageDropped counts what each format was
// not given.
//
// # Who still sends what
//
// When Alone of "jaeger" in [Textual.Stats] has stopped growing, every caller that
// sends uber-trace-id sends another format too: it need not be read any more.
//
// # Binary format
//
// [Binary] reads and writes what jaeger-client-go does for OpenTracing's Binary
// format, ids, flags and baggage; clients in other languages have their own there.
//
// # What comes in is hostile
//
// Readers go over a carrier once, check lengths first, stay within [Limits], do not
// log, and count what they leave out ([Statser]). Writers encode or leave out whatever
// would break the request they write to.
package propagation
