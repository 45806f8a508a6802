// SPDX-License-Identifier: Apache-2.0

package thrift_test

import (
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/uber/jaeger-client-go/thrift"
)

func TestHeaders(t *testing.T) {
	wire := thrift.NewTMemoryBuffer()
	p := thrift.NewTHeaderProtocol(wire)
	p.SetWriteHeader("b", "2")
	p.SetWriteHeader("a", "")
	p.Transport().(*thrift.THeaderTransport).Flags = 9
	check(t, p.WriteMessageBegin(background, "m", thrift.CALL, 3))
	check(t, p.WriteMessageEnd(background))
	const want = "\x00\x00\x00\x23" + "\x0f\xff\x00\x09\x00\x00\x00\x03\x00\x03" +
		"\x00\x00\x01\x02\x01a\x00\x01b\x012\x00" + "\x80\x01\x00\x01\x00\x00\x00\x01m\x00\x00\x00\x03"
	if got := wire.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}

	p = thrift.NewTHeaderProtocol(wire)
	if _, _, _, err := p.ReadMessageBegin(background); err != nil {
		t.Fatal(err)
	}
	transport := p.Transport().(*thrift.THeaderTransport)
	if !reflect.DeepEqual(p.GetReadHeaders(), thrift.THeaderMap{"a": "", "b": "2"}) || transport.Flags != 9 || transport.SequenceID != 3 {
		t.Errorf("read %v, flags %d, sequence id %d", p.GetReadHeaders(), transport.Flags, transport.SequenceID)
	}
	if left := transport.RemainingBytes(); left != 0 {
		t.Errorf("%d bytes are left of the frame", left)
	}

	p.SetWriteHeader("large", strings.Repeat("x", 1<<18))
	check(t, p.WriteMessageBegin(background, "m", thrift.CALL, 4))
	if err := p.WriteMessageEnd(background); err == nil || wire.Len() != 0 {
		t.Errorf("headers that do not fit: %v, %d bytes", err, wire.Len())
	}
	p.ClearWriteHeaders()
	check(t, p.WriteMessageBegin(background, "m", thrift.CALL, 5))
	check(t, p.WriteMessageEnd(background))
	if wire.Len() > 50 {
		t.Errorf("%d bytes without headers", wire.Len())
	}
}

// A peer that does not send headers is answered likewise.
func TestHeaderPeers(t *testing.T) {
	for name, f := range map[string]thrift.TProtocolFactory{
		"binary":  thrift.NewTBinaryProtocolFactoryDefault(),
		"compact": thrift.NewTCompactProtocolFactory(),
	} {
		for _, framed := range []bool{false, true} {
			message := func() []byte {
				wire := thrift.NewTMemoryBuffer()
				p := f.GetProtocol(wire)
				check(t, p.WriteMessageBegin(background, "m", thrift.CALL, 3))
				check(t, p.WriteI64(background, 70000))
				check(t, p.WriteMessageEnd(background))
				if framed {
					return append([]byte{0, 0, 0, byte(wire.Len())}, wire.Bytes()...)
				}
				return wire.Bytes()
			}()
			wire := buffer(message)
			p := thrift.NewTHeaderProtocol(wire)
			method, _, _, err := p.ReadMessageBegin(background)
			check(t, err)
			number, err := p.ReadI64(background)
			if method != "m" || number != 70000 || err != nil {
				t.Errorf("%s, framed %t: read %q %d %v", name, framed, method, number, err)
			}
			check(t, p.ReadMessageEnd(background))
			check(t, p.WriteMessageBegin(background, "m", thrift.CALL, 3))
			check(t, p.WriteI64(background, 70000))
			check(t, p.WriteMessageEnd(background))
			if got := wire.Bytes(); string(got) != string(message) {
				t.Errorf("%s, framed %t: answered %q to %q", name, framed, got, message)
			}
		}
	}
}

// A peer gets to know that its protocol is not.
func TestHeaderRefusal(t *testing.T) {
	wire := buffer([]byte("\x00\x00\x00\x0e\x0f\xff\x00\x00\x00\x00\x00\x01\x00\x01\x05\x00\x00\x00"))
	p := thrift.NewTHeaderProtocol(wire)
	if _, _, _, err := p.ReadMessageBegin(background); err == nil || wire.Len() == 0 {
		t.Errorf("%v, and %d bytes of an answer", err, wire.Len())
	}
}

