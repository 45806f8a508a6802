// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/jaegertracing/jaeger-idl/thrift-gen/agent"
	idl "github.com/jaegertracing/jaeger-idl/thrift-gen/jaeger"
	"github.com/uber/jaeger-client-go"
)

// receiver takes datagrams.
type receiver struct{ conn *net.UDPConn }

func newReceiver() *receiver {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		panic(err)
	}
	return &receiver{conn}
}

func (u *receiver) addr() string { return u.conn.LocalAddr().String() }

// transport sends there.
func (u *receiver) transport() jaeger.Transport {
	t, err := jaeger.NewUDPTransport(u.addr(), 0)
	if err != nil {
		panic(err)
	}
	return t
}

// next returns the next datagram, or nil.
func (u *receiver) next() []byte {
	buf := make([]byte, 1<<16)
	_ = u.conn.SetReadDeadline(time.Now().Add(3 * time.Second))
	n, err := u.conn.Read(buf)
	if err != nil {
		return nil
	}
	return buf[:n]
}

// message decodes a datagram with Apache's runtime and Jaeger's IDL.
func message(datagram []byte) (string, *idl.Batch) {
	ctx := context.Background()
	buf := thrift.NewTMemoryBuffer()
	buf.Write(datagram)
	p := thrift.NewTCompactProtocolConf(buf, nil)
	name, kind, seq, err := p.ReadMessageBegin(ctx)
	if err != nil {
		return "undecodable: " + err.Error(), nil
	}
	args := agent.NewAgentEmitBatchArgs()
	if err := args.Read(ctx, p); err != nil {
		return "undecodable: " + err.Error(), nil
	}
	return fmt.Sprintf("%s type=%d first=%d left=%d", name, kind, min(seq, 1), buf.Len()), args.Batch
}

// sentBatch says all of a batch that does not differ from machine to machine.
func sentBatch(b *idl.Batch) string {
	if b == nil {
		return "no batch"
	}
	var s strings.Builder
	fmt.Fprintf(&s, "%s", b.Process.ServiceName)
	hosts := 0
	for _, t := range b.Process.Tags {
		if t.Key == "hostname" {
			if hosts++; hosts > 1 {
				continue
			}
		}
		fmt.Fprintf(&s, " %s", sentTag(t))
	}
	seq := int64(-1)
	if b.SeqNo != nil {
		seq = *b.SeqNo
	}
	fmt.Fprintf(&s, "\nseq=%d stats=%v\n", seq, b.Stats)
	for _, span := range b.Spans {
		fmt.Fprintf(&s, "%s trace=%d,%d span=%d parent=%d flags=%d start=%d duration=%d\n", span.OperationName, span.TraceIdHigh, span.TraceIdLow, span.SpanId, span.ParentSpanId, span.Flags, span.StartTime, span.Duration)
		for _, ref := range span.References {
			fmt.Fprintf(&s, "  %s %d,%d,%d\n", ref.RefType, ref.TraceIdHigh, ref.TraceIdLow, ref.SpanId)
		}
		for _, t := range span.Tags {
			fmt.Fprintf(&s, "  tag %s\n", sentTag(t))
		}
		for _, l := range span.Logs {
			fmt.Fprintf(&s, "  log %d", l.Timestamp)
			for _, t := range l.Fields {
				fmt.Fprintf(&s, " %s", sentTag(t))
			}
			s.WriteString("\n")
		}
	}
	return s.String()
}

func sentTag(t *idl.Tag) string {
	text := fmt.Sprintf("%s=%s", t.Key, t.VType)
	switch t.VType {
	case idl.TagType_STRING:
		text += fmt.Sprintf(" %q", t.GetVStr())
	case idl.TagType_BOOL:
		text += fmt.Sprintf(" %t", t.GetVBool())
	case idl.TagType_LONG:
		text += fmt.Sprintf(" %d", t.GetVLong())
	case idl.TagType_DOUBLE:
		text += fmt.Sprintf(" %g", t.GetVDouble())
	case idl.TagType_BINARY:
		text += fmt.Sprintf(" %x", t.GetVBinary())
	}
	return text
}

// collector takes requests.
type collector struct {
	server *httptest.Server
	got    chan *http.Request
	bodies chan []byte
}

func newCollector(status int, answer string) *collector {
	c := &collector{got: make(chan *http.Request, 100), bodies: make(chan []byte, 100)}
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		c.got <- req
		c.bodies <- body
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	return c
}

// request says what a request asks for.
func (c *collector) request() string {
	select {
	case req := <-c.got:
		h := req.Header.Clone()
		for _, k := range []string{"User-Agent", "Accept-Encoding", "Content-Length"} {
			h.Del(k)
		}
		return fmt.Sprintf("%s %s\n%s", req.Method, req.URL, lines(h))
	case <-time.After(3 * time.Second):
		return "no request"
	}
}

func (c *collector) batch() *idl.Batch {
	b := idl.NewBatch()
	select {
	case body := <-c.bodies:
		buf := thrift.NewTMemoryBuffer()
		buf.Write(body)
		if err := b.Read(context.Background(), thrift.NewTBinaryProtocolConf(buf, nil)); err != nil {
			panic(err)
		}
	case <-time.After(3 * time.Second):
	}
	return b
}
