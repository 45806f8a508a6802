// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"math"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// token stands for a key and a value: the number of the key, and 44 bits of a
// hash of the value. All tokens of a key lie side by side.
type token uint64

const hashBits = 44

// keyID is the number of a key.
type keyID uint32

// Numbers of what is not a tag. Tags begin at firstKey.
const (
	otherKeys keyID = iota // tags whose key has no number
	keyService
	keyName
	keyKind
	keyStatus
	keyReference       // traces that spans link to
	firstKey     keyID = 16
	lastKey      keyID = 1<<19 - 1 // so that a token is a positive int64
)

// Values of a key that are no hash.
const (
	valueUnlisted = 0 // has a hash as well, but is not in the dictionary
	valueLong     = 1 // not in the dictionary, and without a hash
	firstHash     = 2
)

func (k keyID) first() token        { return token(k) << hashBits }
func (k keyID) last() token         { return k.first() | (1<<hashBits - 1) }
func (k keyID) with(v uint64) token { return k.first() | token(v) }
func (k keyID) text(s string) token { return k.with(hashText("", s)) }

// reference is the token of spans with a link to a trace.
func reference(id pcommon.TraceID) token {
	return keyReference.with(hashText("", string(id[:])))
}

// alias is a second token of a number that is not written as canonical says.
func (k keyID) alias(canonical string) token { return k.with(hashText("=", canonical)) }

// hashText is FNV-1a of a and b, folded.
func hashText(a, b string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(a) {
		h = (h ^ uint64(a[i])) * 1099511628211
	}
	for i := range len(b) {
		h = (h ^ uint64(b[i])) * 1099511628211
	}
	h ^= h >> 32
	h = (h * 0x9e3779b97f4a7c15) >> (64 - hashBits)
	return max(h, firstHash)
}

// canonical returns the one text that stands for a number however it is
// written.
func canonical(n trace.Number) string {
	switch {
	case n.IsInt:
		return strconv.FormatInt(n.Int, 10)
	case n.Float == math.Trunc(n.Float) && n.Float >= -1<<63 && n.Float < 1<<63:
		return strconv.FormatInt(int64(n.Float), 10)
	default:
		return strconv.FormatFloat(n.Float, 'g', -1, 64)
	}
}

// number returns s as a number, without trying when it cannot be one.
func number(s string) trace.Number {
	if len(s) == 0 || len(s) >= maxText {
		return trace.Number{}
	}
	switch c := s[0]; {
	case '0' <= c && c <= '9', c == '-', c == '+', c == '.', c == 'I':
		return trace.ParseNumber(s)
	}
	return trace.Number{}
}
