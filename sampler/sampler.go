// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/model"
)

// Sampler decides which traces are recorded. Sample is asked once for every
// local root: a span without a parent, with a remote parent, or with a parent
// that carries no decision; never for other children. It runs on the goroutine
// that starts the span, concurrently with itself, and must not block. The method
// does not change; Params and Decision may gain fields.
//
// A Sampler that also implements io.Closer is owned by the tracer it is given
// to: it is closed when the tracer shuts down, or replaces it by one that does not
// ask it (see Composite). Sample may still be called then. One that panics does not
// sample.
type Sampler interface {
	Sample(p Params) Decision
}

// ParentKind says what a local root descends from.
type ParentKind uint8

// The kinds of parent.
const (
	ParentNone           ParentKind = iota // a new trace
	ParentRemote                           // a caller in another process, who decided
	ParentRemoteDeferred                   // a caller in another process, who left the decision to us
	ParentLocal                            // a span of another tracer in this process, which decided
)

// Params is what is known when a span starts.
type Params struct {
	TraceID     model.TraceID
	Operation   string
	Parent      ParentKind
	ParentFlags model.Flags // the parent's flags, when there is a parent
	Tags        []model.Tag // the start tags; valid during the call only
}

// Decision is a sampler's answer. Tags are put on the local root when the answer
// is to sample, and say why: Jaeger's sampler.type and sampler.param. The slice
// is not modified, so a sampler can return the same one each time. The zero
// Decision does not sample.
type Decision struct { // more than four fields would leave the registers: BenchmarkSample
	Sample    bool
	Undecided bool // of a Late sampler: ask again later, and record meanwhile; else without meaning
	Firehose  bool // with Sample: set Jaeger's firehose flag too, so that the backend stores but does not index
	Tags      []model.Tag
}

// Late is a Sampler that can answer Undecided and is then asked again, each time
// something more is known about the trace. Decisions are monotone: once one is
// not Undecided only the sampling.priority tag changes it. Reconsider runs on
// the goroutine that called the span, outside its lock, and must not block.
type Late interface {
	Sampler
	Reconsider(e Event) Decision
}

// Stateful is a Late sampler that learns something about a trace when it starts.
// SampleState is asked instead of Sample. Its second result counts if the decision
// is Undecided: it is what Event.State holds at first, unless it is nil. A sampler
// that hands Params on to a Stateful one should be Stateful itself, or that one
// forgets what it has learned.
//
// Self returns the sampler itself. A struct that embeds a Stateful sampler to
// change its Sample has all its methods, but Self tells the two apart: Sample is
// asked then. See AsStateful.
type Stateful interface {
	Late
	SampleState(p Params) (d Decision, state any)
	Self() Sampler
}

// Awaits is a state that SampleState may return with Undecided, as Awaits(EventOperationName):
// only that kind of event can decide. The tracer then does not ask at others, which saves
// time. A sampler that asks several others may still do so.
type Awaits EventKind

// AsStateful returns s as a Stateful sampler, unless s merely embeds one.
func AsStateful(s Sampler) (Stateful, bool) {
	st, ok := s.(Stateful)
	if !ok || reflect.TypeOf(st.Self()) != reflect.TypeOf(s) {
		return nil, false
	}
	return st, true
}

// EventKind says what happened to an undecided trace.
type EventKind uint8

// The kinds of event.
const (
	EventStart         EventKind = iota + 1 // a descendant started; Params has its name and start tags
	EventOperationName                      // SetOperationName; Params.Operation is the new name
	EventTag                                // SetTag; Key and Value are set (start tags come with Params)
	EventFinish                             // Finish; Duration is set
)

// Event is what a Late sampler is asked about. Params are those of the span it is
// about, with the Parent and ParentFlags that Sample was told; Tags is empty but
// for EventStart.
type Event struct {
	Kind EventKind
	Params
	LocalRoot bool          // the event is about the local root itself, not a descendant
	Key       string        // EventTag
	Value     model.Value   // EventTag
	Duration  time.Duration // EventFinish
	State     *TraceState   // of the local trace; never nil
}

// TraceState is a place for a Late sampler to keep what it learned about one
// local trace: the local root and its descendants in this process. It may be
// used from several goroutines. After Tracer.SetSampler it may hold what another
// sampler stored.
type TraceState struct {
	value atomic.Pointer[any]
}

// Load returns what was stored last, or nil.
func (s *TraceState) Load() any {
	if p := s.value.Load(); p != nil {
		return *p
	}
	return nil
}

// Store replaces what Load returns.
func (s *TraceState) Store(v any) { s.value.Store(&v) }

// LoadOrStore stores v if nothing has been stored yet, and otherwise returns
// what has.
func (s *TraceState) LoadOrStore(v any) any {
	if s.value.CompareAndSwap(nil, &v) {
		return v
	}
	return *s.value.Load()
}

// Statuser is implemented by samplers that can say what they do. Status may be
// called from any goroutine.
type Statuser interface {
	Status() Status
}

// Status describes a sampler at one moment. What wraps another sampler reports
// that one's Type and Param. The fields from Source on are set by samplers that
// follow a sampling server or a file.
type Status struct {
	Type        string  // Jaeger's name: const, probabilistic, ratelimiting, …
	Param       float64 // what the sampler.param tag says
	Description string  // one line for people, such as "probabilistic(0.001)": what decides, and where it comes from
	Operations  int     // that are sampled each in its own way

	Source    string    // URL or path of the strategy, without credentials and query
	Updated   time.Time // when the source last gave a strategy that could be used, changed or not; zero when it never has
	Fetched   uint64    // how often it did
	Failed    uint64    // how often it did not
	LastError string    // of the last failure, shortened to 256 bytes
}

var (
	_, _, _, _ interface {
		Sampler
		Statuser
	} = (*Const)(nil), (*Probabilistic)(nil), (*RateLimiting)(nil), (*PerOperation)(nil)
	_, _ interface {
		Sampler
		Statuser
		io.Closer
	} = (*Remote)(nil), (*File)(nil)
	_ interface {
		Late
		Statuser
	} = (*TagMatching)(nil)
)

// ErrInvalidRate is what the constructors return, wrapped with the value, for a
// rate that has no meaning.
var ErrInvalidRate = errors.New("sampler: invalid rate")

// ErrInvalidOption is what the constructors return, wrapped with its name, for
// another option that has no meaning.
var ErrInvalidOption = errors.New("sampler: invalid option")

func invalidRate(what string, rate float64, want string) error {
	return fmt.Errorf("%w: %s %s is not %s", ErrInvalidRate, what, formatRate(rate), want)
}

func formatRate(rate float64) string { return strconv.FormatFloat(rate, 'g', -1, 64) }

// reason makes the tags that tell why a trace was sampled. The slice has no spare
// capacity, so that an append to it copies.
func reason(samplerType string, param model.Value) []model.Tag {
	return []model.Tag{
		{Key: "sampler.type", Value: model.String(samplerType)},
		{Key: "sampler.param", Value: param},
	}
}
