// SPDX-License-Identifier: Apache-2.0

package spur_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurtest"
)

// The canary, in the kinds that a value can have.
const (
	canary      = "cAnArY7"
	canaryInt   = 0x5ec0ffee
	canaryFloat = 7.777777e77
)

// secrets are values with the canary in them, of every type that is frozen in a
// way of its own.
func secrets() map[string]any {
	bytes, array := []byte(canary), [len(canary)]byte([]byte(canary))
	return map[string]any{
		"string": "a" + canary, "bytes": []byte(canary), "error": errors.New(canary), "int": canaryInt, "uint64": uint64(canaryInt),
		"float64": canaryFloat, "huge": uint64(math.MaxUint64), "stringer": stringer{}, "struct": struct{ Password string }{canary},
		"map": map[string][]string{"k": {canary}}, "pointer": &struct{ P *string }{new(string)}, "nested": []any{map[any]any{canary: 1}},
		"json": json.RawMessage(`"` + canary + `"`), "panics": panics{}, "value": model.String(canary), "kind": ext.SpanKindEnum(canary),
		"model bytes": model.Bytes([]byte(canary)), "byte array": array, "pointer to bytes": &bytes, "pointer to array": &array,
		"bytes in struct": struct{ Exported, unexported []byte }{bytes, bytes}, "array in struct": &struct{ a [len(canary)]byte }{array},
		"bytes in map": map[string]any{"k": bytes}, "bytes as key": map[[len(canary)]byte]bool{array: true}, "named bytes": []octet(canary),
		"bytes in slice": [][]byte{bytes}, "arrays in array": [1][len(canary)]byte{array}, "raw in slice": []json.RawMessage{bytes},
	}
}

type octet byte

type stringer struct{}

func (stringer) String() string { return "<" + canary + ">" }

type panics struct{}

func (panics) Error() string { panic(canary) }

// masked is a Redactor.
func masked(_ spur.Place, _ string, v model.Value) (model.Value, bool) {
	switch {
	case v.Kind() == model.KindInt64 && v.Int64() == canaryInt:
		return model.Int64(0), true
	case v.Kind() == model.KindFloat64 && v.Float64() == canaryFloat:
		return model.Float64(0), true
	case v.Kind() == model.KindString || v.Kind() == model.KindBytes:
		return model.String(strings.ReplaceAll(v.Str(), canary, "xxx")), true
	}
	return v, true
}

// tellSecrets puts the canary in every place that takes a value from the user.
func tellSecrets(t *testing.T, tracer *spur.Tracer) {
	t.Helper()
	header := http.Header{
		"Uber-Trace-Id": {"1:2:0:1"}, "Uberctx-Inherited": {canary}, "Baggage": {"w3c=" + canary + ";property=" + canary},
	}
	caller, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
	if err != nil {
		t.Fatal(err)
	}
	options := []opentracing.StartSpanOption{ext.RPCServerOption(caller), opentracing.Tags{"start.map": canary}}
	for k, v := range secrets() {
		options = append(options, opentracing.Tag{Key: "start." + k, Value: v})
	}
	root := tracer.StartSpan("start "+canary, options...).(*spur.Span)
	ctx, child := tracer.Start(opentracing.ContextWithSpan(context.Background(), root), "child "+canary)
	for k, v := range secrets() {
		child.SetTag(k, v)
		child.LogFields(log.Object(k, v))
		child.LogKV(k, v)
		child.LogEventWithPayload(canary, v)
	}
	child.SetString("SetString", canary).SetInt("SetInt", canaryInt).SetFloat64("SetFloat64", canaryFloat)
	child.SetOperationName("renamed " + canary)
	child.SetError(errors.New(canary))
	child.LogPanic(canary)
	child.LogEvent(canary)
	child.Log(opentracing.LogData{Event: canary, Payload: canary})
	child.LogKV("odd "+canary, canary, canary) // a pair and a half: the error says so
	child.LogFields(log.String("s", canary), log.Int("i", canaryInt), log.Int64("i64", canaryInt), log.Uint64("u64", canaryInt),
		log.Float64("f", canaryFloat), log.Event(canary), log.Message(canary), log.Error(errors.New(canary)), log.Error(panics{}),
		log.Lazy(func(e log.Encoder) {
			e.EmitString("lazy", canary)
			e.EmitObject("lazy object", stringer{})
			e.EmitInt64("lazy int", canaryInt)
			e.EmitLazyLogger(func(e log.Encoder) { e.EmitString("lazier", canary) })
			panic(canary)
		}))
	child.SetBaggageItem("item", canary)
	child.SetBaggageItem("item", canary+"2") // override
	child.SetBaggageItem("refused", strings.Repeat(canary, 8192))
	spur.Go(ctx, "go "+canary, func(context.Context) {})
	child.FinishWithOptions(opentracing.FinishOptions{
		LogRecords:  []opentracing.LogRecord{{Fields: []log.Field{log.String("record", canary)}}},
		BulkLogData: []opentracing.LogData{{Event: canary, Payload: stringer{}}},
	})
	root.Finish()

	debug, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier{"Jaeger-Debug-Id": {canary}})
	if err != nil {
		t.Fatal(err)
	}
	tracer.StartSpan("debug", opentracing.ChildOf(debug)).Finish()
}

