// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/internal/endpoint"
	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// setting is what the tracer would have, and why.
type setting struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"` // variables, or "default"
	Status status `json:"status"`
	Note   string `json:"note"`
}

const (
	byDefault       = "default"
	exporters       = "OTEL_TRACES_EXPORTER"
	defaultSampling = "http://127.0.0.1:5778/sampling"
)

// settings returns what FromEnv makes of the environment.
func (e *environment) settings() []setting {
	s := &e.read
	return []setting{
		e.row("service", cmp.Or(s.Service, "none: the program must name it"), "JAEGER_SERVICE_NAME", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"),
		e.tags(),
		e.disabled(),
		e.row("trace ids", word(s.TraceID128, true, "128 bits", "64 bits"), "JAEGER_TRACEID_128BIT"),
		e.row("headers", headers(s), "JAEGER_PROPAGATION", "OTEL_PROPAGATORS"),
		e.sampler(),
		e.samplingServer(),
		e.row("max operations", number(s.MaxOperations, sampler.MaxOperations), "JAEGER_SAMPLER_MAX_OPERATIONS"),
		e.row("refresh interval", duration(s.RefreshInterval, time.Minute), "JAEGER_SAMPLER_REFRESH_INTERVAL", e.ifRemote("pollingIntervalMs")),
		e.destination(),
		e.row("log spans", word(s.LogSpans, false, "yes", "no"), "JAEGER_REPORTER_LOG_SPANS"),
		e.row("queue size", number(s.QueueSpans, reporter.DefaultQueueSpans)+" spans, 16 MiB", "JAEGER_REPORTER_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_QUEUE_SIZE"),
		e.row("flush interval", duration(s.FlushInterval, reporter.DefaultFlushInterval), "JAEGER_REPORTER_FLUSH_INTERVAL", "OTEL_BSP_SCHEDULE_DELAY"),
		e.row("retry budget", duration(s.RetryBudget, reporter.DefaultRetryBudget), "OTEL_BSP_EXPORT_TIMEOUT"),
		e.requestTime(),
		e.reconnecting(),
		e.row("tag value length", length(s.TagValueCharacters, "4096 bytes"), "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"),
		e.row("log value length", length(s.LogValueCharacters, "16384 bytes"), "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"),
		e.row("tags per span", number(s.TagsPerSpan, 1000), "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT"),
		e.row("logs per span", number(s.LogsPerSpan, 1000), "OTEL_SPAN_EVENT_COUNT_LIMIT"),
		e.row("fields per log", number(s.FieldsPerLog, 128), "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT"),
		e.row("references per span", number(s.RefsPerSpan, 1000), "OTEL_SPAN_LINK_COUNT_LIMIT"),
	}
}

// row is a setting that the first of the variables decides that is set and not wrong.
func (e *environment) row(name, value string, variables ...string) setting {
	source := byDefault
	for _, v := range variables {
		if e.counts(v) {
			source = v
			break
		}
	}
	return setting{Name: name, Value: format.Line(value, maxText), Source: source}
}

// together is a setting to which all of the variables contribute.
func (e *environment) together(name, value string, variables ...string) setting {
	variables = slices.DeleteFunc(variables, func(v string) bool { return !e.counts(v) })
	return setting{Name: name, Value: format.Line(value, maxText), Source: cmp.Or(strings.Join(variables, ", "), byDefault)}
}

// tags shows the keys: values may be secret.
func (e *environment) tags() setting {
	var keys []string
	for _, t := range e.read.Tags {
		keys = append(keys, t.Key)
	}
	s := e.together("process tags", cmp.Or(some(keys), "none"), "JAEGER_TAGS", "OTEL_RESOURCE_ATTRIBUTES")
	if len(keys) == 0 {
		s.Source = byDefault // OTEL_RESOURCE_ATTRIBUTES may hold the service alone
	}
	return s
}

func (e *environment) disabled() setting {
	s := e.row("disabled", word(e.read.Disabled, false, "yes", "no"), "JAEGER_DISABLED", "OTEL_SDK_DISABLED")
	if e.isDisabled() {
		s.Status, s.Note = warn, "no span is recorded or sent"
	}
	return s
}

// jaegerSampler reports whether Jaeger's variables choose the sampler, and not
// OpenTelemetry's.
func (e *environment) jaegerSampler() bool {
	return e.isSet("JAEGER_SAMPLER_TYPE") || e.isSet("JAEGER_SAMPLER_PARAM")
}

func (e *environment) sampler() setting {
	s := &e.read
	param := strconv.FormatFloat(s.SamplerParam, 'g', -1, 64)
	value, nothing := "remote: 0.001 until the server answers", false
	switch s.Sampler {
	case "remote":
		value = "remote: " + param + " until the server answers"
	case "const":
		value, nothing = map[bool]string{true: "const: all new traces", false: "const: none"}[s.SamplerParam != 0], s.SamplerParam == 0
	case "probabilistic":
		value, nothing = "probabilistic: "+param+" of new traces", s.SamplerParam == 0
	case "ratelimiting":
		value, nothing = "ratelimiting: "+param+" new traces a second", s.SamplerParam == 0
	}
	if s.IgnoreParent {
		value += ", whatever callers decided"
	}
	row := e.together("sampler", value, "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG")
	if e.jaegerSampler() {
		row = e.together("sampler", value, "JAEGER_SAMPLER_TYPE", "JAEGER_SAMPLER_PARAM")
	}
	if s.Sampler == "" {
		row.Source = byDefault // what is set is wrong
	}
	if nothing {
		row.Status, row.Note = warn, "no new trace is recorded"
		if e.jaegerSampler() && !e.isSet("JAEGER_SAMPLER_PARAM") {
			row.Note += ", since JAEGER_SAMPLER_PARAM is not set"
		}
	}
	return row
}

// remote reports whether the sampling server is asked.
func (e *environment) remote() bool {
	return (e.read.Sampler == "" || e.read.Sampler == "remote") && !e.isDisabled()
}

func (e *environment) samplingServer() setting {
	const name = "sampling server"
	if !e.remote() {
		source := e.sampler().Source
		if e.isDisabled() {
			source = e.disabled().Source
		}
		return setting{Name: name, Value: "not asked", Source: source}
	}
	row := e.row(name, address.Hide(cmp.Or(e.read.SamplingEndpoint, defaultSampling)),
		"JAEGER_SAMPLING_ENDPOINT", "JAEGER_SAMPLER_MANAGER_HOST_PORT", e.ifRemote("endpoint"))
	if row.Source == byDefault {
		row = e.together(name, row.Value, "JAEGER_SAMPLER_HOST", "JAEGER_SAMPLER_PORT", "JAEGER_SAMPLER_SAMPLING_PATH")
		if !e.counts("JAEGER_SAMPLER_HOST") && e.counts("JAEGER_AGENT_HOST") {
			row.Source = strings.TrimPrefix(strings.Replace(row.Source, byDefault, "", 1)+", JAEGER_AGENT_HOST", ", ")
		}
	}
	return row
}

// ifRemote names OTEL_TRACES_SAMPLER_ARG where it is used and has a key.
func (e *environment) ifRemote(key string) string {
	if e.jaegerSampler() || e.read.Sampler != "remote" || !strings.Contains(e.value(otelArgument), key) {
		return ""
	}
	return otelArgument
}

func (e *environment) destination() setting {
	s := &e.read
	row := setting{Name: "destination", Source: cmp.Or(s.Source, byDefault)}
	switch wrong := e.wrongDestination(); {
	case wrong != "":
		row.Value, row.Source, row.Status = "none", wrong, fail
		row.Note = "New returns an error"
	case s.Unusable != nil:
		row.Value, row.Source = "nowhere: they are lost", s.Unusable.Name
		row.Status, row.Note = fail, s.Unusable.Address+" cannot be used as this variable wants it"
	case s.NoExport && !s.Console:
		row.Value, row.Status, row.Note = "nowhere", warn, "no span leaves the program"
	case s.NoExport:
		row.Value = "the standard output"
	default:
		at := endpoint.Default()
		if s.Endpoint != nil {
			at = *s.Endpoint
		}
		row.Value = describe(&at)
	}
	if s.Console && !s.NoExport {
		row.Value += ", and the standard output"
		if row.Source != exporters {
			row.Source += ", " + exporters
		}
	}
	row.Value = format.Line(row.Value, maxText)
	return row
}

// wrongDestination returns the variable that should say where spans go, and cannot.
func (e *environment) wrongDestination() string {
	for _, name := range []string{"JAEGER_ENDPOINT", "JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT"} {
		if e.failed[name] {
			return name
		}
	}
	return ""
}

// describe says where an endpoint is and how it is reached.
func describe(e *endpoint.Endpoint) string {
	text := address.Hide(e.Address) + ", " + map[transport.Format]string{
		transport.JaegerCompact: "Thrift over UDP", transport.JaegerBatch: "Thrift over HTTP", transport.OTLP: "OTLP over HTTP",
	}[e.Format]
	o := &e.HTTP
	for _, part := range []struct {
		there bool
		text  string
	}{
		{o.Username != "", "user and password"},
		{o.BearerToken != "", "bearer token"},
		{len(o.Header) > 0, plural(len(o.Header), "header")},
		{o.CAFile != "", "authorities of its own"},
		{o.CertFile != "", "client certificate"},
		{o.Gzip, "gzip"},
	} {
		if part.there {
			text += ", " + part.text
		}
	}
	return text
}

func (e *environment) requestTime() setting {
	row := e.row("request timeout", duration(e.read.Timeout, 10*time.Second), "JAEGER_REPORTER_TIMEOUT")
	if at := e.read.Endpoint; row.Source == byDefault && at != nil && at.HTTP.Timeout > 0 {
		return e.row("request timeout", at.HTTP.Timeout.String(), "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")
	}
	return row
}

func (e *environment) reconnecting() setting {
	s := &e.read
	if s.NoReconnect != nil && *s.NoReconnect {
		return e.row("agent lookups", "once", "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED")
	}
	return e.row("agent lookups", "every "+duration(s.ReconnectInterval, 10*time.Second), "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL")
}
