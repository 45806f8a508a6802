// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// oneSpan decodes every message as one span.
type oneSpan struct{ n int }

func (d *oneSpan) Add([]byte) (int, []trace.Refused, error) { d.n++; return 1, nil, nil }

func (d *oneSpan) Take() ptrace.Traces {
	td := ptrace.NewTraces()
	for spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans(); d.n > 0; d.n-- {
		spans.AppendEmpty()
	}
	return td
}

// TestAttemptTime: however slow the store is, together and message by message, an attempt
// does not hold up a rebalance for more than writeTime.
func TestAttemptTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := &Ingester{
			log: slog.New(slog.DiscardHandler), stopping: t.Context(), killed: t.Context(), books: newBooks(), owned: map[int32]*place{0: {}},
			deps: Deps{
				Decoder: &oneSpan{}, Validate: func(ptrace.Traces) (int, []trace.Refused) { return 0, nil },
				Write: func(ctx context.Context, _ ptrace.Traces) error {
					select {
					case <-time.After(writeTime * 3 / 4):
						return errors.New("odd")
					case <-ctx.Done():
						return ctx.Err()
					}
				},
			},
		}
		b := &batch{}
		for range 3 {
			b.messages = append(b.messages, &message{record: &kgo.Record{}})
		}
		begun := time.Now()
		if in.try(b, triesTogether) {
			t.Error("a batch is settled that was not stored")
		}
		if took := time.Since(begun); took != writeTime {
			t.Errorf("an attempt took %v, want %v", took, writeTime)
		}
	})
}

// TestPollTime: however many partitions cannot be read, and whoever does not say why, reading
// does not hold up a rebalance for more than letterTime.
func TestPollTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, err := kgo.NewClient(kgo.SeedBrokers("nobody:9092"), kgo.Dialer(func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		in := &Ingester{config: Config{Topic: "t"}, log: slog.New(slog.DiscardHandler), stopping: t.Context(), client: client, admin: kadm.NewClient(client), owned: map[int32]*place{}}
		topic := kgo.FetchTopic{Topic: "t"}
		for p := range int32(6) {
			in.owned[p] = &place{failed: triesUnpack}
			topic.Partitions = append(topic.Partitions, kgo.FetchPartition{Partition: p, Err: errors.New("odd")})
		}
		begun := time.Now()
		in.sort(t.Context(), kgo.Fetches{{Topics: []kgo.FetchTopic{topic}}})
		if took := time.Since(begun); took != letterTime {
			t.Errorf("six partitions that cannot be read took %v, want %v", took, letterTime)
		}
	})
}

// TestReportLog: a store that fails and goes on by turns is logged once a minute.
func TestReportLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		in := &Ingester{log: slog.New(slog.NewTextHandler(&log, nil))}
		for range 600 { // a second each
			in.report(errors.New("no route"), &batch{})
			in.report(nil, &batch{})
			time.Sleep(time.Second)
		}
		if worse, better := strings.Count(log.String(), "wait in Kafka"), strings.Count(log.String(), "again"); worse != 10 || better != 10 {
			t.Errorf("in ten minutes the log has %d times that spans wait, and %d that they do not, want 10 of each", worse, better)
		}
	})
}
