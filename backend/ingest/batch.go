// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// batch is what is written together.
type batch struct {
	messages []*message
	bytes    int
}

// message is a message of Kafka and what is known about it. It is pending until it is
// stored, or there is a reason why it never will be. It may stand for several that came
// packed together and cannot be unpacked: then its record has nothing but the last offset.
type message struct {
	record  *kgo.Record
	offsets int64  // how many messages it is
	missed  int64  // messages before it that brokers have removed
	turn    uint64 // the assignment of the partition when it came

	counted int             // spans that the books call waiting
	spans   int             // that can be stored
	refused []trace.Refused // that cannot
	mended  int

	stored bool
	reason trace.Reason
	err    error // says more
	buried bool  // it is among the dead letters
}

// isUnread reports whether nobody knows what spans m has.
func (m *message) isUnread() bool {
	return m.reason == trace.ReasonMalformed || m.reason == ReasonPacked
}

func (b *batch) pending() (out []*message) {
	for _, m := range b.messages {
		if !m.stored && m.reason == "" {
			out = append(out, m)
		}
	}
	return out
}

// decode returns the spans of messages, and notes in each what cannot be read of it.
func (in *Ingester) decode(messages []*message) ptrace.Traces {
	for _, m := range messages {
		in.decodeOne(m)
	}
	td := in.deps.Decoder.Take()
	mended, refused := in.deps.Validate(td)
	if len(refused) > 0 { // whose they are is seen when each is decoded alone
		td = ptrace.NewTraces()
		for _, m := range messages {
			in.decodeAlone(m).ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
		}
	} else if mended > 0 {
		messages[0].mended = mended // of all of them
	}
	in.count(messages)
	return td
}

func (in *Ingester) decodeOne(m *message) {
	m.mended, m.reason, m.err = 0, "", nil
	if m.spans, m.refused, m.err = in.deps.Decoder.Add(m.record.Value); m.err != nil {
		m.reason = trace.ReasonMalformed
	}
}

// decodeAlone returns the spans of one message.
func (in *Ingester) decodeAlone(m *message) ptrace.Traces {
	in.decodeOne(m)
	td := in.deps.Decoder.Take()
	var refused []trace.Refused
	m.mended, refused = in.deps.Validate(td)
	m.refused = append(m.refused, refused...)
	m.spans = td.SpanCount()
	return td
}
