// SPDX-License-Identifier: Apache-2.0

//go:build engines

package cassandra

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/storetest"
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

// admin runs statements.
func admin(t testing.TB, statements ...string) {
	t.Helper()
	c := server(t, "x")
	c, err := c.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.cluster().CreateSession()
	if err != nil {
		t.Fatal(err)
	}
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
	c := server(t, "x")
	c, err := c.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.cluster().CreateSession()
	if err != nil {
		t.Fatal(err)
	}
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

var _ = gocql.ErrNotFound
