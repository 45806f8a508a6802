// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"fmt"
	"strings"
	"testing"
)

// TestCompareSchema: what differs is said, table by table.
func TestCompareSchema(t *testing.T) {
	c := Config{Keyspace: "k"}
	for _, test := range []struct {
		change func(map[string]map[string]string)
		want   string
	}{
		{func(map[string]map[string]string) {}, ""},
		{func(m map[string]map[string]string) { m["more"] = nil; m["traces"]["more"] = "int" }, ""},
		{func(m map[string]map[string]string) { delete(m, "tag_index") }, "no table tag_index"},
		{func(m map[string]map[string]string) { delete(m, "type log") }, "no type log"},
		{func(m map[string]map[string]string) { delete(m["traces"], "flags") }, "no traces.flags"},
		{func(m map[string]map[string]string) { delete(m["type keyvalue"], "value_long") }, "no type keyvalue.value_long"},
		{func(m map[string]map[string]string) { m["traces"]["start_time"] = "timestamp" }, "traces.start_time is timestamp, not bigint"},
		{func(m map[string]map[string]string) { m["tag_index"]["start_time"] = "bigint, clustering key 1" }, "tag_index.start_time is bigint, clustering key 1, not bigint, clustering key 1 desc"},
		{func(m map[string]map[string]string) { clear(m) }, "no table dependencies_v2; no table duration_index; no table leases; no table operation_names_v2; no table operation_throughput, and 11 more"},
	} {
		found := wantedSchema()
		test.change(found)
		got := ""
		if err := c.compareSchema(found); err != nil {
			got = err.Error()
		}
		if want := test.want; got != want && got != "the schema is not Jaeger's v004: "+want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if err := c.compareSchema(nil); err == nil || !strings.Contains(err.Error(), "no such keyspace") {
		t.Errorf("no keyspace: %v", err)
	}
}

func ExampleConfig() {
	c, err := Config{Servers: []string{"cassandra"}, Keyspace: "jaeger_v1_dc1", LocalDC: "dc1"}.withDefaults()
	fmt.Println(c.where(), c.Consistency, err)
	_, err = Config{Servers: []string{"cassandra"}, Keyspace: "jaeger-v1"}.withDefaults()
	fmt.Println(err)
	// Output:
	// keyspace jaeger_v1_dc1 of cassandra, port 9042 LOCAL_ONE <nil>
	// keyspace "jaeger-v1": not up to 48 letters, digits and _
}

// TestCreate: tables are created as Jaeger creates them.
func TestCreate(t *testing.T) {
	c, err := Config{Servers: []string{"x"}, Keyspace: "k", Schema: Schema{Datacenter: "dc'1", Replicas: 3}}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(c.create(), "\n")
	for _, want := range []string{
		`CREATE KEYSPACE IF NOT EXISTS "k" WITH replication = {'class': 'NetworkTopologyStrategy', 'dc''1': '3'}`,
		`CREATE TYPE IF NOT EXISTS "k".log (ts bigint, fields frozen<list<frozen<keyvalue>>>)`,
		`trace_id blob, PRIMARY KEY ((service_name, operation_name, bucket), duration, start_time, trace_id)) WITH CLUSTERING ORDER BY (duration DESC, start_time DESC) AND compaction = {'class': 'TimeWindowCompactionStrategy', 'compaction_window_size': '60', 'compaction_window_unit': 'MINUTES'} AND default_time_to_live = 172800 AND speculative_retry = 'NONE' AND gc_grace_seconds = 10800`,
		`CREATE TABLE IF NOT EXISTS "k".leases (name text, owner text, PRIMARY KEY ((name)))`,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("not there: %s", want)
		}
	}
}
