// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The headers of a dead letter, which is else the message as it came.
const (
	HeaderReason    = "spur.reason"    // a word, as in the metrics
	HeaderError     = "spur.error"     // says more
	HeaderTopic     = "spur.topic"     // where the message was
	HeaderPartition = "spur.partition" // likewise
	HeaderOffset    = "spur.offset"    // likewise
	HeaderMessages  = "spur.messages"  // how many from this offset on it stands for
)

// DeadTopic is the topic of the dead letters of a topic.
func DeadTopic(topic string) string { return topic + "-dead" }

// bury sends what of b cannot be stored to the dead letters: messages, and those of
// whose spans some were refused.
func (in *Ingester) bury(b *batch) error {
	var dead []*message
	var letters []*kgo.Record
	for _, m := range b.messages {
		if !m.buried && (m.reason != "" || len(m.refused) > 0) {
			dead = append(dead, m)
			letters = append(letters, in.letter(m))
		}
	}
	if len(dead) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(in.killed, letterTime)
	defer cancel()
	var failed error
	for _, r := range in.client.ProduceSync(ctx, letters...) { // in the order of acknowledgements
		i := slices.Index(letters, r.Record)
		switch {
		case r.Err == nil:
			dead[i].buried = true
			in.log.Debug("a dead letter", "partition", dead[i].record.Partition, "offset", dead[i].record.Offset, "error", dead[i].err)
		case errors.Is(r.Err, kerr.MessageTooLarge) && dead[i].record.Value != nil:
			// With the headers it does not fit: where it was says enough.
			dead[i].record.Value, failed = nil, r.Err
		default:
			failed = r.Err
		}
	}
	in.mourn(dead)
	return failed
}

// letter is what is sent about m.
func (in *Ingester) letter(m *message) *kgo.Record {
	reason, why := string(m.reason), "spans refused:"
	for _, r := range m.refused {
		if reason == "" {
			reason = string(r.Reason)
		}
		why += fmt.Sprintf(" %d %s", r.Count, r.Reason)
	}
	if m.err != nil {
		why = m.err.Error()
	}
	header := func(key, value string) kgo.RecordHeader { return kgo.RecordHeader{Key: key, Value: []byte(value)} }
	return &kgo.Record{
		Topic: DeadTopic(in.config.Topic), Key: m.record.Key, Value: m.record.Value,
		Headers: append(slices.Clip(m.record.Headers),
			header(HeaderReason, reason), header(HeaderError, shorten(why)),
			header(HeaderTopic, m.record.Topic), header(HeaderPartition, strconv.Itoa(int(m.record.Partition))),
			header(HeaderOffset, strconv.FormatInt(m.record.Offset-m.offsets+1, 10)), header(HeaderMessages, strconv.FormatInt(m.offsets, 10))),
	}
}

// mourn logs, once in logEvery, that there are dead letters.
func (in *Ingester) mourn(dead []*message) {
	in.mu.Lock()
	quiet := time.Since(in.mourned) < logEvery
	if !quiet {
		in.mourned = time.Now()
	}
	in.mu.Unlock()
	if m := dead[0]; !quiet {
		in.log.Warn("messages that cannot be stored are dead letters", "topic", DeadTopic(in.config.Topic),
			"partition", m.record.Partition, "offset", m.record.Offset, "reason", m.reason, "refused", m.refused, "error", m.err)
	}
}

// shorten keeps a header short.
func shorten(s string) string {
	const most = 1000
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
