// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	spurthrottler "github.com/go-spur/spur/throttler"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/internal/refresh"
	"github.com/uber/jaeger-client-go/internal/throttler"
)

var (
	_ throttler.Throttler  = (*Throttler)(nil)
	_ jaeger.ProcessSetter = (*Throttler)(nil)
	_ io.Closer            = (*Throttler)(nil)
)

// waitForAgent is how long a debug trace waits for the agent, with
// SynchronousInitialization.
const waitForAgent = time.Second

// Throttler spends a credit for each debug trace. An agent gives them out, for each
// operation apart.
type Throttler struct {
	options
	credits *spurthrottler.Remote // nil when the address of the agent has no meaning
	err     error                 // why
	asked   atomic.Bool           // for a debug trace
	waiting sync.Mutex            // of the debug trace that waits for the agent
	loop    *refresh.Loop
}

// NewThrottler asks for credits of a service at every interval, on a goroutine that ends
// with Close.
func NewThrottler(service string, options ...Option) *Throttler {
	t := &Throttler{options: applyOptions(options)}
	t.credits, t.err = spurthrottler.NewRemote(service, spurthrottler.RemoteOptions{
		Endpoint: t.hostPort, Manual: true, Logger: refresh.Logger(),
	})
	t.loop = refresh.Start(t.refreshInterval, t.refreshInterval, t.update)
	return t
}

// SetProcess implements jaeger.ProcessSetter. The agent knows the process by its UUID.
func (t *Throttler) SetProcess(process jaeger.Process) {
	if t.credits != nil {
		t.credits.Identify(process.UUID)
	}
}

// IsAllowed implements throttler.Throttler.
func (t *Throttler) IsAllowed(operation string) bool {
	t.asked.Store(true)
	if t.spend(operation) {
		return true
	}
	if t.synchronous && t.waiting.TryLock() { // others do not wait, and see what there is
		err := t.wait()
		if err != nil {
			t.log(err)
			return false
		}
		if t.spend(operation) {
			return true
		}
	}
	t.metrics.ThrottledDebugSpans.Inc(1)
	return false
}

// Close stops fetching. Credits that are left can be spent.
func (t *Throttler) Close() error { return t.loop.Close() }

func (t *Throttler) spend(operation string) bool {
	return t.credits != nil && t.credits.Allow(operation)
}

// wait asks the agent. waiting is locked, and unlocked then.
func (t *Throttler) wait() error {
	defer t.waiting.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), waitForAgent)
	defer cancel()
	return t.fetch(ctx)
}

func (t *Throttler) fetch(ctx context.Context) error {
	if t.credits == nil {
		return t.err
	}
	return t.credits.Fetch(ctx)
}

func (t *Throttler) update(ctx context.Context) {
	if !t.asked.Load() || t.credits != nil && t.credits.Status().Operations == 0 {
		return
	}
	err := t.fetch(ctx)
	switch {
	case ctx.Err() != nil:
	case err == nil:
		t.metrics.ThrottlerUpdateSuccess.Inc(1)
	default:
		t.metrics.ThrottlerUpdateFailure.Inc(1)
		t.log(err)
	}
}

func (t *Throttler) log(err error) {
	t.logger.Error("Failed to fetch credits: Failed to receive credits from agent: " + err.Error())
}
