// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/go-spur/spur/backend/sampling"
)

// Config are the settings of a command.
type Config struct {
	// Command is whose settings they are. It uses only some of them.
	Command Command
	// Storage is the engine: "sqlite", "memory", "forward", "kafka" or "cassandra", or several of them,
	// separated by commas. All take spans, and the first is read.
	Storage string
	Forward Forward // of the engine "forward"
	// KafkaProducer is of the engine "kafka", KafkaConsumer of the ingester.
	KafkaProducer KafkaProducer
	KafkaConsumer KafkaConsumer
	Cassandra     Cassandra // of the engine "cassandra"
	Elastic       Elastic   // of the engines "elasticsearch" and "opensearch", which are one
	// Date is the day that the command dependencies computes, in UTC; the zero time is
	// that of an hour ago.
	Date time.Time
	// Reporter is where the agent sends spans, unless Forward says so.
	Reporter Reporter
	// Data is the folder of what lies on disk; empty is the user's cache folder.
	Data string
	// MaxSize and MaxAge are where the oldest traces are removed. A MaxSize of 0
	// is the engine's default.
	MaxSize int64
	MaxAge  time.Duration
	// Sync is "normal" or "full": see sqlite.
	Sync string

	// Listen is the host or IP address for addresses that are only a port.
	Listen string
	// The addresses: see Address.
	QueryHTTP, AdminHTTP, CollectorHTTP, CollectorGRPC, OTLPGRPC, OTLPHTTP, SamplingHTTP, SamplingGRPC, CompactUDP, BinaryUDP string
	// Zipkin is one, too; empty receives nothing of Zipkin's.
	Zipkin string
	// What these of them serve with TLS.
	QueryTLS, AdminTLS, CollectorTLS, CollectorGRPCTLS, OTLPGRPCTLS, OTLPHTTPTLS, ZipkinTLS TLS
	// OTLP says whether OTLP is received at all.
	OTLP bool

	// QueueSize and QueueMemory, in MiB, bound the spans waiting for the store. A
	// QueueMemory of 0 is the default.
	QueueSize, QueueMemory int
	AckStored              bool // senders hear when their spans are stored
	// Tags are added to every span's resource.
	Tags map[string]string
	// Strategies is the file of sampling strategies, a path or a URL; empty samples
	// everything. It is read again each StrategiesReload, or never if that is 0.
	Strategies       string
	StrategiesReload time.Duration
	// StrategiesLimitedToo is sampling.FileConfig.LimitedToo.
	StrategiesLimitedToo bool
	// SamplingType is "file" or "static", which are the same, or "adaptive".
	SamplingType string
	Adaptive     sampling.AdaptiveConfig

	// CollectorToken and QueryToken are bearer tokens that senders and users of the
	// API must show; empty ones let everyone in.
	CollectorToken, QueryToken string

	// BasePath is where the API's paths begin, behind a proxy: "/jaeger".
	BasePath string
	// UIConfig is the JSON file of the pages' settings; empty is none.
	UIConfig string
	// AllowedHosts are names that requests may give in their Host header, beside
	// those of this machine.
	AllowedHosts []string

	LogLevel  slog.Level
	SelfTrace bool
}

// Default returns the settings that nothing has changed.
func Default(command Command) Config {
	storage, admin, zipkin := "sqlite", "14269", ""
	switch command {
	case AllInOne:
		zipkin = "9411"
	case Query:
		admin = "16687"
	case Agent:
		storage, admin = forward, "14271"
	case Ingester:
		admin = "14270"
	case Dependencies:
		storage = cassandra
	}
	return Config{
		Command:       command,
		Storage:       storage,
		Forward:       defaultForward(),
		KafkaProducer: defaultProducer(),
		KafkaConsumer: defaultConsumer(),
		Cassandra:     defaultCassandra(),
		Elastic:       defaultElastic(),
		MaxAge:        72 * time.Hour,
		Sync:          "normal",
		Listen:        "127.0.0.1",
		QueryHTTP:     "16686",
		AdminHTTP:     admin,
		CollectorHTTP: "14268",
		CollectorGRPC: "14250",
		OTLPGRPC:      "4317",
		OTLPHTTP:      "4318",
		Zipkin:        zipkin,
		SamplingHTTP:  "5778",
		SamplingGRPC:  "5779",
		CompactUDP:    "6831",
		BinaryUDP:     "6832",
		OTLP:          true,
		QueueSize:     50_000,
		QueueMemory:   256,
		SamplingType:  "file",
		BasePath:      "/",

		StrategiesReload: 10 * time.Second,
		Adaptive:         sampling.DefaultAdaptive(),
	}
}

