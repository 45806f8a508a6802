// SPDX-License-Identifier: Apache-2.0

// Package env reads the environment variables of Jaeger's clients, and those of
// OpenTelemetry that mean the same. Variables go in, Settings come out: nothing is
// started, and no file but certificates is looked at. The rules that users see are in
// the documentation of spur.FromEnv and in docs/environment.md.
package env

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/endpoint"
	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/propagation"
)

// Settings is what the environment asks for. What is zero, or nil, was not set.
type Settings struct {
	Service    string
	Tags       []Tag // of the process, each key once
	Disabled   *bool
	TraceID128 *bool
	Formats    []propagation.Format // of headers; empty but not nil: none

	Sampler          string // const, probabilistic, ratelimiting or remote
	SamplerParam     float64
	IgnoreParent     bool // sample, whatever remote callers decided
	SamplingEndpoint string
	MaxOperations    int
	RefreshInterval  time.Duration

	Endpoint *endpoint.Endpoint
	Console  bool      // traces are drawn on the standard output as well
	NoExport bool      // spans go nowhere else
	Source   string    // the variable that chose Endpoint or NoExport
	Unusable *Unusable // what should have been the Endpoint

	QueueSpans                          int
	FlushInterval, RetryBudget, Timeout time.Duration
	LogSpans, NoReconnect               *bool
	ReconnectInterval                   time.Duration

	TagValueCharacters, LogValueCharacters              int
	TagsPerSpan, LogsPerSpan, FieldsPerLog, RefsPerSpan int

	Warnings []Warning
	Errors   []Error
}

// Unusable is an endpoint that cannot be used as the environment wants it.
type Unusable struct {
	Address string // without secrets
	Name    string // of the variable that is in the way
}

// Tag is a tag of the process.
type Tag struct{ Key, Value string }

// Warning is a line for the log, with arguments as slog takes them. It shows no
// secrets.
type Warning struct {
	Text string
	Args []any
}

// Error says that a JAEGER_* variable cannot be used. It shows no secrets.
type Error struct {
	Name, Value string
	Err         error
}

// Read reads the variables. environ is a list as of os.Environ, in which it looks for
// names that are spelled wrong.
func Read(lookup func(name string) (string, bool), environ []string) Settings {
	r := &reader{lookup: lookup}
	for i := range table {
		r.read(&table[i], &r.settings[i])
	}
	r.fill()
	r.setSampler()
	r.setEndpoint()
	if len(r.unused) > 0 {
		r.warn("spur: this version has no use for these variables", "variables", r.unused)
	}
	if len(r.lost) > 0 {
		r.warn("spur: not used, since variables that win say something else", "variables", r.lost)
	}
	if names := unknown(environ); len(names) > 0 {
		r.warn("spur: unknown variables", "variables", names)
	}
	return r.Settings
}

// reader is one reading of the environment. First each variable is parsed by itself;
// then those that have a meaning only together are combined.
type reader struct {
	Settings
	lookup   func(name string) (string, bool)
	settings [len(table)]setting // empty where nothing is set; so is one of OTEL_* that is wrong
	unused   []string            // variables that this version has no use for
	lost     []string            // variables that are set, but another one counts

	collector   *endpoint.Endpoint // JAEGER_ENDPOINT
	otlp        *endpoint.Endpoint // OTEL_EXPORTER_OTLP_[TRACES_]ENDPOINT
	baseIsWhole bool               // OTEL_EXPORTER_OTLP_ENDPOINT ends in a path of its own
	exporter    string             // OTEL_TRACES_EXPORTER, but for console
}

func (r *reader) read(v *variable, s *setting) {
	given, _ := r.lookup(v.name)
	if given = strings.TrimSpace(given); given == "" {
		return
	}
	if v.kind == kindPort && isServiceLink(v.name, given) {
		r.warn("spur: variable ignored: Kubernetes sets it for a service of that name", "variable", v.name)
		return
	}
	s.given = given
	if err := r.parse(v, s); err != nil {
		r.wrong(v.name, err)
	} else if v.unused && (v.kind != kindBool || s.whole == 1) {
		r.unused = append(r.unused, v.name)
	}
}

