// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
)

// stalling is a store whose writes wait until it may go on.
type stalling struct {
	store.Store
	goOn chan struct{}
}

func (s stalling) Write(ctx context.Context, td ptrace.Traces) error {
	select {
	case <-s.goOn:
		return s.Store.Write(ctx, td)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestStall: ten senders at full speed into a store that stands still. They are
// told to come back, memory stays within the queue's and the budget's, and when the
// store goes on nothing that was taken is missing.
func TestStall(t *testing.T) {
	const queue, each = 20_000, 100
	kept := memory.Open(memory.Config{MaxBytes: 1 << 30})
	s := stalling{kept, make(chan struct{})}
	log := slog.New(slog.DiscardHandler)
	c := collect.New(collect.Config{QueueSpans: queue}, s, nil, log)
	listen := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	h, g := receive.NewOTLPHTTP(listen(), c, log), receive.NewOTLPGRPC(listen(), c, log)
	for _, r := range []interface {
		Serve() error
		Close(context.Context) error
	}{h, g} {
		go func() { _ = r.Serve() }()
		defer func() { _ = r.Close(context.Background()) }()
	}
	b := &backend{t: t, addrs: map[string]string{server.OTLPHTTP: h.Addr().String()}}
	conn, err := grpc.NewClient(g.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{})))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()

	// A sender returns whether its spans were taken.
	overHTTP := func(body []byte) bool {
		code, answer, err := b.do(http.MethodPost, b.url(server.OTLPHTTP, "/v1/traces"), protobuf, bytes.NewReader(body))
		if err != nil || code != http.StatusOK && code != http.StatusTooManyRequests {
			t.Errorf("OTLP over HTTP: %d %.200s %v", code, answer, err)
		}
		return code == http.StatusOK
	}
	overGRPC := func(body []byte) bool {
		var answer []byte
		err := conn.Invoke(t.Context(), "/opentelemetry.proto.collector.trace.v1.TraceService/Export", &body, &answer)
		if code := status.Code(err); code != codes.OK && code != codes.ResourceExhausted {
			t.Errorf("OTLP over gRPC: %v", err)
		}
		return err == nil
	}

	var sent, taken atomic.Int64
	var traces atomic.Uint64
	var senders sync.WaitGroup
	for i := range 10 {
		send := overHTTP
		if i%2 == 0 {
			send = overGRPC
		}
		senders.Go(func() {
			for refused := 0; refused < size(50, 5_000) && !t.Failed(); {
				body := spans{trace: traces.Add(1), count: each}.otlp()
				sent.Add(each)
				if send(body) {
					taken.Add(each)
				} else {
					refused++
				}
			}
		})
	}
	senders.Wait()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if most := uint64(collect.DefaultQueueBytes + 128<<20); m.HeapAlloc > most {
		t.Errorf("the heap has %d MB, at most %d are allowed", m.HeapAlloc>>20, most>>20)
	}
	books := c.Books()
	if books.Balance() != 0 || books.Received != sent.Load() || books.Waiting != taken.Load() || taken.Load() > queue || taken.Load() < queue/2 {
		t.Errorf("%d sent, %d taken: %+v", sent.Load(), taken.Load(), books)
	}

	close(s.goOn)
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
	books = c.Books()
	st, err := kept.Status(t.Context())
	if err != nil || books.Balance() != 0 || books.Stored != taken.Load() || st.Spans != taken.Load() {
		t.Errorf("%d taken, %d in the store: %+v %v", taken.Load(), st.Spans, books, err)
	}
}
