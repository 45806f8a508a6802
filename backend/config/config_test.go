// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
)

// write returns the path of a file with that text.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "spur.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestParse: what flags, variables and the file change.
func TestParse(t *testing.T) {
	for _, test := range []struct {
		args, env []string
		file      string
		want      func(c *config.Config)
	}{
		{want: func(*config.Config) {}},
		{args: []string{"--span-storage.type=memory", "--self-trace"}, want: func(c *config.Config) { c.Storage, c.SelfTrace = "memory", true }},
		{env: []string{"SPAN_STORAGE_TYPE=Memory", "COLLECTOR_OTLP_ENABLED=false"}, want: func(c *config.Config) { c.Storage, c.OTLP = "memory", false }},
		{env: []string{"SPAN_STORAGE_TYPE=", "COLLECTOR_QUEUE_SIZE= 7 "}, want: func(c *config.Config) { c.QueueSize = 7 }},
		{args: []string{"--max-size", "1.5GiB", "--max-age=36h"}, want: func(c *config.Config) { c.MaxSize, c.MaxAge = 3<<29, 36*time.Hour }},
		{env: []string{"COLLECTOR_QUEUE_SIZE_MEMORY=0", "LOG_LEVEL=fatal"}, want: func(c *config.Config) { c.QueueMemory, c.LogLevel = 0, slog.LevelError }},
		{args: []string{"--max-size=500mb", "--log-level=WARN"}, want: func(c *config.Config) { c.MaxSize, c.LogLevel = 5e8, slog.LevelWarn }},
		{args: []string{"--listen=[::1]", "--admin.http.host-port=:1", "--query.http-server.host-port=0"}, want: func(c *config.Config) {
			c.Listen, c.AdminHTTP, c.QueryHTTP = "::1", ":1", "0"
		}},
		{env: []string{"COLLECTOR_TAGS=zone=a, pod=${POD:none},node=${NODE},x=${X:y=z}", "POD=p"}, want: func(c *config.Config) {
			c.Tags = map[string]string{"zone": "a", "pod": "p", "x": "y=z"}
		}},
		{args: []string{"--allowed-hosts=a.example, b.example,"}, want: func(c *config.Config) { c.AllowedHosts = []string{"a.example", "b.example"} }},
		{file: "collector:\n  queue-size: 5\n  otlp: {grpc: {host-port: '1.2.3.4:1'}}\nquery.base-path: /x\nallowed-hosts: [a, b]\nsync:\nquery:\n", want: func(c *config.Config) {
			c.QueueSize, c.OTLPGRPC, c.BasePath, c.AllowedHosts = 5, "1.2.3.4:1", "/x", []string{"a", "b"}
		}},
		{env: []string{"ADMIN_HTTP_TLS_ENABLED=true", "ADMIN_HTTP_TLS_CERT=c", "ADMIN_HTTP_TLS_KEY=k"}, want: func(c *config.Config) {
			c.AdminTLS = config.TLS{Enabled: true, Cert: "c", Key: "k"}
		}},
		{ // a flag wins over a variable, that over the file; the last of two flags wins
			args: []string{"--data=flag", "--data=last"}, env: []string{"SPUR_DATA=variable", "LOG_LEVEL=error"}, file: "data: file\nlog-level: debug\nmax-age: 1h",
			want: func(c *config.Config) { c.Data, c.LogLevel, c.MaxAge = "last", slog.LevelError, time.Hour },
		},
	} {
		want := config.Default(config.AllInOne)
		test.want(&want)
		if test.file != "" {
			test.env = append(test.env, "CONFIG_FILE="+write(t, test.file))
		}
		got, warning, err := config.Parse(config.AllInOne, test.args, test.env)
		if err != nil || warning != "" || !reflect.DeepEqual(got, want) {
			t.Errorf("%q %q %q:\n%+v, warning %q, error %v; want\n%+v", test.args, test.env, test.file, got, warning, err, want)
		}
	}
}

