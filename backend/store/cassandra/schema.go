// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// userType is a type of Jaeger's schema, its fields as CQL has them.
type userType struct{ name, fields string }

var userTypes = []userType{
	{"keyvalue", "key text, value_type text, value_string text, value_bool boolean, value_long bigint, value_double double, value_binary blob"},
	{"log", "ts bigint, fields frozen<list<frozen<keyvalue>>>"},
	{"span_ref", "ref_type text, trace_id blob, span_id bigint"},
	{"process", "service_name text, tags frozen<list<frozen<keyvalue>>>"},
	{"dependency", "parent text, child text, call_count bigint, source text"},
}

// table is a table of Jaeger's schema v004.
type table struct {
	name       string
	columns    string // as CQL has them
	partition  string // columns of the partition's key
	clustering string // and of the rows', with DESC where they fall
	kind       tableKind
}

type tableKind uint8

const (
	plainTable tableKind = iota
	spanTable            // expires, is compacted by the window of the settings
	indexTable           // the same by hours
	nameTable            // expires
	linkTable            // expires as links do
)

var tables = []table{
	{"traces", "trace_id blob, span_id bigint, span_hash bigint, parent_id bigint, operation_name text, flags int, start_time bigint, duration bigint, tags list<frozen<keyvalue>>, logs list<frozen<log>>, refs list<frozen<span_ref>>, process frozen<process>", "trace_id", "span_id, span_hash", spanTable},
	{"service_names", "service_name text", "service_name", "", nameTable},
	{"operation_names_v2", "service_name text, span_kind text, operation_name text", "service_name", "span_kind, operation_name", nameTable},
	{"service_operation_index", "service_name text, operation_name text, start_time bigint, trace_id blob", "service_name, operation_name", "start_time DESC", indexTable},
	{"service_name_index", "service_name text, bucket int, start_time bigint, trace_id blob", "service_name, bucket", "start_time DESC", indexTable},
	{"duration_index", "service_name text, operation_name text, bucket timestamp, duration bigint, start_time bigint, trace_id blob", "service_name, operation_name, bucket", "duration DESC, start_time DESC, trace_id", indexTable},
	{"tag_index", "service_name text, tag_key text, tag_value text, start_time bigint, trace_id blob, span_id bigint", "service_name, tag_key, tag_value", "start_time DESC, trace_id, span_id", indexTable},
	{"dependencies_v2", "ts_bucket timestamp, ts timestamp, dependencies list<frozen<dependency>>", "ts_bucket", "ts DESC", linkTable},
	{"operation_throughput", "bucket int, ts timeuuid, throughput text", "bucket", "ts DESC", plainTable},
	{"sampling_probabilities", "bucket int, ts timeuuid, hostname text, probabilities text", "bucket", "ts DESC", plainTable},
	{"leases", "name text, owner text", "name", "", plainTable},
}

// create returns the statements that make the keyspace and what is in it, if they are
// not there.
func (c *Config) create() []string {
	replication := fmt.Sprintf("'replication_factor': '%d'", c.Schema.Replicas)
	if c.Schema.Datacenter != "" {
		replication = fmt.Sprintf("'%s': '%d'", strings.ReplaceAll(c.Schema.Datacenter, "'", "''"), c.Schema.Replicas)
	}
	all := []string{fmt.Sprintf("CREATE KEYSPACE IF NOT EXISTS %q WITH replication = {'class': 'NetworkTopologyStrategy', %s}", c.Keyspace, replication)}
	for _, t := range userTypes {
		all = append(all, fmt.Sprintf("CREATE TYPE IF NOT EXISTS %q.%s (%s)", c.Keyspace, t.name, t.fields))
	}
	for _, t := range tables {
		all = append(all, c.createTable(&t))
	}
	return all
}

func (c *Config) createTable(t *table) string {
	key := "(" + t.partition + ")"
	if t.clustering != "" {
		key += ", " + strings.ReplaceAll(t.clustering, " DESC", "")
	}
	var with []string
	if strings.Contains(t.clustering, "DESC") {
		falling := t.clustering[:strings.LastIndex(t.clustering, " DESC")] // those that fall come first
		with = append(with, "CLUSTERING ORDER BY ("+falling+" DESC)")
	}
	seconds := func(d time.Duration) string {
		return fmt.Sprintf("default_time_to_live = %d", max(0, int(d.Seconds())))
	}
	switch t.kind {
	case spanTable:
		with = append(with, window(c.Schema.CompactionWindow), seconds(c.Schema.TraceTTL))
	case indexTable:
		with = append(with, window(time.Hour), seconds(c.Schema.TraceTTL))
	case nameTable:
		with = append(with, tiered, seconds(c.Schema.TraceTTL))
	case linkTable:
		with = append(with, tiered, seconds(c.Schema.DependenciesTTL))
	case plainTable:
	}
	if t.kind != plainTable && t.kind != linkTable {
		with = append(with, "speculative_retry = 'NONE'", "gc_grace_seconds = 10800")
	}
	s := fmt.Sprintf("CREATE TABLE IF NOT EXISTS %q.%s (%s, PRIMARY KEY (%s))", c.Keyspace, t.name, t.columns, key)
	if len(with) > 0 {
		s += " WITH " + strings.Join(with, " AND ")
	}
	return s
}

