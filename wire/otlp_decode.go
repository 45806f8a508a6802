// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"math"

	"github.com/go-spur/spur/model"
)

// DecodeOTLP reads an ExportTraceServiceRequest, the body of a request to
// /v1/traces: one Batch for each ResourceSpans that is not empty. The result
// shares nothing with b, and what it holds lives in a few blocks of memory, of at
// most 64 KiB and 32 times the length of b.
//
// What AppendOTLPSpan and AppendOTLPResource turn into something else becomes what
// it was: kind, status and its message become tags behind the others; the parent
// becomes a reference in front of the others, unless a link names it; the name of
// an event becomes the field "event" in front of the others; and host.name,
// service.instance.id and spur's telemetry.sdk become the process tags that they
// were made of, unless there is one already. The attributes of scopes that count
// lost spans become Stats and SeqNo. Semantic names stay as they are.
//
// Fields that opentelemetry-proto does not have are skipped, and so are schema
// URLs, scopes but for their counts, and what links have beside ids and type. Of
// a field sent twice the last counts. An attribute without a value is "", and
// lists and maps, which no client of ours sends, become a text that says so. Text
// that is not UTF-8, groups, and ids of a wrong length are errors, as they are for
// receivers.
func DecodeOTLP(b []byte) ([]Batch, error) {
	d := otlpDecoder{otlpReader: otlpReader{b: b, end: len(b)}}
	if d.request(); d.err != nil {
		return nil, d.err
	}
	d.alloc()
	d.batches.alloc()
	d.processes.alloc()
	d.off = 0
	return d.request(), nil
}

// otlpDecoder walks over the messages twice. Elements of a repeated field need not
// stand together, so that each message is tallied before it is read.
type otlpDecoder struct {
	otlpReader
	blocks
	batches   slab[Batch]
	processes slab[model.Process]
	scratch   model.Process // of all batches in the first walk
}

// room takes room for at most n elements, to be given to add.
func room[T any](d *otlpDecoder, s *slab[T], n int) []T {
	if !d.fill {
		s.need += n
		return nil
	}
	return s.take(n)[:0]
}

// add appends, in the second walk.
func add[T any](d *otlpDecoder, list []T, elem T) []T {
	if !d.fill {
		return nil
	}
	return append(list, elem)
}

func (d *otlpDecoder) copied(p piece) string { return d.clone(d.b, p) }

// is reports whether a piece is the given text.
func (d *otlpDecoder) is(p piece, text string) bool { return string(d.b[p.off:p.off+p.n]) == text }

func (d *otlpDecoder) request() (batches []Batch) {
	n := d.batches.need // 0 in the first walk
	if d.fill {
		batches = d.batches.take(n)[:0]
	}
	for key := d.field(); key != 0; key = d.field() {
		if key != resourceSpansKey {
			d.skip(key)
			continue
		}
		outer := d.open()
		if d.off < d.end {
			if !d.fill {
				d.batches.need++
			}
			batches = add(d, batches, d.resourceSpans())
		}
		d.close(outer)
	}
	return batches
}

func (d *otlpDecoder) resourceSpans() (b Batch) {
	p := &d.scratch
	if process := room(d, &d.processes, 1); d.fill {
		p = &process[:1][0]
	}
	b.Process = p
	p.Tags = room(d, &d.tags, d.tallyIn(resourceKey, resourceAttributesKey))
	b.Spans = room(d, &d.spans, d.tallyIn(scopeSpansKey, spansKey))
	for key := d.field(); key != 0; key = d.field() {
		switch key {
		case resourceKey:
			outer := d.open()
			for key := d.field(); key != 0; key = d.field() {
				if key == resourceAttributesKey {
					p.Tags = add(d, p.Tags, d.tag())
				} else {
					d.skip(key)
				}
			}
			d.close(outer)
		case scopeSpansKey:
			outer := d.open()
			d.scopeSpans(&b)
			d.close(outer)
		default:
			d.skip(key)
		}
	}
	b.Spans = tidy(b.Spans)
	restoreProcess(p)
	return b
}

func (d *otlpDecoder) scopeSpans(b *Batch) {
	for key := d.field(); key != 0; key = d.field() {
		switch key {
		case scopeKey:
			outer := d.open()
			for key := d.field(); key != 0; key = d.field() {
				if key == scopeAttributesKey {
					d.scopeAttribute(b)
				} else {
					d.skip(key)
				}
			}
			d.close(outer)
		case spansKey:
			outer := d.open()
			s := d.span()
			s.Process = b.Process
			b.Spans = add(d, b.Spans, s)
			d.close(outer)
		default:
			d.skip(key)
		}
	}
}

// scopeAttribute reads one of the attributes that AppendOTLPHead writes.
func (d *otlpDecoder) scopeAttribute(b *Batch) {
	key, v := d.keyValue()
	if !d.fill || v.kind != model.KindInt64 {
		return
	}
	stats := b.Stats
	if stats == nil {
		stats = new(ClientStats)
	}
	switch n := int64(v.bits); {
	case d.is(key, scopeQueueFull):
		stats.FullQueueDroppedSpans = n
	case d.is(key, scopeTooLarge):
		stats.TooLargeDroppedSpans = n
	case d.is(key, scopeFailed):
		stats.FailedToEmitSpans = n
	case d.is(key, scopeBatch):
		b.SeqNo, b.HasSeqNo = n, true
		return
	default:
		return
	}
	b.Stats = stats
}

// restoreProcess undoes what AppendOTLPResource does to the names.
func restoreProcess(p *model.Process) {
	tags := p.Tags
	hasHost, hasUUID, hasVersion := hasTag(tags, tagHostname), hasTag(tags, tagClientUUID), hasTag(tags, tagVersion)
	version, isOurs := sdkVersion(tags)
	isOurs = isOurs && !hasVersion
	kept := tags[:0]
	for _, t := range tags {
		switch t.Key {
		case attributeService:
			if t.Value.Kind() == model.KindString {
				p.Service = t.Value.Str()
				continue
			}
		case attributeHost:
			if !hasHost {
				t.Key = tagHostname
			}
		case attributeInstance:
			if !hasUUID {
				t.Key = tagClientUUID
			}
		case attributeSDKName:
			if isOurs {
				t = model.Tag{Key: tagVersion, Value: model.String(versionPrefix + version)}
			}
		case attributeSDKLang, attributeSDK:
			if isOurs {
				continue
			}
		}
		kept = append(kept, t)
	}
	clear(tags[len(kept):])
	p.Tags = tidy(kept)
}

// sdkVersion returns the version of spur when the three attributes of the SDK are
// there, once each, and name it.
func sdkVersion(tags []model.Tag) (version string, ok bool) {
	names, languages, versions := 0, 0, 0
	for i := range tags {
		v := tags[i].Value
		switch tags[i].Key {
		case attributeSDKName:
			if names++; v != model.String(sdkName) {
				return "", false
			}
		case attributeSDKLang:
			if languages++; v != model.String(sdkLanguage) {
				return "", false
			}
		case attributeSDK:
			if versions++; v.Kind() != model.KindString {
				return "", false
			}
			version = v.Str()
		}
	}
	return version, names == 1 && languages == 1 && versions == 1
}

// tidy returns nil for an empty list, and otherwise a list that nobody appends to
// by mistake.
func tidy[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list[:len(list):len(list)]
}

// otlpNanos turns what OTLP has for a time into what model has.
func otlpNanos(t uint64) int64 { return int64(min(t, math.MaxInt64)) }
