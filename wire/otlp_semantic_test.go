// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
)

func TestSemanticTags(t *testing.T) {
	text := func(k, v string) model.Tag { return model.Tag{Key: k, Value: model.String(v)} }
	number := func(k string, v int64) model.Tag { return model.Tag{Key: k, Value: model.Int64(v)} }
	for _, tt := range []struct {
		name string
		kind string
		tags []model.Tag
		want []model.Tag
	}{
		{
			"client", "client",
			[]model.Tag{
				text("http.method", "GET"), text("http.url", "https://x.example/a?b"), number("http.status_code", 200),
				text("peer.service", "driver"), text("peer.hostname", "x.example"), number("peer.port", 443), text("peer.ipv4", "10.0.0.1"),
			},
			[]model.Tag{
				text("http.request.method", "GET"), text("url.full", "https://x.example/a?b"), number("http.response.status_code", 200),
				text("service.peer.name", "driver"), text("server.address", "x.example"), number("server.port", 443), text("network.peer.address", "10.0.0.1"),
			},
		},
		{
			"server", "server",
			[]model.Tag{text("http.url", "/a"), text("peer.hostname", "browser"), text("peer.port", "50000"), text("peer.address", "[2001:db8::1]:4711")},
			[]model.Tag{
				text("url.path", "/a"), text("client.address", "browser"), number("client.port", 50000),
				text("network.peer.address", "2001:db8::1"), number("network.peer.port", 4711),
			},
		},
		{
			"database", "client",
			[]model.Tag{text("db.statement", "SELECT 1"), text("db.type", "sql"), text("db.instance", "customers"), text("db.user", "ada")},
			[]model.Tag{text("db.query.text", "SELECT 1"), text("db.system.name", "other_sql"), text("db.namespace", "customers"), text("db.user", "ada")},
		},
		{"other database", "client", []model.Tag{text("db.type", "redis")}, []model.Tag{text("db.system.name", "redis")}},
		{"queue", "producer", []model.Tag{text("message_bus.destination", "orders"), text("peer.hostname", "broker")}, []model.Tag{text("messaging.destination.name", "orders"), text("server.address", "broker")}},
		{
			"no kind, no side", "",
			[]model.Tag{text("peer.hostname", "h"), number("peer.port", 1), text("component", "c"), text("sampling.priority", "1"), text("", "x")},
			[]model.Tag{text("peer.hostname", "h"), number("peer.port", 1), text("component", "c"), text("sampling.priority", "1"), text("", "x")},
		},
		{
			"values that mean something else", "client",
			[]model.Tag{
				number("http.method", 1), text("http.status_code", "2xx"), text("http.url", "x.example"), number("peer.ipv4", 2130706433),
				text("peer.address", "mysql://ada@127.0.0.1:3306/db"), text("peer.port", ""), text("http.url", "/a?b"),
			},
			[]model.Tag{
				number("http.method", 1), text("http.status_code", "2xx"), text("http.url", "x.example"), number("peer.ipv4", 2130706433),
				text("peer.address", "mysql://ada@127.0.0.1:3306/db"), text("peer.port", ""), text("http.url", "/a?b"),
			},
		},
		{"number as text", "client", []model.Tag{text("http.status_code", "503")}, []model.Tag{number("http.response.status_code", 503)}},
		{
			"name taken by a later tag", "client",
			[]model.Tag{text("http.method", "GET"), text("http.request.method", "POST"), text("peer.address", "10.0.0.1:80"), number("network.peer.port", 81)},
			[]model.Tag{text("http.method", "GET"), text("http.request.method", "POST"), text("peer.address", "10.0.0.1:80"), number("network.peer.port", 81)},
		},
		{
			"two tags for one name", "client",
			[]model.Tag{text("peer.ipv4", "10.0.0.1"), text("peer.ipv6", "::1"), text("peer.address", "10.0.0.1")},
			[]model.Tag{text("network.peer.address", "10.0.0.1"), text("peer.ipv6", "::1"), text("peer.address", "10.0.0.1")},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &model.Span{Context: model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2}, Tags: tt.tags}
			want := tt.want
			if tt.kind != "" {
				s.Tags = append(s.Tags[:len(s.Tags):len(s.Tags)], text("span.kind", tt.kind))
				want = append(want, text("span.kind", tt.kind))
			}
			if got := throughOTLP(t, s, AppendOTLPSpanSemantic); !reflect.DeepEqual(got.Tags, want) {
				t.Errorf("got  %v\nwant %v", got.Tags, want)
			}
		})
	}
}