// TestCommands: a command knows the settings of its components, and no others.
func TestCommands(t *testing.T) {
	for _, test := range []struct {
		command config.Command
		args    string
		known   bool
	}{
		{config.Collector, "--collector.queue-size=1", true},
		{config.Collector, "--query.base-path=/x", false},
		{config.Collector, "--processor.jaeger-compact.server-host-port=1", false},
		{config.Query, "--query.base-path=/x", true},
		{config.Query, "--collector.queue-size=1", false},
	} {
		_, _, err := config.Parse(test.command, []string{test.args}, nil)
		if (err == nil) != test.known || err != nil && !strings.Contains(err.Error(), "unknown flag") {
			t.Errorf("%v %s: %v", test.command, test.args, err)
		}
		_, warning, err := config.Parse(test.command, nil, []string{"COLLECTOR_QUEUE_SIZE=1", "QUERY_BASE_PATH=/x"})
		if err != nil || strings.Contains(warning, "QUERY_BASE_PATH") != (test.command == config.Collector) {
			t.Errorf("%v: warning %q, error %v", test.command, warning, err)
		}
	}
	for command, port := range map[config.Command]string{config.AllInOne: "9411", config.Collector: "", config.Query: ""} {
		if c := config.Default(command); c.Zipkin != port {
			t.Errorf("%v: Zipkin at %q", command, c.Zipkin)
		}
	}
	if c, _, err := config.Parse(config.AllInOne, []string{"--collector.zipkin.host-port="}, nil); err != nil || c.Zipkin != "" {
		t.Errorf("Zipkin at %q, %v", c.Zipkin, err)
	}
	for command, port := range map[config.Command]string{config.AllInOne: "14269", config.Collector: "14269", config.Query: "16687"} {
		if c := config.Default(command); c.AdminHTTP != port || c.Command != command {
			t.Errorf("%v: %+v", command, c)
		}
	}
}

// TestWrong: an error names all that is wrong, and where it stands.
func TestWrong(t *testing.T) {
	for _, test := range []struct {
		args, env []string
		file      string
		want      []string // parts of the error
	}{
		{args: []string{"--max-sise=1GB"}, want: []string{"unknown flag --max-sise, did you mean --max-size?"}},
		{args: []string{"--nothing"}, want: []string{"unknown flag --nothing; --help lists all"}},
		{args: []string{"serve"}, want: []string{"serve: only flags"}},
		{args: []string{"--max-size"}, want: []string{"max-size"}},
		{args: []string{"--max-size=0"}, want: []string{`flag --max-size: "0": not a size`}},
		{args: []string{"--max-size=NaN"}, want: []string{"not a size"}},
		{args: []string{"--span-storage.type=badger"}, want: []string{`flag --span-storage.type: "badger": use sqlite`}},
		{env: []string{"SPAN_STORAGE_TYPE=grpc"}, want: []string{`variable SPAN_STORAGE_TYPE: "grpc": remote storage is not supported`}},
		{env: []string{"SPAN_STORAGE_TYPE=mongodb"}, want: []string{"not one of sqlite, memory"}},
		{env: []string{"SAMPLING_CONFIG_TYPE=remote"}, want: []string{"not one of file, static, adaptive"}},
		{env: []string{"SAMPLING_CALCULATION_INTERVAL=1ms"}, want: []string{`"1ms": not a duration with a unit, of at least 1s`}},
		{env: []string{"SAMPLING_STRATEGIES_RELOAD_INTERVAL=-1s"}, want: []string{"nor 0"}},
		{args: []string{"--sampling.initial-sampling-probability=NaN"}, want: []string{"not a number from 0 to 1"}},
		{ // several at once
			args: []string{"--log-level=loud", "--listen=http://x"}, env: []string{"COLLECTOR_QUEUE_SIZE=-1", "SPUR_MAX_AGE=72"}, file: "sync: never\nnothing: 1",
			want: []string{
				`flag --log-level: "loud": not one of debug`, `flag --listen: "http://x": not a name`, `variable COLLECTOR_QUEUE_SIZE: "-1": not a whole number from 1 to`,
				`variable SPUR_MAX_AGE: "72": not a positive duration`, `spur.yaml:1: key sync: "never": not one of normal, full`, `spur.yaml:2: unknown key "nothing"`,
			},
		},
		{args: []string{"--http-server.host-port=x:y"}, want: []string{"port is not a number"}},
		{args: []string{"--http-server.host-port=::1:5778"}, want: []string{"not a port, nor host:port"}},
		{args: []string{"--http-server.host-port=65536"}, want: []string{"0 to 65535"}},
		{args: []string{"--allowed-hosts=a,http://b"}, want: []string{`flag --allowed-hosts: "a,http://b": not a list of names`}},
		{env: []string{"SPUR_ALLOWED_HOSTS=traces.example.org:443"}, want: []string{"without a port"}},
		{args: []string{"--config-fil=x"}, want: []string{"did you mean --config-file?"}},
		{args: []string{"--query.base-path=x"}, want: []string{"begins with /"}},
		{args: []string{"--query.base-path=/x//y"}, want: []string{"no empty parts"}},
		{args: []string{"--collector.tags=x"}, want: []string{"not a list of key=value"}},
		{args: []string{"--self-trace=maybe"}, want: []string{"neither true nor false"}},
		{args: []string{"--config-file=/nothing/here.yaml"}, want: []string{"/nothing/here.yaml"}},
		{args: []string{"--data=" + strings.Repeat("x", 1000), "--max-age=" + strings.Repeat("é", 1000)}, want: []string{`ééé…": not a positive`}},
		{args: []string{"--query.http.tls.enabled", "--query.http.tls.cert=x"}, want: []string{"query.http.tls.enabled: needs query.http.tls.cert and query.http.tls.key"}},
		{env: []string{"COLLECTOR_OTLP_GRPC_TLS_CLIENT_CA=x"}, want: []string{"collector.otlp.grpc.tls.*: no use without collector.otlp.grpc.tls.enabled"}},
		{env: []string{"QUERY_BEARER_TOKEN=open sesame"}, want: []string{`variable QUERY_BEARER_TOKEN: "***": not all characters`}},
		{file: "collector:\n  queue-sise: 5", want: []string{`spur.yaml:2: unknown key "collector.queue-sise", did you mean collector.queue-size?`}},
		{file: "collector: 5", want: []string{`spur.yaml:1: unknown key "collector"`}},
		{file: "- a", want: []string{"spur.yaml:1: not a mapping"}},
		{file: "data: {a: b}", want: []string{"spur.yaml:1: key data: neither a value nor a list"}},
		{file: "data: a\ndata: b", want: []string{"data"}},
		{file: "collector.queue-size: 1\ncollector: {queue-size: 2}", want: []string{"spur.yaml:2: key collector.queue-size: given twice"}},
		{file: "a: [", want: []string{"spur.yaml"}},
		{file: strings.Repeat("#", 2<<20), want: []string{"longer than 1048576 bytes"}},
	} {
		if test.file != "" {
			test.env = append(test.env, "CONFIG_FILE="+write(t, test.file))
		}
		_, _, err := config.Parse(config.AllInOne, test.args, test.env)
		if !errors.Is(err, config.ErrInvalid) {
			t.Errorf("%.60q %q %.60q: %v", test.args, test.env, test.file, err)
		}
		for _, want := range test.want {
			if !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("%.60q %q %.60q: %v, want %s", test.args, test.env, test.file, err, want)
			}
		}
	}
}

