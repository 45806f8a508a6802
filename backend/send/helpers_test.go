// SPDX-License-Identifier: Apache-2.0

package send_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/transport"
)

// sink keeps what receivers hand to it.
type sink struct {
	mu     sync.Mutex
	taken  []ptrace.Traces
	busy   bool
	refuse []trace.Refused
}

func (s *sink) Take(_ context.Context, td ptrace.Traces, _ trace.Origin) ([]trace.Refused, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy {
		return nil, fmt.Errorf("%w: full", trace.ErrBusy)
	}
	s.taken = append(s.taken, td)
	return s.refuse, nil
}

func (s *sink) TakeEncoded(context.Context, []trace.Encoded, trace.Origin) (bool, error) {
	return false, nil
}
func (s *sink) Refuse(trace.Origin, trace.Reason, int)  {}
func (s *sink) Unread(trace.Origin, trace.Reason, int)  {}
func (s *sink) Reserve(int64) (release func(), ok bool) { return func() {}, true }

// all returns everything that came.
func (s *sink) all() ptrace.Traces {
	s.mu.Lock()
	defer s.mu.Unlock()
	td := ptrace.NewTraces()
	for _, t := range s.taken {
		t.ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
	}
	s.taken = nil
	return td
}

// part is a receiver.
type part interface {
	Serve() error
	Close(context.Context) error
	RequireToken(string)
}

// receiver starts the receiver of a protocol, and returns where it listens.
func receiver(t *testing.T, p send.Protocol, to receive.Sink, token string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	var r part
	switch p {
	case send.OTLPGRPC:
		r = receive.NewOTLPGRPC(l, to, log)
	case send.OTLPHTTP:
		r = receive.NewOTLPHTTP(l, to, log)
	case send.ThriftHTTP:
		r = receive.NewHTTP(l, nil, to, nil, log)
	case send.JaegerGRPC:
		r = receive.NewJaegerGRPC(l, nil, to, log)
	default:
		t.Fatalf("no receiver of %s", p)
	}
	r.RequireToken(token)
	serve(t, r)
	return l.Addr().String()
}

// serve has r serve until the test ends.
func serve(t *testing.T, r part) {
	t.Helper()
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := r.Serve(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := r.Close(ctx); err != nil {
			t.Error(err)
		}
		serving.Wait()
	})
}

func sender(t *testing.T, c send.Config) send.Sender {
	t.Helper()
	s, err := send.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// recorded returns what real clients sent, by the names of files in testdata.
func recorded(t testing.TB, pattern string) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("../testdata/" + pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v, %v", pattern, names, err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		if out[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// batch is td as one batch.
func batch(t *testing.T, td ptrace.Traces) send.Batch {
	t.Helper()
	b, err := send.PackTraces(td)
	if err != nil || len(b) != 1 {
		t.Fatalf("%d batches, %v", len(b), err)
	}
	return b[0]
}

// kind returns the kind of a Send's error.
func kind(err error) transport.Kind {
	var e *transport.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return transport.Accepted
}
