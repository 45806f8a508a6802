// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/wire"
)

const validIDs = "\x0a\x10abcdefghijklmnop\x12\x08abcdefgh"

// repeated returns a message of about n bytes: so many times the field.
func repeated(n int, field protowire.Number, value string) []byte {
	one := appendBytes(nil, field, value)
	return bytes.Repeat(one, n/len(one))
}

// hostileProto are requests of about n bytes that are small on the wire and large
// in memory.
func hostileProto(n int) map[string][]byte {
	resource := func(fields ...[]byte) []byte { return appendBytes(nil, fieldResourceSpans, bytes.Join(fields, nil)) }
	span := func(fields []byte) []byte { return alone(append([]byte(validIDs), fields...)) }
	scope := appendBytes(nil, fieldScopeSpans, appendBytes(nil, fieldSpans, validIDs))
	return map[string][]byte{
		"resources":        repeated(n, fieldResourceSpans, ""),
		"scopes":           resource(repeated(n, fieldScopeSpans, "")),
		"old scopes":       resource(repeated(n, fieldDeprecatedSpans, "")),
		"spans":            resource(appendBytes(nil, fieldScopeSpans, repeated(n, fieldSpans, ""))),
		"smallest spans":   resource(appendBytes(nil, fieldScopeSpans, repeated(n, fieldSpans, validIDs))),
		"smallest scopes":  resource(repeated(n, fieldScopeSpans, string(appendBytes(nil, fieldSpans, validIDs)))),
		"one each":         bytes.Repeat(alone([]byte(validIDs)), n/len(alone([]byte(validIDs)))),
		"events":           span(repeated(n, fieldEvents, "")),
		"links":            span(repeated(n, fieldLinks, "")),
		"events 3":         span(repeated(n, fieldEvents, "\x38\x01")),
		"attributes":       span(repeated(n, 9, "")),
		"resource":         resource(appendBytes(nil, 1, repeated(n, 1, "")), scope),
		"entities":         resource(appendBytes(nil, 1, repeated(n, fieldEntityRefs, "")), scope),
		"entity keys":      resource(appendBytes(nil, 1, appendBytes(nil, fieldEntityRefs, repeated(n, 3, ""))), scope),
		"scope attributes": resource(appendBytes(nil, fieldScopeSpans, append(appendBytes(nil, fieldSpans, validIDs), appendBytes(nil, 1, repeated(n, 3, ""))...))),
		"list":             span(appendBytes(nil, 9, appendBytes(nil, 2, appendBytes(nil, 5, repeated(n, 1, ""))))),
		"list of lists":    span(appendBytes(nil, 9, appendBytes(nil, 2, appendBytes(nil, 5, repeated(n, 1, "\x2a\x00"))))),
		"map":              span(appendBytes(nil, 9, appendBytes(nil, 2, appendBytes(nil, 6, repeated(n, 1, ""))))),
		"map of maps":      span(appendBytes(nil, 9, appendBytes(nil, 2, appendBytes(nil, 6, repeated(n, 1, "\x12\x02\x32\x00"))))),
		"event attributes": span(appendBytes(nil, fieldEvents, repeated(n, 3, ""))),
		"deep":             span(appendBytes(nil, 9, appendBytes(nil, 2, nestedList(1_000)))),
		"groups":           span(bytes.Repeat([]byte{0xa3, 0x06}, n/2)),
	}
}

// hostileJaeger is the same for jaeger.api_v2.
func hostileJaeger(n int) map[string][]byte {
	batch := func(fields ...[]byte) []byte { return appendBytes(nil, 1, bytes.Join(fields, nil)) }
	span := func(fields []byte) []byte { return batch(appendBytes(nil, 1, append([]byte(validIDs), fields...))) }
	least := appendBytes(nil, 1, validIDs)
	var own []byte // a process each
	for i := 0; len(own) < n; i++ {
		own = appendBytes(own, 1, append([]byte(validIDs), 0x52, 5, 0x0a, 3, byte(i), byte(i>>8), byte(i>>16)))
	}
	return map[string][]byte{
		"batches":          repeated(n, 1, ""),
		"spans":            batch(repeated(n, 1, "")),
		"smallest spans":   batch(repeated(n, 1, validIDs)),
		"processes":        batch(least, repeated(n, 2, "")),
		"own processes":    batch(own),
		"own process":      span(repeated(n, 10, "")),
		"process tags":     batch(least, appendBytes(nil, 2, repeated(n, 2, ""))),
		"process tags 5":   batch(least, appendBytes(nil, 2, repeated(n, 2, "\x0a\x01a"))),
		"tags":             span(repeated(n, 8, "")),
		"tags 5":           span(repeated(n, 8, "\x0a\x01a")),
		"numbers":          span(repeated(n, 8, "\x10\x02\x28\x01")),
		"logs":             span(repeated(n, 9, "")),
		"logs 5":           span(repeated(n, 9, "\x0a\x01\x08")),
		"logs 6":           span(repeated(n, 9, "\x0a\x02\x08\x01")),
		"fields of a log":  span(appendBytes(nil, 9, repeated(n, 2, ""))),
		"fields of logs":   span(repeated(n, 9, "\x12\x05\x0a\x03abc")),
		"references":       span(repeated(n, 4, "")),
		"whole references": span(repeated(n, 4, validIDs)),
		"warnings":         span(repeated(n, 12, "")),
		"warnings 3":       span(repeated(n, 12, "a")),
		"groups":           span(bytes.Repeat([]byte{0xa3, 0x06}, n/2)),
		"16 GiB":           batch(least, bytes.Repeat([]byte("\x0a\x80\x80\x80\x80\x40"), n/6)),
	}
}

