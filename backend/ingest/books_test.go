// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"maps"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/go-spur/spur/backend/trace"
)

// TestDropUnread: messages that are dropped, and so read again, are not counted as unread
// until they are settled, whatever is known of them.
func TestDropUnread(t *testing.T) {
	client, err := kgo.NewClient()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	in := &Ingester{client: client, books: newBooks()}
	read := func() *batch {
		b := &batch{messages: []*message{
			{reason: trace.ReasonMalformed, offsets: 1, missed: 2},
			{reason: ReasonPacked, offsets: 3},
			{stored: true, spans: 1, offsets: 1, missed: 4},
			{reason: ReasonRefused, spans: 1, offsets: 1, missed: 8},
			{spans: 1, offsets: 1, missed: 16},
		}}
		for _, m := range b.messages {
			m.record = &kgo.Record{Topic: "t"}
		}
		in.count(b.messages)
		return b
	}
	in.drop(read(), ReasonRebalanced, func(*message) bool { return true })
	if got := in.Books(); len(got.Unread) > 0 || got.Balance() != 0 || got.Waiting != 0 {
		t.Errorf("%+v, want none unread or waiting: they are read again", got)
	}
	in.settle(read())
	want := map[trace.Reason]int64{trace.ReasonMalformed: 1, ReasonPacked: 3, ReasonExpired: 30}
	if got := in.Books(); !maps.Equal(got.Unread, want) || got.Balance() != 0 {
		t.Errorf("%+v, want %v unread, each once", got, want)
	}
}