// witness writes down all that hooks and samplers are shown.
type witness struct {
	mu  sync.Mutex
	all strings.Builder
}

func (w *witness) note(args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Fprintln(&w.all, args...)
}

func (w *witness) tags(tags []model.Tag) {
	for _, tag := range tags {
		w.note(tag.Key, tag.Value.String(), tag.Value.Str())
	}
}

func (w *witness) OnStart(s *spur.Span, tags []model.Tag)       { w.note(s.OperationName()); w.tags(tags) }
func (w *witness) OnSetOperationName(_ *spur.Span, name string) { w.note(name) }
func (w *witness) OnSetTag(_ *spur.Span, tag model.Tag)         { w.tags([]model.Tag{tag}) }
func (w *witness) OnFinish(s *spur.Span, data *model.Span) {
	w.tags(s.Tags())
	w.span(data)
}

func (w *witness) span(data *model.Span) {
	w.note(data.Operation)
	w.tags(data.Tags)
	w.tags(data.Process.Tags)
	for _, l := range data.Logs {
		w.tags(l.Fields)
	}
	for m := range data.Baggage.All() {
		w.note(m.Key, m.Value, m.Properties)
	}
}

// Sample decides late, so that Reconsider sees the tags.
func (w *witness) Sample(p sampler.Params) sampler.Decision {
	w.note(p.Operation)
	w.tags(p.Tags)
	return sampler.Decision{Undecided: true}
}

func (w *witness) Reconsider(e sampler.Event) sampler.Decision {
	w.note(e.Operation, e.Key, e.Value.String(), e.Value.Str())
	w.tags(e.Tags)
	return sampler.Decision{Undecided: e.Kind != sampler.EventFinish, Sample: true}
}

// rawSink keeps what is sent to it, as it came.
type rawSink struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (r *rawSink) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bytes.Write(b)
}

func (r *rawSink) all() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.bytes.Bytes())
}

// listenRaw returns a UDP address and what arrives there. stop waits for it.
func listenRaw(t *testing.T) (addr string, _ *rawSink, stop func()) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	sink := &rawSink{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1<<16)
		for {
			n, _, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = sink.Write(buf[:n])
		}
	}()
	return conn.LocalAddr().String(), sink, func() {
		_ = conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond)) // what loopback has taken is there by now
		<-done
		_ = conn.Close()
	}
}

