// SPDX-License-Identifier: Apache-2.0

package emit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// ErrMissing says that a sender's program cannot run here.
var ErrMissing = errors.New("not installed")

// javaScript are the senders in Node.js, which a script runs.
func javaScript(script string) (all []Sender) {
	run := func(args ...string) func(context.Context, string) error {
		return func(ctx context.Context, to string) error {
			_, err := command(ctx, nil, script, append(append([]string{"send"}, args...), to)...)
			var exit *exec.ExitError
			if errors.As(err, &exit) && exit.ExitCode() == 3 {
				return fmt.Errorf("node: %w", ErrMissing)
			}
			return err
		}
	}
	for _, s := range []struct {
		name, bits, prefix, file string
		wire                     Wire
	}{
		{"node-binary", "128", "7b01", "thrift/node-binary-values.bin", Binary},
		{"node-64bit", "64", "7b02", "thrift/node-binary-64bit.bin", Binary},
		{"node-http", "128", "7b03", "thrift/node-http-values.bin", ThriftHTTP},
	} {
		all = append(all, Sender{Name: s.name, Wire: s.wire, Services: []string{s.name}, Spans: 7, File: s.file, Send: run("jaeger", s.name, s.bits, s.prefix)})
	}
	for _, version := range []string{"v1", "v2"} {
		name := "zipkinjs-" + version
		all = append(all, Sender{
			Name: name, Wire: Zipkin, Services: []string{name + "-front", name + "-back"}, Spans: 5, File: "zipkin/zipkinjs-shared." + version + ".json",
			Send: run("zipkin", name, version, "7c0"+version[1:]),
		})
	}
	for _, encoding := range []string{"pb", "json"} {
		for _, s := range []struct {
			subject  string
			services []string
			spans    int
		}{
			{"values", []string{"otel-js"}, 6}, {"resources", []string{"otel-js-front", "otel-js-back"}, 2}, {"huge", []string{"otel-js-huge"}, 2},
		} {
			all = append(all, Sender{
				Name: "oteljs-" + s.subject + "-" + encoding, Wire: OTLPHTTP, Services: s.services, Spans: s.spans, File: "otlp/oteljs-" + s.subject + "." + encoding,
				Send: run("otel", s.subject, encoding),
			})
			if s.subject == "huge" && encoding == "json" {
				huge := &all[len(all)-1]
				huge.Spans, huge.Unshown = 1, true // the other one is not OTLP
			}
		}
	}
	return all
}

// collectors are a Collector that hands on what no SDK makes, with gzip.
func collectors(script string) (all []Sender) {
	for _, subject := range []struct {
		name, service string
		spans         int
		request       *trace.TracesData
	}{
		{"values", "collector", 10, handmade()}, {"nan", "collector-nan", 1, handmadeNaN()},
	} {
		for _, way := range []struct {
			name     string
			wire     Wire
			encoding string
		}{{"pb", OTLPHTTP, "proto"}, {"json", OTLPHTTP, "json"}, {"grpc", OTLPGRPC, ""}} {
			s := Sender{
				Name: "collector-" + subject.name + "-" + way.name, Wire: way.wire, Services: []string{subject.service}, Spans: subject.spans, Unshown: subject.name == "nan",
				Send: func(ctx context.Context, to string) error {
					return through(ctx, script, strings.TrimSuffix(to, "/v1/traces"), way.encoding, subject.request)
				},
			}
			if way.wire == OTLPHTTP {
				s.File = "otlp/collector-" + subject.name + "." + way.name
			}
			all = append(all, s)
		}
	}
	return all
}

// through starts a Collector, posts the spans to it, and stops it, which then has handed them on.
func through(ctx context.Context, script, to, encoding string, spans *trace.TracesData) error {
	said, err := command(ctx, []string{"E2E_FORWARD=" + to, "E2E_ENCODING=" + encoding, "E2E_OFFSET=11000"}, script, "start")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(said, "E2E_OTLP_HTTP=")
	url, _, _ := strings.Cut(rest, "\n")
	err = post(ctx, url, spans)
	_, stopped := command(ctx, []string{"E2E_OFFSET=11000"}, script, "stop")
	return errors.Join(err, stopped)
}

func post(ctx context.Context, url string, spans *trace.TracesData) error {
	body, err := proto.Marshal(spans) // the same bytes as an export request's
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the Collector: %s", answer.Status)
	}
	return nil
}

// command runs a script and returns what it prints.
func command(ctx context.Context, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, &said)
	}
	return string(out), nil
}
