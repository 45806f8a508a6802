// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/store/engines"
)

// cassandraAt returns host and port of the real Cassandra.
func cassandraAt(t testing.TB) (string, int) {
	t.Helper()
	host, port, err := net.SplitHostPort(os.Getenv("CASSANDRA"))
	if err != nil {
		t.Fatalf("CASSANDRA is no address: start the server with backend/e2e/engines/cassandra.sh start, and export what it prints: %v", err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return host, n
}

// cql connects to the real Cassandra, beside the engine.
func cql(t testing.TB) *gocql.Session {
	t.Helper()
	host, port := cassandraAt(t)
	c := gocql.NewCluster(host)
	c.Port, c.Consistency, c.Timeout = port, gocql.One, 30*time.Second
	c.Authenticator = gocql.PasswordAuthenticator{Username: "cassandra", Password: "cassandra"}
	s, err := c.CreateSession()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func execute(t testing.TB, s *gocql.Session, q string) {
	t.Helper()
	if err := s.Query(q).Exec(); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
}

// peer is a collector with a query, real or ours.
type peer struct {
	name  string
	at    func(port int) string // where what Jaeger has at this port is, host:port
	query string                // URL
}

// ours starts our backend on a keyspace, which it creates.
func ours(t testing.TB, keyspace string, change func(*config.Config)) (*server.Server, peer) {
	t.Helper()
	host, port := cassandraAt(t)
	c := config.Default(config.AllInOne)
	c.Storage, c.Zipkin = "cassandra", "0"
	c.FreePorts()
	k := &c.Cassandra
	k.Servers, k.Port, k.Keyspace, k.User, k.Password, k.Create = []string{host}, port, keyspace, "cassandra", "cassandra", true
	k.TraceTTL = 10 * 365 * 24 * time.Hour
	if change != nil {
		change(&c)
	}
	s, err := server.Start(t.Context(), c, server.Deps{Logger: slog.New(slog.DiscardHandler), Engines: engines.Open})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s, peer{"spur", func(port int) string { return s.Addr(portNames[port]) }, "http://" + s.Addr(server.Query)}
}

// jaegerBinary returns a real Jaeger, which it builds the first time.
func jaegerBinary(t testing.TB, name string) string {
	t.Helper()
	cache := os.Getenv("E2E_CACHE")
	if cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(dir, "spur-e2e")
	}
	build := exec.CommandContext(t.Context(), "../../../internal/conformance/e2e/build.sh", name)
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		t.Fatalf("build %s: %v", name, err)
	}
	return filepath.Join(cache, "bin", name)
}

// run starts a process, which ends with the test, and waits until url answers.
func run(t testing.TB, url string, env []string, command string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(command, args...)
	// To Jaeger a variable CASSANDRA hides all settings of Cassandra.
	cmd.Env = slices.DeleteFunc(append(cmd.Environ(), env...), func(s string) bool { return strings.HasPrefix(s, "CASSANDRA") })
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	deadline := time.After(60 * time.Second)
	for {
		if resp, err := http.Get(url); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return cmd
			}
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", filepath.Base(command), err, tail(log.Bytes()))
		case <-deadline:
			_ = cmd.Process.Kill()
			t.Fatalf("%s does not answer at %s", filepath.Base(command), url)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func tail(log []byte) []byte { return log[max(0, len(log)-2000):] }

// jaeger1 starts a Jaeger 1.62 on a keyspace that is there. offset is added to its ports.
func jaeger1(t testing.TB, keyspace string, offset int) (peer, *exec.Cmd) {
	t.Helper()
	host, port := cassandraAt(t)
	at := func(p int) string { return fmt.Sprintf("127.0.0.1:%d", p+offset) }
	args := []string{
		"--cassandra.servers=" + host, "--cassandra.port=" + strconv.Itoa(port), "--cassandra.keyspace=" + keyspace,
		"--cassandra.username=cassandra", "--cassandra.password=cassandra", "--cassandra.connect-timeout=20s", "--cassandra.timeout=20s",
		// Without it this version trusts no authenticator at all.
		"--cassandra.basic.allowed-authenticators=org.apache.cassandra.auth.PasswordAuthenticator",
	}
	for flag, p := range map[string]int{
		"admin.http": 14269, "collector.grpc-server": 14250, "collector.http-server": 14268, "collector.otlp.grpc": 4317, "collector.otlp.http": 4318,
		"collector.zipkin": 9411, "http-server": 5778, "query.grpc-server": 16685, "query.http-server": 16686, "reporter.grpc": 14250,
	} {
		args = append(args, "--"+flag+".host-port="+at(p))
	}
	for name, p := range map[string]int{"jaeger-binary": 6832, "jaeger-compact": 6831, "zipkin-compact": 5775} {
		args = append(args, "--processor."+name+".server-host-port="+at(p))
	}
	cmd := run(t, "http://"+at(16686)+"/api/services", []string{"SPAN_STORAGE_TYPE=cassandra"}, jaegerBinary(t, "all-in-one-1.62"), args...)
	return peer{"jaeger 1.62", at, "http://" + at(16686)}, cmd
}

// jaeger2 starts a Jaeger 2.13 on a keyspace.
func jaeger2(t testing.TB, keyspace string, offset int) peer {
	t.Helper()
	host, port := cassandraAt(t)
	at := func(p int) string { return fmt.Sprintf("127.0.0.1:%d", p+offset) }
	settings := fmt.Sprintf(`
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: {receivers: [otlp, jaeger, zipkin], exporters: [jaeger_storage_exporter]}
  telemetry: {metrics: {level: none}}
extensions:
  jaeger_query:
    storage: {traces: store}
    enable_tracing: false
    http: {endpoint: %q}
    grpc: {endpoint: %q}
  jaeger_storage:
    backends:
      store:
        cassandra:
          schema: {keyspace: %s}
          connection: {servers: [%q], auth: {basic: {username: cassandra, password: cassandra}}, tls: {insecure: true}}
%sexporters:
  jaeger_storage_exporter: {trace_storage: store}
`, at(16686), at(16685), keyspace, net.JoinHostPort(host, strconv.Itoa(port)), receivers(at))
	file := filepath.Join(t.TempDir(), "jaeger.yaml")
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "http://"+at(16686)+"/api/v3/services", nil, jaegerBinary(t, "jaeger-2.13"), "--config", "file:"+file)
	return peer{"jaeger 2.13", at, "http://" + at(16686)}
}

// bytesCodec passes messages of gRPC on as they are.
type bytesCodec struct{}

func (bytesCodec) Name() string { return "proto" }

func (bytesCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (bytesCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

var _ encoding.CodecV2 = bytesCodec{}

// settled waits until the keyspace holds spans and no more come.
func settled(t testing.TB, s *gocql.Session, keyspace string, spans int) {
	t.Helper()
	n := 0
	if !again(100*time.Millisecond, 30*time.Second, func() bool {
		if err := s.Query("SELECT count(*) FROM " + keyspace + ".traces").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n >= spans
	}) {
		t.Fatalf("%s: %d spans, want %d", keyspace, n, spans)
	}
}

// getJSON asks a query.
func getJSON(t testing.TB, url string, into any) int {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	d := json.NewDecoder(resp.Body)
	d.UseNumber()
	if err := d.Decode(into); err != nil && resp.StatusCode == http.StatusOK {
		t.Fatalf("%s: %v", url, err)
	}
	return resp.StatusCode
}

// rowsOf returns the rows of a table as JSON.
func rowsOf(t testing.TB, s *gocql.Session, table string) map[string]bool {
	t.Helper()
	rows := s.Query("SELECT JSON * FROM " + table).Iter().Scanner()
	all := map[string]bool{}
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Fatal(err)
		}
		all[row] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