func TestHeaderTransport(t *testing.T) {
	wire := thrift.NewTMemoryBuffer()
	transport := thrift.NewTHeaderTransport(wire)
	if thrift.NewTHeaderTransport(transport) != transport {
		t.Error("a header transport over a header transport")
	}
	if left := transport.RemainingBytes(); left != 0 {
		t.Errorf("%d bytes in nothing", left)
	}
	if err := transport.AddTransform(7); typeOf(err) != thrift.NOT_IMPLEMENTED {
		t.Errorf("a transform that is not known: %v", err)
	}
	check(t, transport.AddTransform(thrift.TransformNone))
	check(t, transport.Open())
	for _, part := range []string{"two ", "frames"} {
		_, err := io.WriteString(transport, part)
		check(t, err)
		check(t, transport.Flush(background))
		check(t, transport.Flush(background)) // nothing
	}
	if got, err := io.ReadAll(transport); string(got) != "two frames" || err != nil || !transport.IsOpen() {
		t.Errorf("%q, %v", got, err)
	}
	check(t, transport.Close())
	if left := thrift.NewTHeaderTransport(endless{}).RemainingBytes(); left != math.MaxUint64 {
		t.Errorf("%d bytes without an end", left)
	}
}

type endless struct{ *thrift.TMemoryBuffer }

func (endless) RemainingBytes() uint64 { return math.MaxUint64 }

func TestTransforms(t *testing.T) {
	wire := thrift.NewTMemoryBuffer()
	transforms := []thrift.THeaderTransformID{thrift.TransformZlib, thrift.TransformNone, thrift.TransformZlib}
	w, err := thrift.NewTransformWriter(wire, transforms)
	check(t, err)
	_, err = io.WriteString(w, "text")
	check(t, err)
	check(t, w.Close())
	r := thrift.NewTransformReaderWithCapacity(wire, 3)
	for _, id := range transforms {
		check(t, r.AddTransform(id))
	}
	if got, err := io.ReadAll(r); string(got) != "text" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	check(t, r.Close())

	var e thrift.TApplicationException
	if _, err := thrift.NewTransformWriter(wire, []thrift.THeaderTransformID{9}); !errors.As(err, &e) || e.TypeId() != thrift.INVALID_TRANSFORM {
		t.Error(err)
	}
	if err := r.AddTransform(9); !errors.As(err, &e) || e.TypeId() != thrift.INVALID_TRANSFORM {
		t.Error(err)
	}
	if err := thrift.THeaderProtocolID(9).Validate(); !errors.As(err, &e) || e.TypeId() != thrift.INVALID_PROTOCOL {
		t.Error(err)
	}
}

func TestHeaderContext(t *testing.T) {
	ctx := thrift.AddReadTHeaderToContext(background, thrift.THeaderMap{"k": "v"})
	ctx = thrift.SetWriteHeaderList(ctx, []string{"w"})
	if v, ok := thrift.GetHeader(ctx, "k"); v != "v" || !ok {
		t.Errorf("%q, %t", v, ok)
	}
	if v, ok := thrift.GetHeader(thrift.UnsetHeader(ctx, "k"), "k"); ok {
		t.Errorf("%q after unset", v)
	}
	if r, w := thrift.GetReadHeaderList(ctx), thrift.GetWriteHeaderList(ctx); !reflect.DeepEqual(r, []string{"k"}) || !reflect.DeepEqual(w, []string{"w"}) {
		t.Errorf("%q and %q", r, w)
	}
	if thrift.GetReadHeaderList(background) != nil || thrift.GetWriteHeaderList(background) != nil {
		t.Error("headers without a context of them")
	}
	if _, ok := thrift.GetResponseHelper(background); ok {
		t.Error("a helper without a context of it")
	}
	var none thrift.TResponseHelper // of another protocol
	none.SetHeader("k", "v")
	none.ClearHeaders()
}
