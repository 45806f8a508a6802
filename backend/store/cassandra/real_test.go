// SPDX-License-Identifier: Apache-2.0

//go:build engines

package cassandra

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/storetest"
	"github.com/go-spur/spur/backend/trace"
)

// server returns where the real Cassandra of e2e/engines/cassandra.sh is.
func server(t testing.TB, keyspace string) Config {
	t.Helper()
	at := os.Getenv("CASSANDRA")
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		t.Fatalf("CASSANDRA=%q is no address: start the server with backend/e2e/engines/cassandra.sh start, and export what it prints", at)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return Config{
		Servers: []string{host}, Port: n, Keyspace: keyspace, Username: "cassandra", Password: "cassandra",
		Schema: Schema{Create: true, TraceTTL: 10 * 365 * 24 * time.Hour}, Timeout: 30 * time.Second,
	}
}

// keyspaceOf returns a name of its own for each folder.
func keyspaceOf(dir string) string { return fmt.Sprintf("t%x", sha256.Sum256([]byte(dir)))[:30] }

// connected returns a session beside those of stores.
func connected(t testing.TB) *gocql.Session {
	t.Helper()
	c, err := server(t, "x").withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.cluster().CreateSession()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// admin runs statements.
func admin(t testing.TB, statements ...string) {
	t.Helper()
	s := connected(t)
	defer s.Close()
	for _, q := range statements {
		if err := s.Query(q).Exec(); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

func TestReal(t *testing.T) {
	t.Cleanup(func() { dropAll(t) })
	storetest.Run(t, storetest.Engine{
		Open: func(ctx context.Context, cfg storetest.Config) (store.Store, error) {
			c := server(t, keyspaceOf(cfg.Dir))
			c.MaxScan = cfg.MaxScan
			s, err := Open(ctx, c, nil, slog.New(slog.DiscardHandler))
			if err != nil {
				return nil, err
			}
			return s, nil
		},
		Newer: func(t testing.TB, dir string) {
			admin(t, fmt.Sprintf("ALTER TABLE %s.traces DROP flags", keyspaceOf(dir)))
		},
		Keeps:         Keeps,
		PartlyIndexed: true,
	}, storetest.Except{
		"SearchHostile": "names that are empty or longer than 64 kB are no keys in Cassandra",
		"Services":      "names that are empty or longer than 64 kB are no keys in Cassandra",
		"Archive":       "Jaeger's archive is a keyspace of its own, which is not searched",
		"Purge":         "others use the keyspace, too",
	})
}

// dropAll removes the keyspaces of tests.
func dropAll(t testing.TB) {
	s := connected(t)
	defer s.Close()
	rows := s.Query("SELECT keyspace_name FROM system_schema.keyspaces").Iter().Scanner()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if len(name) == 30 && name[0] == 't' {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if err := s.Query("DROP KEYSPACE " + name).Exec(); err != nil {
			t.Errorf("drop %s: %v", name, err)
		}
	}
}

// TestRealErrors: what is wrong is said, at once.
func TestRealErrors(t *testing.T) {
	t.Cleanup(func() { dropAll(t) })
	keyspace := keyspaceOf("errors")
	for _, test := range []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"schema", func(*Config) {}, ""},
		{"TLS", func(c *Config) { c.TLS = &tls.Config{RootCAs: authorities(t)} }, ""},
		{"TLS of a stranger", func(c *Config) { c.TLS = &tls.Config{} }, "certificate"},
		{"password", func(c *Config) { c.Password = "wrong" }, "password"},
		{"no password", func(c *Config) { c.Username = "" }, "authentication required"},
		{"keyspace", func(c *Config) { c.Keyspace, c.Schema.Create = "nowhere", false }, "there is no such keyspace"},
		{"table", func(c *Config) {
			admin(t, "DROP TABLE "+keyspace+".tag_index")
			c.Schema.Create = false
		}, "the schema is not Jaeger's v004: no table tag_index"},
	} {
		c := server(t, keyspace)
		test.change(&c)
		s, err := Open(t.Context(), c, nil, slog.New(slog.DiscardHandler))
		switch {
		case err == nil:
			if err := errors.Join(s.Ready(), s.Close()); err != nil || test.want != "" {
				t.Errorf("%s: opened, %v, want %q", test.name, err, test.want)
			}
		case test.want == "" || !strings.Contains(err.Error(), test.want):
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

// TestRealRefused: the server takes no span that is too large, and all others; what is
// missing on the server is waited for.
func TestRealRefused(t *testing.T) {
	t.Cleanup(func() { dropAll(t) })
	keyspace := keyspaceOf("refused")
	c := server(t, keyspace)
	s := openReal(t, c)
	td := spansOf(400)
	td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(100).Attributes().PutStr("large", strings.Repeat("x", 17<<20))
	var refused *store.RefusedError
	if err := s.Write(t.Context(), td); !errors.As(err, &refused) || refused.Spans != 1 {
		t.Errorf("a span of 17 MiB among others: %.300v", err)
	}
	if got, err := s.Trace(t.Context(), pcommon.TraceID{15: 1}, trace.Window{}); err != nil || got.SpanCount() != 399 {
		t.Errorf("%d spans are stored, %v, want 399", got.SpanCount(), err)
	}

	waits := func(what, text string) {
		t.Helper()
		if err := s.Write(t.Context(), spansOf(3)); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v", what, err)
		}
	}
	admin(t, "DROP TABLE "+keyspace+".tag_index")
	waits("without a table", "no table tag_index")
	if err := s.Ready(); err == nil || !strings.Contains(err.Error(), "no table tag_index") {
		t.Errorf("ready: %v", err)
	}
	again := openReal(t, c) // creates it
	if err := errors.Join(s.Write(t.Context(), spansOf(3)), s.link.check(t.Context()), s.Ready()); err != nil {
		t.Errorf("with the table: %v", err)
	}
	if err := again.Write(t.Context(), spansOf(3)); err != nil {
		t.Error(err)
	}

	admin(t, "CREATE ROLE IF NOT EXISTS reader WITH PASSWORD = 'secret' AND LOGIN = true", "GRANT SELECT ON KEYSPACE "+keyspace+" TO reader")
	c.Username, c.Password, c.Schema.Create = "reader", "secret", false
	s = openReal(t, c)
	waits("without the permission", "no MODIFY permission")
	admin(t, "GRANT MODIFY ON KEYSPACE "+keyspace+" TO reader")
	if err := s.Write(t.Context(), spansOf(3)); err != nil {
		t.Errorf("with the permission: %v", err)
	}
	admin(t, "DROP ROLE reader")
}

// TestRealLease: who gives a lease up, also one that it has renewed, leaves it to another at
// once, and takes it from nobody.
func TestRealLease(t *testing.T) {
	t.Cleanup(func() { dropAll(t) })
	s := openReal(t, server(t, keyspaceOf("lease")))
	for _, step := range []struct {
		owner string
		d     time.Duration
		want  bool
	}{
		{"a", 0, false}, // nobody's
		{"a", time.Hour, true},
		{"a", time.Hour, true}, // again
		{"b", time.Hour, false},
		{"b", 0, false}, // not its own
		{"b", time.Hour, false},
		{"a", 0, false},
		{"b", time.Hour, true},
		{"a", time.Hour, false},
		{"b", -time.Second, false},
		{"a", time.Hour, true},
	} {
		if ours, err := s.Lease(t.Context(), "l", step.owner, step.d); err != nil || ours != step.want {
			t.Fatalf("%s for %v: %v, %v, want %v", step.owner, step.d, ours, err, step.want)
		}
	}
}

// TestRealPages: a trace of large spans comes in many answers. A search that has no room for
// it leaves it out.
func TestRealPages(t *testing.T) {
	t.Cleanup(func() { dropAll(t) })
	s := openReal(t, server(t, keyspaceOf("pages")))
	const spans, bytes, part = 60, 1_000_000, 4
	text := make([]byte, bytes)
	random := rand.NewChaCha8([32]byte{})
	for range spans / part {
		td := spansOf(part)
		for i := range part {
			span := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(i)
			_, _ = random.Read(text) // never fails
			span.SetSpanID(pcommon.SpanID(text[:8]))
			span.Attributes().PutStr("large", hex.EncodeToString(text[:bytes/2])) // does not become much less
		}
		if err := s.Write(t.Context(), td); err != nil {
			t.Fatal(err)
		}
	}
	td, err := s.Trace(t.Context(), pcommon.TraceID{15: 1}, trace.Window{})
	if err != nil {
		t.Fatal(err)
	}
	if td.SpanCount() != spans {
		t.Errorf("%d spans, want %d", td.SpanCount(), spans)
	}
	s.round = 10 * bytes
	page, err := s.Search(t.Context(), parse(t, "service:s", 1))
	if err != nil || len(page.Traces) != 0 || page.CutAt.IsZero() || count(t, s.metrics.leftOut.WithLabelValues(tooLarge)) != 1 {
		t.Errorf("a search that may hold %d bytes: %d traces, cut at %v, %v; want it left out", s.round, len(page.Traces), page.CutAt, err)
	}
	s.round = maxRound
	page, err = s.Search(t.Context(), parse(t, "service:s", 1))
	if err != nil || len(page.Traces) != 1 || page.Traces[0].Spans != spans {
		t.Errorf("with more room: %+v, %v", page.Traces, err)
	}
}

// TestRealServices: 1,500 services are searched without naming one, and walked through.
func TestRealServices(t *testing.T) {
	const services = 1_500
	t.Cleanup(func() { dropAll(t) })
	s := openReal(t, server(t, keyspaceOf(t.TempDir())))
	td := ptrace.NewTraces()
	for n := range services {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", fmt.Sprint("service-", n))
		span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		span.SetTraceID(idOf(n + 1))
		span.SetSpanID(pcommon.SpanID{7: 1})
		span.SetName("op")
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(now.Add(-time.Duration(n) * time.Second)))
		span.SetEndTimestamp(span.StartTimestamp())
	}
	if err := s.Write(t.Context(), td); err != nil {
		t.Fatal(err)
	}
	q, begun := trace.Query{Order: trace.NewestFirst, Limit: 20}, time.Now()
	for first := 0; first < 40; first += q.Limit {
		page, err := s.Search(t.Context(), q)
		if err != nil || len(page.Traces) != q.Limit || !page.CutAt.IsZero() {
			t.Fatalf("%d traces, cut at %v, %v; want %d", len(page.Traces), page.CutAt, err, q.Limit)
		}
		for i := range page.Traces {
			if got, want := page.Traces[i].TraceID, idOf(first+i+1); got != want {
				t.Errorf("trace %v is at %d, want %v", got, first+i, want)
			}
		}
		q.Cursor = page.Cursor
	}
	t.Logf("two pages took %v", time.Since(begun))
	if came, _, _ := walked(t, s.Walk(trace.Window{}, 1)); !maps.Equal(came, onceEach(services)) {
		t.Errorf("%d traces came, want %d, each once", len(came), services)
	}
}

func openReal(t *testing.T, c Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), c, nil, slog.New(slog.DiscardHandler))
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

func authorities(t *testing.T) *x509.CertPool {
	pem, err := os.ReadFile(os.Getenv("CASSANDRA_CA"))
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		t.Fatalf("CASSANDRA_CA has no certificate: %v", err)
	}
	return pool
}
