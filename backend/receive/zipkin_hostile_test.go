// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// hostileZipkin are bodies of about n bytes that ask for more, by the ends of the
// names of files.
func hostileZipkin(n int) map[string]map[string][]byte {
	times := func(s string) string { return strings.Repeat(s+",", n/(len(s)+1)) + s }
	const ids = `"traceId":"1","id":"1"`
	span := func(s string) []byte { return []byte(`[{` + ids + `,` + s + `}]`) }

	const protoIDs = "\x0a\x08\x01\x01\x01\x01\x01\x01\x01\x01\x1a\x08\x01\x01\x01\x01\x01\x01\x01\x01"
	protoSpan := func(s string) []byte { return appendBytes(nil, 1, protoIDs+s) }
	repeat := func(s string) string { return strings.Repeat(s, n/len(s)) }

	list := func(elem string) string {
		return "\x0c" + string(binary.BigEndian.AppendUint32(nil, uint32(n/len(elem)))) + repeat(elem)
	}
	const id = "\x00\x00\x00\x00\x00\x00\x00\x01"
	const thriftIDs = "\x0a\x00\x01" + id + "\x0a\x00\x04" + id
	thriftSpan := func(s string) []byte { return []byte("\x0c\x00\x00\x00\x01" + thriftIDs + s + "\x00") }
	return map[string]map[string][]byte{
		".v2.json": {
			"spans":       []byte("[" + times(`{`+ids+`}`) + "]"),
			"services":    []byte("[" + times(`{`+ids+`,"localEndpoint":{"serviceName":"a"}}`) + "]"),
			"empty":       []byte("[" + times(`{}`) + "]"),
			"nulls":       []byte("[" + times(`null`) + "]"),
			"numbers":     []byte("[" + times(`1`) + "]"),
			"annotations": span(`"annotations":[` + times(`{"value":"a"}`) + `]`),
			"no values":   span(`"annotations":[` + times(`{}`) + `]`),
			"deep":        []byte(strings.Repeat("[", n)),
		},
		".v1.json": {
			"spans":       []byte("[" + times(`{`+ids+`}`) + "]"),
			"annotations": span(`"annotations":[` + times(`{"value":"a"}`) + `]`),
			"binary":      span(`"binaryAnnotations":[` + times(`{"key":"a"}`) + `]`),
			"no keys":     span(`"binaryAnnotations":[` + times(`{}`) + `]`),
		},
		".v2.pb": {
			"spans":       []byte(repeat(string(protoSpan("")))),
			"empty":       []byte(repeat("\x0a\x00")),
			"annotations": protoSpan(repeat("\x52\x03\x12\x01a")),
			"no values":   protoSpan(repeat("\x52\x00")),
			"tags":        protoSpan(repeat("\x5a\x03\x0a\x01a")),
			"no keys":     protoSpan(repeat("\x5a\x00")),
			"endpoints":   protoSpan(repeat("\x42\x00")),
			"groups":      protoSpan(repeat("\xa3\x06")),
		},
		".v1.thrift": {
			"spans":       []byte(list(thriftIDs + "\x00")),
			"empty":       []byte(list("\x00")),
			"annotations": thriftSpan("\x0f\x00\x06" + list("\x0b\x00\x02\x00\x00\x00\x01a\x00")),
			"no values":   thriftSpan("\x0f\x00\x06" + list("\x00")),
			"binary":      thriftSpan("\x0f\x00\x08" + list("\x0b\x00\x01\x00\x00\x00\x01a\x00")),
			"no keys":     thriftSpan("\x0f\x00\x08" + list("\x00")),
			"hosts":       thriftSpan("\x0f\x00\x06" + list("\x0c\x00\x03\x00\x00")),
			"deep":        thriftSpan("\x0f\x00\x63" + repeat("\x0f\x00\x00\x00\x01")),
			"long":        []byte("\x0c\x7f\xff\xff\xff"),
			"map":         thriftSpan("\x0d\x00\x63\x0b\x0b\x7f\xff\xff\xff"),
		},
	}
}

// TestZipkinManyAddresses: they take no square of time.
func TestZipkinManyAddresses(t *testing.T) {
	decode := func(n int) (least time.Duration) {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(`{"key":"sa","value":true,"endpoint":{"port":%d}}`, i+1))
		}
		body := []byte(`[{"traceId":"1","id":"1","timestamp":1,"binaryAnnotations":[` + strings.Join(list, ",") + `]}]`)
		for range 3 { // the least: others use the machine, too
			begin := time.Now()
			got, err := decodeZipkinV1JSON(body, begin)
			if took := time.Since(begin); least == 0 || took < least {
				least = took
			}
			if err != nil || got.traces.SpanCount() != 1 {
				t.Fatalf("%d spans, %v", got.traces.SpanCount(), err)
			}
		}
		return least
	}
	if few, many := decode(1_000), decode(8_000); many > 24*few {
		t.Errorf("8 times as many addresses take %v, not %v", many, few)
	}
}

// TestZipkinMemory: whatever a body is made of, what it becomes takes no more
// than growth times its length.
func TestZipkinMemory(t *testing.T) {
	for end, bodies := range hostileZipkin(64 << 10) {
		for name, b := range bodies {
			before := heap()
			got, err := zipkinDecoders[end](b, time.Now())
			used := heap() - before
			if used > growth*len(b) && len(b) > 1000 {
				t.Errorf("%s %s: %d times its length", end, name, used/len(b))
			}
			if err == nil && got.traces.SpanCount() == 0 && len(got.refused) == 0 {
				t.Errorf("%s %s: neither spans nor an error", end, name)
			}
			runtime.KeepAlive(got)
		}
	}
}
