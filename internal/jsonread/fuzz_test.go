// SPDX-License-Identifier: Apache-2.0

package jsonread_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/jsonread"
)

// FuzzParse holds Parse against encoding/json: what is accepted, and every value.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"probabilisticSampling":{"samplingRate":0.5}}`, `{"operationSampling":{"perOperationStrategies":[null]}}`, // jaeger-client-go panics
		`[1,-0,0.5e-7,1E+9,"\ud83d\ude00\ud800\u0041","` + "\xff\xc3" + `",true,false,null,{},[]]`, `{"a":1,"A":2,"\u0061":3}`,
		"[1,]", `{"a":}`, `"\u12`, "01", "-", "1e", "[[[[", "{} x", "\x00", "\ufeff1", `{"Key":1,"key":null}`, "\"\x1f\"", `[1 ,2 ]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		v, err := jsonread.Parse(doc, most)
		var wrong *jsonread.Error
		if err != nil && (!errors.As(err, &wrong) || wrong.Offset < 0 || wrong.Offset > len(doc) || len(err.Error()) > 100) {
			t.Fatalf("%v", err)
		}
		if err != nil && strings.Contains(err.Error(), "depth") {
			return // encoding/json goes deeper
		}
		if json.Valid(doc) != (err == nil) {
			t.Fatalf("%q: %v", doc, err)
		}
		if err != nil {
			return
		}
		d := json.NewDecoder(bytes.NewReader(doc))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if got := generic(v); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q is %#v, want %#v", doc, got, want)
		}
		var fields struct {
			Key  json.RawMessage
			Rate json.RawMessage `json:"samplingRate"`
		}
		if v.Kind() == jsonread.Object && json.Unmarshal(doc, &fields) == nil {
			if !bytes.Equal(v.Get("key").Raw(), fields.Key) || !bytes.Equal(v.Get("samplingRate").Raw(), fields.Rate) {
				t.Fatalf("%q: %s, %s; want %s, %s", doc, v.Get("key").Raw(), v.Get("samplingRate").Raw(), fields.Key, fields.Rate)
			}
		}
	})
}

// generic is v as encoding/json has it.
func generic(v jsonread.Value) any {
	switch v.Kind() {
	case jsonread.Bool:
		return string(v.Raw()) == "true"
	case jsonread.Number:
		return json.Number(v.Raw())
	case jsonread.String:
		return v.Text()
	case jsonread.Array:
		list := []any{}
		for _, e := range v.Elements() {
			list = append(list, generic(e))
		}
		return list
	case jsonread.Object:
		object := map[string]any{}
		for name, member := range v.Members() {
			object[name] = generic(member)
		}
		return object
	default:
		return nil
	}
}
