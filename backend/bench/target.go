// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// target is a backend that can be measured.
type target struct {
	name   string // "spur sqlite"
	disk   bool   // keeps traces from one start to the next
	binary string
	// prepare writes what the process needs into dir, the data folder, and returns
	// its arguments and what its environment has in addition.
	prepare func(p ports, dir string) (args, env []string, err error)
}

// ports are the usual ones plus an offset, on the loopback interface.
type ports int

func (p ports) at(port int) string { return "127.0.0.1:" + strconv.Itoa(port+int(p)) }

func (p ports) query() string { return "http://" + p.at(16686) }
func (p ports) otlp() string  { return "http://" + p.at(4318) + "/v1/traces" }
func (p ports) udp() string   { return p.at(6831) }

// targets returns all backends: ours, and the two Jaegers if their binaries are
// given.
func targets(ours, jaeger1, jaeger2 string) []target {
	t := []target{
		{"spur sqlite", true, ours, prepareOurs("sqlite")},
		{"spur memory", false, ours, prepareOurs("memory")},
	}
	if jaeger1 != "" {
		t = append(t,
			target{"Jaeger 1.62 badger", true, jaeger1, prepareJaeger1("badger")},
			target{"Jaeger 1.62 memory", false, jaeger1, prepareJaeger1("memory")})
	}
	if jaeger2 != "" {
		t = append(t,
			target{"Jaeger 2.13 badger", true, jaeger2, prepareJaeger2("badger")},
			target{"Jaeger 2.13 memory", false, jaeger2, prepareJaeger2("memory")})
	}
	return t
}

// keep is room for all spans of a run.
const keep = "16GB"

func prepareOurs(engine string) func(ports, string) ([]string, []string, error) {
	return func(p ports, dir string) ([]string, []string, error) {
		return []string{
			"--span-storage.type=" + engine,
			"--data=" + dir,
			"--max-size=" + keep,
			"--query.http-server.host-port=" + p.at(16686),
			"--admin.http.host-port=" + p.at(14269),
			"--collector.http-server.host-port=" + p.at(14268),
			"--collector.zipkin.host-port=" + p.at(9411),
			"--collector.otlp.grpc.host-port=" + p.at(4317),
			"--collector.otlp.http.host-port=" + p.at(4318),
			"--http-server.host-port=" + p.at(5778),
			"--processor.jaeger-compact.server-host-port=" + p.at(6831),
			"--processor.jaeger-binary.server-host-port=" + p.at(6832),
		}, nil, nil
	}
}

func prepareJaeger1(engine string) func(ports, string) ([]string, []string, error) {
	return func(p ports, dir string) ([]string, []string, error) {
		args := []string{
			"--admin.http.host-port=" + p.at(14269),
			"--collector.grpc-server.host-port=" + p.at(14250),
			"--collector.http-server.host-port=" + p.at(14268),
			"--collector.otlp.grpc.host-port=" + p.at(4317),
			"--collector.otlp.http.host-port=" + p.at(4318),
			"--collector.queue-size=50000", // as ours; 2,000 lose spans sooner
			"--collector.zipkin.host-port=" + p.at(9411),
			"--http-server.host-port=" + p.at(5778),
			"--processor.jaeger-binary.server-host-port=" + p.at(6832),
			"--processor.jaeger-compact.server-host-port=" + p.at(6831),
			"--processor.zipkin-compact.server-host-port=" + p.at(5775),
			"--query.grpc-server.host-port=" + p.at(16685),
			"--query.http-server.host-port=" + p.at(16686),
			"--reporter.grpc.host-port=" + p.at(14250),
		}
		if engine == "badger" {
			args = append(args, "--badger.ephemeral=false",
				"--badger.directory-key="+filepath.Join(dir, "keys"),
				"--badger.directory-value="+filepath.Join(dir, "values"))
		}
		return args, []string{"SPAN_STORAGE_TYPE=" + engine}, nil
	}
}

// jaeger2Config has the store and, in this order, ten addresses.
const jaeger2Config = `
service:
  extensions: [jaeger_storage, jaeger_query, remote_sampling, healthcheckv2]
  pipelines:
    traces: {receivers: [otlp, jaeger, zipkin], processors: [batch], exporters: [jaeger_storage_exporter]}
  telemetry:
    metrics: {level: none}
extensions:
  jaeger_storage:
    backends:
      store: {%s}
  jaeger_query:
    storage: {traces: store}
    enable_tracing: false
    http: {endpoint: %q}
    grpc: {endpoint: %q}
  remote_sampling:
    file: {path: "", default_sampling_probability: 1}
    http: {endpoint: %q}
    grpc: {endpoint: %q}
  healthcheckv2:
    use_v2: true
    http: {endpoint: %q}
receivers:
  otlp:
    protocols:
      grpc: {endpoint: %q}
      http: {endpoint: %q}
  jaeger:
    protocols:
      thrift_binary: {endpoint: %q}
      thrift_compact: {endpoint: %q}
  zipkin: {endpoint: %q}
processors:
  batch:
exporters:
  jaeger_storage_exporter: {trace_storage: store}
`

func prepareJaeger2(engine string) func(ports, string) ([]string, []string, error) {
	return func(p ports, dir string) ([]string, []string, error) {
		store := "memory: {max_traces: 10000000}"
		if engine == "badger" {
			store = fmt.Sprintf("badger: {ephemeral: false, ttl: {spans: 72h}, directories: {keys: %q, values: %q}}",
				filepath.Join(dir, "keys"), filepath.Join(dir, "values"))
		}
		config := fmt.Sprintf(jaeger2Config, store, p.at(16686), p.at(16685), p.at(5778), p.at(5779), p.at(13133),
			p.at(4317), p.at(4318), p.at(6832), p.at(6831), p.at(9411))
		path := filepath.Join(dir, "config.yaml")
		return []string{"--config", "file:" + path}, nil, os.WriteFile(path, []byte(config), 0o600)
	}
}
