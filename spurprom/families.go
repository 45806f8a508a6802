// SPDX-License-Identifier: Apache-2.0

package spurprom

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
)

const (
	counter = prometheus.CounterValue
	gauge   = prometheus.GaugeValue
)

// family is the metrics of one name.
type family struct {
	name   string
	kind   prometheus.ValueType
	help   string
	labels []string
	each   func(st *spur.Stats, emit emit) // emits the family's values
}

// emit takes a value, and those of the labels.
type emit func(value float64, labels ...string)

func families() []family {
	return []family{
		{"spur_spans_started_total", counter, "Spans started.", nil, one(func(st *spur.Stats) uint64 { return st.Spans.Started })},
		{"spur_spans_finished_total", counter, "Spans finished, by whether their trace is recorded.", []string{"sampled"}, finished},
		{"spur_spans_open", gauge, "Spans started and not finished.", nil, one(func(st *spur.Stats) uint64 { return st.Spans.Open })},
		{"spur_spans_finished_again_total", counter, "Calls of Finish on a finished span.", nil, one(func(st *spur.Stats) uint64 { return st.Spans.DoubleFinish })},
		{"spur_spans_used_after_finish_total", counter, "Other calls that would have changed a finished span.", nil, one(func(st *spur.Stats) uint64 { return st.Spans.UseAfterFinish })},

		{"spur_destination_info", gauge, "Where spans go, in which format, and the setting that said so; always 1.", []string{"destination", "address", "format", "source"}, info},
		{"spur_spans_sent_total", counter, "Spans handed over without an error.", byDestination, destination(func(d *reporter.DestinationStats) uint64 { return d.Sent })},
		{"spur_spans_unconfirmed_total", counter, "Spans written whole that nobody confirmed.", byDestination, destination(func(d *reporter.DestinationStats) uint64 { return d.Unconfirmed })},
		{"spur_spans_dropped_total", counter, "Spans lost, by reason.", []string{"destination", "reason"}, dropped},
		{"spur_queue_spans", gauge, "Spans that wait to be sent.", byDestination, destination(func(d *reporter.DestinationStats) uint64 { return d.BufferedSpans })},
		{"spur_queue_bytes", gauge, "Memory that waiting spans hold.", byDestination, destination(func(d *reporter.DestinationStats) uint64 { return d.BufferedBytes })},
		{"spur_send_retries_total", counter, "Attempts to send after the first.", byDestination, destination(func(d *reporter.DestinationStats) uint64 { return d.Retries })},
		{"spur_send_last_error_timestamp_seconds", gauge, "When sending failed last; 0 if it never did.", byDestination, lastError},

		{"spur_sampling_info", gauge, "What decides about new traces, and where its strategy comes from; always 1.", []string{"type", "source"}, samplingInfo},
		{"spur_sampling_param", gauge, "The sampler's parameter: a probability, or traces a second.", nil, func(st *spur.Stats, emit emit) { emit(st.Sampling.Param) }},
		{"spur_sampling_operations", gauge, "Operations that are sampled each in its own way.", nil, func(st *spur.Stats, emit emit) { emit(float64(st.Sampling.Operations)) }},
		{"spur_sampling_fetches_total", counter, "Requests for a sampling strategy, by their result.", []string{"result"}, fetches},
		{"spur_sampling_last_success_timestamp_seconds", gauge, "When a sampling strategy was fetched last; 0 if never.", nil, func(st *spur.Stats, emit emit) { emit(seconds(st.Sampling.Updated)) }},

		{"spur_propagation_extracted_total", counter, "Contexts found in carriers, by what became of them.", []string{"format", "result"}, extracted},
		{"spur_propagation_extracted_alone_total", counter, "Contexts accepted from carriers with no other format.", byFormat, format(func(f *propagation.FormatStats) uint64 { return f.Alone })},
		{"spur_propagation_injected_total", counter, "Contexts written.", byFormat, format(func(f *propagation.FormatStats) uint64 { return f.Injected })},
		{"spur_propagation_baggage_dropped_total", counter, "Baggage members left out in either direction.", byFormat, format(func(f *propagation.FormatStats) uint64 { return f.BaggageDropped })},
		{"spur_propagation_states_dropped_total", counter, "Values of tracestate, or parts, left out in either direction.", byFormat, format(func(f *propagation.FormatStats) uint64 { return f.StatesDropped })},

		{"spur_limit_drops_total", counter, "Parts of spans dropped by limits.", []string{"part"}, limits},
		{"spur_values_shortened_total", counter, "Keys, values and operation names cut short by limits.", nil, one(func(st *spur.Stats) uint64 { return st.Cut.Values })},
		{"spur_baggage_refused_total", counter, "Baggage items that SetBaggageItem refused.", nil, one(func(st *spur.Stats) uint64 { return st.Cut.Baggage })},
		{"spur_panics_total", counter, "Panics in log fields, samplers and other hooks of the program.", nil, one(func(st *spur.Stats) uint64 { return st.Cut.Panics })},
		{"spur_foreign_references_total", counter, "References to span contexts of another tracer.", nil, one(func(st *spur.Stats) uint64 { return st.Cut.Foreign })},
		{"spur_debug_requests_refused_total", counter, "Debug flags and ids of callers that the throttler refused.", nil, one(func(st *spur.Stats) uint64 { return st.Cut.DebugCapped })},
		{"spur_undecided_injections_total", counter, "Contexts injected before the sampler had decided.", nil, one(func(st *spur.Stats) uint64 { return st.Cut.Undecided })},
	}
}

