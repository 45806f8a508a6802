// SPDX-License-Identifier: Apache-2.0

package thrift_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

// typeOf returns the type of a protocol exception, −1 if err is none.
func typeOf(err error) int {
	var e thrift.TProtocolException
	if errors.As(err, &e) {
		return e.TypeId()
	}
	return -1
}

func read(p thrift.TProtocol) error {
	var b jaeger.Batch
	return b.Read(background, p)
}

// Each claims to be more than it is. Apache Thrift 0.14.1 takes gigabytes for some.
func TestClaims(t *testing.T) {
	skip := func(kind thrift.TType) func(thrift.TProtocol) error {
		return func(p thrift.TProtocol) error { return p.Skip(background, kind) }
	}
	spans := func(p thrift.TProtocol) error { // the list of spans in a batch
		_ = p.WriteFieldBegin(background, "spans", thrift.LIST, 2)
		_ = p.WriteListBegin(background, thrift.STRUCT, 1<<31-1)
		return p.WriteFieldStop(background)
	}
	written := func(name string, write func(thrift.TProtocol) error) string {
		wire := thrift.NewTMemoryBuffer()
		if err := write(protocol(name, wire)); err != nil {
			t.Fatal(err)
		}
		return wire.String()
	}
	for _, tc := range []struct {
		name     string
		protocol string
		in       string
		read     func(thrift.TProtocol) error
		want     int
	}{
		{"a list", "binary", written("binary", spans), read, thrift.SIZE_LIMIT},
		{"a list", "compact", written("compact", spans), read, thrift.SIZE_LIMIT},
		{"a list in the rest of the bytes", "binary", "\x0c\x00\x00\x00\x02\x00", skip(thrift.LIST), thrift.SIZE_LIMIT},
		{"a list in the rest of the bytes", "compact", "\x2c\x00", skip(thrift.LIST), thrift.SIZE_LIMIT},
		{"a negative list", "binary", "\x0c\xff\xff\xff\xff", skip(thrift.LIST), thrift.INVALID_DATA},
		{"a negative list", "compact", "\xfc\xff\xff\xff\xff\x0f", skip(thrift.LIST), thrift.INVALID_DATA},
		{"a map", "binary", "\x0c\x0c\x7f\xff\xff\xff", skip(thrift.MAP), thrift.SIZE_LIMIT},
		{"a map", "compact", "\xff\xff\xff\xff\x07\xcc", skip(thrift.MAP), thrift.SIZE_LIMIT},
		{"a string", "binary", "\x7f\xff\xff\xff" + "x", skip(thrift.STRING), thrift.SIZE_LIMIT},
		{"a string", "compact", "\xff\xff\xff\xff\x07" + "x", skip(thrift.STRING), thrift.SIZE_LIMIT},
		{"a string within the limit", "binary", "\x05\xff\xff\xff" + "x", skip(thrift.STRING), thrift.UNKNOWN_PROTOCOL_EXCEPTION},
		{"a negative string", "binary", "\xff\xff\xff\xff", skip(thrift.STRING), thrift.NEGATIVE_SIZE},
		{"a negative string", "compact", "\xff\xff\xff\xff\x0f", skip(thrift.STRING), thrift.NEGATIVE_SIZE},
		{"an endless number", "compact", strings.Repeat("\xff", 1000), skip(thrift.I64), thrift.INVALID_DATA},
		{"a type", "compact", "\x1d", skip(thrift.STRUCT), thrift.INVALID_DATA},
		{"a type", "binary", "\x09\x00\x01", skip(thrift.STRUCT), thrift.INVALID_DATA},
		{"structs in structs", "binary", strings.Repeat("\x0c\x00\x01", 1000), skip(thrift.STRUCT), thrift.DEPTH_LIMIT},
		{"structs in structs", "compact", strings.Repeat("\x1c", 1000), skip(thrift.STRUCT), thrift.DEPTH_LIMIT},
		{"maps in values of maps", "compact", strings.Repeat("\x01\x3b\x00", 1000), skip(thrift.MAP), thrift.DEPTH_LIMIT},
		{"a struct without an end", "binary", "", skip(thrift.STRUCT), thrift.UNKNOWN_PROTOCOL_EXCEPTION},
		{"a list", "json", "[12,2147483647]", skip(thrift.LIST), thrift.SIZE_LIMIT},
		{"a negative list", "json", "[12,-1]", skip(thrift.LIST), thrift.NEGATIVE_SIZE},
		{"a map", "json", "[12,12,2147483647]", skip(thrift.MAP), thrift.SIZE_LIMIT},
		{"lists in lists", "json", strings.Repeat("[15,1,", 1000), skip(thrift.LIST), thrift.DEPTH_LIMIT},
		{"an endless number", "json", strings.Repeat("1", 1000), skip(thrift.I64), thrift.INVALID_DATA},
		{"a string without an end", "json", `"` + strings.Repeat("\\\"", 1000), skip(thrift.STRING), thrift.UNKNOWN_PROTOCOL_EXCEPTION},
	} {
		var err error
		n := allocated(func() { err = tc.read(protocol(tc.protocol, buffer([]byte(tc.in)))) })
		if typeOf(err) != tc.want {
			t.Errorf("%s of %s: type %d, want %d: %v", tc.name, tc.protocol, typeOf(err), tc.want, err)
		}
		if n > 1<<20 {
			t.Errorf("%s of %s: %d bytes for %d", tc.name, tc.protocol, n, len(tc.in))
		}
	}
}

