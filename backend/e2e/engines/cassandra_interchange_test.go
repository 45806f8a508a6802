// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"testing"

	"github.com/go-spur/spur/backend/internal/golden"
)

// TestCassandraInterchange: what real Jaegers write we show as they do, and what we write
// they show as we do.
func TestCassandraInterchange(t *testing.T) {
	c, s := load(t), cql(t)
	table := golden.TableOf(cassandraDifferences, golden.V162)
	// fresh returns ours on a keyspace that is new.
	fresh := func(t *testing.T, keyspace string) peer {
		execute(t, s, "DROP KEYSPACE IF EXISTS "+keyspace)
		_, p := ours(t, keyspace, nil)
		return p
	}
	t.Run("from 1.62", func(t *testing.T) {
		reader := fresh(t, "e2e_from162")
		theirs, _ := jaeger1(t, "e2e_from162", 12000)
		c.send(t, theirs.at)
		c.compare(t, "from 1.62", theirs.query, reader.query, table, golden.Ours)
	})
	t.Run("from 2.13", func(t *testing.T) {
		reader := fresh(t, "e2e_from213")
		theirs := jaeger2(t, "e2e_from213", 13000)
		c.send(t, theirs.at)
		c.compare(t, "from 2.13", theirs.query, reader.query, table, golden.Ours)
	})
	t.Run("to both", func(t *testing.T) {
		writer := fresh(t, "e2e_to_both")
		c.send(t, writer.at)
		old, _ := jaeger1(t, "e2e_to_both", 12000)
		c.compare(t, "to 1.62", writer.query, old.query, table, golden.Ours)
		c.compare(t, "to 2.13", writer.query, jaeger2(t, "e2e_to_both", 13000).query, table, golden.Ours)
	})
	for _, k := range table.Unused(golden.Ours) {
		t.Errorf("no difference needs %+v", k)
	}
}

// cassandraDifferences are all between what goes in, V162, and what comes out, Ours, as
// each shows it.
var cassandraDifferences = []golden.Known{
	{Request: "from *", Field: "trace.warnings", V162: "null", Ours: `["the root span is not here"]`, Why: "a part of a trace is marked"},
	{Request: "from *", Field: "warnings", V162: `["invalid parent span IDs=*`, Ours: `["the parent span * is not here"]`, Why: "clock skew is not what is wrong with it"},
	{Request: "from *", Field: "warnings", V162: `["invalid parent span IDs=*`, Ours: "null", Why: "in the row of a span that only follows from another there is no parent"},
	{Request: "from *", Field: "warnings", V162: `["clock skew adjustment disabled; *`, Ours: "null", Why: "clock skew is not what is wrong with it"},
	{Request: "from *", Field: "references", V162: `*"spanID":"0000000000000001"*`, Ours: "*", Why: "below an id that client and server share, a child of the client's service is the client's"},
	{Request: "from *", Field: "tags.span.kind", V162: `string "client" + string "internal"`, Ours: `string "internal"`, Why: "a tag named like the kind of a span of OTLP is that kind"},
	{Request: "from 1.62 *", Field: "tags.internal.span.format", V162: `string "proto"`, Ours: `string "jaeger"`, Why: "of spans by gRPC Jaeger says proto; they are told apart from Thrift's by nothing else"},
	{Request: "from 1.62 *", Field: "duration", V162: "18446744073709551615", Ours: "0", Why: "a span that ends before it starts is mended"},
	{Request: "from 2.13 *", Field: "tags.internal.span.format", Ours: `string "otlp"`, Why: "all that 2.13 writes was OTLP, and 1.62 says so"},
	{Request: "from 2.13 *", Field: "tags", V162: "[]", Why: "with that tag they are not empty"},

	{Request: "to *", Field: "trace.warnings", V162: `["the root span is not here"]`, Ours: "null", Why: "only we mark a part of a trace"},
	{Request: "to *", Field: "warnings", V162: `["the parent span * is not here"]`, Ours: `["invalid parent span IDs=*`, Why: "Jaeger's words"},
	{Request: "to *", Field: "warnings", V162: "null", Ours: `["invalid parent span IDs=*`, Why: "in the row of a span that only follows from another there is no parent"},
	{Request: "to *", Field: "warnings", V162: "null", Ours: `["clock skew adjustment disabled; *`, Why: "Jaeger's words"},
	{Request: "to *", Field: "references", V162: "*", Ours: `*"spanID":"0000000000000001"*`, Why: "below an id that client and server share, a child of the client's service is the client's"},
	{Request: "to *", Field: "tags.span.kind", V162: `string "internal"`, Ours: `string "client" + string "internal"`, Why: "a tag named like the kind of a span of OTLP is that kind"},
	{Request: "to *", Field: "tags.otel.dropped_*_count", Ours: "int64 *", Why: "OTLP's counts are tags in Jaeger's model"},
}
