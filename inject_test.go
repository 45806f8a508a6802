// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"reflect"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// forgetful is a propagator that does not say its contexts are remote, and breaks
// the rule not to keep the pointer.
type forgetful struct {
	kept  *model.Context
	stats []propagation.FormatStats
}

func (f *forgetful) Inject(c *model.Context, to propagation.Setter) {
	f.kept = c
	to.Set("id", c.TraceID.String())
}

func (f *forgetful) Extract(propagation.Reader) (model.Context, error) { return forgottenContext, nil }
func (f *forgetful) Stats() []propagation.FormatStats                  { return f.stats }

// forgetfulBinary is the same in binary.
type forgetfulBinary struct {
	kept *model.Context
	read int // bytes parsed
}

func (f *forgetfulBinary) AppendBinary(dst []byte, c *model.Context) []byte {
	f.kept = c
	return c.TraceID.AppendHex(dst)
}

func (f *forgetfulBinary) ParseBinary(b []byte) (model.Context, error) {
	f.read = len(b)
	return forgottenContext, nil
}

var forgottenContext = model.Context{TraceID: model.TraceID{Low: 5}, SpanID: 6, Flags: 1}

// What Extract returns came from outside, whatever the propagator says. The edge
// policy used to be passed by.
func TestExtractedContextsAreRemote(t *testing.T) {
	for _, tt := range []struct {
		policy EdgePolicy
		joins  bool
		refs   int
	}{{TrustCaller, true, 1}, {LinkCaller, false, 1}, {IgnoreCaller, false, 0}} {
		tracer, got := newTestTracer(t, WithEdgePolicy(tt.policy),
			WithPropagation("text", &forgetful{}), WithBinaryPropagation("bytes", &forgetfulBinary{}))
		for format, carrier := range map[string]any{"text": http.Header{}, "bytes": &bytes.Buffer{}} {
			c, err := tracer.Extract(format, carrier)
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if !own(c).IsRemote() {
				t.Errorf("%v, %s: not remote", tt.policy, format)
			}
			tracer.StartSpan(format, opentracing.ChildOf(c)).Finish()
		}
		for _, s := range got.all() {
			if s.ParentRemote != tt.joins || (s.TraceID.Low == 5) != tt.joins || len(s.References) != tt.refs {
				t.Errorf("%v, %s: %+v", tt.policy, s.Operation, s)
			}
		}
	}
}

// A propagator is lent its context. Baggage must not stay in the pool behind it.
func TestLentContextIsCleared(t *testing.T) {
	text, binary := &forgetful{}, &forgetfulBinary{}
	tracer, _ := newTestTracer(t, WithPropagation("text", text), WithBinaryPropagation("bytes", binary))
	c := remote(7, 8, "secret", "x")
	carrier := opentracing.TextMapCarrier{}
	if err := tracer.Inject(c, "text", carrier); err != nil || carrier["id"] != "0000000000000007" {
		t.Errorf("%v, %v", err, carrier)
	}
	var b bytes.Buffer
	if err := tracer.Inject(c, "bytes", &b); err != nil || b.String() != "0000000000000007" {
		t.Errorf("%v, %q", err, b.String())
	}
	for _, kept := range []*model.Context{text.kept, binary.kept} {
		if kept == nil || *kept != (model.Context{}) {
			t.Errorf("the lent context still holds %+v", kept)
		}
	}
}

// One propagator may serve two formats, and several propagators may count under
// one name.
func TestPropagationIsCountedOnce(t *testing.T) {
	one := propagation.FormatStats{Format: "mine"}
	v := reflect.ValueOf(&one).Elem()
	want := propagation.FormatStats{Format: "mine"}
	w := reflect.ValueOf(&want).Elem()
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.Uint64 {
			v.Field(i).SetUint(1 << i)
			w.Field(i).SetUint(3 << i)
		}
	}
	two := one
	for i := range v.NumField() {
		if f := reflect.ValueOf(&two).Elem().Field(i); f.Kind() == reflect.Uint64 {
			f.SetUint(2 << i)
		}
	}
	a, b := &forgetful{stats: []propagation.FormatStats{one}}, &forgetful{stats: []propagation.FormatStats{two, {Format: "other", Seen: 9}}}
	tracer, _ := newTestTracer(t, WithPropagation("a", a), WithPropagation("again", a), WithPropagation("b", b))
	found := map[string]propagation.FormatStats{}
	for _, f := range tracer.Stats().Propagation {
		if _, twice := found[f.Format]; twice {
			t.Errorf("%s is there twice", f.Format)
		}
		found[f.Format] = f
	}
	if found["mine"] != want || found["other"] != (propagation.FormatStats{Format: "other", Seen: 9}) {
		t.Errorf("counted\n%+v, want\n%+v", found["mine"], want)
	}
}

// valuePropagator cannot be a map key, and counts.
type valuePropagator struct{ stats []propagation.FormatStats }

func (valuePropagator) Inject(*model.Context, propagation.Setter) {}
func (valuePropagator) Extract(propagation.Reader) (model.Context, error) {
	return model.Context{}, propagation.ErrNotFound
}
func (p valuePropagator) Stats() []propagation.FormatStats { return p.stats }

func TestUnhashablePropagatorCounts(t *testing.T) {
	tracer, _ := newTestTracer(t, WithPropagation("a", valuePropagator{[]propagation.FormatStats{{Format: "value", Seen: 3}}}))
	for _, f := range tracer.Stats().Propagation {
		if f.Format == "value" && f.Seen == 3 {
			return
		}
	}
	t.Errorf("counted %+v", tracer.Stats().Propagation)
}

