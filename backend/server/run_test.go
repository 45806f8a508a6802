// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
)

func Example() {
	c := config.Default(config.AllInOne)
	c.Storage = "memory"
	c.FreePorts()
	ctx := context.Background()
	s, err := server.Start(ctx, c, server.Deps{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := http.Get("http://" + s.Addr(server.Query) + "/api/services")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Status, resp.Body.Close())
	fmt.Println(s.Close(ctx))
	// Output:
	// 200 OK <nil>
	// <nil>
}

var freePorts = []string{
	"QUERY_HTTP_SERVER_HOST_PORT=0", "ADMIN_HTTP_HOST_PORT=0", "COLLECTOR_HTTP_SERVER_HOST_PORT=0", "COLLECTOR_GRPC_SERVER_HOST_PORT=0",
	"COLLECTOR_OTLP_GRPC_HOST_PORT=0", "COLLECTOR_ZIPKIN_HOST_PORT=0", "SAMPLING_GRPC_SERVER_HOST_PORT=0",
	"COLLECTOR_OTLP_HTTP_HOST_PORT=0", "HTTP_SERVER_HOST_PORT=0", "PROCESSOR_JAEGER_COMPACT_SERVER_HOST_PORT=0", "PROCESSOR_JAEGER_BINARY_SERVER_HOST_PORT=0",
}

// TestRun: it says where it is, answers there, and stops with its context.
func TestRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var log bytes.Buffer
	done := make(chan error, 1)
	go func() {
		done <- server.Run(ctx, config.AllInOne, server.Deps{}, []string{"--span-storage.type=memory", "--query.base-path=/jaeger"}, append(freePorts, "SPUR_SELFTRACE=1"), in, &log)
		_ = in.Close()
	}()
	banner := make([]byte, 4096)
	n, err := out.Read(banner)
	if err != nil {
		t.Fatal(err, log.String())
	}
	api := regexp.MustCompile(`http://127\.0\.0\.1:\d+/jaeger/`).FindString(string(banner[:n]))
	for _, want := range []string{"is ready after", "otlp-grpc", "in memory"} {
		if !strings.Contains(string(banner[:n]), want) {
			t.Errorf("nothing says %q:\n%s", want, banner[:n])
		}
	}
	resp, err := http.Get(api + "api/services")
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Body.Close() != nil {
		t.Errorf("%s: %s", api, resp.Status)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	for _, want := range []string{"SPUR_SELFTRACE, did you mean SPUR_SELF_TRACE?", "msg=stopped"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, log.String())
		}
	}
}

func TestRunWrong(t *testing.T) {
	var out bytes.Buffer
	if err := server.Run(t.Context(), config.AllInOne, server.Deps{}, []string{"--help"}, nil, &out, io.Discard); err != nil || !strings.Contains(out.String(), "--collector.queue-size") {
		t.Errorf("help: %v\n%s", err, out.String())
	}
	if err := server.Run(t.Context(), config.AllInOne, server.Deps{}, []string{"--span-storage.type=badger"}, nil, io.Discard, io.Discard); !errors.Is(err, config.ErrInvalid) || !strings.Contains(err.Error(), "use sqlite") {
		t.Errorf("badger: %v", err)
	}
	args := []string{"--span-storage.type=memory", "--sampling.strategies-file=/no/such/file"}
	if err := server.Run(t.Context(), config.AllInOne, server.Deps{}, args, freePorts, io.Discard, io.Discard); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no strategies: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := server.Run(ctx, config.AllInOne, server.Deps{}, args[:1], freePorts, io.Discard, io.Discard); err != nil {
		t.Errorf("stopped at once: %v", err)
	}
}
