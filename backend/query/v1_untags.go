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
		t.set(m.PutEmpty(t.Key))
	}
	return nil
}

// set makes v what the tag says: the inverse of newKeyValue. What is not of its
// type is text, and without a type it is that of the JSON.
func (t keyValue) set(v pcommon.Value) {
	if t.Value == nil {
		if t.Type == typeBinary {
			v.SetEmptyBytes() // as Jaeger writes it
		}
		return
	}
	s := fmt.Sprint(t.Value) // numbers come as json.Number
	v.SetStr(s)
	typ := t.Type
	if typ == "" {
		switch t.Value.(type) {
		case bool:
			typ = typeBool
		case json.Number:
			typ = typeFloat
			if _, err := strconv.ParseInt(s, 10, 64); err == nil {
				typ = typeInt
			}
		}
	}
	switch typ {
	case typeBool:
		if b, err := strconv.ParseBool(s); err == nil {
			v.SetBool(b)
		}
	case typeInt:
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			v.SetInt(n)
		}
	case typeFloat:
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			v.SetDouble(f)
		}
	case typeBinary:
		if b, err := base64.StdEncoding.DecodeString(s); err == nil {
			v.SetEmptyBytes().FromRaw(b)
		}
	}
}