// tellAll returns everything that anybody could read of a tracer with the
// redactor, by who read it.
func tellAll(t *testing.T, redactor spur.Redactor) map[string][]byte {
	t.Helper()
	compactAddr, compact, stopCompact := listenRaw(t)
	binaryAddr, binary, stopBinary := listenRaw(t)
	posted := map[string]*rawSink{"/api/traces": {}, "/v1/traces": {}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sink := posted[r.URL.Path]
		fmt.Fprintln(sink, r.Header)
		_, _ = io.Copy(sink, r.Body)
	}))
	defer server.Close()

	lines, seen, recorder := &rawSink{}, &witness{}, &spurtest.Recorder{}
	logger := slog.New(slog.NewTextHandler(lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
	processTags := []opentracing.Tag{}
	for k, v := range secrets() {
		processTags = append(processTags, opentracing.Tag{Key: k, Value: v})
	}
	opts := []spur.Option{
		spur.WithLogger(logger), spur.WithReporter(reporter.NewLogging(logger)), spur.WithReporter(recorder), spur.WithObserver(seen),
		spur.WithSampler(seen), spur.WithTags(processTags...), spur.WithInBandStats(), spur.WithSemanticNames(),
		spur.WithEndpoint("udp://" + compactAddr), spur.WithEndpoint("udp://" + binaryAddr + "?format=binary"),
		spur.WithEndpoint(server.URL + "/api/traces"), spur.WithEndpoint(server.URL + "/v1/traces"),
	}
	if redactor != nil {
		opts = append(opts, spur.WithRedactor(redactor))
	}
	tracer, err := spur.New("test", opts...)
	if err != nil {
		t.Fatal(err)
	}
	tellSecrets(t, tracer)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := recorder.Wait(ctx, 4); err != nil {
		t.Fatal(err)
	}
	for taken := false; !taken; { // by the destinations behind the recorder as well
		runtime.Gosched()
		taken = !slices.ContainsFunc(tracer.Stats().Destinations, func(d reporter.DestinationStats) bool {
			return d.Sent+d.BufferedSpans+d.DroppedTotal() < 4
		})
	}
	if err := tracer.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	stopCompact()
	stopBinary()
	st := tracer.Stats()
	for _, d := range st.Destinations {
		if d.Sent != 4 {
			t.Errorf("%s: %+v, want 4 sent", d.Name, d)
		}
	}
	reader := &witness{}
	for _, s := range recorder.Spans() {
		reader.span(&s)
	}
	return map[string][]byte{
		"UDP compact": compact.all(), "UDP binary": binary.all(), "Thrift HTTP": posted["/api/traces"].all(), "OTLP": posted["/v1/traces"].all(),
		"log": lines.all(), "Stats": fmt.Appendf(nil, "%+v", st), "hooks": []byte(seen.all.String()),
		"recorder": []byte(reader.all.String()), "Tree": []byte(recorder.Tree()),
	}
}

// canaryTraces are what the canary can look like.
func canaryTraces() map[string][]byte {
	var be, le [8]byte
	binary.BigEndian.PutUint64(be[:], math.Float64bits(canaryFloat))
	binary.LittleEndian.PutUint64(le[:], math.Float64bits(canaryFloat))
	return map[string][]byte{
		"text": []byte(canary), "decimal": []byte(strings.Trim(fmt.Sprint([]byte(canary)), "[]")), "hexadecimal": []byte(hex.EncodeToString([]byte(canary))), "number": fmt.Append(nil, canaryInt), "float": fmt.Append(nil, canaryFloat),
		"big-endian": binary.BigEndian.AppendUint64(nil, canaryInt), "zigzag": binary.AppendVarint(nil, canaryInt),
		"varint": binary.AppendUvarint(nil, canaryInt), "big-endian float": be[:], "little-endian float": le[:],
	}
}

// What the Redactor masks, drops or chokes on is seen by nobody: not on any wire,
// not in the log, not in Stats, not by hooks, samplers and readers.
func TestRedactorSeesEverything(t *testing.T) {
	plain := tellAll(t, nil)
	found := map[string]bool{}
	for who, b := range plain {
		tells := 0
		for how, trace := range canaryTraces() {
			if bytes.Contains(b, trace) {
				tells++
				found[how] = true
			}
		}
		if (tells == 0) != (who == "Stats") {
			t.Errorf("without a Redactor %s shows %d traces of the canary in %d bytes: the test is blind", who, tells, len(b))
		}
	}
	for how := range canaryTraces() {
		if !found[how] && how != "decimal" { // fmt's way, which is not ours
			t.Errorf("without a Redactor nobody sees the canary as %s: the test is blind", how)
		}
	}
	for name, redactor := range map[string]spur.Redactor{
		"masks":  masked,
		"drops":  func(spur.Place, string, model.Value) (model.Value, bool) { return model.String(canary), false },
		"panics": func(spur.Place, string, model.Value) (model.Value, bool) { panic(canary) },
	} {
		t.Run(name, func(t *testing.T) {
			for who, b := range tellAll(t, redactor) {
				for how, trace := range canaryTraces() {
					if i := bytes.Index(b, trace); i >= 0 {
						t.Errorf("%s shows the canary as %s: %q", who, how, b[max(i-80, 0):min(i+40, len(b))])
					}
				}
			}
		})
	}
}