// TestWarning: variables that look like settings are named, once, and nobody else's.
func TestWarning(t *testing.T) {
	const begins = "these variables have no effect here: "
	var many, named []string
	for i := range 102 {
		many = append(many, fmt.Sprintf("ES_%03d=1", i))
		if i < 100 {
			named = append(named, fmt.Sprintf("ES_%03d", i))
		}
	}
	for _, test := range []struct {
		env  []string
		want string
	}{
		{[]string{"PATH=/bin", "HOME=/", "JAEGER_AGENT_HOST=x", "SPUR_DATA=x", "COLLECTOR_PORT_80_TCP_ADDR=1.2.3.4", "QUERY_PORT=tcp://1.2.3.4:80", "QUERY_SERVICE_HOST=1.2.3.4", "ES_SERVER_URLS="}, ""},
		{[]string{"COLLECTOR_ZIPKIN_CORS_ALLOWED_ORIGINS=*", "SPUR_MAXSIZE=1GB"}, begins + "COLLECTOR_ZIPKIN_CORS_ALLOWED_ORIGINS; SPUR_MAXSIZE, did you mean SPUR_MAX_SIZE?"},
		{[]string{"SPAM_STORAGE_TYPE=memory"}, begins + "SPAM_STORAGE_TYPE, did you mean SPAN_STORAGE_TYPE?"},
		{[]string{"no equals sign", "=x", "MULTI_TENANCY_ENABLED=true", "METRICS_STORAGE_TYPE=prometheus"}, begins + "METRICS_STORAGE_TYPE; MULTI_TENANCY_ENABLED"},
		{many, begins + strings.Join(named, "; ") + "; 2 more"},
	} {
		if _, got, err := config.Parse(config.AllInOne, nil, test.env); err != nil || got != test.want {
			t.Errorf("%q: %q, %v, want %q", test.env, got, err, test.want)
		}
	}
}

func TestHelp(t *testing.T) {
	if _, _, err := config.Parse(config.AllInOne, []string{"--help"}, nil); !errors.Is(err, config.ErrHelp) {
		t.Error(err)
	}
	for _, want := range []string{"--collector.queue-size count", "(COLLECTOR_QUEUE_SIZE, default 50000)", "--config-file", "--self-trace=true|false"} {
		if !strings.Contains(config.Help(config.AllInOne), want) {
			t.Errorf("the help has no %s:\n%s", want, config.Help(config.AllInOne))
		}
	}
}

func TestAddress(t *testing.T) {
	c := config.Default(config.AllInOne)
	c.Listen = "::1"
	for addr, want := range map[string]string{"4317": "[::1]:4317", ":4317": ":4317", "0.0.0.0:1": "0.0.0.0:1"} {
		if got := c.Address(addr); got != want {
			t.Errorf("%s is %s, want %s", addr, got, want)
		}
	}
}
