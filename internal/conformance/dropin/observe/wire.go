// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/jaegertracing/jaeger-idl/thrift-gen/zipkincore"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/transport"
	zipkintransport "github.com/uber/jaeger-client-go/transport/zipkin"
	"github.com/uber/jaeger-client-go/utils"
)

var wireScenarios = []scenario{
	{"wire/UDP", udpWire},
	{"wire/UDP by hand", udpByHand},
	{"wire/HTTP", httpWire},
	{"wire/HTTP answers", httpAnswers},
	{"wire/zipkin", zipkinWire},
	{"wire/bad addresses", badAddresses},
}

func udpWire(r *recorder) {
	u := newReceiver()
	defer u.conn.Close()
	g := newRigWith(jaeger.NewRemoteReporter(u.transport(), jaeger.ReporterOptions.BufferFlushInterval(time.Hour)))
	bigSpan(g)
	_ = g.close()
	head, batch := message(u.next())
	r.say("head", "%s", head)
	r.say("batch", "%s", sentBatch(batch))

	for _, size := range []int{1000, 2000} { // spans are spread over datagrams; a too large one is not sent
		sender, err := jaeger.NewUDPTransport(u.addr(), size)
		if err != nil {
			panic(err)
		}
		g = newRigWith(jaeger.NewRemoteReporter(sender, jaeger.ReporterOptions.BufferFlushInterval(time.Hour)))
		for i := range 30 {
			g.span(fmt.Sprintf("span%02d", i)).Finish()
		}
		_ = g.close()
		var names []string
		fits := true
		for len(names) < 30 {
			d := u.next()
			if d == nil {
				break
			}
			fits = fits && len(d) <= size
			_, b := message(d)
			for _, s := range b.GetSpans() {
				names = append(names, s.OperationName)
			}
		}
		slices.Sort(names)
		r.say(fmt.Sprint("split/", size), "fits=%t %v", fits, names)
	}
}

func udpByHand(r *recorder) {
	u := newReceiver()
	defer u.conn.Close()
	sender, err := jaeger.NewUDPTransportWithParams(jaeger.UDPTransportParams{AgentClientUDPParams: utils.AgentClientUDPParams{
		HostPort: u.addr(), MaxPacketSize: 2000, Logger: &logbook{}, DisableAttemptReconnecting: true,
	}})
	if err != nil {
		panic(err)
	}
	g := newRig(nil)
	defer g.close()
	var calls []string
	call := func(what string, n int, err error) { calls = append(calls, fmt.Sprint(what, " ", n, " ", err)) }
	n, err := sender.Flush()
	call("flush", n, err)
	for range 2 {
		n, err = sender.Append(bigSpan(g))
		call("append", n, err)
	}
	n, err = sender.Flush()
	call("flush", n, err)
	_, b := message(u.next())
	r.say("batch", "%d spans, seq=%d stats=%v", len(b.GetSpans()), b.GetSeqNo(), b.GetStats())
	call("close", 0, sender.Close())
	r.say("calls", "%s", strings.Join(calls, "\n"))
}

func httpWire(r *recorder) {
	for name, options := range map[string][]transport.HTTPOption{
		"plain": nil, "auth": {transport.HTTPBasicAuth("user", "secret")}, "headers": {transport.HTTPHeaders(map[string]string{"X-Own": "value", "Content-Type": "other"})},
	} {
		c := newCollector(http.StatusAccepted, "")
		g := newRigWith(jaeger.NewRemoteReporter(transport.NewHTTPTransport(c.server.URL+"/api/traces?format=jaeger.thrift", options...), jaeger.ReporterOptions.BufferFlushInterval(time.Hour)))
		bigSpan(g)
		_ = g.close()
		r.say(name+"/request", "%s", c.request())
		r.say(name+"/batch", "%s", sentBatch(c.batch()))
		c.server.Close()
	}
	c := newCollector(http.StatusOK, "")
	defer c.server.Close()
	g := newRigWith(jaeger.NewRemoteReporter(transport.NewHTTPTransport(c.server.URL, transport.HTTPBatchSize(2)), jaeger.ReporterOptions.BufferFlushInterval(time.Hour)))
	for i := range 5 {
		g.span(fmt.Sprint("span", i)).Finish()
	}
	_ = g.close()
	var sizes []int
	for range 3 {
		sizes = append(sizes, len(c.batch().GetSpans()))
	}
	r.say("batch size", "%v", sizes)
}

// tripper answers what it is told, and keeps what it was asked.
type tripper struct{ asked []string }

