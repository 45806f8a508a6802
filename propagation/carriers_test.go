// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"errors"
	"reflect"
	"slices"
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

// TestEnvironMemberIsOne: UBERCTX_USER_ID does not say how a key is spelled, and
// BAGGAGE does.
func TestEnvironMemberIsOne(t *testing.T) {
	for _, tt := range []struct {
		name   string
		in     []model.Member
		env    Environ // read when in is nil
		order  []Format
		want   []model.Member
		listed string
	}{
		{"underscore", []model.Member{{Key: "user_id", Value: "7"}}, nil, nil, []model.Member{{Key: "user_id", Value: "7"}}, "BAGGAGE=user_id=7"},
		{"dot", []model.Member{{Key: "User.id", Value: "7"}}, nil, nil, []model.Member{{Key: "User.id", Value: "7"}}, "BAGGAGE=User.id=7"},
		{
			"two keys of one variable",
			[]model.Member{{Key: "user-id", Value: "older"}, {Key: "user_id", Value: "newer"}},
			nil, nil,
			[]model.Member{{Key: "user_id", Value: "newer"}},
			"BAGGAGE=user_id=newer",
		},
		{
			"w3c first", nil,
			Environ{"UBER_TRACE_ID=1:2:0:1", "TRACEPARENT=00-00000000000000000000000000000001-0000000000000002-01", "UBERCTX_USER_ID=j", "BAGGAGE=user_id=w;p"},
			[]Format{FormatW3C, FormatJaeger},
			[]model.Member{{Key: "user_id", Value: "w", Properties: "p"}},
			"",
		},
		{
			"jaeger first", nil,
			Environ{"BAGGAGE=user_id=w;p", "UBERCTX_USER_ID=j", "UBER_TRACE_ID=1:2:0:1"},
			nil,
			[]model.Member{{Key: "user_id", Value: "j", Properties: "p"}},
			"",
		},
		{"no list", nil, Environ{"UBERCTX_USER_ID=j", "UBER_TRACE_ID=1:2:0:1"}, nil, []model.Member{{Key: "user-id", Value: "j"}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			extract := tt.order
			if extract == nil {
				extract = []Format{FormatJaeger, FormatW3C}
			}
			p, err := Composite(Text, extract, []Format{FormatJaeger, FormatW3C})
			if err != nil {
				t.Fatal(err)
			}
			env := tt.env
			if tt.in != nil {
				p.Inject(&model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, Baggage: model.NewBaggage(tt.in...)}, &env)
				if !slices.Contains(env, tt.listed) {
					t.Errorf("%q, want %q in it", env, tt.listed)
				}
			}
			for range 2 {
				c, err := p.Extract(&env)
				if err != nil {
					t.Fatal(err)
				}
				if got := slices.Collect(c.Baggage.All()); !slices.Equal(got, tt.want) {
					t.Errorf("%+v, want %+v", got, tt.want)
				}
				env = nil // another hop
				p.Inject(&c, &env)
			}
			// Other carriers tell them apart, with the same propagator.
			list := []header{{"uber-trace-id", []byte("1:2:0:1")}, {"uberctx-user-id", []byte("1")}, {"baggage", []byte("user_id=2")}}
			if c, err := p.Extract(messages(&list)); err != nil || c.Baggage.Len() != 2 {
				t.Errorf("%d members, %v", c.Baggage.Len(), err)
			}
		})
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

// TestMessagesShareNothing: room at the end of a list may be somebody else's.
func TestMessagesShareNothing(t *testing.T) {
	base := append(make([]header, 0, 8), header{"a", []byte("1")})
	mine, theirs := base, append(base, header{"theirs", nil})
	m := messages(&mine)
	m.Set("mine", "x")
	m.Set("more", "y")
	if theirs[1].Key != "theirs" || base[:2][1].Key != "theirs" {
		t.Errorf("wrote into room that is shared: %v", theirs)
	}
	if want := []header{{"a", []byte("1")}, {"mine", []byte("x")}, {"more", []byte("y")}}; !reflect.DeepEqual(mine, want) {
		t.Errorf("%v, want %v", mine, want)
	}
	mine = append(mine, header{"theirs", []byte("z")}) // into the room that Set made
	before := mine
	m.Set("third", "z")
	if len(before) != 4 || before[3].Key != "theirs" || len(mine) != 5 || mine[4].Key != "third" {
		t.Errorf("%v became %v", before, mine)
	}
	kept := mine
	mine = mine[:1] // the rest belongs to kept
	m.Set("short", "s")
	if kept[1].Key != "mine" || len(mine) != 2 {
		t.Errorf("%v became %v", kept, mine)
	}
	mine = base // another list
	m.Set("other", "o")
	if theirs[1].Key != "theirs" || len(mine) != 2 || mine[1].Key != "other" {
		t.Errorf("%v, %v", mine, theirs)
	}
	var none []header
	messages(&none).Set("k", "v")
	if len(none) != 1 || string(none[0].Value) != "v" {
		t.Errorf("%v", none)
	}
}

// TestEnvironReplacesDuplicates: a child process sees the last of several values.
func TestEnvironReplacesDuplicates(t *testing.T) {
	shared := Environ{"UBER_TRACE_ID=1:1:0:1", "A=1", "UBER_TRACE_ID=2:2:0:1", "B=2"}
	env := shared
	env.Set("uber-trace-id", "3:3:0:1")
	if want := (Environ{"UBER_TRACE_ID=3:3:0:1", "A=1", "B=2"}); !slices.Equal(env, want) {
		t.Errorf("%q, want %q", env, want)
	}
	if shared[0] != "UBER_TRACE_ID=1:1:0:1" || shared[2] != "UBER_TRACE_ID=2:2:0:1" {
		t.Errorf("somebody else's list was changed: %q", shared)
	}
}

func TestNoMetadata(t *testing.T) {
	p, err := Default(HTTP)
	if err != nil {
		t.Fatal(err)
	}
	p.Inject(&model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1}, Metadata(nil)) // must not panic
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