// FreePorts makes every port any that is free, for tests and programs with several
// servers.
func (c *Config) FreePorts() {
	for _, addr := range []*string{
		&c.QueryHTTP, &c.AdminHTTP, &c.CollectorHTTP, &c.CollectorGRPC, &c.OTLPGRPC, &c.OTLPHTTP,
		&c.SamplingHTTP, &c.SamplingGRPC, &c.CompactUDP, &c.BinaryUDP,
	} {
		*addr = "0"
	}
	if c.Zipkin != "" {
		c.Zipkin = "0"
	}
}

// Address returns addr as host:port: what is only a port is at c.Listen.
func (c *Config) Address(addr string) string {
	if strings.Contains(addr, ":") {
		return addr
	}
	return net.JoinHostPort(c.Listen, addr)
}

// What the error of Parse is.
var (
	ErrInvalid = errors.New("invalid settings") // wrapped
	ErrHelp    = pflag.ErrHelp                  // the flag --help was given
)

// Parse reads the settings of a command from args, without its name, and env, as
// os.Environ returns it.
// The error, if any, names everything that is wrong. The warning is about
// variables that look like settings but are none, or empty.
func Parse(command Command, args, env []string) (c Config, warning string, err error) {
	c = Default(command)
	options := table(&c, func(name string) string { return lookup(env, name) })
	flags := pflag.NewFlagSet(command.String(), pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	given := make([]recorded, len(options))
	for i, o := range options {
		given[i].option = o
		f := flags.VarPF(&given[i], o.flag, "", o.help)
		if o.value.Type() == "bool" {
			f.NoOptDefVal = "true"
		}
	}
	path := flags.String("config-file", "", "")
	if err := flags.Parse(args); errors.Is(err, ErrHelp) {
		return c, "", ErrHelp
	} else if err != nil {
		return c, "", fmt.Errorf("%w: %w", ErrInvalid, suggest(err, options))
	}
	if flags.NArg() > 0 {
		return c, "", fmt.Errorf("%w: %s: only flags are known, and this is none", ErrInvalid, shorten(flags.Arg(0)))
	}

	variables, warning := environment(env, options)
	var wrong []error
	if *path == "" {
		*path = variables["CONFIG_FILE"]
	}
	if *path != "" {
		wrong = append(wrong, file(*path, options)...)
	}
	for _, o := range options {
		if text := variables[o.env]; text != "" {
			wrong = o.set(wrong, "variable "+o.env, text)
		}
	}
	for _, g := range given {
		for _, text := range g.texts {
			wrong = g.option.set(wrong, "flag --"+g.option.flag, text)
		}
	}
	wrong = append(wrong, c.checkTLS()...)
	wrong = append(wrong, c.checkForward()...)
	wrong = append(wrong, c.checkKafka()...)
	wrong = append(wrong, c.checkCassandra()...)
	wrong = append(wrong, c.checkElastic()...)
	wrong = append(wrong, c.checkDependencies()...)
	if wrong != nil {
		return c, warning, fmt.Errorf("%w:\n%w", ErrInvalid, errors.Join(wrong...))
	}
	return c, warning, nil
}

// lookup returns the variable of env, or "".
func lookup(env []string, name string) string {
	for _, entry := range env {
		if n, text, _ := strings.Cut(entry, "="); n == name {
			return text
		}
	}
	return ""
}

// recorded is a flag whose values are kept, to be set after all others.
type recorded struct {
	option option
	texts  []string
}

func (r *recorded) Set(text string) error { r.texts = append(r.texts, text); return nil }
func (r *recorded) String() string        { return r.option.shown() }
func (r *recorded) Type() string          { return r.option.value.Type() }

// suggest adds to an error of pflag the flag that may be meant.
func suggest(err error, options []option) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	names := []string{"config-file", "help"}
	for _, o := range options {
		names = append(names, o.flag)
	}
	name := unknown.GetSpecifiedName()
	if meant := nearest(name, names); meant != "" {
		return fmt.Errorf("unknown flag --%s, did you mean --%s?", shorten(name), meant)
	}
	return fmt.Errorf("unknown flag --%s; --help lists all", shorten(name))
}
