// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"strings"
	"testing"
)

// TestCassandra: what is missing or contradicts itself is said, and what the archive has
// not got of its own is that of the other keyspace.
func TestCassandra(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"--cassandra.keyspace=k", ""},
		{"--cassandra.servers=,", "cassandra.servers: is empty"},
		{"--cassandra.consistency=ANY", "spans could not be read again: use ONE"},
		{"--cassandra.consistency=SOME", "not one of ONE, TWO"},
		{"--cassandra.password=p", "cassandra.password: no use without cassandra.username"},
		{"--cassandra.tls.ca=f", "cassandra.tls.*: no use without cassandra.tls.enabled"},
		{"--cassandra.tls.enabled --cassandra.tls.cert=f", "cassandra.tls: cert and key need each other"},
		{"--cassandra.index.tag-blacklist=a --cassandra.index.tag-whitelist=b", "tag-blacklist or tag-whitelist, not both"},
		{"--cassandra-archive.keyspace=a", "cassandra-archive.*: no use without cassandra-archive.enabled"},
		{"--cassandra-archive.enabled", "cassandra-archive.enabled: needs cassandra-archive.keyspace"},
		{"--cassandra-archive.enabled --cassandra-archive.keyspace=a", ""},
	} {
		_, _, err := Parse(AllInOne, append(strings.Fields(test.args), "--span-storage.type=cassandra"), nil)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.args, err, test.want)
		}
	}
	c, _, err := Parse(Query, nil, []string{
		"SPAN_STORAGE_TYPE=cassandra", "CASSANDRA_SERVERS=a,b", "CASSANDRA_USERNAME=u", "CASSANDRA_PASSWORD=p", "CASSANDRA_LOCAL_DC=dc1",
		"CASSANDRA_ARCHIVE_ENABLED=true", "CASSANDRA_ARCHIVE_KEYSPACE=archive", "CASSANDRA_ARCHIVE_PORT=9043",
	})
	a := c.Cassandra.OfArchive()
	if err != nil || fmt.Sprintln(a.Servers, a.Port, a.Keyspace, a.User, a.Password, a.LocalDC, a.Consistency) != "[a b] 9043 archive u p dc1 LOCAL_ONE\n" {
		t.Errorf("%+v, %v", a, err)
	}
}