func TestLimits(t *testing.T) {
	conf := &thrift.TConfiguration{MaxMessageSize: 10}
	for _, f := range []thrift.TProtocolFactory{
		thrift.NewTBinaryProtocolFactoryConf(conf),
		thrift.NewTCompactProtocolFactoryConf(conf),
		thrift.TProtocolFactoryConf(thrift.NewTSimpleJSONProtocolFactory(), conf),
	} {
		for text, want := range map[string]int{"123456789": -1, "12345678901": thrift.SIZE_LIMIT} {
			p := f.GetProtocol(thrift.NewTMemoryBuffer())
			check(t, p.WriteString(background, text))
			check(t, p.Flush(background))
			if _, err := p.ReadString(background); typeOf(err) != want {
				t.Errorf("%T, %d bytes: %v", p, len(text), err)
			}
		}
	}
}

// slowSocket has nothing to read for a while, three times.
type slowSocket struct {
	*thrift.TMemoryBuffer
	timeouts int
}

type timeout struct{}

func (timeout) Error() string { return "timeout" }
func (timeout) Timeout() bool { return true }

func (s *slowSocket) Read(p []byte) (int, error) {
	if s.timeouts++; s.timeouts <= 3 {
		return 0, timeout{}
	}
	return s.TMemoryBuffer.Read(p)
}

func (s *slowSocket) ReadByte() (byte, error) {
	var b [1]byte
	_, err := io.ReadFull(s, b[:])
	return b[0], err
}

func TestTimeouts(t *testing.T) {
	limited, cancel := context.WithTimeout(background, time.Hour)
	defer cancel()
	for _, tc := range protocols {
		if tc.name == "json" {
			continue
		}
		wire := thrift.NewTMemoryBuffer()
		p := tc.make(wire)
		check(t, p.WriteMessageBegin(background, "method", thrift.CALL, 1))
		check(t, p.WriteMessageEnd(background))

		name, _, _, err := tc.make(&slowSocket{TMemoryBuffer: buffer(wire.Bytes())}).ReadMessageBegin(limited)
		if name != "method" || err != nil {
			t.Errorf("%s, with time left: %q %v", tc.name, name, err)
		}
		_, _, _, err = tc.make(&slowSocket{TMemoryBuffer: buffer(wire.Bytes())}).ReadMessageBegin(background)
		if !errors.As(err, &timeout{}) {
			t.Errorf("%s, without a limit: %v", tc.name, err)
		}
	}
}

func TestVersions(t *testing.T) {
	strict := thrift.NewTBinaryProtocolFactory(true, true).GetProtocol
	for _, tc := range []struct {
		name string
		make func(thrift.TTransport) thrift.TProtocol
		in   string
	}{
		{"another version", strict, "\x80\x02\x00\x01"},
		{"no version", strict, "\x00\x00\x00\x01m\x01\x00\x00\x00\x00"},
		{"another protocol", protocols[2].make, "\x80\x01"},
		{"another version", protocols[2].make, "\x82\x22"},
	} {
		if _, _, _, err := tc.make(buffer([]byte(tc.in))).ReadMessageBegin(background); typeOf(err) != thrift.BAD_VERSION {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

func TestFrames(t *testing.T) {
	frame := func(b string) []byte { return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...) }
	var bomb bytes.Buffer
	w, err := thrift.NewTransformWriter(&bomb, []thrift.THeaderTransformID{thrift.TransformZlib})
	check(t, err)
	_, err = w.Write(make([]byte, 1<<20+1))
	check(t, err)
	check(t, w.Close())
	conf := &thrift.TConfiguration{MaxMessageSize: 1 << 20}
	const head = "\x0f\xff\x00\x00\x00\x00\x00\x01"
	for name, in := range map[string][]byte{
		"too large":              {0, 0x10, 0, 1},
		"without an end":         frame("\x82\x21\x00\x00")[:6],
		"too small":              frame("abc"),
		"of something else":      frame("GET / HTTP/1.1"),
		"without a head":         frame(head[:6]),
		"with a longer head":     frame(head + "\xff\xff"),
		"with an empty head":     frame(head + "\x00\x00"),
		"with a protocol":        frame(head + "\x00\x01" + "\x05\x00\x00\x00"),
		"with a transform":       frame(head + "\x00\x01" + "\x00\x01\x07\x00"),
		"with transforms":        frame(head + "\x00\x01" + "\x00\xff\xff\x07"),
		"with what is not zlib":  frame(head + "\x00\x01" + "\x00\x01\x01\x00" + "xxxx"),
		"with half a header":     frame(head + "\x00\x01" + "\x00\x00\x01\x05"),
		"with half a key":        frame(head + "\x00\x01" + "\x00\x00\x01\x01"),
		"with a longer key":      frame(head + "\x00\x02" + "\x00\x00\x01\x01\x7fxxx"),
		"with a key alone":       frame(head + "\x00\x02" + "\x00\x00\x01\x01\x03key"),
		"of more after the zlib": frame(head + "\x00\x01" + "\x00\x01\x01\x00" + bomb.String()),
	} {
		var err error
		n := allocated(func() { _, _, _, err = thrift.NewTHeaderProtocolConf(buffer(in), conf).ReadMessageBegin(background) })
		if err == nil {
			t.Errorf("a frame %s is read", name)
		}
		if n > 8<<20 { // zlib and growing buffers
			t.Errorf("a frame %s: %d bytes", name, n)
		}
	}
}
