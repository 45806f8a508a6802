// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bytes"
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

func text(key, value string) keyValue { return keyValue{key, typeString, value} }

// newKeyValue is an attribute as Jaeger shows it. Lists and maps are text, and
// so are the numbers that JSON, or JavaScript reading it, cannot hold.
func newKeyValue(key string, v pcommon.Value) keyValue {
	switch v.Type() {
	case pcommon.ValueTypeBool:
		return keyValue{key, typeBool, v.Bool()}
	case pcommon.ValueTypeInt:
		const safe = 1<<53 - 1
		if n := v.Int(); n < -safe || n > safe {
			return keyValue{key, typeInt, strconv.FormatInt(n, 10)}
		}
		return keyValue{key, typeInt, v.Int()}
	case pcommon.ValueTypeDouble:
		switch f := v.Double(); {
		case math.IsNaN(f):
			return keyValue{key, typeFloat, "NaN"}
		case math.IsInf(f, 1):
			return keyValue{key, typeFloat, "Infinity"}
		case math.IsInf(f, -1):
			return keyValue{key, typeFloat, "-Infinity"}
		}
		return keyValue{key, typeFloat, v.Double()}
	case pcommon.ValueTypeBytes:
		return keyValue{key, typeBinary, v.Bytes().AsRaw()}
	}
	return text(key, v.AsString())
}

// sortTags sorts by key, type and value, and shows IPv4 addresses that were
// sent as numbers (opentracing's peer.ipv4) with dots.
func sortTags(tags []keyValue) {
	for i, t := range tags {
		if t.Key == "ip" || t.Key == "peer.ipv4" {
			tags[i] = dotted(t)
		}
	}
	slices.SortStableFunc(tags, compareTags)
}

func dotted(t keyValue) keyValue {
	var n uint32
	switch v := t.Value.(type) {
	case int64:
		n = uint32(v)
	case float64:
		n = uint32(int64(v))
	default:
		return t
	}
	return text(t.Key, netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}).String())
}

func compareTags(a, b keyValue) int {
	if c := strings.Compare(a.Key, b.Key); c != 0 {
		return c
	}
	if c := cmp.Compare(typeOrder(a.Type), typeOrder(b.Type)); c != 0 {
		return c
	}
	switch x := a.Value.(type) {
	case string:
		y, _ := b.Value.(string)
		return strings.Compare(x, y)
	case int64:
		y, _ := b.Value.(int64)
		return cmp.Compare(x, y)
	case float64:
		y, _ := b.Value.(float64)
		return cmp.Compare(x, y)
	case bool:
		y, _ := b.Value.(bool)
		return cmp.Compare(strconv.FormatBool(x), strconv.FormatBool(y))
	case []byte:
		y, _ := b.Value.([]byte)
		return bytes.Compare(x, y)
	}
	return 0
}

// typeOrder is Jaeger's (jaeger-idl model.proto, ValueType).
func typeOrder(t string) int {
	return slices.Index([]string{typeString, typeBool, typeInt, typeFloat, typeBinary}, t)
}