func (t *tripper) RoundTrip(req *http.Request) (*http.Response, error) {
	t.asked = append(t.asked, req.Method+" "+req.URL.String())
	if strings.Contains(req.URL.Path, "fail") {
		return nil, errFull
	}
	return &http.Response{StatusCode: 202, Body: io.NopCloser(bytes.NewReader(nil)), Request: req, Header: http.Header{}}, nil
}

func httpAnswers(r *recorder) {
	for _, status := range []int{200, 202, 204, 400, 404, 500, 503} {
		c := newCollector(status, "words")
		t := transport.NewHTTPTransport(c.server.URL)
		g := newRig(nil)
		_, err := t.Append(bigSpan(g))
		r.say(fmt.Sprint(status, "/append"), "%v", err)
		n, err := t.Flush()
		r.say(fmt.Sprint(status, "/flush"), "%d %v", n, err)
		n, err = t.Flush()
		r.say(fmt.Sprint(status, "/again"), "%d %v, close %v", n, err, t.Close())
		_ = g.close()
		c.server.Close()
	}
	g := newRig(nil)
	defer g.close()
	for _, path := range []string{"http://host.invalid/ok", "http://host.invalid/fail", "::"} {
		own := &tripper{}
		t := transport.NewHTTPTransport(path, transport.HTTPRoundTripper(own), transport.HTTPTimeout(time.Second), transport.HTTPBatchSize(1))
		n, err := t.Append(bigSpan(g))
		r.say("round tripper/"+path, "%d %s %v", n, errText(err), own.asked)
	}
}

func zipkinWire(r *recorder) {
	for _, status := range []int{202, 500} {
		c := newCollector(status, "words")
		t, err := zipkintransport.NewHTTPTransport(c.server.URL+"/api/v1/spans", zipkintransport.HTTPBatchSize(2), zipkintransport.HTTPBasicAuth("user", "secret"),
			zipkintransport.HTTPTimeout(5*time.Second), zipkintransport.HTTPLogger(&logbook{}))
		r.say(fmt.Sprint(status, "/new"), "%v", err)
		g := newRig(nil)
		var calls []string
		for range 2 {
			n, err := t.Append(bigSpan(g))
			calls = append(calls, fmt.Sprint(n, " ", err))
		}
		n, err := t.Flush()
		r.say(fmt.Sprint(status, "/calls"), "%v %d %v %v", calls, n, err, t.Close())
		r.say(fmt.Sprint(status, "/request"), "%s", c.request())
		r.say(fmt.Sprint(status, "/spans"), "%s", zipkinList(<-c.bodies))
		_ = g.close()
		c.server.Close()
	}
}

func zipkinList(body []byte) string {
	ctx := context.Background()
	buf := thrift.NewTMemoryBuffer()
	buf.Write(body)
	p := thrift.NewTBinaryProtocolConf(buf, nil)
	_, n, err := p.ReadListBegin(ctx)
	if err != nil {
		return err.Error()
	}
	var s strings.Builder
	for range n {
		span := zipkincore.NewSpan()
		if err := span.Read(ctx, p); err != nil {
			return err.Error()
		}
		fmt.Fprintf(&s, "%s\n", span)
		for _, a := range span.Annotations {
			fmt.Fprintf(&s, "  %d %s %v\n", a.Timestamp, a.Value, a.Host)
		}
		for _, a := range span.BinaryAnnotations {
			fmt.Fprintf(&s, "  %s=%s %x %v\n", a.Key, a.AnnotationType, a.Value, a.Host)
		}
	}
	// The text of a span holds addresses of memory.
	var kept []string
	for line := range strings.Lines(s.String()) {
		if !strings.Contains(line, "0x") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func badAddresses(r *recorder) {
	for _, addr := range []string{"nonsense", ":", ":6831", "localhost", "localhost:x", "[::1", "1.2.3.4:99999", "host:name:1", "no such host:6831"} {
		for _, fixed := range []bool{true, false} {
			book := &logbook{}
			t, err := jaeger.NewUDPTransportWithParams(jaeger.UDPTransportParams{AgentClientUDPParams: utils.AgentClientUDPParams{HostPort: addr, DisableAttemptReconnecting: fixed, Logger: book}})
			r.say(fmt.Sprintf("%s/fixed=%t", addr, fixed), "%s %s", errText(err), book)
			if err == nil {
				_ = t.Close()
			}
		}
		client, err := utils.NewAgentClientUDP(addr, 0)
		r.say(addr+"/client", "%s", errText(err))
		if err == nil {
			_ = client.Close()
		}
	}
}
