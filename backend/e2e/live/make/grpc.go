// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
)

const scripts = "../../../internal/conformance/e2e/"

// relayed writes what an agent of Jaeger 1.62 makes of each datagram in thrift, on
// its way to a collector: postspans/*.pb.
func relayed(data string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	came := make(chan []byte, 100)
	server := grpc.NewServer(grpc.ForceServerCodecV2(raw{}), grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		var request []byte
		if err := stream.RecvMsg(&request); err != nil {
			return err
		}
		came <- request
		return stream.SendMsg(new([]byte))
	}))
	go func() { check(server.Serve(l)) }()
	defer server.Stop()
	said := script([]string{"E2E_OFFSET=12000", "E2E_FORWARD=" + l.Addr().String()}, "agent.sh", "start")
	defer script([]string{"E2E_OFFSET=12000"}, "agent.sh", "stop")
	for wire, port := range map[string]string{"compact": said["E2E_AGENT_COMPACT"], "binary": said["E2E_AGENT_BINARY"]} {
		files, err := filepath.Glob(filepath.Join(data, "thrift", "[^b]*-"+wire+"-*.bin")) // not those that are broken
		check(err)
		for _, file := range files {
			datagram, err := os.ReadFile(file)
			check(err)
			conn, err := net.Dial("udp", port)
			check(err)
			_, err = conn.Write(datagram)
			check(err)
			check(conn.Close())
			name := strings.TrimSuffix(filepath.Base(file), ".bin") + ".pb"
			fmt.Println("postspans", name)
			check(os.WriteFile(filepath.Join(data, "postspans", name), <-came, 0o644))
		}
	}
}

// strategies writes what a collector of Jaeger 1.62 answers by gRPC about services,
// with the strategies file of package sampling: SERVICE.pb there. They are its first
// answers: after a second it reads the file again, and from then on it adds the default's
// operations also to services of type ratelimiting.
func strategies(sampling string) {
	file, err := filepath.Abs(filepath.Join(sampling, "strategies.json"))
	check(err)
	said := script([]string{"E2E_OFFSET=10000", "E2E_STRATEGIES=" + file}, "jaeger.sh", "start", "1.62")
	defer script([]string{"E2E_OFFSET=10000"}, "jaeger.sh", "stop", "1.62")
	conn, err := grpc.NewClient(said["E2E_COLLECTOR_GRPC"], grpc.WithTransportCredentials(insecure.NewCredentials()))
	check(err)
	defer func() { _ = conn.Close() }()
	for _, service := range []string{"probabilistic", "limited", "operations", "unknown"} {
		fmt.Println("strategy", service)
		question := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), service)
		var answer []byte
		check(conn.Invoke(context.Background(), "/jaeger.api_v2.SamplingManager/GetSamplingStrategy", &question, &answer, grpc.ForceCodecV2(raw{})))
		check(os.WriteFile(filepath.Join(sampling, service+".pb"), answer, 0o644))
	}
}

// script runs one of the scripts and returns the values that it prints.
func script(env []string, name string, args ...string) map[string]string {
	cmd := exec.Command(scripts+name, args...)
	cmd.Env, cmd.Stderr = append(os.Environ(), env...), os.Stderr
	out, err := cmd.Output()
	check(err)
	values := map[string]string{}
	for line := range bytes.Lines(out) {
		key, value, _ := strings.Cut(strings.TrimSpace(string(line)), "=")
		values[key] = value
	}
	return values
}

// raw is a codec of messages that are *[]byte.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (raw) Unmarshal(b mem.BufferSlice, v any) error {
	*v.(*[]byte) = b.Materialize()
	return nil
}
