// SPDX-License-Identifier: Apache-2.0

// Package wire turns spans into the bytes that Jaeger's agents and collectors
// read, and such bytes back into spans. It is the only package that knows wire
// formats.
//
// The formats are the structs of jaeger.thrift and the emitBatch message of
// agent.thrift, in Thrift's compact protocol (agents, port 6831) and in its
// binary protocol (agents, port 6832, and the bare Batch that collectors take
// over HTTP).
//
// Encoders are functions of the form AppendX(dst, …) []byte. They append to dst,
// allocate only when dst has to grow, cannot fail and keep nothing. They may
// scribble on up to 10 bytes behind what they return, within dst's capacity. A
// batch is made of parts that callers encode at different times:
//
//	Message head (with the encoded process) | span | span | … | Message tail
//
// Spans are encoded one by one as they finish; the head, which needs their
// number, is encoded last and put in front. MessageHeadMax and MessageTailMax say
// how much room the two take.
//
// Decoders accept any input: what they return is a copy of what they read, what
// they allocate is at most 64 KiB and 16 times the length of the input, and what
// they cannot read is an error that wraps [ErrMalformed] or [ErrUnknownMethod].
//
// All functions may be called from any goroutine. None blocks.
package wire
