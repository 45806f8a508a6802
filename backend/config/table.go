// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"slices"

	"github.com/spf13/pflag"
)

// option is a setting: its names, its meaning and where its value goes.
type option struct {
	flag, env string
	value     pflag.Value // its type name is what help and docs show
	help      string
	whenEmpty string  // what an empty default stands for
	commands  Command // that know it
}

func (o option) shown() string {
	if s := o.value.String(); s != "" {
		return s
	}
	return o.whenEmpty
}

// set gives o a value, and appends to wrong what is wrong with it. from says where
// it stands.
func (o option) set(wrong []error, from, text string) []error {
	if err := o.value.Set(text); err != nil {
		if o.value.Type() == secret {
			text = "***"
		}
		return append(wrong, fmt.Errorf("%s: %q: %w", from, shorten(text), err))
	}
	return wrong
}

// table lists the options of c's command, as help does. Their values are c's; getenv
// returns variables that values refer to.
func table(c *Config, getenv func(string) string) []option {
	return slices.DeleteFunc(everything(c, getenv), func(o option) bool { return o.commands&c.Command == 0 })
}

// everything lists the options of all commands, as docs do.
func everything(c *Config, getenv func(string) string) []option {
	options := []option{
		{"span-storage.type", "SPAN_STORAGE_TYPE", choices(&c.Storage, engines), "where traces are kept: on disk, in memory until the process ends, in Cassandra, in Elasticsearch or OpenSearch, or sent on, to other collectors or to Kafka; of several, the first is read", "", stores},
		{"data", "SPUR_DATA", text(&c.Data), "folder of the traces on disk", "spur in the user's cache folder", disks},
		{"max-size", "SPUR_MAX_SIZE", size(&c.MaxSize), "bytes of traces above which the oldest are removed", "1GiB on disk, 256MiB in memory", writes},
		{"max-age", "SPUR_MAX_AGE", duration(&c.MaxAge), "age at which traces on disk are removed; archived and imported ones stay", "", writes},
		{"sync", "SPUR_SYNC", choice(&c.Sync, plain("normal", "full")), "normal: what is stored survives the end of the process; full: that of the machine, too", "", writes},

		{"listen", "SPUR_LISTEN", host(&c.Listen), "address of all ports that have none of their own; 0.0.0.0 opens them to the network", "", everyone},
		{"query.http-server.host-port", "QUERY_HTTP_SERVER_HOST_PORT", address(&c.QueryHTTP), "the pages and the API", "", queries},
		{"collector.otlp.grpc.host-port", "COLLECTOR_OTLP_GRPC_HOST_PORT", address(&c.OTLPGRPC), "OTLP over gRPC", "", collects},
		{"collector.otlp.http.host-port", "COLLECTOR_OTLP_HTTP_HOST_PORT", address(&c.OTLPHTTP), "OTLP over HTTP", "", collects},
		{"collector.otlp.enabled", "COLLECTOR_OTLP_ENABLED", boolean(&c.OTLP), "receive OTLP", "", collects},
		{"collector.http-server.host-port", "COLLECTOR_HTTP_SERVER_HOST_PORT", address(&c.CollectorHTTP), "Thrift over HTTP, and sampling strategies", "", collects},
		{"collector.grpc-server.host-port", "COLLECTOR_GRPC_SERVER_HOST_PORT", address(&c.CollectorGRPC), "what Jaeger's agents send over gRPC, and sampling strategies", "", collects},
		{"collector.zipkin.host-port", "COLLECTOR_ZIPKIN_HOST_PORT", addressOrNone(&c.Zipkin), "Zipkin over HTTP; an empty one, which is the collector's default, receives none", "none", collects},
		{"processor.jaeger-compact.server-host-port", "PROCESSOR_JAEGER_COMPACT_SERVER_HOST_PORT", address(&c.CompactUDP), "Thrift compact over UDP", "", nearby},
		{"processor.jaeger-binary.server-host-port", "PROCESSOR_JAEGER_BINARY_SERVER_HOST_PORT", address(&c.BinaryUDP), "Thrift binary over UDP", "", nearby},
		{"http-server.host-port", "HTTP_SERVER_HOST_PORT", address(&c.SamplingHTTP), "sampling strategies", "", nearby},
		{"sampling.grpc-server.host-port", "SAMPLING_GRPC_SERVER_HOST_PORT", address(&c.SamplingGRPC), "sampling strategies over gRPC", "", collects},
		{"admin.http.host-port", "ADMIN_HTTP_HOST_PORT", address(&c.AdminHTTP), "health, metrics and profiles", "", serves},

		{"collector.queue-size", "COLLECTOR_QUEUE_SIZE", count(&c.QueueSize, 1, 10_000_000), "spans that may wait for the store; senders of more are told to come back", "", collects},
		{"collector.queue-size-memory", "COLLECTOR_QUEUE_SIZE_MEMORY", count(&c.QueueMemory, 0, 1_000_000), "the same in MiB of memory, estimated; 0 is the default", "", collects},
		{"collector.ack-stored", "SPUR_COLLECTOR_ACK_STORED", boolean(&c.AckStored), "answer senders over HTTP and gRPC when their spans are stored, not when they are queued: what a collector had that is killed is sent again", "", collects},
		{"collector.tags", "COLLECTOR_TAGS", tags(&c.Tags, getenv), "tags for the process of every span, key=value,…; a value may be ${VARIABLE:default}", "", collects},
		{"agent.tags", "AGENT_TAGS", tags(&c.Tags, getenv), "the same, added by the agent", "", Agent},
		{"sampling.strategies-file", "SAMPLING_STRATEGIES_FILE", text(&c.Strategies), "JSON file with sampling strategies: a path, or a URL of http or https", "everything is sampled", collects},
		{"sampling.strategies-reload-interval", "SAMPLING_STRATEGIES_RELOAD_INTERVAL", interval(&c.StrategiesReload), "how often that file is read again; 0 is never", "", collects},
		{"sampling.strategies.bugfix-5270", "SAMPLING_STRATEGIES_BUGFIX_5270", boolean(&c.StrategiesLimitedToo), "apply the operations of its default_strategy also to services of type ratelimiting", "", collects},
		{"sampling.config-type", "SAMPLING_CONFIG_TYPE", choice(&c.SamplingType, samplings), "how sampling is decided", "", collects},

		{"collector.bearer-token", "COLLECTOR_BEARER_TOKEN", token(&c.CollectorToken), "token that senders must show, over HTTP and gRPC, as Authorization: Bearer", "anyone may send", collects},
		{"query.bearer-token", "QUERY_BEARER_TOKEN", token(&c.QueryToken), "the same for the API", "anyone may read", queries},
		{"query.base-path", "QUERY_BASE_PATH", path(&c.BasePath), "path below which the API is, behind a proxy", "", queries},
		{"query.ui-config", "QUERY_UI_CONFIG", text(&c.UIConfig), "JSON file with the linkPatterns of Jaeger's UI: links from tags and traces to other pages", "none", queries},
		{"allowed-hosts", "SPUR_ALLOWED_HOSTS", hostNames(&c.AllowedHosts), "names by which requests may call this server, beside localhost and IP addresses; * is any", "any when --listen is not a loopback address", serves},
		{"log-level", "LOG_LEVEL", level(&c.LogLevel), "least severe messages that are logged: debug, info, warn, error", "", everyone},
		{"self-trace", "SPUR_SELF_TRACE", boolean(&c.SelfTrace), "store traces of this server's own requests and writes", "", collects},
	}
	options = append(options, c.dependencies()...)
	options = append(options, c.Reporter.options()...)
	options = append(options, c.Forward.options()...)
	options = append(options, c.KafkaProducer.options()...)
	options = append(options, c.KafkaConsumer.options()...)
	options = append(options, c.Cassandra.options()...)
	options = append(options, c.Elastic.options()...)
	options = append(options, c.adaptive()...)
	for _, t := range c.tls() {
		options = append(options, t.options()...)
	}
	return options
}

// engines are the values of span-storage.type, each with what is wrong with it.
var engines = []word{
	{"sqlite", ""},
	{"memory", ""},
	{"forward", ""},
	{"kafka", ""},
	{"cassandra", ""},
	{elasticsearch, ""},
	{opensearch, ""},
	{"badger", "use sqlite, which keeps traces on disk without a server, too"},
	{"grpc", "remote storage is not supported: use sqlite or memory"},
}

var samplings = []word{
	{"file", ""},
	{"static", ""},
	{"adaptive", ""},
}
