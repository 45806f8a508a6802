// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Asking asks one collector for the strategy of a service.
type Asking func(ctx context.Context, service string) (Strategy, error)

// Remote is a Source that hands on what collectors say. It asks them one after the
// other until one answers, and that one first the next time. An answer is used for
// ten seconds, and for as long as no collector answers again.
type Remote struct {
	collectors []Asking
	log        *slog.Logger
	ok, failed prometheus.Counter

	ctx   context.Context // of all that is under way
	stop  context.CancelFunc
	under sync.WaitGroup

	mu      sync.Mutex
	first   int // the collector that is asked first
	asked   int // how many requests are under way
	known   map[string]*list.Element
	recent  *list.List // of *known, those asked for last in front
	kept    int        // bytes
	failing bool
	closed  bool
}

// known is what is known of a service.
type known struct {
	service string
	bytes   int

	strategy Strategy
	got      time.Time     // zero: it has never been answered
	err      error         // of the last request
	tried    time.Time     // that it ended
	answered chan struct{} // closed when the request under way ends; nil if none is
}

// NewRemote returns a Remote that asks until Close. It counts answers in reg, which
// may be nil, under the name of Jaeger's agent.
func NewRemote(collectors []Asking, reg prometheus.Registerer, log *slog.Logger) *Remote {
	counter := promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
		Name: "jaeger_agent_collector_proxy_total",
		Help: "Requests for sampling strategies that collectors have answered (ok), and that none has (err).",
	}, []string{"endpoint", "result"})
	r := &Remote{
		collectors: collectors, log: log, known: map[string]*list.Element{}, recent: list.New(),
		ok: counter.WithLabelValues("sampling", "ok"), failed: counter.WithLabelValues("sampling", "err"),
	}
	r.ctx, r.stop = context.WithCancel(context.Background())
	return r
}

var (
	errAsking = errors.New("too many services are asked for at once")
	errClosed = errors.New("stopping")
)

// Strategy implements Source. It waits for a collector, for a second if there is an
// older answer.
func (r *Remote) Strategy(ctx context.Context, service string) (Strategy, error) {
	k, answered, old := r.look(service)
	if answered != nil {
		var late <-chan time.Time
		if old {
			timer := time.NewTimer(patience)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case <-answered:
		case <-late:
		case <-ctx.Done():
			return Strategy{}, ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !k.got.IsZero():
		return k.strategy, nil
	case k.err != nil:
		return Strategy{}, fmt.Errorf("collector error: %w", k.err)
	case r.closed:
		return Strategy{}, errClosed
	}
	return Strategy{}, errAsking
}

// look returns what is known of a service, and what to wait for, if anything. old
// says that there is an answer already.
func (r *Remote) look(service string) (k *known, answered <-chan struct{}, old bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k = r.find(service)
	now := time.Now()
	old = !k.got.IsZero()
	isFresh := old && k.err == nil && now.Sub(k.got) < fresh || k.err != nil && now.Sub(k.tried) < pause
	if k.answered == nil && !isFresh && r.asked < mostAsked && !r.closed {
		k.answered = make(chan struct{})
		r.asked++
		r.under.Go(func() { r.refresh(k) })
	}
	if k.answered == nil {
		return k, nil, old
	}
	return k, k.answered, old
}

// find returns what is known of a service, which was asked for now.
func (r *Remote) find(service string) *known {
	if e := r.known[service]; e != nil {
		r.recent.MoveToFront(e)
		return e.Value.(*known)
	}
	k := &known{service: strings.Clone(service)} // it can be a part of a long request
	r.known[k.service] = r.recent.PushFront(k)
	r.weigh(k)
	return k
}

// weigh counts what k takes, and forgets services until all fit.
func (r *Remote) weigh(k *known) {
	if e := r.known[k.service]; e == nil || e.Value != k {
		return // it was forgotten
	}
	r.kept -= k.bytes
	k.bytes = 512 + 2*len(k.service) // with what points to it
	if k.strategy.Operations != nil {
		for _, o := range k.strategy.Operations.Each {
			k.bytes += 32 + len(o.Name)
		}
	}
	r.kept += k.bytes
	for r.kept > mostKept && r.recent.Len() > 1 {
		last := r.recent.Remove(r.recent.Back()).(*known)
		delete(r.known, last.service)
		r.kept -= last.bytes
	}
}

// refresh asks for k's strategy.
func (r *Remote) refresh(k *known) {
	ctx, cancel := context.WithTimeout(r.ctx, askTime)
	defer cancel()
	s, err := r.ask(ctx, k.service)

	r.mu.Lock()
	defer r.mu.Unlock()
	k.err, k.tried = err, time.Now()
	if err == nil {
		k.strategy, k.got = s, k.tried
		r.weigh(k)
	}
	close(k.answered)
	k.answered = nil
	r.asked--
	r.report(err)
}

// ask asks collectors until one answers.
func (r *Remote) ask(ctx context.Context, service string) (s Strategy, err error) {
	r.mu.Lock()
	first := r.first
	r.mu.Unlock()
	for i := range r.collectors {
		n := (first + i) % len(r.collectors)
		try, cancel := context.WithTimeout(ctx, askTime/2) // so that a second one has its turn
		s, err = r.collectors[n](try, service)
		cancel()
		if err == nil {
			r.mu.Lock()
			r.first = n
			r.mu.Unlock()
			return s, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return s, err
}

// report counts an answer, and logs when collectors stop to answer and when they do
// again.
func (r *Remote) report(err error) {
	if r.closed {
		return
	}
	if err == nil {
		r.ok.Inc()
		if r.failing {
			r.log.Info("collectors say again how to sample")
		}
		r.failing = false
		return
	}
	r.failed.Inc()
	if !r.failing {
		r.log.Warn("no collector says how to sample; what was said before holds", "error", err)
	}
	r.failing = true
}

// Close ends the requests that are under way. Strategy goes on answering what is
// known.
func (r *Remote) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.stop()
	r.under.Wait()
}