func one(value func(*spur.Stats) uint64) func(*spur.Stats, emit) {
	return func(st *spur.Stats, emit emit) { emit(float64(value(st))) }
}

func finished(st *spur.Stats, emit emit) {
	emit(float64(st.Spans.FinishedSampled), "true")
	emit(float64(st.Spans.FinishedUnsampled), "false")
	emit(float64(st.Spans.FinishedUndecided), "undecided")
}

var byDestination = []string{"destination"}

func destination(value func(*reporter.DestinationStats) uint64) func(*spur.Stats, emit) {
	return func(st *spur.Stats, emit emit) {
		for i := range st.Destinations {
			emit(float64(value(&st.Destinations[i])), st.Destinations[i].Name)
		}
	}
}

func info(st *spur.Stats, emit emit) {
	for _, d := range st.Destinations {
		emit(1, d.Name, d.Address, d.Format, st.Source)
	}
}

func dropped(st *spur.Stats, emit emit) {
	for _, d := range st.Destinations {
		for why, n := range d.Dropped {
			emit(float64(n), d.Name, reporter.Reason(why).String())
		}
	}
}

func lastError(st *spur.Stats, emit emit) {
	for _, d := range st.Destinations {
		emit(seconds(d.LastErrorTime), d.Name)
	}
}

func samplingInfo(st *spur.Stats, emit emit) { emit(1, st.Sampling.Type, st.Sampling.Source) }

func fetches(st *spur.Stats, emit emit) {
	emit(float64(st.Sampling.Fetched), "success")
	emit(float64(st.Sampling.Failed), "failure")
}

var byFormat = []string{"format"}

func format(value func(*propagation.FormatStats) uint64) func(*spur.Stats, emit) {
	return func(st *spur.Stats, emit emit) {
		for i := range st.Propagation {
			emit(float64(value(&st.Propagation[i])), st.Propagation[i].Format)
		}
	}
}

func extracted(st *spur.Stats, emit emit) {
	for _, f := range st.Propagation {
		emit(float64(f.Accepted), f.Format, "accepted")
		emit(float64(f.Conflicts), f.Format, "conflict")
		emit(float64(f.Rejected), f.Format, "rejected")
	}
}

func limits(st *spur.Stats, emit emit) {
	emit(float64(st.Cut.Tags), "tags")
	emit(float64(st.Cut.Logs), "logs")
	emit(float64(st.Cut.Fields), "fields")
	emit(float64(st.Cut.References), "references")
}

// seconds is t as Prometheus has times; 0 when t is zero.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
