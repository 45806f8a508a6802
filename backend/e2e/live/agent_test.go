// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package live

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/go-spur/spur/backend/e2e/live/emit"
)

// TestAgent: what real clients send to a Jaeger agent is shown as a Jaeger 1.62
// behind its agent shows it.
func TestAgent(t *testing.T) {
	jaeger := startJaeger(t)
	ours := startAgent(t, startOurs(t))
	for _, s := range emit.Senders("./node.sh", scripts+"/collector.sh") {
		if s.Wire != emit.Compact && s.Wire != emit.Binary {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			send(t, s, jaeger)
			send(t, s, ours)
			compare(t, s.Name, jaeger.await(t, s), ours.await(t, s))
		})
	}
}

// TestAgentSampling: strategies are answered as by Jaeger 1.62, byte for byte: by an
// agent that asks us, and by gRPC. The default has no operations, which a Jaeger that
// reads its file again adds to more services than before.
func TestAgentSampling(t *testing.T) {
	file := filepath.Join(t.TempDir(), "strategies.json")
	if err := os.WriteFile(file, []byte(`{
		"service_strategies": [
			{"service": "probabilistic", "type": "probabilistic", "param": 0.5},
			{"service": "limited", "type": "ratelimiting", "param": 5},
			{"service": "operations", "type": "probabilistic", "param": 0.5, "operation_strategies": [{"operation": "GET /health", "type": "probabilistic", "param": 0}]}
		],
		"default_strategy": {"type": "probabilistic", "param": 0.25}
	}`), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("E2E_STRATEGIES", file)
	jaeger, ours := startJaeger(t), startOurs(t, file)
	agent := startAgent(t, ours)
	for _, service := range []string{"probabilistic", "limited", "operations", "unknown"} {
		of := "?" + query("service", service)
		for _, path := range []string{"", "/.."} { // /sampling, and / for old clients
			status, _, want := get(t, jaeger.sampling+path+of)
			if _, _, got := get(t, agent.sampling+path+of); status != 200 || !bytes.Equal(got, want) {
				t.Errorf("%s by an agent: %s, Jaeger says %d %s", service, got, status, want)
			}
			if _, _, got := get(t, ours.sampling+path+of); !bytes.Equal(got, want) {
				t.Errorf("%s: %s, Jaeger says %s", service, got, want)
			}
		}
		want := strategy(t, jaeger.agents, service)
		for port, address := range map[string]string{"14250": ours.agents, "5779": ours.samplingGRPC} {
			if got := strategy(t, address, service); !bytes.Equal(got, want) {
				t.Errorf("%s by gRPC at %s: %x, Jaeger says %x", service, port, got, want)
			}
		}
	}
}

// strategy asks by gRPC and returns the answer as it came.
func strategy(t *testing.T, address, service string) []byte {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var question, answer emptypb.Empty // all fields are unknown to it, and kept
	question.ProtoReflect().SetUnknown(protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), service))
	if err := conn.Invoke(t.Context(), "/jaeger.api_v2.SamplingManager/GetSamplingStrategy", &question, &answer); err != nil {
		t.Fatal(err)
	}
	b, err := proto.Marshal(&answer)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
