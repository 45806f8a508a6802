// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
)

var long = flag.Bool("long", false, "minutes instead of seconds, against the command in a process of its own")

// size returns the first number, or with -long the second.
func size(short, full int) int {
	if *long {
		return full
	}
	return short
}

// hang is how long anything may take at most.
const hang = time.Minute

var client = &http.Client{Timeout: hang, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

// backend is a running all-in-one.
type backend struct {
	t      *testing.T
	addrs  map[string]string // by server's names
	server *server.Server    // in this process, or
	cmd    *exec.Cmd         // in its own
	log    *bytes.Buffer     // what that wrote; to be read when it has ended
	maxRSS int64             // bound of the memory of cmd, in bytes
}

// start starts an all-in-one with these flags in addition, until the test ends.
func start(t *testing.T, maxRSS int64, flags ...string) *backend {
	t.Helper()
	flags = append(anyPorts(), flags...)
	if *long {
		return startProcess(t, maxRSS, flags)
	}
	return startHere(t, maxRSS, flags)
}

// anyPorts are flags for ports that are free.
func anyPorts() []string {
	return []string{
		"--query.http-server.host-port=0", "--admin.http.host-port=0", "--collector.otlp.grpc.host-port=0",
		"--collector.otlp.http.host-port=0", "--collector.http-server.host-port=0", "--http-server.host-port=0",
		"--collector.zipkin.host-port=0", "--collector.grpc-server.host-port=0", "--sampling.grpc-server.host-port=0",
		"--processor.jaeger-compact.server-host-port=0", "--processor.jaeger-binary.server-host-port=0",
	}
}

// startHere starts one in this process.
func startHere(t *testing.T, maxRSS int64, flags []string) *backend {
	t.Helper()
	c, _, err := config.Parse(config.AllInOne, flags, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Start(t.Context(), c, server.Deps{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	b := &backend{t: t, addrs: map[string]string{}, server: s, maxRSS: maxRSS}
	for _, name := range []string{
		server.Query, server.Admin, server.OTLPGRPC, server.OTLPHTTP, server.ThriftHTTP, server.Zipkin,
		server.JaegerGRPC, server.ThriftCompact, server.ThriftBinary, server.Sampling, server.SamplingGRPC,
	} {
		b.addrs[name] = s.Addr(name)
	}
	t.Cleanup(func() { b.stop() })
	return b
}

// stop ends the backend as SIGTERM does.
func (b *backend) stop() {
	b.t.Helper()
	if b.cmd != nil {
		b.terminate()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	defer cancel()
	if err := b.server.Close(ctx); err != nil {
		b.t.Error(err)
	}
}

func (b *backend) url(port, path string) string { return "http://" + b.addrs[port] + path }

// do returns status and body of an answer.
func (b *backend) do(method, url, contentType string, body io.Reader) (int, []byte, error) {
	req, err := http.NewRequestWithContext(b.t.Context(), method, url, body)
	if err != nil {
		return 0, nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if name, gzipped := strings.CutSuffix(contentType, "+gzip"); gzipped {
		req.Header.Set("Content-Type", name)
		req.Header.Set("Content-Encoding", "gzip")
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	return res.StatusCode, answer, err
}

// get returns the body of an answer that must be 200.
func (b *backend) get(path string) []byte {
	b.t.Helper()
	code, body, err := b.do(http.MethodGet, b.url(server.Query, path), "", nil)
	if err != nil || code != http.StatusOK {
		b.t.Fatalf("%.200s: %d %.200s %v", path, code, body, err)
	}
	return body
}

// state is what tests look at of /api/status.
type state struct {
	Books struct {
		Received, Stored, Waiting, Balance int64
		Refused, Unread                    map[string]int64
	}
	Store struct{ Spans, Bytes int64 }
}

func (b *backend) status() (s state) {
	b.t.Helper()
	if err := json.Unmarshal(b.get("/api/status"), &s); err != nil {
		b.t.Fatal(err)
	}
	if s.Books.Balance != 0 {
		b.t.Errorf("%d spans are not accounted for: %+v", s.Books.Balance, s.Books)
	}
	return s
}

// until asks again until done says yes.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	begin := time.Now()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !done() {
		if time.Since(begin) > hang {
			t.Fatalf("%s: not after %v", what, hang)
		}
		<-look.C
	}
}

// settled waits until nothing waits to be stored any more.
func (b *backend) settled() (s state) {
	b.t.Helper()
	until(b.t, "the queue is empty", func() bool {
		s = b.status()
		return s.Books.Waiting == 0
	})
	return s
}

// checks counts the good traces that check has sent, for their ids.
var checks atomic.Uint64

// check is what must hold after each fault. It returns the books.
func (b *backend) check() state {
	b.t.Helper()
	id := 1<<62 + checks.Add(1)
	body := spans{trace: id, count: 3}.otlp()
	b.deliver(body)
	s := b.settled()
	answer := b.get(fmt.Sprintf("/api/traces/%016x", id))
	if n := bytes.Count(answer, []byte(`"operationName":`)); n != 3 {
		b.t.Errorf("of a good trace %d spans are found: %.500s", n, answer)
	}
	if code, answer, err := b.do(http.MethodGet, b.url(server.Admin, "/"), "", nil); err != nil || code != http.StatusOK {
		b.t.Errorf("health: %d %s %v", code, answer, err)
	}
	if b.cmd != nil {
		peak := b.peakRSS()
		b.t.Logf("peak RSS %d MB, %d received, %d stored, refused %v, unread %v",
			peak>>20, s.Books.Received, s.Books.Stored, s.Books.Refused, s.Books.Unread)
		if peak > b.maxRSS {
			b.t.Errorf("%d MB of memory were used, at most %d are allowed", peak>>20, b.maxRSS>>20)
		}
	}
	return s
}

// peakRSS is the largest memory that the process has had, in bytes; 0 where there
// is no /proc.
func (b *backend) peakRSS() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	rest, _, _ = strings.Cut(strings.TrimSpace(rest), " ")
	kB, err := strconv.ParseInt(rest, 10, 64)
	if err != nil {
		b.t.Fatal(err)
	}
	return kB << 10
}

// engines are the stores that tests try.
var engines = []string{"memory", "sqlite"}
