// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/spurtest"
	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/log"
	"github.com/uber/jaeger-client-go/transport"
	"github.com/uber/jaeger-client-go/utils"
)

// lineLogger is a logger whose lines can be waited for.
type lineLogger chan string

func newLineLogger() lineLogger { return make(lineLogger, 1000) }

func (l lineLogger) Error(msg string)               { l <- "ERROR: " + msg }
func (l lineLogger) Infof(msg string, args ...any)  { l <- "INFO: " + fmt.Sprintf(msg, args...) }
func (l lineLogger) Debugf(msg string, args ...any) { l <- "DEBUG: " + fmt.Sprintf(msg, args...) }

// wait reads lines until each of those wanted has been the beginning of one.
func (l lineLogger) wait(t *testing.T, wanted ...string) {
	t.Helper()
	for len(wanted) > 0 {
		select {
		case line := <-l:
			wanted = slices.DeleteFunc(wanted, func(w string) bool { return strings.HasPrefix(line, w) })
		case <-time.After(10 * time.Second):
			t.Fatalf("no lines like %q", wanted)
		}
	}
}

// arrived waits for n spans.
func arrived(t *testing.T, w interface {
	Wait(ctx context.Context, n int) error
}, n int,
) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := w.Wait(ctx, n); err != nil {
		t.Fatal(err)
	}
}

func udpTransport(t *testing.T, addr string) jaeger.Transport {
	t.Helper()
	tp, err := jaeger.NewUDPTransport(addr, 0)
	if err != nil {
		t.Fatal(err)
	}
	return tp
}

// handsOn is a reporter of a program's own that hands spans on to another.
type handsOn struct{ jaeger.Reporter }

func (h handsOn) Report(s *jaeger.Span) { h.Reporter.Report(s) }

// byHand is a transport of a program's own that uses another.
type byHand struct{ jaeger.Transport }

func TestRemoteReporter(t *testing.T) {
	spurtest.CheckLeaks(t)
	for name, wrap := range map[string]func(jaeger.Transport, ...jaeger.ReporterOption) jaeger.Reporter{
		"alone": jaeger.NewRemoteReporter,
		"handed on": func(tp jaeger.Transport, o ...jaeger.ReporterOption) jaeger.Reporter {
			return handsOn{jaeger.NewRemoteReporter(tp, o...)}
		},
		"by hand": func(tp jaeger.Transport, o ...jaeger.ReporterOption) jaeger.Reporter {
			return jaeger.NewRemoteReporter(byHand{tp}, o...)
		},
		"composite": func(tp jaeger.Transport, o ...jaeger.ReporterOption) jaeger.Reporter {
			return jaeger.NewCompositeReporter(jaeger.NewInMemoryReporter(), nil, jaeger.NewRemoteReporter(tp, o...))
		},
		"composite, handed on": func(tp jaeger.Transport, o ...jaeger.ReporterOption) jaeger.Reporter {
			return handsOn{jaeger.NewCompositeReporter(jaeger.NewNullReporter(), jaeger.NewRemoteReporter(tp, o...))}
		},
	} {
		for _, overHTTP := range []bool{false, true} {
			agent, collector := spurtest.NewAgent(t), spurtest.NewCollector(t)
			tp := udpTransport(t, agent.Addr())
			if overHTTP {
				tp = transport.NewHTTPTransport(collector.ThriftURL())
			}
			m := newCounters()
			tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true),
				wrap(tp, jaeger.ReporterOptions.Metrics(jaeger.NewMetrics(m, nil)), nil), jaeger.TracerOptions.Tag("zone", "a"))
			root := start(tracer, "root")
			child := start(tracer, "child", childOf(root))
			child.SetTag("n", 7).LogKV("event", "e")
			child.Finish()
			root.Finish()
			if err := closer.Close(); err != nil {
				t.Error(err)
			}
			var spans interface {
				AssertTree(t testing.TB, want string, opts ...spurtest.TreeOption)
			} = agent
			batches := agent.Batches
			if overHTTP {
				arrived(t, collector, 2)
				spans, batches = collector, collector.Batches
			} else {
				arrived(t, agent, 2)
			}
			t.Run(name, func(t *testing.T) {
				spans.AssertTree(t, `
					root  sampler.type=const sampler.param=true
					  child  n=7
					    @* event=e
					`, spurtest.WithoutTimes())
				p := batches()[0].Process
				if p.Service != "orders" || p.Tags[0].Key != "zone" || len(p.Tags) != 5 {
					t.Errorf("process %+v", p)
				}
				if got := m.String(); !strings.HasSuffix(got, "reporter_spans|result=ok 2") {
					t.Errorf("metrics:\n%s", got)
				}
			})
		}
	}
}