// fill takes over what has a meaning alone.
func (r *reader) fill() {
	r.Service = cmp.Or(r.first("JAEGER_SERVICE_NAME", "OTEL_SERVICE_NAME").text, r.Service)
	r.first("JAEGER_PROPAGATION", "OTEL_PROPAGATORS") // parse has set Formats
	r.Disabled = r.flag("JAEGER_DISABLED", "OTEL_SDK_DISABLED")
	r.TraceID128 = r.flag("JAEGER_TRACEID_128BIT")
	r.LogSpans = r.flag("JAEGER_REPORTER_LOG_SPANS")
	r.NoReconnect = r.flag("JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED")
	r.MaxOperations = r.count("JAEGER_SAMPLER_MAX_OPERATIONS")
	r.RefreshInterval = r.time("JAEGER_SAMPLER_REFRESH_INTERVAL")

	r.QueueSpans = r.count("JAEGER_REPORTER_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_QUEUE_SIZE")
	r.FlushInterval = r.time("JAEGER_REPORTER_FLUSH_INTERVAL", "OTEL_BSP_SCHEDULE_DELAY")
	r.RetryBudget = r.time("OTEL_BSP_EXPORT_TIMEOUT")
	r.Timeout = r.time("JAEGER_REPORTER_TIMEOUT")
	r.ReconnectInterval = r.time("JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL")

	r.LogValueCharacters = r.count("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT")
	r.TagValueCharacters = cmp.Or(r.count("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"), r.LogValueCharacters)
	r.TagsPerSpan = cmp.Or(r.count("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"), r.count("OTEL_ATTRIBUTE_COUNT_LIMIT"))
	r.LogsPerSpan = r.count("OTEL_SPAN_EVENT_COUNT_LIMIT")
	r.FieldsPerLog = r.count("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT")
	r.RefsPerSpan = r.count("OTEL_SPAN_LINK_COUNT_LIMIT")
}

// first returns the first of the variables that is set, or an empty setting. Others that
// are set and say something else have lost.
func (r *reader) first(names ...string) *setting {
	first := &setting{}
	for _, name := range names {
		switch s := r.get(name); {
		case s.given == "":
		case first.given == "":
			first = s
		case first.text != s.text && (first.whole == 0 || first.whole != s.whole):
			r.lost = append(r.lost, name)
		}
	}
	return first
}

// get returns the setting of a variable, an empty one if it is not set.
func (r *reader) get(name string) *setting {
	if i := index(name); i >= 0 {
		return &r.settings[i]
	}
	return &setting{}
}

func (r *reader) count(names ...string) int          { return int(r.first(names...).whole) }
func (r *reader) time(names ...string) time.Duration { return time.Duration(r.first(names...).whole) }
func (r *reader) text(name string) string            { return r.get(name).text }
func (r *reader) isSet(name string) bool             { return r.get(name).given != "" }

func (r *reader) flag(names ...string) *bool {
	s := r.first(names...)
	if s.text == "" {
		return nil
	}
	on := s.whole == 1
	return &on
}

func (r *reader) warn(text string, args ...any) {
	r.Warnings = append(r.Warnings, Warning{text, args})
}

// wrong says that a variable which is set cannot be used. One of OpenTelemetry's
// counts as not set from then on.
func (r *reader) wrong(name string, err error) {
	value := r.shown(name)
	if strings.HasPrefix(name, "OTEL_") {
		r.warn("spur: wrong setting ignored", "variable", name, "value", value, "error", err)
		*r.get(name) = setting{}
		return
	}
	r.Errors = append(r.Errors, Error{name, value, err})
}

// shown is what may be shown of a variable's value.
func (r *reader) shown(name string) string {
	value := r.get(name).given
	if i := index(name); i >= 0 {
		value = table[i].shown(value)
	}
	return format.Short(value, 128)
}

// warnOfUnused logs which of the variables are set, if any is.
func (r *reader) warnOfUnused(text string, names ...string) {
	names = slices.DeleteFunc(names, func(name string) bool { return !r.isSet(name) })
	if len(names) > 0 {
		r.warn(text, "variables", names)
	}
}

// someOf returns up to 10 texts for the log.
func someOf(texts []string) []string {
	const most = 10
	var some []string
	for i, text := range texts {
		if i == most {
			return append(some, "…")
		}
		some = append(some, format.Short(text, 128))
	}
	return some
}
