// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	idl "github.com/jaegertracing/jaeger-idl/thrift-gen/jaeger"

	"github.com/go-spur/spur/model"
)

// A span as facts is one line for each thing it says, in the terms of
// jaeger.thrift: times in microseconds, types by the IDL's names. Two spans that
// say the same have equal facts, whichever types hold them, and what differs can
// be read.

// modelFacts are the facts of one of spur's spans.
func modelFacts(s *model.Span) []string {
	f := []string{
		"trace " + s.TraceID.Hex32(),
		"span " + s.SpanID.String(),
		"parent " + s.ParentID.String(),
		"operation " + strconv.Quote(s.Operation),
		fmt.Sprintf("flags %d", s.Flags),
		fmt.Sprintf("start %d", s.Start/1000),
		fmt.Sprintf("duration %d", int64(s.Duration)/1000),
	}
	for _, r := range s.References {
		f = append(f, referenceFact(int64(r.Type), r.TraceID, r.SpanID))
	}
	f = append(f, modelTags("tag", s.Tags)...)
	for _, l := range s.Logs {
		f = append(f, fmt.Sprintf("log at %d", l.Time/1000))
		f = append(f, modelTags("field", l.Fields)...)
	}
	return f
}

// idlFacts are the facts of a span as the code generated from the IDL holds it.
func idlFacts(s *idl.Span) []string {
	f := []string{
		fmt.Sprintf("trace %016x%016x", uint64(s.TraceIdHigh), uint64(s.TraceIdLow)),
		fmt.Sprintf("span %016x", uint64(s.SpanId)),
		fmt.Sprintf("parent %016x", uint64(s.ParentSpanId)),
		"operation " + strconv.Quote(s.OperationName),
		fmt.Sprintf("flags %d", s.Flags),
		fmt.Sprintf("start %d", s.StartTime),
		fmt.Sprintf("duration %d", s.Duration),
	}
	for _, r := range s.References {
		id := model.TraceID{High: uint64(r.TraceIdHigh), Low: uint64(r.TraceIdLow)}
		f = append(f, referenceFact(int64(r.RefType), id, model.SpanID(r.SpanId)))
	}
	f = append(f, idlTags("tag", s.Tags)...)
	for _, l := range s.Logs {
		f = append(f, fmt.Sprintf("log at %d", l.Timestamp))
		f = append(f, idlTags("field", l.Fields)...)
	}
	return f
}

func referenceFact(kind int64, trace model.TraceID, span model.SpanID) string {
	return fmt.Sprintf("reference %v %s %s", idl.SpanRefType(kind), trace.Hex32(), span)
}

func modelTags(what string, tags []model.Tag) []string {
	var f []string
	for _, t := range tags {
		f = append(f, what+" "+strconv.Quote(t.Key)+" "+modelValue(t.Value))
	}
	return f
}

func modelValue(v model.Value) string {
	switch v.Kind() {
	case model.KindString:
		return "STRING " + strconv.Quote(v.Str())
	case model.KindBytes:
		return fmt.Sprintf("BINARY %x", v.Str())
	case model.KindFloat64:
		return "DOUBLE " + strconv.FormatFloat(v.Float64(), 'g', -1, 64)
	case model.KindBool:
		return fmt.Sprintf("BOOL %t", v.Bool())
	case model.KindInt64:
		return fmt.Sprintf("LONG %d", v.Int64())
	}
	return v.Kind().String()
}

func idlTags(what string, tags []*idl.Tag) []string {
	var f []string
	for _, t := range tags {
		f = append(f, what+" "+strconv.Quote(t.Key)+" "+idlValue(t))
	}
	return f
}

// idlValue names every value that is set. Exactly the one that vType says should
// be; what does not match makes a line that equals no other.
func idlValue(t *idl.Tag) string {
	var set []string
	if t.IsSetVStr() {
		set = append(set, "STRING "+strconv.Quote(t.GetVStr()))
	}
	if t.IsSetVDouble() {
		set = append(set, "DOUBLE "+strconv.FormatFloat(t.GetVDouble(), 'g', -1, 64))
	}
	if t.IsSetVBool() {
		set = append(set, fmt.Sprintf("BOOL %t", t.GetVBool()))
	}
	if t.IsSetVLong() {
		set = append(set, fmt.Sprintf("LONG %d", t.GetVLong()))
	}
	if t.IsSetVBinary() {
		set = append(set, fmt.Sprintf("BINARY %x", t.GetVBinary()))
	}
	if len(set) != 1 || !strings.HasPrefix(set[0], t.VType.String()+" ") {
		return fmt.Sprintf("vType %v, but set are %q", t.VType, set)
	}
	return set[0]
}

// difference lists the lines of want that got lacks with "-" and those that only
// got has with "+", each as often as it does. Nothing differs when it is empty.
func difference(got, want []string) []string {
	count := map[string]int{}
	for _, line := range got {
		count[line]++
	}
	var d []string
	for _, line := range want {
		if count[line] == 0 {
			d = append(d, "- "+line)
			continue
		}
		count[line]--
	}
	for _, line := range got {
		if count[line] > 0 {
			count[line]--
			d = append(d, "+ "+line)
		}
	}
	return d
}

// sameFacts compares facts, their order included.
func sameFacts(t *testing.T, what string, got, want []string) bool {
	t.Helper()
	if slices.Equal(got, want) {
		return true
	}
	d := difference(got, want)
	if len(d) == 0 {
		d = append(d, "only the order differs", fmt.Sprintf("got  %q", got), fmt.Sprintf("want %q", want))
	}
	t.Errorf("%s differs (- wanted, + got):\n%.4000s", what, strings.Join(d, "\n"))
	return false
}
