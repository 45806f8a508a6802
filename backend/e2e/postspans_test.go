// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"

	"github.com/go-spur/spur/backend/internal/golden"
)

// TestPostSpans sends what agents of Jaeger 1.62 made of datagrams, and compares what
// is shown with what a Jaeger 1.62 shows, which got the same from its own agent.
func TestPostSpans(t *testing.T) {
	x, err := golden.Load("../testdata", "v1", "jaeger-1.62")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, "memory")
	conn, err := grpc.NewClient(s.addr(14250), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	files, err := filepath.Glob("../testdata/postspans/*.pb")
	if err != nil {
		t.Fatal(err)
	}
	const spansSent = 64
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var answer []byte
		err = conn.Invoke(t.Context(), "/jaeger.api_v2.CollectorService/PostSpans", &body, &answer, grpc.ForceCodecV2(rawCodec{}))
		if err != nil || len(answer) != 0 {
			t.Errorf("%s: %q, %v", file, answer, err)
		}
	}
	s.awaitStored(spansSent)
	table, compared := golden.NewTable(), 0
	for _, q := range x.Requests {
		if !isOf(q.Name, "spur-compact", "spur-64bit", "spur-binary", "jaegergo-compact", "jaegergo-64bit", "node-binary", "node-64bit") {
			continue
		}
		compared++
		want, err := x.Facts(q)
		if err != nil {
			t.Fatal(err)
		}
		status, contentType, answer := do(t, request(t, q.Method, "http://"+s.addr(portQuery)+q.Path, nil))
		explain(t, table, q.Name, want, golden.FactsOf(status, contentType, answer))
	}
	if compared != 3*len(files) {
		t.Errorf("%d answers were compared", compared)
	}
}

// isOf reports whether a request is about the operations or a trace of a service.
func isOf(name string, services ...string) bool {
	for _, s := range services {
		if name == "operations-"+s || strings.HasPrefix(name, "trace-"+s+"-") {
			return true
		}
	}
	return false
}

// rawCodec is a codec of messages that are *[]byte.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (rawCodec) Unmarshal(b mem.BufferSlice, v any) error {
	*v.(*[]byte) = b.Materialize()
	return nil
}
