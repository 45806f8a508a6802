// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"os"
	"strings"
	"testing"
)

// TestTroubleshooting looks for the lines of the report in docs/troubleshooting.md.
func TestTroubleshooting(t *testing.T) {
	text, err := os.ReadFile("../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```text\nConfiguration:")
	shown, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("it shows no report")
	}
	lines := strings.Split(shown, "\n")[1:]
	receiver := "http://localhost:4318/api/traces"
	dir := write(t, "go.mod", "module example.com/orders\n\ngo 1.23\n", "main.go", mainGo)
	r := report{
		Configuration: with("JAEGER_SERVICE_NAME=orders", "JAEGER_SAMPLER_TYPE=const", "JAEGER_SAMPLR_PARAM=1", "JAEGER_ENDPOINT="+receiver).configuration(),
		Connections: []connection{{
			Name: "collector", Address: receiver + " (127.0.0.1:4318)", Source: "JAEGER_ENDPOINT", Used: true, Status: fail,
			Text: `refused: status 404 Not Found: "404 page not found"`,
			Hint: "no such path there for spans: OTLP is usually taken at /v1/traces of port 4318, Thrift at /api/traces of port 14268",
		}},
		Code: inspect(context.Background(), dir, nil),
	}
	var b strings.Builder
	if err := r.write(&b); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if !strings.Contains(b.String(), line+"\n") && strings.TrimSpace(line) != "…" {
			t.Errorf("the report has no line\n%s\nbut is\n%s", line, &b)
		}
	}
}
