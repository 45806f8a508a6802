// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/sampler"
)

// SamplingStrategyFetcher gets what the sampling server answers for a service. Fetch is
// called from one goroutine at a time, but for calls of UpdateSampler, and may wait.
type SamplingStrategyFetcher interface {
	Fetch(service string) ([]byte, error)
}

// SamplingStrategyParser makes a strategy of an answer, of a type that the SamplerUpdaters
// know.
type SamplingStrategyParser interface {
	Parse(response []byte) (any, error)
}

// SamplerUpdater makes a sampler of a strategy. sampler is the one in force, which may be
// changed and returned. A nil sampler leaves the strategy to the next updater. Update is
// called with the RemotelyControlledSampler locked.
type SamplerUpdater interface {
	Update(sampler SamplerV2, strategy any) (modified SamplerV2, err error)
}

// RemotelyControlledSampler samples as a server says that the service should. It asks the
// server within half a second and then again and again, sooner than the interval, after 1,
// 2, 4, … s, until it has answered once. An answer that cannot be used is counted and
// logged, and what was in force stays. All methods may be called from any goroutine.
type RemotelyControlledSampler struct {
	sync.RWMutex // held while updaters are called, and for reading while a sampler is asked with a span
	samplerOptions

	serviceName string
	native      bool // whatever is in force, spur can ask it by itself
	current     atomic.Pointer[samplerInForce]
	closed      atomic.Bool
	cancel      context.CancelFunc // ends the goroutine
	done        chan struct{}      // closed when it has ended

	statusMu sync.Mutex
	status   sampler.Status // Source, and what follows it
}

// samplerInForce is a sampler as the program sees it, and as spur asks it.
type samplerInForce struct {
	SamplerV2
	asked sampler.Sampler // nil if it is asked with spans
}

// NewRemotelyControlledSampler starts to follow the strategy of a service, on a goroutine
// that ends with Close.
func NewRemotelyControlledSampler(serviceName string, opts ...SamplerOption) *RemotelyControlledSampler {
	ctx, cancel := context.WithCancel(context.Background())
	s := &RemotelyControlledSampler{
		samplerOptions: newSamplerOptions(opts), serviceName: serviceName,
		cancel: cancel, done: make(chan struct{}),
	}
	s.setSampler(s.sampler)
	s.status.Source = sourceOf(s.samplingFetcher)
	s.native = s.current.Load().asked != nil && nativeUpdaters(s.updaters)
	go s.follow(ctx)
	return s
}

func (s *RemotelyControlledSampler) setSampler(v2 SamplerV2) {
	next := &samplerInForce{SamplerV2: v2}
	if n, ok := asNative(v2); ok {
		_ = try("a sampler", func() error { next.asked = n.spurSampler(); return nil })
	}
	s.current.Store(next)
}

// IsSampled implements Sampler: false. The sampler is asked as a SamplerV2.
func (s *RemotelyControlledSampler) IsSampled(id TraceID, operation string) (bool, []Tag) {
	return false, nil
}

// OnCreateSpan implements SamplerV2.
func (s *RemotelyControlledSampler) OnCreateSpan(span *Span) SamplingDecision {
	s.RLock()
	defer s.RUnlock()
	return s.current.Load().OnCreateSpan(span)
}

// OnSetOperationName implements SamplerV2.
func (s *RemotelyControlledSampler) OnSetOperationName(span *Span, operationName string) SamplingDecision {
	s.RLock()
	defer s.RUnlock()
	return s.current.Load().OnSetOperationName(span, operationName)
}

// OnSetTag implements SamplerV2.
func (s *RemotelyControlledSampler) OnSetTag(span *Span, key string, value any) SamplingDecision {
	s.RLock()
	defer s.RUnlock()
	return s.current.Load().OnSetTag(span, key, value)
}

// OnFinishSpan implements SamplerV2.
func (s *RemotelyControlledSampler) OnFinishSpan(span *Span) SamplingDecision {
	s.RLock()
	defer s.RUnlock()
	return s.current.Load().OnFinishSpan(span)
}

// Sampler returns the sampler in force.
func (s *RemotelyControlledSampler) Sampler() SamplerV2 { return s.current.Load().SamplerV2 }

// Close stops following. The sampler in force stays. What does not return soon is left
// behind, and what it returns does not count. Further calls are logged.
func (s *RemotelyControlledSampler) Close() {
	if !s.closed.CompareAndSwap(false, true) {
		s.logger.Error("Repeated attempt to close the sampler is ignored")
		return
	}
	s.cancel()
	patience := time.NewTimer(closePatience)
	defer patience.Stop()
	select {
	case <-s.done:
	case <-patience.C:
	}
}

// Equal implements Sampler: false.
func (s *RemotelyControlledSampler) Equal(other Sampler) bool { return false }

func (s *RemotelyControlledSampler) spurSampler() sampler.Sampler {
	if !s.native {
		return nil
	}
	return askedRemote{s}
}

// askedRemote is the sampler as spur asks it.
type askedRemote struct{ *RemotelyControlledSampler }

func (a askedRemote) Sample(p sampler.Params) sampler.Decision {
	return a.current.Load().asked.Sample(p)
}

// SampleState implements spur's sampler.Stateful. All of ours that leave a trace undecided
// wait for a name.
func (a askedRemote) SampleState(p sampler.Params) (sampler.Decision, any) {
	return a.Sample(p), sampler.Awaits(sampler.EventOperationName)
}

// Self implements spur's sampler.Stateful.
func (a askedRemote) Self() sampler.Sampler { return a }

// Reconsider implements spur's sampler.Late. Who left a trace undecided may have been
// replaced since.
func (a askedRemote) Reconsider(e sampler.Event) sampler.Decision {
	return atName(a.current.Load().asked, e)
}

// Status implements spur's sampler.Statuser.
func (a askedRemote) Status() sampler.Status {
	st := statusOf(a.current.Load().asked)
	a.statusMu.Lock()
	defer a.statusMu.Unlock()
	st.Description = "remote(" + st.Description + " from " + a.status.Source + ")"
	st.Source, st.Updated, st.Fetched = a.status.Source, a.status.Updated, a.status.Fetched
	st.Failed, st.LastError = a.status.Failed, a.status.LastError
	return st
}
