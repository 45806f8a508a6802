// SPDX-License-Identifier: Apache-2.0

package thrift_test

import (
	"strings"
	"testing"

	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

// fuzz reads a message with a batch. What can be read is the same after it was written
// and read again.
func fuzz(f *testing.F, name string) {
	wire := thrift.NewTMemoryBuffer()
	p := protocol(name, wire)
	if err := p.WriteMessageBegin(background, "emitBatch", thrift.ONEWAY, 1); err != nil {
		f.Fatal(err)
	}
	if err := batch().Write(background, p); err != nil {
		f.Fatal(err)
	}
	if err := p.WriteMessageEnd(background); err != nil {
		f.Fatal(err)
	}
	f.Add(wire.Bytes())
	f.Add(wire.Bytes()[:wire.Len()/2])
	for _, hostile := range []string{
		"\x82\x81\x01\x00\x29\xfc\xff\xff\xff\xff\x07",
		"\x80\x01\x00\x04\x00\x00\x00\x00\x00\x00\x00\x01\x0f\x00\x02\x0c\x7f\xff\xff\xff",
		"\x00\x00\x00\x10\x0f\xff\x00\x00\x00\x00\x00\x01\x00\x01\x00\x01\x01\x00xxxx",
		strings.Repeat("\x1c", 1000), strings.Repeat("\xff", 100),
	} {
		f.Add([]byte(hostile))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		in := protocol(name, buffer(b))
		if _, _, _, err := in.ReadMessageBegin(background); err != nil {
			return
		}
		var got jaeger.Batch
		if err := got.Read(background, in); err != nil {
			return
		}
		p := protocol(name, thrift.NewTMemoryBuffer())
		check(t, p.WriteMessageBegin(background, "m", thrift.CALL, 1))
		check(t, got.Write(background, p))
		check(t, p.WriteMessageEnd(background))
		if _, _, _, err := p.ReadMessageBegin(background); err != nil {
			t.Fatal(err)
		}
		var again jaeger.Batch
		check(t, again.Read(background, p))
		if a, b := encoded(t, &got), encoded(t, &again); a != b {
			t.Errorf("%q became %q", a, b)
		}
	})
}

func encoded(t *testing.T, s thrift.TStruct) string {
	text, err := thrift.NewTSerializer().WriteString(background, s)
	check(t, err)
	return text
}

func FuzzBinary(f *testing.F)  { fuzz(f, "binary") }
func FuzzCompact(f *testing.F) { fuzz(f, "compact") }
func FuzzHeader(f *testing.F)  { fuzz(f, "header") }

// FuzzSkip drops values of any type in any protocol, which bounds what they nest.
func FuzzSkip(f *testing.F) {
	for i, in := range []string{"\x0c\x00\x01", "\x1c", "\x01\x3b\x00", "[15,1,", "{\"a\":", "\x00\x00\x00\x05\x82\x21\x01\x01m"} {
		f.Add(byte(i), byte(thrift.STRUCT), []byte(strings.Repeat(in, 100)))
		f.Add(byte(i), byte(thrift.MAP), []byte(strings.Repeat(in, 100)))
		f.Add(byte(i), byte(thrift.LIST), []byte(strings.Repeat(in, 100)))
	}
	f.Fuzz(func(t *testing.T, which, kind byte, b []byte) {
		p := protocols[int(which)%len(protocols)].make(buffer(b))
		if n := allocated(func() { _ = p.Skip(background, thrift.TType(kind)) }); n > uint64(8<<20+4096*len(b)) { // zlib is 1000 to 1
			t.Errorf("%d bytes for %d", n, len(b))
		}
	})
}