func hostileJSON(n int) map[string][]byte {
	spans := func(s string) []byte { return []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[` + s + `]}]}]}`) }
	times := func(s string) string { return strings.Repeat(s+",", n/(len(s)+1)) + s }
	return map[string][]byte{
		"spans":      spans(times(`{}`)),
		"spans 8":    spans(times(`{"a":17}`)),
		"resources":  []byte(`{"resourceSpans":[` + times(`{}`) + `]}`),
		"resource 8": []byte(`{"resourceSpans":[` + times(`{"a":17}`) + `]}`),
		"attributes": spans(`{"attributes":[` + times(`{"k":1234567890}`) + `]}`),
		"texts":      []byte(`{"resourceSpans":[{"resource":{"entityRefs":[{"idKeys":[` + times(`""`) + `]}]}}]}`),
		"deep":       spans(`{"attributes":[{"value":` + strings.Repeat(`{"arrayValue":{"values":[`, n/25)),
		"skipped":    []byte(`{"x":` + strings.Repeat(`[`, n)),
	}
}

// TestMemory: whatever a body is made of, what it becomes takes no more than
// growth times its length.
func TestMemory(t *testing.T) {
	const n = 64 << 10
	decoders := map[string]func([]byte) (request, error){"proto": decodeProto, "json": decodeJSON, "jaeger": decodePostSpans}
	for format, bodies := range map[string]map[string][]byte{"proto": hostileProto(n), "json": hostileJSON(n), "jaeger": hostileJaeger(n)} {
		decode := decoders[format]
		for name, b := range bodies {
			before := heap()
			got, err := decode(b)
			used := heap() - before
			if used > growth*len(b) {
				t.Errorf("%s %s: %d times its length", format, name, used/len(b))
			}
			if len(b) < n/2 && name != "deep" {
				t.Errorf("%s %s: %d bytes", format, name, len(b))
			}
			if got.traces == (ptrace.Traces{}) && err == nil {
				t.Errorf("%s %s: neither spans nor an error", format, name)
			}
			runtime.KeepAlive(got)
		}
	}
}

// hostileThrift are batches of about n bytes in the compact protocol.
func hostileThrift(n int) map[string][]byte {
	const (
		ids    = "\x16\x02\x16\x02\x16\x02\x16\x02"
		name   = "\x18\x00"
		times  = "\x16\x00\x16\x00" // after the flags, or a list
		flags  = "\x25\x00"
		tag    = "\x18\x00\x15\x00\x00"
		ref    = "\x15\x02\x16\x02\x16\x00\x16\x02\x00"
		log    = "\x16\x00\x19\x0c\x00"
		number = "\x18\x00\x15\x06\x46\x00\x00"
	)
	list := func(header byte, elem string) string {
		count := n / len(elem)
		return string(binary.AppendUvarint([]byte{header, 0xfc}, uint64(count))) + strings.Repeat(elem, count)
	}
	batch := func(spans string) []byte { return []byte("\x1c\x18\x00\x00" + spans + "\x00") }
	span := func(s string) []byte { return batch("\x19\x1c" + s + "\x00") }
	return map[string][]byte{
		"spans":          batch(list(0x19, ids+name+flags+times+"\x00")),
		"tags":           span(ids + name + flags + times + list(0x19, tag)),
		"numbers":        span(ids + name + flags + times + list(0x19, number)),
		"logs":           span(ids + name + flags + times + list(0x29, log)),
		"references":     span(ids + name + list(0x19, ref) + "\x15\x00" + times),
		"fields of logs": span(ids + name + flags + times + "\x29\x1c\x16\x00" + list(0x19, tag) + "\x00"),
		"process":        []byte("\x1c\x18\x00" + list(0x19, tag) + "\x00\x19\x1c" + ids + name + flags + times + "\x00\x00"),
	}
}

func TestThriftMemory(t *testing.T) {
	for name, b := range hostileThrift(64 << 10) {
		before := heap()
		batch, err := wire.DecodeCompactBatch(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		td := jaeger.Traces(batch)
		if used := heap() - before; used > growth*len(b) {
			t.Errorf("%s: %d times its length", name, used/len(b))
		}
		runtime.KeepAlive(batch)
		runtime.KeepAlive(td)
	}
}

func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
