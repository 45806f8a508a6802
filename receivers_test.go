// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// talker is a server that says something when it has got a request, and hangs up.
func talker(t *testing.T, text string) (address string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
			}
			_, _ = io.WriteString(c, text)
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T, network string) string {
	if network == "udp" {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.LocalAddr().String()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// syncBuffer is written to while it is read.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// Whatever takes spans for a collector or an agent and is none: every span is accounted
// for, and the log or the error of Shutdown says what is wrong there.
func TestWrongReceivers(t *testing.T) {
	answers := func(status int, media, body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", media)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	withTLS := httptest.NewUnstartedServer(http.NotFoundHandler())
	withTLS.Config.ErrorLog = slog.NewLogLogger(discardHandler{}, slog.LevelError)
	withTLS.StartTLS()
	t.Cleanup(withTLS.Close)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	for _, tt := range []struct{ name, endpoint, want string }{
		{"a gRPC port", "http://" + talker(t, "\x00\x00\x00\x04\x00\x00\x00\x00\x00") + "/v1/traces", "speaks HTTP/2, as gRPC does"},
		{"a web page", answers(200, "text/html; charset=utf-8", "<html>Jaeger UI</html>"), "a web page answered"},
		{"the wrong path", answers(404, "text/plain", "404 page not found"), "no such path there for spans"},
		{"the wrong method", answers(405, "text/plain", ""), "no such path there for spans"},
		{"no credentials", answers(401, "text/plain", ""), "wants other credentials"},
		{"a redirect", answers(302, "text/plain", ""), "302"},
		{"a format it does not take", answers(415, "application/json", `{"message":"unsupported"}`), "415"},
		{"a server in trouble", answers(500, "text/plain", "disk full"), "disk full"},
		{"TLS, spoken to plainly", "http" + strings.TrimPrefix(withTLS.URL, "https") + "/api/traces", "try https://"},
		{"TLS where there is none", "https" + strings.TrimPrefix(answers(200, "text/plain", ""), "http"), "try http://"},
		{"an unknown authority", withTLS.URL, "not signed by an authority"},
		{"another protocol", "http://" + talker(t, "SSH-2.0-OpenSSH_9.7\r\n"), "malformed HTTP"},
		{"one that hangs up", "http://" + talker(t, ""), "EOF"},
		{"one that says nothing", "http://" + silent.Addr().String(), "deadline"},
		{"nobody", "http://" + closedPort(t, "tcp"), "nobody listens at that port"},
		{"no agent", "udp://" + closedPort(t, "udp"), "nobody listens at that port"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var logged syncBuffer
			tracer, err := New("orders", SampleAll(), WithEndpoint(tt.endpoint), WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				tracer.StartSpan("op").Finish()
				tracer.flushWithin(context.Background(), 200*time.Millisecond)
			}
			if tt.want != "deadline" { // which no receiver says
				known := func() bool {
					return strings.Contains(logged.String()+tracer.Stats().Destinations[0].LastError, tt.want)
				}
				for end := time.Now().Add(10 * time.Second); !known() && time.Now().Before(end); {
					tracer.flushWithin(context.Background(), 20*time.Millisecond) // the machine may be busy
				}
			}
			ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
			defer cancel()
			text := ""
			if err := tracer.Shutdown(ctx); err != nil {
				text = err.Error() + "\n"
			}
			checkBooks(t, tracer)
			if d := tracer.Stats().Destinations[0]; d.Sent > 0 || d.DroppedTotal()+d.Unconfirmed != 3 || d.Dropped[reporter.QueueFull] > 0 {
				t.Errorf("%+v", d)
			}
			if lines := strings.Count(logged.String(), "\n"); lines == 0 || lines > 4 {
				t.Errorf("%d lines in the log", lines)
			}
			if text += logged.String(); !strings.Contains(text, tt.want) || !strings.Contains(text, strings.SplitN(tt.endpoint, "/", 4)[2]) {
				t.Errorf("%q is not in, or the address:\n%s", tt.want, text)
			}
		})
	}
}

// OTLP over gRPC cannot be sent, and nothing goes to an agent that nobody asked for:
// the spans are counted, and Close says how many there were.
func TestFromEnvUnusable(t *testing.T) {
	clearEnv(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://u:p@192.0.2.1:4317")
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
	var log bytes.Buffer
	tracer, err := New("orders", FromEnv(), WithSampler(sampler.NewConst(true)), WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		tracer.StartSpan("op").Finish()
	}
	st := tracer.Stats()
	if len(st.Destinations) != 1 || st.Source != "OTEL_EXPORTER_OTLP_PROTOCOL" {
		t.Fatalf("%+v", st)
	}
	d := st.Destinations[0]
	if d.Name != "otlp" || d.Address != "http://192.0.2.1:4317/v1/traces" || d.Dropped[reporter.SendError] != 2 || !strings.Contains(d.LastError, "OTEL_EXPORTER_OTLP_PROTOCOL") || d.LastErrorTime.IsZero() {
		t.Errorf("%+v", d)
	}
	if err := tracer.Flush(context.Background()); err != nil {
		t.Error(err)
	}
	if err := tracer.Close(); !errors.Is(err, reporter.ErrLost) || !strings.Contains(err.Error(), "2 spans lost: not used because of OTEL_EXPORTER_OTLP_PROTOCOL") {
		t.Errorf("Close: %v", err)
	}
	checkBooks(t, tracer)
	for _, want := range []string{`value=grpc error="spur sends http/protobuf: set http/protobuf, and port 4318 instead of 4317"`, `destinations="[nowhere: otlp http://192.0.2.1:4317/v1/traces is not used because of OTEL_EXPORTER_OTLP_PROTOCOL]"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("logged %s, want %s", log.String(), want)
		}
	}
	idle := &lost{}
	if err := idle.Close(context.Background()); err != nil {
		t.Errorf("nothing was lost, but Close: %v", err)
	}
}

// Traces are drawn on the standard output, beside another destination or alone.
func TestFromEnvConsole(t *testing.T) {
	for value, want := range map[string]string{"console": "console", "console,jaeger": "agent console", "none": "", "none,console": "console"} {
		t.Run(value, func(t *testing.T) {
			clearEnv(t)
			t.Setenv("OTEL_TRACES_EXPORTER", value)
			file, err := os.CreateTemp(t.TempDir(), "")
			if err != nil {
				t.Fatal(err)
			}
			defer func(stdout *os.File) { os.Stdout = stdout }(os.Stdout)
			os.Stdout = file
			tracer, err := New("orders", FromEnv(), WithSampler(sampler.NewConst(true)), WithLogger(nil))
			if err != nil {
				t.Fatal(err)
			}
			tracer.StartSpan("pay").Finish()
			var names []string
			for _, d := range tracer.Stats().Destinations {
				names = append(names, d.Name)
			}
			_ = tracer.Close() // there is no agent
			drawn, err := os.ReadFile(file.Name())
			if strings.Join(names, " ") != want || strings.Contains(string(drawn), "pay") != strings.Contains(want, "console") || err != nil {
				t.Errorf("to %v, want %s; drawn %s, %v", names, want, drawn, err)
			}
		})
	}
}

// What a setting loses to another, or is probably wrong with it, is said once.
func TestWarnings(t *testing.T) {
	quiet := WithReporter(reporter.Null{})
	always := WithSampler(sampler.NewConst(true))
	for _, tc := range []struct {
		name, vars string
		opts       []Option
		want       string // "" when nothing is said
	}{
		{"nothing", "", []Option{FromEnv(), quiet}, ""},
		{"two names", "JAEGER_SERVICE_NAME=billing", []Option{FromEnv(), quiet}, `whose name is used" used=orders ignored=billing`},
		{"one name twice", "JAEGER_SERVICE_NAME=orders", []Option{FromEnv(), quiet}, ""},
		{"no FromEnv", "JAEGER_AGENT_HOST=a JAEGER_ENDPOINT=x OTEL_TRACES_EXPORTER=otlp", nil, `level=INFO msg="spur: the environment is not read: FromEnv is not among the options of New" variables="[JAEGER_AGENT_HOST JAEGER_ENDPOINT]"`},
		{"no FromEnv, and nothing left to the environment", "JAEGER_AGENT_HOST=a", []Option{quiet}, ""},
		{"no FromEnv, and OTEL_* for the whole cluster", "OTEL_SERVICE_NAME=a OTEL_EXPORTER_OTLP_ENDPOINT=http://h OTEL_TRACES_EXPORTER=otlp", nil, ""},
		{"one endpoint twice", "", []Option{WithEndpoint("udp://127.0.0.1"), WithEndpoint("udp://127.0.0.1:6831")}, `each span is sent twice" endpoint=127.0.0.1:6831`},
		{"two formats", "", []Option{WithEndpoint("udp://127.0.0.1:1"), WithEndpoint("udp://127.0.0.1:1?format=binary")}, ""},
		{"a port of gRPC", "", []Option{WithEndpoint("http://u:p@127.0.0.1:4317")}, `port 4317 takes OTLP over gRPC; OTLP over HTTP is taken at port 4318" endpoint=http://127.0.0.1:4317`},
		{"in the environment", "JAEGER_ENDPOINT=http://127.0.0.1:16686", []Option{FromEnv()}, `user interface; spans are taken at 4318 (OTLP) or 14268 (Thrift)" variable=JAEGER_ENDPOINT endpoint=http://127.0.0.1:16686`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clearEnv(t)
			for _, v := range strings.Fields(tc.vars) {
				name, value, _ := strings.Cut(v, "=")
				t.Setenv(name, value)
			}
			var log bytes.Buffer
			logger := slog.New(slog.NewTextHandler(&log, nil))
			tracer, err := New("orders", append([]Option{always, WithLogger(logger)}, tc.opts...)...)
			if err != nil {
				t.Fatal(err)
			}
			defer tracer.Close()
			said := slices.DeleteFunc(strings.SplitAfter(log.String(), "\n"), func(line string) bool {
				return line == "" || strings.Contains(line, "tracer started")
			})
			if len(said) > 1 || (len(said) == 1) != (tc.want != "") || !strings.Contains(log.String(), tc.want) {
				t.Errorf("logged %q, want %s", said, tc.want)
			}
		})
	}
}
