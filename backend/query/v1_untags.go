// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// setTags sets attributes. Of tags with the same key the last is kept.
func setTags(m pcommon.Map, tags []keyValue) error {
	if len(tags) > maxImportTags {
		return fmt.Errorf("%d tags or fields are more than %d", len(tags), maxImportTags)
	}
	m.EnsureCapacity(len(tags))
	for _, t := range tags {
		if err := t.set(m.PutEmpty(t.Key)); err != nil {
			return fmt.Errorf("tag %q: %w", shorten(t.Key), err)
		}
	}
	return nil
}

// set makes v what the tag says: the inverse of newKeyValue. Without a type it
// is that of the JSON.
func (t keyValue) set(v pcommon.Value) error {
	if t.Value == nil {
		return nil
	}
	s := fmt.Sprint(t.Value) // numbers come as json.Number
	var err error
	switch t.Type {
	case typeBool:
		var b bool
		if b, err = strconv.ParseBool(s); err == nil {
			v.SetBool(b)
		}
	case typeInt:
		var n int64
		if n, err = strconv.ParseInt(s, 10, 64); err == nil {
			v.SetInt(n)
		}
	case typeFloat:
		var f float64
		if f, err = strconv.ParseFloat(s, 64); err == nil {
			v.SetDouble(f)
		}
	case typeBinary:
		var b []byte
		if b, err = base64.StdEncoding.DecodeString(s); err == nil {
			v.SetEmptyBytes().FromRaw(b)
		}
	case "":
		switch t.Value.(type) {
		case bool:
			return keyValue{t.Key, typeBool, t.Value}.set(v)
		case json.Number:
			if _, err := strconv.ParseInt(s, 10, 64); err == nil {
				return keyValue{t.Key, typeInt, t.Value}.set(v)
			}
			return keyValue{t.Key, typeFloat, t.Value}.set(v)
		}
		v.SetStr(s)
	default:
		v.SetStr(s)
	}
	if err != nil {
		return fmt.Errorf("%q is not %s", shorten(s), shorten(t.Type))
	}
	return nil
}