// A format's type may be comparable and its value not: using it as a map key
// panics then.
func TestUnhashableFormats(t *testing.T) {
	type boxed struct{ X any }
	for name, format := range map[string]any{
		"slice": []int{1}, "behind an interface": boxed{[]int{1}}, "in an array": [1]any{map[int]int{}}, "func": func() {},
	} {
		_, err := New("test", WithLogger(nil), WithPropagation(format, ownPropagator{}))
		var ce *ConfigError
		if !errors.As(err, &ce) || ce.Name != "WithPropagation" {
			t.Errorf("%s: New: %v", name, err)
		}
		_, err = New("test", WithLogger(nil), WithBinaryPropagation(format, &forgetfulBinary{}))
		if !errors.As(err, &ce) || ce.Name != "WithBinaryPropagation" {
			t.Errorf("%s: New: %v", name, err)
		}
		tracer, _ := newTestTracer(t, WithPropagation(boxed{1}, ownPropagator{}))
		if err := tracer.Inject(remote(1, 2), format, http.Header{}); !errors.Is(err, opentracing.ErrUnsupportedFormat) {
			t.Errorf("%s: Inject: %v", name, err)
		}
		if _, err := tracer.Extract(format, http.Header{}); !errors.Is(err, opentracing.ErrUnsupportedFormat) {
			t.Errorf("%s: Extract: %v", name, err)
		}
		if err := tracer.Inject(remote(1, 2), boxed{1}, http.Header{}); err != nil {
			t.Errorf("a hashable value of the same type: %v", err)
		}
	}
}

// endless is a carrier that goes on for much longer than anybody should read.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	if e.read > 1<<20 {
		return 0, io.EOF
	}
	clear(p)
	e.read += len(p)
	return len(p), nil
}

// At most 64 KiB of a binary carrier are read.
func TestBinaryCarrierIsBounded(t *testing.T) {
	p := &forgetfulBinary{}
	tracer, _ := newTestTracer(t, WithBinaryPropagation(opentracing.Binary, p))
	e := &endless{}
	if _, err := tracer.Extract(opentracing.Binary, e); err != nil || p.read != 65536 || e.read != 65536 {
		t.Errorf("%v: %d bytes parsed, %d read, want 65536", err, p.read, e.read)
	}
	rest := bytes.NewReader(make([]byte, 65536+7))
	if _, err := tracer.Extract(opentracing.Binary, rest); err != nil || rest.Len() != 7 {
		t.Errorf("%v: %d bytes left, want 7", err, rest.Len())
	}
}

// A binary carrier may be a stream that goes on: nothing behind the context is
// taken, or waited for.
func TestBinaryCarrierIsReadToTheContextsEnd(t *testing.T) {
	tracer, _ := newTestTracer(t)
	c := remote(5, 6, "k", "v")
	r, w := io.Pipe()
	go func() {
		for range 2 {
			if err := tracer.Inject(c, opentracing.Binary, w); err != nil {
				t.Error(err)
			}
		}
		_, _ = io.WriteString(w, "payload") // and the stream stays open
	}()
	for i := range 2 {
		got, err := tracer.Extract(opentracing.Binary, r)
		if err != nil {
			t.Fatalf("context %d: %v", i, err)
		}
		if !own(got).Equal(c) || own(got).Baggage().Len() != 1 {
			t.Errorf("context %d: %v, %d items", i, got, own(got).Baggage().Len())
		}
	}
	rest := make([]byte, len("payload"))
	if _, err := io.ReadFull(r, rest); err != nil || string(rest) != "payload" {
		t.Errorf("%v: left %q", err, rest)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// The zero context holds nothing that could be removed.
func TestRemovingFromTheZeroContext(t *testing.T) {
	if c := (SpanContext{}).WithBaggageItem("k", ""); c != (SpanContext{}) || c.Baggage().Len() != 0 {
		t.Errorf("%v, %d items", c, c.Baggage().Len())
	}
	if c := (SpanContext{}).WithBaggageItem("k", "v").WithBaggageItem("k", ""); c.Baggage().Len() != 0 || c.IsValid() {
		t.Errorf("%v, %d items", c, c.Baggage().Len())
	}
}

// panickingStream is a carrier of bytes that panics.
type panickingStream struct{}

func (panickingStream) Write([]byte) (int, error) { panic("no stream") }
func (panickingStream) Read([]byte) (int, error)  { panic("no stream") }

// A carrier that panics, or that nothing can be written to, is an error.
func TestCarriersThatCannotBeUsed(t *testing.T) {
	tracer, _ := newTestTracer(t)
	for _, tt := range []struct{ format, carrier any }{
		{opentracing.Binary, panickingStream{}},
		{opentracing.Binary, (*bytes.Buffer)(nil)},
		{opentracing.HTTPHeaders, propagation.Header(nil)},
		{opentracing.HTTPHeaders, http.Header(nil)},
		{opentracing.TextMap, (*propagation.Environ)(nil)},
		{opentracing.TextMap, &propagation.Messages[int]{}},
	} {
		if err := tracer.Inject(remote(1, 2), tt.format, tt.carrier); err == nil {
			t.Errorf("Inject into %T: no error", tt.carrier)
		}
		if c, err := tracer.Extract(tt.format, tt.carrier); err == nil || c != nil {
			t.Errorf("Extract from %T: %v, %v", tt.carrier, c, err)
		}
	}
}
