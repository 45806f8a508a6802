// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"context"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// otlpBody is what a client posts to /v1/traces.
func otlpBody(spans ...model.Span) []byte {
	var b []byte
	for i := range spans {
		b = wire.AppendOTLPSpan(b, &spans[i])
	}
	resource := wire.AppendOTLPResource(nil, spans[0].Process)
	return append(wire.AppendOTLPHead(nil, resource, len(b), 4, nil), b...)
}

func TestCollectorOTLP(t *testing.T) {
	spans := sample()
	body := otlpBody(spans...)
	c := NewCollector(t)
	for _, encoding := range []string{"", "gzip"} {
		c.Reset()
		sent := body
		if encoding == "gzip" {
			sent = zip(body)
		}
		got := mustPost(t, client(t), c.OTLPURL(), sent, "Content-Type", protobufType, "Content-Encoding", encoding)
		if got.status != 200 || got.body != "\n\x00" || got.header.Get("Content-Type") != protobufType {
			t.Errorf("got %+v", got)
		}
		if tree, want := c.Tree(WithIDs()), Tree(spans, WithIDs()); tree != want {
			t.Errorf("arrived\n%s\nsent\n%s", tree, want)
		}
		if b := c.Batches(); len(b) != 1 || b[0].Format != transport.OTLP || b[0].Size != len(body) || b[0].Process.Service != "shop" {
			t.Errorf("got %+v", b)
		}
		if r := c.Requests(); len(r) != 1 || r[0].Size != len(sent) || r[0].Spans != 3 || r[0].Status != 200 {
			t.Errorf("noted %+v", r)
		}
	}
	c.Reset()
	both := append(otlpBody(spans[0]), otlpBody(spans[1:]...)...) // messages of one type, one after the other, are one
	if got := mustPost(t, client(t), c.OTLPURL(), both, "Content-Type", protobufType); got.status != 200 {
		t.Errorf("got %+v", got)
	}
	if b := c.Batches(); len(b) != 2 || len(b[0].Spans) != 1 || len(b[1].Spans) != 2 || b[1].Size != len(both) {
		t.Errorf("two ResourceSpans arrived as %+v", b)
	}
	if got := mustPost(t, client(t), c.OTLPURL(), nil, "Content-Type", protobufType); got.status != 200 || c.Received() != 3 {
		t.Errorf("an empty request is answered with %+v", got)
	}
}

// TestCollectorFormatsAgree sends one trace by real tracers in all formats and
// compares the trees.
func TestCollectorFormatsAgree(t *testing.T) {
	CheckLeaks(t)
	viaHTTP := func(url func(*Collector) string, o transport.HTTPOptions) func(*Collector) (spur.Option, error) {
		return func(c *Collector) (spur.Option, error) {
			h, err := transport.NewHTTP(url(c), o)
			if err != nil {
				return nil, err
			}
			r, err := reporter.NewBatching(h, reporter.BatchingOptions{})
			return spur.WithReporter(r), err
		}
	}
	destinations := map[string]func(*Collector) (spur.Option, error){
		"thrift":       func(c *Collector) (spur.Option, error) { return spur.WithEndpoint(c.ThriftURL()), nil },
		"thrift, gzip": viaHTTP((*Collector).ThriftURL, transport.HTTPOptions{Gzip: true}),
		"otlp":         func(c *Collector) (spur.Option, error) { return spur.WithEndpoint(c.OTLPURL()), nil },
		"otlp, gzip":   viaHTTP((*Collector).OTLPURL, transport.HTTPOptions{Gzip: true, BearerToken: "swordfish"}),
	}
	trees := map[string]string{}
	for name, destination := range destinations {
		t.Run(name, func(t *testing.T) {
			c := NewCollector(t)
			option, err := destination(c)
			if err != nil {
				t.Fatal(err)
			}
			if name == "otlp, gzip" {
				c.RequireAuthorization("Bearer swordfish")
			}
			tracer, _ := New(t, option, spur.WithLimits(spur.Limits{TagsPerSpan: 5}))
			ctx, root := tracer.Start(context.Background(), "order", ext.SpanKindRPCServer)
			root.SetInt("n", -1)
			root.SetTag("error", true)
			root.SetTag("f", 1.5)
			root.SetTag("text", "grüße")
			root.LogKV("n", 3, "event", "called", "b", true)
			root.LogKV("message", "without an event")
			root.LogKV("event", "called again")
			_, child := tracer.Start(ctx, "pay", ext.SpanKindRPCClient, opentracing.Tag{Key: "error", Value: "false"})
			child.SetTag("otel.status_code", "OK")
			child.SetTag("one", 1).SetTag("two", 2).SetTag("three", 3).SetTag("four", 4).SetTag("five", 5)
			child.Finish()
			_, late := tracer.Start(ctx, "clean up", opentracing.FollowsFrom(child.Context()), spur.Link(child.Context()))
			late.Finish()
			root.Finish()
			if err := tracer.Flush(patience(t)); err != nil {
				t.Fatal(err)
			}
			if err := c.Wait(patience(t), 3); err != nil {
				t.Fatal(err)
			}
			trees[name] = c.Tree(WithIDs())
			for _, r := range c.Requests() {
				if zipped := r.Header.Get("Content-Encoding") == "gzip"; zipped != strings.HasSuffix(name, "gzip") {
					t.Errorf("got %+v", r)
				}
			}
		})
	}
	for name, tree := range trees {
		if tree != trees["thrift"] || tree == "" {
			t.Errorf("%s:\n%s\nthrift:\n%s", name, tree, trees["thrift"])
		}
	}
}