const tiered = "compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': '4', 'max_threshold': '32'}"

func window(d time.Duration) string {
	return fmt.Sprintf("compaction = {'class': 'TimeWindowCompactionStrategy', 'compaction_window_size': '%d', 'compaction_window_unit': 'MINUTES'}", max(1, int(d.Minutes())))
}

// createSchema creates what the settings say, if the server is of a version that can have
// it.
func (c *Config) createSchema(ctx context.Context, s session) error {
	var version string
	if err := each(s.rows(ctx, 1, "SELECT release_version FROM system.local"), func() error { return nil }, &version); err != nil {
		return err
	}
	if version < "3" || strings.HasPrefix(version, "1") { // 10 is far away
		return fmt.Errorf("it is Cassandra %.40s: 3.0 or later is needed", version)
	}
	if !c.Schema.Create {
		return nil
	}
	for _, q := range c.create() {
		if err := s.exec(ctx, q); err != nil {
			return fmt.Errorf("create the schema: %w", err)
		}
	}
	if err := s.agree(ctx); err != nil {
		return fmt.Errorf("create the schema: %w", err)
	}
	return nil
}

// columnIs describes a column: its type, and what part of the key it is.
func columnIs(typ, kind string, position int, order string) string {
	if kind == "regular" || kind == "" {
		return typ
	}
	s := fmt.Sprintf("%s, %s key %d", typ, strings.TrimSuffix(kind, "_key"), position+1)
	if order == "desc" {
		s += " desc"
	}
	return s
}

// schema is what a keyspace has.
type schema struct {
	columns map[string]map[string]string // by table, and fields by "type " and name; nil when there is no such keyspace
	kept    map[string]time.Duration     // how long rows are kept, by table; 0 for ever
}

// readSchema returns what the keyspace has.
func (c *Config) readSchema(ctx context.Context, s session) (found schema, err error) {
	ask := func(query string, use func(), dest ...any) {
		if err == nil {
			err = each(s.rows(ctx, pageRows, query, c.Keyspace), func() error { use(); return nil }, dest...)
		}
	}
	var table, column, typ, kind, order string
	var number int
	ask("SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?", func() {
		found = schema{map[string]map[string]string{}, map[string]time.Duration{}}
	}, &table)
	if found.columns == nil {
		return found, err
	}
	ask("SELECT table_name, column_name, type, kind, position, clustering_order FROM system_schema.columns WHERE keyspace_name = ?", func() {
		if found.columns[table] == nil {
			found.columns[table] = map[string]string{}
		}
		found.columns[table][column] = columnIs(typ, kind, number, order)
	}, &table, &column, &typ, &kind, &number, &order)
	ask("SELECT table_name, default_time_to_live FROM system_schema.tables WHERE keyspace_name = ?", func() {
		found.kept[table] = time.Duration(number) * time.Second
	}, &table, &number)
	var names, types []string
	ask("SELECT type_name, field_names, field_types FROM system_schema.types WHERE keyspace_name = ?", func() {
		fields := map[string]string{}
		for i := range min(len(names), len(types)) {
			fields[names[i]] = types[i]
		}
		found.columns["type "+table] = fields
	}, &table, &names, &types)
	return found, err
}

// compareSchema returns an error that says what found lacks of Jaeger's schema v004, or
// has in another way. What it has beyond that is fine.
func (c *Config) compareSchema(found map[string]map[string]string) error {
	if found == nil {
		return errors.New("there is no such keyspace: create it with Jaeger's schema v004, or let it be created by --cassandra.schema.create")
	}
	var wrong []string
	for name, want := range wantedSchema() {
		has := found[name]
		if has == nil {
			if !strings.HasPrefix(name, "type ") {
				name = "table " + name
			}
			wrong = append(wrong, "no "+name)
			continue
		}
		for column, is := range want {
			switch got := has[column]; got {
			case is:
			case "":
				wrong = append(wrong, fmt.Sprintf("no %s.%s", name, column))
			default:
				wrong = append(wrong, fmt.Sprintf("%s.%s is %s, not %s", name, column, got, is))
			}
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return fmt.Errorf("the schema is not Jaeger's v004: %s", some(wrong))
}

// wantedSchema is what readSchema returns for Jaeger's schema.
func wantedSchema() map[string]map[string]string {
	want := map[string]map[string]string{}
	for _, t := range userTypes {
		want["type "+t.name] = columnTypes(t.fields)
	}
	for _, t := range tables {
		columns := columnTypes(t.columns)
		for i, k := range strings.Split(t.partition, ", ") {
			columns[k] = columnIs(columns[k], "partition_key", i, "none")
		}
		if t.clustering != "" {
			for i, k := range strings.Split(t.clustering, ", ") {
				k, desc := strings.CutSuffix(k, " DESC")
				order := "asc"
				if desc {
					order = "desc"
				}
				columns[k] = columnIs(columns[k], "clustering", i, order)
			}
		}
		want[t.name] = columns
	}
	return want
}

func columnTypes(columns string) map[string]string {
	types := map[string]string{}
	for _, c := range strings.Split(columns, ", ") {
		name, typ, _ := strings.Cut(c, " ")
		types[name] = typ
	}
	return types
}
