// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"hash/maphash"
	"math"
	"math/bits"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/trace"
)

// filter tells which tags and links are in none of the spans of a block: a Bloom
// filter of keys with their values, and of the traces that are linked to.
type filter []uint64

func newFilter(blockBytes int) filter { return make(filter, max(1, blockBytes/filterShare/8)) }

func (f filter) bytes() int { return 8 * len(f) }

// addSpan notes the links of a span and the tags that are its own, and addHead the
// other tags.
func (f filter) addSpan(span []byte) {
	for num, m, rest := next(span); num != 0; num, m, rest = next(rest) {
		switch num {
		case spanAttributes:
			f.set(token(m))
		case spanEvents:
			for num, m, rest := next(m); num != 0; num, m, rest = next(rest) {
				switch num {
				case eventName:
					f.set(textToken(trace.TagEvent, text(m)))
				case eventAttributes:
					f.set(token(m))
				}
			}
		case spanLinks:
			f.set(linkToken(message(m, linkTraceID)))
		}
	}
}

func (f filter) addHead(h head) {
	scope := message(h.scope, scopeSpansScope)
	note := func(kv []byte) bool {
		f.set(token(kv))
		return true
	}
	each(message(h.resource, resourceSpansResource), resourceAttributes, note)
	each(scope, scopeAttributes, note)
	f.set(textToken(trace.TagScopeName, text(message(scope, scopeName))))
	f.set(textToken(trace.TagScopeVersion, text(message(scope, scopeVersion))))
}

func (f filter) set(token uint64) {
	for range filterBits {
		word, bit := f.place(token)
		f[word] |= bit
		token = bits.RotateLeft64(token, 64/filterBits)
	}
}

func (f filter) has(token uint64) bool {
	for range filterBits {
		word, bit := f.place(token)
		if f[word]&bit == 0 {
			return false
		}
		token = bits.RotateLeft64(token, 64/filterBits)
	}
	return true
}

// place returns where the upper half of a token has its bit.
func (f filter) place(token uint64) (word int, bit uint64) {
	at := token >> 32 * uint64(len(f)*64) >> 32
	return int(at / 64), 1 << (at % 64)
}

// seed is that of all hashes.
var seed = maphash.MakeSeed()

// token returns what stands for a KeyValue. Those of one key whose values are equal
// (trace.Term.MatchValue) have the same, and so have those whose values are neither
// text nor numbers.
func token(kv []byte) uint64 {
	a := newAttribute(kv)
	if value, ok := a.text(); ok {
		return textToken(text(a.key), value)
	}
	if num, _, size := protowire.ConsumeTag(a.any); num == anyInt {
		n, _ := protowire.ConsumeVarint(a.any[size:])
		return numberToken(text(a.key), int64(n))
	}
	if v := a.value(); v.Type() == pcommon.ValueTypeDouble {
		return textToken(text(a.key), v.AsString())
	}
	return otherToken(text(a.key))
}

func textToken(key, value string) uint64 {
	if n := trace.ParseNumber(value); n.Valid {
		switch {
		case n.IsInt:
			return numberToken(key, n.Int)
		case n.Float == math.Trunc(n.Float) && -1<<63 <= n.Float && n.Float < 1<<63:
			return numberToken(key, int64(n.Float))
		default:
			return numberToken(key, int64(math.Float64bits(n.Float)))
		}
	}
	return mix(maphash.String(seed, key) + maphash.String(seed, value))
}

func numberToken(key string, n int64) uint64 {
	return mix(maphash.String(seed, key) ^ mix(uint64(n)))
}

func otherToken(key string) uint64 { return mix(maphash.String(seed, key)) }

func linkToken(id []byte) uint64 { return mix(maphash.Bytes(seed, id)) }

// mix returns a hash of n whose bits are all as good (splitmix64).
func mix(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// tokens returns the two of which one is in the filter of each block with a span
// that meets t, which asks for a link, or for a tag with a value.
func tokens(t *trace.Term) (text, other uint64) {
	if t.Field == trace.FieldLink {
		return linkToken(t.ID[:]), linkToken(t.ID[:])
	}
	return textToken(t.Key, t.Text), otherToken(t.Key)
}
