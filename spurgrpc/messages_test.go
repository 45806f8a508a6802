// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/stats"

	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

// expectMessages checks how many messages the client's span has logged in each
// direction, and that the server's has the reverse.
func expectMessages(r *rig, sent, received string) {
	r.Helper()
	server, client := r.pair()
	count := func(lines []string, direction string) string {
		n := 0
		for _, l := range lines {
			if strings.Contains(l, "message.type="+direction) {
				n++
				if !strings.Contains(l, fmt.Sprintf("message.id=%d ", n)) {
					r.Errorf("message %d is %q", n, l)
				}
			}
		}
		return fmt.Sprint(n)
	}
	for _, x := range []struct{ got, want string }{
		{"sent " + count(events(client), "sent"), sent},
		{"received " + count(events(client), "received"), received},
		{"sent " + count(events(server), "received"), sent},
		{"received " + count(events(server), "sent"), received},
	} {
		if x.got != x.want {
			r.Errorf("%s messages, want %s\n%s", x.got, x.want, r.spans.Tree())
		}
	}
}

func TestMessageEventsUnary(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		r.clientOpts = []spurgrpc.Option{spurgrpc.WithMessageEvents()}
		r.service.unary = func(context.Context, *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) {
			return &testgrpc.SimpleResponse{Username: "ada"}, nil
		}
		r.start()
		if _, err := r.UnaryCall(r.context(), &testgrpc.SimpleRequest{ResponseSize: 7}); err != nil {
			t.Fatal(err)
		}
		server, client := r.pair()
		want := []string{
			"event=message message.type=sent message.id=1 message.uncompressed_size=2",
			"event=message message.type=received message.id=1 message.uncompressed_size=5",
		}
		if got := events(client); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if got := events(server); got != nil {
			t.Errorf("the server did not ask for events, got %q", got)
		}
		r.settle(2)
	})
}

func TestMessageEventsCompressed(t *testing.T) {
	tracer, spans := spurtest.New(t)
	h := spurgrpc.ClientHandler(tracer, spurgrpc.WithMessageEvents())
	ctx := h.TagRPC(t.Context(), &stats.RPCTagInfo{FullMethodName: emptyCall})
	h.HandleRPC(ctx, &stats.OutPayload{Client: true, Length: 100, CompressedLength: 9})
	h.HandleRPC(ctx, &stats.End{Client: true})
	want := []string{"event=message message.type=sent message.id=1 message.uncompressed_size=100 message.compressed_size=9"}
	if got := events(spans.Spans()[0]); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