func TestRemoteReporterCountsLosses(t *testing.T) {
	spurtest.CheckLeaks(t)
	closed, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.LocalAddr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	broken := spurtest.NewCollector(t)
	broken.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusInternalServerError)
		return true
	})
	for name, tp := range map[string]jaeger.Transport{
		"refused": udpTransport(t, nobody), "500": transport.NewHTTPTransport(broken.ThriftURL()),
		"500, round tripper": transport.NewHTTPTransport(broken.ThriftURL(), transport.HTTPRoundTripper(http.DefaultTransport)),
	} {
		t.Run(name, func(t *testing.T) {
			m, logger := newCounters(), newLineLogger()
			r := jaeger.NewRemoteReporter(tp, jaeger.ReporterOptions.Metrics(jaeger.NewMetrics(m, nil)), jaeger.ReporterOptions.Logger(logger))
			tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), r)
			start(tracer, "lost").Finish()
			begin := time.Now()
			_ = closer.Close()
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("Close took %v", took)
			}
			if got := m.String(); got != "reporter_spans|result=err 1" {
				t.Errorf("metrics:\n%s", got)
			}
			r.Close()
			logger.wait(t, "DEBUG: closing reporter", "ERROR: failed to flush Jaeger spans to server: spur: spans ",
				"ERROR: Repeated attempt to close the reporter is ignored")
		})
	}
}

// A line says where its values begin and end.
func TestRemoteReporterLines(t *testing.T) {
	logger := newLineLogger()
	refusing := spurtest.NewCollector(t)
	refusing.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusForbidden)
		return true
	})
	r := jaeger.NewRemoteReporter(transport.NewHTTPTransport(refusing.ThriftURL()), jaeger.ReporterOptions.Logger(logger))
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), r)
	start(tracer, "lost").Finish()
	_ = closer.Close()
	close(logger) // the last line was written by Close
	var last string
	for line := range logger {
		last = line
	}
	want := regexp.MustCompile(`^ERROR: failed to flush .* cause=close destination=collector address="http://.*" lost="1 rejected" lost_in_all=1 delivered_in_all=0 last_error=".*403.*" hint="[^"]+"$`)
	if !want.MatchString(last) {
		t.Errorf("the last line is %s", last)
	}
}

// Close has 5 seconds, whatever the receiver does.
func TestCloseWithAReceiverThatHangs(t *testing.T) {
	spurtest.CheckLeaks(t)
	if testing.Short() {
		t.Skip("takes 5 s")
	}
	hole := spurtest.NewCollector(t)
	hole.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	})
	var reporters []jaeger.Reporter
	var all []*counters
	add := func(tp jaeger.Transport) {
		m := newCounters()
		all = append(all, m)
		reporters = append(reporters, jaeger.NewRemoteReporter(tp, jaeger.ReporterOptions.Metrics(jaeger.NewMetrics(m, nil))))
	}
	add(transport.NewHTTPTransport(hole.ThriftURL(), transport.HTTPTimeout(time.Hour)))
	add(transport.NewHTTPTransport(hole.ThriftURL(), transport.HTTPTimeout(time.Hour), transport.HTTPRoundTripper(http.DefaultTransport)))
	add(byHand{transport.NewHTTPTransport(hole.ThriftURL(), transport.HTTPTimeout(time.Hour))})
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewCompositeReporter(reporters...))
	start(tracer, "lost").Finish()
	begin := time.Now()
	_ = closer.Close()
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("Close took %v", took)
	}
	for i, m := range all {
		if got := m.String(); !strings.HasSuffix(got, "reporter_spans|result=err 1") {
			t.Errorf("%d: metrics:\n%s", i, got)
		}
	}
}

func TestQueueSize(t *testing.T) {
	spurtest.CheckLeaks(t)
	slow, m := spurtest.NewCollector(t), newCounters()
	slow.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	})
	r := jaeger.NewRemoteReporter(transport.NewHTTPTransport(slow.ThriftURL()), jaeger.ReporterOptions.QueueSize(10),
		jaeger.ReporterOptions.Metrics(jaeger.NewMetrics(m, nil)), jaeger.ReporterOptions.BufferFlushInterval(10*time.Millisecond))
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), r)
	t.Cleanup(func() { _ = closer.Close() })
	t.Cleanup(func() { _ = slow.Close() })
	for end := time.Now().Add(10 * time.Second); !strings.Contains(m.String(), "result=dropped"); {
		for range 100 {
			start(tracer, strings.Repeat("x", 1000)).Finish()
		}
		if time.Now().After(end) {
			t.Fatal("no span was dropped")
		}
	}
}

func TestUDPParameters(t *testing.T) {
	with := func(hostPort string, fixed bool) error {
		_, err := jaeger.NewUDPTransportWithParams(jaeger.UDPTransportParams{AgentClientUDPParams: utils.AgentClientUDPParams{
			HostPort: hostPort, DisableAttemptReconnecting: fixed, Logger: log.NullLogger, MaxPacketSize: -1,
		}})
		return err
	}
	for hostPort, want := range map[string]string{
		"":               "",
		"127.0.0.1:6831": "",
		":6831":          "",
		"127.0.0.1":      "address 127.0.0.1: missing port in address",
	} {
		for _, fixed := range []bool{false, true} {
			if err := with(hostPort, fixed); (err == nil) != (want == "") || err != nil && err.Error() != want {
				t.Errorf("%q: %v", hostPort, err)
			}
		}
	}
}