func TestSemanticLogs(t *testing.T) {
	text := func(k, v string) model.Tag { return model.Tag{Key: k, Value: model.String(v)} }
	for _, tt := range []struct {
		name     string
		in, want []model.Tag
	}{
		{
			"error",
			[]model.Tag{text("event", "error"), text("error.kind", "timeout"), text("message", "late"), text("stack", "main.go:1")},
			[]model.Tag{text("event", "exception"), text("exception.type", "timeout"), text("exception.message", "late"), text("exception.stacktrace", "main.go:1")},
		},
		{"object without an event", []model.Tag{text("error.object", "EOF")}, []model.Tag{text("event", "exception"), text("exception.message", "EOF")}},
		{
			"object before message",
			[]model.Tag{text("event", "error"), text("message", "reading"), text("error.object", "EOF")},
			[]model.Tag{text("event", "exception"), text("message", "reading"), text("exception.message", "EOF")},
		},
		{
			"names that are there",
			[]model.Tag{text("event", "error"), text("error.kind", "a"), text("exception.type", "b"), text("message", "m"), text("exception.message", "n")},
			[]model.Tag{text("event", "exception"), text("error.kind", "a"), text("exception.type", "b"), text("message", "m"), text("exception.message", "n")},
		},
		{"message without an event", []model.Tag{text("message", "m"), text("stack", "s")}, []model.Tag{text("message", "m"), text("stack", "s")}},
		{"error without a message", []model.Tag{text("event", "error"), text("stack", "s")}, []model.Tag{text("event", "error"), text("stack", "s")}},
		{"another event", []model.Tag{text("event", "retry"), text("error.object", "EOF")}, []model.Tag{text("event", "retry"), text("error.object", "EOF")}},
		{
			"object that is a number",
			[]model.Tag{text("event", "error"), {Key: "error.object", Value: model.Int64(5)}},
			[]model.Tag{text("event", "error"), {Key: "error.object", Value: model.Int64(5)}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &model.Span{Context: model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2}, Logs: []model.Log{{Time: 1, Fields: tt.in}}}
			if got := throughOTLP(t, s, AppendOTLPSpanSemantic); !reflect.DeepEqual(got.Logs[0].Fields, tt.want) {
				t.Errorf("got  %v\nwant %v", got.Logs[0].Fields, tt.want)
			}
		})
	}
}

// TestSemanticTable checks what the code relies on: rows of the same tag and
// kind are at most maxRowsOfTag, tags begin with a letter that currentNames asks
// for, no new name is an old one, and there is a bit for each row.
func TestSemanticTable(t *testing.T) {
	if len(semanticNames) > 32 {
		t.Errorf("%d rows for 32 bits", len(semanticNames))
	}
	from := map[string]int{}
	for _, row := range semanticNames {
		from[row.from]++
		if !strings.Contains("hpdm", row.from[:1]) {
			t.Errorf("%s is never looked at", row.from)
		}
	}
	for name, n := range from {
		if n > maxRowsOfTag {
			t.Errorf("%s has %d rows", name, n)
		}
	}
	for _, row := range semanticNames {
		if from[row.to] > 0 {
			t.Errorf("%s is both old and new", row.to)
		}
	}
}

func TestSplitAddress(t *testing.T) {
	for _, tt := range []struct{ in, ip, port string }{
		{"10.0.0.1", "10.0.0.1", ""},
		{"10.0.0.1:80", "10.0.0.1", "80"},
		{"::1", "::1", ""},
		{"[::1]", "::1", ""},
		{"[::1]:80", "::1", "80"},
		{"2001:db8::a:80", "2001:db8::a:80", ""},
		{"::ffff:10.0.0.1", "::ffff:10.0.0.1", ""},
		{"", "", ""},
		{"[", "", ""},
		{"[]", "", ""},
		{"[]:80", "", ""},
		{"[::1]80", "", ""},
		{"[::1]:", "", ""},
		{"[10.0.0.1]:80", "", ""},
		{"10.0.0.1:", "", ""},
		{"10.0.0.1:http", "", ""},
		{"10.0.0.1:1234567890", "", ""},
		{"localhost:80", "", ""},
		{"1.2.3", "", ""},
		{"x.y.z.w", "", ""},
		{"fe80::1%eth0", "", ""},
		{strings.Repeat("1:", 30), "", ""},
	} {
		if ip, port := splitAddress(model.String(tt.in)); ip != tt.ip || port != tt.port {
			t.Errorf("%q: %q, %q; want %q, %q", tt.in, ip, port, tt.ip, tt.port)
		}
	}
}
