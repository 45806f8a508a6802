// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"math"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// Reader reads spans from OTLP's bytes, which takes a fraction of what decoding them
// for Of does. It is used by one goroutine.
type Reader struct {
	span   Span
	fields []model.Tag // of all logs
}

// Span returns Of of e's span; ReadProcess reads its resource. It is valid until the next
// call, and its texts are parts of e. It is false for a span with lists, maps, warnings or
// anything that is not as encoders write it: that must be decoded.
func (r *Reader) Span(e trace.Encoded) (_ *Span, ok bool) {
	j := &r.span
	*j = Span{Span: model.Span{Tags: j.Tags[:0], References: append(j.References[:0], model.Reference{}), Logs: j.Logs[:0]}}
	r.fields = r.fields[:0]
	var f fields
	if !f.readScope(e.Scope) {
		return nil, false
	}
	var end uint64
	var flags uint32
	format := ""
	ok = walk(e.Span, shapeSpan, func(num int, number uint64, held []byte) bool {
		switch num {
		case 1:
			return putTraceID(&j.TraceID, held)
		case 2:
			return putSpanID(&j.SpanID, held)
		case 3:
			f.state = textOf(held)
		case 4:
			return putSpanID(&j.ParentID, held)
		case 5:
			j.Operation = textOf(held)
		case 6:
			f.kind = ptrace.SpanKind(int32(number))
		case 7:
			j.Start = int64(number)
		case 8:
			end = number
		case 9:
			t, ok := readTag(held)
			if ok && format == "" && t.Key == trace.AttributeFormat {
				format = t.Value.Str()
				return t.Value.Kind() == model.KindString
			}
			j.Tags = append(j.Tags, t)
			return ok && t.Key != trace.AttributeWarnings
		case 10:
			f.attributes = uint32(number)
		case 11:
			return r.log(held)
		case 12:
			f.events = uint32(number)
		case 13:
			to, ok := readLink(held)
			j.References = append(j.References, to)
			return ok
		case 14:
			f.links = uint32(number)
		case 15:
			return f.readStatus(held)
		case 16:
			flags = uint32(number)
		}
		return true
	})
	if start := uint64(j.Start); end > start {
		j.Duration = time.Duration(min(end-start, math.MaxInt64))
	}
	if format != "" {
		j.FlagBits, j.Flags = flags, model.Flags(flags)
	}
	if format == "" || format == trace.FormatZipkin {
		j.Tags = f.append(j.Tags)
	}
	r.refer()
	return j, ok
}

// readScope reads a ScopeSpans without spans.
func (f *fields) readScope(b []byte) bool {
	return walk(b, shapeAround, func(num int, _ uint64, held []byte) bool {
		return num != 1 || walk(held, shapeScope, func(num int, _ uint64, held []byte) bool {
			switch num {
			case 1:
				f.scopeName = textOf(held)
			case 2:
				f.scopeVersion = textOf(held)
			case 3: // Jaeger's model has no place for it, but nobody else checks it
				_, ok := readTag(held)
				return ok
			}
			return true
		})
	})
}

func (f *fields) readStatus(b []byte) bool {
	return walk(b, shapeStatus, func(num int, number uint64, held []byte) bool {
		switch num {
		case 2:
			f.message = textOf(held)
		case 3:
			f.status = ptrace.StatusCode(int32(number))
		}
		return true
	})
}

// refer makes the first reference that to the parent, if there is one. A link to the
// parent says of what kind that is.
func (r *Reader) refer() {
	j := &r.span
	all := j.References[:1]
	all[0] = model.Reference{TraceID: j.TraceID, SpanID: j.ParentID, Type: model.ChildOf}
	if j.ParentID == 0 {
		all = all[:0]
	}
	for _, to := range j.References[1:] {
		if j.ParentID != 0 && to.TraceID == j.TraceID && to.SpanID == j.ParentID {
			all[0].Type = to.Type
		} else {
			all = append(all, to)
		}
	}
	j.References = all
}

// log reads an event.
func (r *Reader) log(b []byte) bool {
	var l model.Log
	from := len(r.fields)
	r.fields = append(r.fields, model.Tag{}) // the place of the name
	name, named := "", false
	ok := walk(b, shapeEvent, func(num int, number uint64, held []byte) bool {
		switch num {
		case 1:
			l.Time = int64(number)
		case 2:
			name = textOf(held)
		case 3:
			t, ok := readTag(held)
			named = named || t.Key == trace.TagEvent
			r.fields = append(r.fields, t)
			return ok
		}
		return true
	})
	if r.fields[from] = (model.Tag{Key: trace.TagEvent, Value: model.String(name)}); named || name == "" {
		from++
	}
	l.Fields = r.fields[from:]
	r.span.Logs = append(r.span.Logs, l)
	return ok
}

// readLink reads a link.
func readLink(b []byte) (r model.Reference, ok bool) {
	r.Type = model.FollowsFrom
	said := false
	ok = walk(b, shapeLink, func(num int, _ uint64, held []byte) bool {
		switch num {
		case 1:
			return putTraceID(&r.TraceID, held)
		case 2:
			return putSpanID(&r.SpanID, held)
		case 4:
			t, ok := readTag(held)
			if ok && !said && t.Key == trace.AttributeRefType {
				said = true
				if t.Value.Kind() == model.KindString && t.Value.Str() == trace.RefChildOf {
					r.Type = model.ChildOf
				}
			}
			return ok
		}
		return true
	})
	return r, ok
}

// ReadProcess is ProcessOf of a resource as the bytes of Encoded.Resource. It is false
// for one that must be decoded, as Reader.Span is.
func ReadProcess(b []byte) (_ *model.Process, ok bool) {
	p, named := &model.Process{}, false
	ok = walk(b, shapeAround, func(num int, _ uint64, held []byte) bool {
		return num != 1 || walk(held, shapeResource, func(num int, _ uint64, held []byte) bool {
			if num != 1 {
				return true
			}
			t, ok := readTag(held)
			if ok && !named && t.Key == "service.name" {
				p.Service, named = t.Value.Str(), true
				return t.Value.Kind() == model.KindString
			}
			p.Tags = append(p.Tags, t)
			return ok
		})
	})
	return p, ok
}
