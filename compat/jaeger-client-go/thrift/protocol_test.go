// SPDX-License-Identifier: Apache-2.0

package thrift_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

func TestStructs(t *testing.T) {
	for _, tc := range protocols {
		if tc.name == "json" {
			continue // cannot read structs
		}
		t.Run(tc.name, func(t *testing.T) {
			wire := thrift.NewTMemoryBuffer()
			p := tc.make(wire)
			check(t, p.WriteMessageBegin(background, "method", thrift.CALL, -5))
			check(t, batch().Write(background, p))
			check(t, p.WriteMessageEnd(background))
			check(t, p.Flush(background))

			p = tc.make(wire)
			name, kind, sequence, err := p.ReadMessageBegin(background)
			if name != "method" || kind != thrift.CALL || sequence != -5 || err != nil {
				t.Fatal(name, kind, sequence, err)
			}
			var got jaeger.Batch
			check(t, got.Read(background, p))
			check(t, p.ReadMessageEnd(background))
			if !reflect.DeepEqual(&got, batch()) {
				t.Errorf("read %v", &got)
			}
			if wire.Len() != 0 {
				t.Errorf("%d bytes are left", wire.Len())
			}
		})
	}
}

// writeAll writes a struct that has a field of each type.
func writeAll(t *testing.T, p thrift.TProtocol) {
	field := func(id int16, kind thrift.TType, write func() error) {
		check(t, p.WriteFieldBegin(background, fmt.Sprint("f", id), kind, id))
		check(t, write())
		check(t, p.WriteFieldEnd(background))
	}
	check(t, p.WriteStructBegin(background, "all"))
	field(1, thrift.BOOL, func() error { return p.WriteBool(background, true) })
	field(2, thrift.BYTE, func() error { return p.WriteByte(background, -2) })
	field(3, thrift.I16, func() error { return p.WriteI16(background, math.MinInt16) })
	field(4, thrift.I32, func() error { return p.WriteI32(background, math.MinInt32) })
	field(5, thrift.I64, func() error { return p.WriteI64(background, math.MinInt64) })
	field(6, thrift.DOUBLE, func() error { return p.WriteDouble(background, 0.5) })
	field(7, thrift.STRING, func() error { return p.WriteString(background, `"é`) })
	field(8, thrift.STRING, func() error { return p.WriteBinary(background, nil) })
	field(1000, thrift.MAP, func() error {
		check(t, p.WriteMapBegin(background, thrift.STRING, thrift.BOOL, 1))
		check(t, p.WriteString(background, "k"))
		check(t, p.WriteBool(background, false))
		return p.WriteMapEnd(background)
	})
	field(10, thrift.MAP, func() error {
		check(t, p.WriteMapBegin(background, thrift.I32, thrift.I32, 0))
		return p.WriteMapEnd(background)
	})
	field(11, thrift.SET, func() error {
		check(t, p.WriteSetBegin(background, thrift.DOUBLE, 2))
		check(t, p.WriteDouble(background, math.Inf(-1)))
		check(t, p.WriteDouble(background, math.NaN()))
		return p.WriteSetEnd(background)
	})
	field(12, thrift.LIST, func() error {
		check(t, p.WriteListBegin(background, thrift.BYTE, 15))
		for i := range 15 {
			check(t, p.WriteByte(background, int8(i)))
		}
		return p.WriteListEnd(background)
	})
	check(t, p.WriteFieldStop(background))
	check(t, p.WriteStructEnd(background))
	check(t, p.Flush(background))
}

// What Apache Thrift 0.14.1 writes.
func TestBytes(t *testing.T) {
	for name, want := range map[string]string{
		"binary": "\x02\x00\x01\x01\x03\x00\x02\xfe\x06\x00\x03\x80\x00\b\x00\x04\x80\x00\x00\x00\n\x00\x05\x80" +
			"\x00\x00\x00\x00\x00\x00\x00\x04\x00\x06?\xe0\x00\x00\x00\x00\x00\x00\v\x00\a\x00\x00\x00\x03" +
			"\"é\v\x00\b\x00\x00\x00\x00\r\x03\xe8\v\x02\x00\x00\x00\x01\x00\x00\x00\x01k\x00\r\x00\n\b\b" +
			"\x00\x00\x00\x00\x0e\x00\v\x04\x00\x00\x00\x02\xff\xf0\x00\x00\x00\x00\x00\x00\x7f\xf8\x00\x00" +
			"\x00\x00\x00\x01\x0f\x00\f\x03\x00\x00\x00\x0f\x00\x01\x02\x03\x04\x05\x06\a\b\t\n\v\f\r\x0e" +
			"\x00",
		"compact": "\x11\x13\xfe\x14\xff\xff\x03\x15\xff\xff\xff\xff\x0f\x16\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
			"\x01\x17\x00\x00\x00\x00\x00\x00\xe0?\x18\x03\"é\x18\x00\v\xd0\x0f\x01\x81\x01k\x02\v\x14\x00" +
			"\x1a'\x00\x00\x00\x00\x00\x00\xf0\xff\x01\x00\x00\x00\x00\x00\xf8\x7f\x19\xf3\x0f\x00\x01\x02" +
			"\x03\x04\x05\x06\a\b\t\n\v\f\r\x0e\x00",
		"json": `{"f1":true,"f2":-2,"f3":-32768,"f4":-2147483648,"f5":-9223372036854775808,"f6":0.5,"f7":"\"é","f8":"","f1000":[11,2,1,"k",false],"f10":[8,8,0],"f11":[4,2,"-Infinity","NaN"],"f12":[3,15,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14]}`,
	} {
		wire := thrift.NewTMemoryBuffer()
		writeAll(t, protocol(name, wire))
		if got := wire.String(); got != want {
			t.Errorf("%s:\n got %q\nwant %q", name, got, want)
		}
	}
}

func TestSkip(t *testing.T) {
	for _, name := range []string{"binary", "compact"} {
		wire := thrift.NewTMemoryBuffer()
		writeAll(t, protocol(name, wire))
		all := wire.Len()
		if err := protocol(name, wire).Skip(background, thrift.STRUCT); err != nil || wire.Len() != 0 {
			t.Errorf("%s: %v, and %d of %d bytes are left", name, err, wire.Len(), all)
		}
	}
}
