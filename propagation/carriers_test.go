// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"errors"
	"reflect"
	"testing"

	"github.com/go-spur/spur/model"
)

type header struct {
	Key   string
	Value []byte
}

func messages(list *[]header) *Messages[header] {
	return &Messages[header]{
		Headers: list,
		Split:   func(h *header) (string, []byte) { return h.Key, h.Value },
		Join:    func(k string, v []byte) header { return header{k, v} },
	}
}

func TestCarriersBringContextsBack(t *testing.T) {
	var list []header
	var env Environ
	md := Metadata{}
	for _, tt := range []struct {
		name    string
		kind    Kind
		carrier interface {
			Setter
			Reader
		}
	}{
		{"metadata", HTTP, md}, {"messages", Text, messages(&list)}, {"environ", Text, &env},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Jaeger(tt.kind)
			if err != nil {
				t.Fatal(err)
			}
			in := model.Context{
				TraceID: model.TraceID{High: 1, Low: 2}, SpanID: 3, ParentID: 4, Flags: 1,
				Baggage: model.NewBaggage(model.Member{Key: "tenant", Value: "acmé = 1"}),
			}
			p.Inject(&in, tt.carrier)
			p.Inject(&in, tt.carrier) // replaces
			out, err := p.Extract(tt.carrier)
			if err != nil {
				t.Fatal(err)
			}
			m, _ := out.Baggage.Get("tenant")
			if out.TraceID != in.TraceID || out.SpanID != in.SpanID || out.ParentID != 4 || m.Value != "acmé = 1" {
				t.Errorf("%+v, baggage %v", out, m)
			}
		})
	}
	if len(list) != 2 || len(env) != 2 || len(md) != 2 {
		t.Errorf("written twice: %v, %v, %v", list, env, md)
	}
	if !reflect.DeepEqual(md["uber-trace-id"], []string{"00000000000000010000000000000002:0000000000000003:0000000000000004:1"}) {
		t.Errorf("metadata %v", md)
	}
}

func TestEnvironSpellings(t *testing.T) {
	shared := []string{"PATH=/bin", "UBER_TRACE_ID=old", "noequals", "=x", "lower-case=1", "Mixed=2"}
	env := Environ(shared)
	env.Set("uber-trace-id", "new")
	env.Set("traceparent", "tp")
	if shared[1] != "UBER_TRACE_ID=old" {
		t.Error("somebody else's list was changed")
	}
	got := map[string]string{}
	if err := env.ForeachKey(func(k, v string) error { got[k] = v; return nil }); err != nil {
		t.Fatal(err)
	}
	if want := (map[string]string{"path": "/bin", "uber-trace-id": "new", "traceparent": "tp"}); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestMessagesReplaceDuplicates(t *testing.T) {
	list := []header{{"a", []byte("1")}, {"b", []byte("2")}, {"a", []byte("3")}}
	before := list
	messages(&list).Set("a", "x")
	if want := []header{{"a", []byte("x")}, {"b", []byte("2")}}; !reflect.DeepEqual(list, want) {
		t.Errorf("%v, want %v", list, want)
	}
	if string(before[0].Value) != "1" {
		t.Error("the message's old list was changed")
	}
}

func TestMetadataSkipsBinary(t *testing.T) {
	md := Metadata{"grpc-trace-bin": {"\x00"}}
	md.Set("Uber-Trace-Id", "1:1:0:1")
	stop := errors.New("stop")
	err := md.ForeachKey(func(k, _ string) error {
		if k != "uber-trace-id" {
			t.Errorf("visited %q", k)
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}
