// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-spur/spur/model"
)

func TestReadFrameTakesItsOwnBytes(t *testing.T) {
	p, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	in := model.Context{
		TraceID: model.TraceID{High: 1, Low: 2}, SpanID: 3, Flags: 1,
		Baggage: model.NewBaggage(model.Member{Key: "k", Value: "v"}, model.Member{Key: "empty"}),
	}
	frame := p.AppendBinary(nil, &in)
	r := bytes.NewReader(append(bytes.Clone(frame), "payload"...))
	got, err := p.ReadFrame(iotest.OneByteReader(r))
	if err != nil || !bytes.Equal(got, frame) {
		t.Errorf("%x, %v, want %x", got, err, frame)
	}
	if rest, _ := io.ReadAll(r); string(rest) != "payload" {
		t.Errorf("left %q", rest)
	}
	for n := range len(frame) {
		if _, err := p.ReadFrame(bytes.NewReader(frame[:n])); !errors.Is(err, ErrCorrupted) {
			t.Errorf("cut off after %d bytes: %v", n, err)
		}
	}
	broken := errors.New("broken")
	if _, err := p.ReadFrame(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// 41 bytes make jaeger-client-go allocate 2 GiB, others make it panic.
func TestReadFrameBelievesNoLength(t *testing.T) {
	p, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	head := strings.Repeat("\x01", 33)
	for name, tail := range map[string]string{
		"huge key":         "\x00\x00\x00\x01\x7f\xff\xff\xff",
		"huge number":      "\x7f\xff\xff\xff",
		"negative key":     "\x00\x00\x00\x01\xff\xff\xff\xff",
		"negative number":  "\xff\xff\xff\xff",
		"64 KiB of values": "\x00\x00\x00\x02\x00\x00\x00\x01k\x00\x00\xf0\x00" + strings.Repeat("v", 0xf000) + "\x00\x00\xf0\x00",
	} {
		frame, err := p.ReadFrame(strings.NewReader(head + tail))
		if err == nil {
			_, err = p.ParseBinary(frame)
		}
		if !errors.Is(err, ErrCorrupted) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadFrame(f *testing.F) {
	p, err := Binary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.AppendBinary(nil, &model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Baggage: model.NewBaggage(model.Member{Key: "k", Value: "v"})}))
	f.Add([]byte(strings.Repeat("\x01", 33) + "\x00\x00\x00\x01\x7f\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		whole, wholeErr := p.ParseBinary(b)
		frame, err := p.ReadFrame(bytes.NewReader(b))
		if err != nil {
			return // cut off, or too long for a stream
		}
		if !bytes.HasPrefix(b, frame) {
			t.Fatalf("%x is not the beginning of %x", frame, b)
		}
		part, partErr := p.ParseBinary(frame)
		if (wholeErr == nil) != (partErr == nil) || whole.TraceID != part.TraceID || whole.Baggage.Len() != part.Baggage.Len() {
			t.Fatalf("the frame means %+v, %v, all of it %+v, %v", part, partErr, whole, wholeErr)
		}
	})
}
