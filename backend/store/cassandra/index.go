// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"encoding/binary"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// The tables that spans are written to, as they stand in tables.
const (
	tableTraces = iota
	tableServices
	tableOperations
	tableByOperation
	tableByService
	tableByDuration
	tableByTag
	spanTables
)

// buckets divide the index by service.
const buckets = 10

// group is rows of one partition.
type group struct {
	table  int
	insert string
	rows   [][]any
	bytes  int
}

// writer makes rows of spans, and puts those of a partition together.
type writer struct {
	index     *Index
	names     *names
	now       time.Time
	inserts   [spanTables]string
	groups    []*group
	open      map[string]*group // by table and partition
	named     map[string]bool   // names of services and operations that are written
	unindexed int
	key       []byte // scratch
	hash      []byte
	seen      map[tagKey]bool
	spans     map[rowKey]bool
}

// rowKey is the key of a span. A batch that has one twice would append its lists to each
// other: Cassandra replaces a list only by one that was written at a later time.
type rowKey struct {
	trace [16]byte
	span  int64
	hash  int64
}

type tagKey struct{ key, value string }

func newWriter(c *Config, n *names, now time.Time) *writer {
	return &writer{index: &c.Index, names: n, now: now, inserts: inserts(c.Keyspace), open: map[string]*group{}, named: map[string]bool{}, seen: map[tagKey]bool{}, spans: map[rowKey]bool{}}
}

// partition returns the scratch space with a key of table and parts.
func (w *writer) partition(table int, parts ...string) []byte {
	w.key = append(w.key[:0], byte(table))
	for _, p := range parts {
		w.key = binary.AppendUvarint(w.key, uint64(len(p)))
		w.key = append(w.key, p...)
	}
	return w.key
}

// put adds a row of a table to the partition that key says.
func (w *writer) put(table int, key []byte, size int, row ...any) {
	g := w.open[string(key)]
	if g == nil || len(g.rows) == batchRows || g.bytes+size > batchBytes {
		g = &group{table: table, insert: w.inserts[table]}
		w.groups = append(w.groups, g)
		w.open[string(key)] = g
	}
	g.rows = append(g.rows, row)
	g.bytes += size
}

// add adds the rows of a span.
func (w *writer) add(s trace.Span, p *process) {
	j := stored(s)
	var r *row
	r, w.hash = newRow(&j, p, w.hash)
	key := rowKey{[16]byte(r.traceID), r.spanID, r.hash}
	if w.spans[key] {
		return
	}
	w.spans[key] = true
	w.put(tableTraces, w.partition(tableTraces, string(r.traceID)), len(r.tags)+len(r.logs)+len(r.process),
		r.traceID, r.spanID, r.hash, r.parent, r.operation, r.flags, r.start, r.duration, r.tags, r.logs, r.refs, r.process)

	service, operation := p.Service, r.operation
	if len(service)+len(operation) > maxKey {
		w.unindexed++
		return
	}
	w.name(service, operation, spanKind(j.Tags))
	bucket := int32(uint64(r.hash) % buckets)
	w.put(tableByService, w.partition(tableByService, service, strconv.Itoa(int(bucket))), 64, service, bucket, r.start, r.traceID)
	w.put(tableByOperation, w.partition(tableByOperation, service, operation), 64, service, operation, r.start, r.traceID)
	if j.FlagBits&trace.FlagFirehose != 0 {
		return
	}
	w.tags(service, r, &j, p)
	hour := hourOf(j.Start)
	for _, name := range []string{"", operation} {
		w.put(tableByDuration, w.partition(tableByDuration, service, name, strconv.FormatInt(hour, 10)), 64,
			service, name, hour, r.duration, r.start, r.traceID)
		if operation == "" {
			break
		}
	}
}

// hourOf returns the bucket of a duration: the nearest full hour, in milliseconds.
func hourOf(ns int64) int64 {
	const hour, half = int64(time.Hour), int64(time.Hour / 2)
	h := ns / hour
	if ns%hour < 0 {
		h--
	}
	if ns-h*hour >= half {
		h++
	}
	return h * (hour / int64(time.Millisecond))
}

// name adds the names of a service and operation, if they were not written lately.
func (w *writer) name(service, operation, kind string) {
	if service == "" { // Cassandra has no empty partition keys
		w.unindexed++
		return
	}
	if key := w.partition(tableServices, service); !w.known(key) {
		w.put(tableServices, key, 64, service)
	}
	if key := w.partition(tableOperations, service, kind, operation); !w.known(key) {
		w.put(tableOperations, w.partition(tableOperations, service), 64, service, kind, operation)
	}
}

// known reports whether a name needs no row, and takes one that does for written.
func (w *writer) known(key []byte) bool {
	if w.named[string(key)] || w.names.written(key, w.now) {
		return true
	}
	w.named[string(key)] = true
	return false
}

// spanKind is the kind by which Jaeger lists an operation: that of its first tag, if it
// knows it.
func spanKind(tags []model.Tag) string {
	for i := range tags {
		if tags[i].Key == "span.kind" {
			if text := tagText(tags[i].Value); jaeger.Kind(text) != 0 {
				return text
			}
			return ""
		}
	}
	return ""
}

// tags adds the rows of the tags of a span, its process and its logs.
func (w *writer) tags(service string, r *row, j *jaeger.Span, p *process) {
	clear(w.seen)
	if !w.index.NoProcessTags {
		w.tagList(service, r, p.Tags)
	}
	if !w.index.NoTags {
		w.tagList(service, r, j.Tags)
	}
	if !w.index.NoLogs {
		for i := range j.Logs {
			w.tagList(service, r, j.Logs[i].Fields)
		}
	}
}

func (w *writer) tagList(service string, r *row, tags []model.Tag) {
	for i := range tags {
		v := tags[i].Value
		if v.Kind() == model.KindBytes || !w.index.has(tags[i].Key) {
			continue
		}
		t := tagKey{tags[i].Key, tagText(v)}
		if w.seen[t] || !indexed(t.key, t.value) {
			continue
		}
		w.seen[t] = true
		w.put(tableByTag, w.partition(tableByTag, service, t.key, t.value), 64, service, t.key, t.value, r.start, r.traceID, r.spanID)
	}
}

// has reports whether the settings want a key indexed.
func (x *Index) has(key string) bool {
	if len(x.Only) > 0 {
		return slices.Contains(x.Only, key)
	}
	return !slices.Contains(x.Except, key)
}

// indexed reports whether Jaeger indexes a tag: not what is long, nor JSON objects.
func indexed(key, value string) bool {
	return len(key) < maxTag && len(value) < maxTag && (!strings.HasPrefix(value, "{") || !json.Valid([]byte(value)))
}

// tagText is how Jaeger's index has a value.
func tagText(v model.Value) string {
	switch v.Kind() {
	case model.KindBool:
		return strconv.FormatBool(v.Bool())
	case model.KindInt64:
		return strconv.FormatInt(v.Int64(), 10)
	case model.KindFloat64:
		return strconv.FormatFloat(v.Float64(), 'g', 10, 64)
	default:
		return v.Str()
	}
}
