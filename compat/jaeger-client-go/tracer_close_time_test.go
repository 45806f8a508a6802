// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package jaeger_test

import (
	"testing"
	"testing/synctest"
	"time"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/log"
)

// stuck is a reporter whose Close hangs until it is released.
type stuck struct{ release chan struct{} }

func (*stuck) Report(*jaeger.Span) {}
func (s *stuck) Close()            { <-s.release }

// closing is a sampler that notes that it is closed.
type closing struct {
	jaeger.SamplerV2
	closed bool
}

func (c *closing) Close()                                                { c.closed = true }
func (c *closing) Equal(jaeger.Sampler) bool                             { return false }
func (c *closing) IsSampled(jaeger.TraceID, string) (bool, []jaeger.Tag) { return false, nil }

// A reporter that hangs costs Close its five seconds, and nobody else the blame.
func TestCloseLeavesBehindWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logger log.BytesBufferLogger
		reporter, sampler := &stuck{release: make(chan struct{})}, &closing{}
		_, closer := jaeger.NewTracer("orders", sampler, reporter, jaeger.TracerOptions.Logger(&logger))
		began := time.Now()
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 5*time.Second || took < 4*time.Second {
			t.Errorf("Close took %v", took)
		}
		if got := logger.String(); !sampler.closed || got != "DEBUG: closing tracer\nERROR: the reporter's Close hangs and is left behind\n" {
			t.Errorf("sampler closed: %t, logged %q", sampler.closed, got)
		}
		close(reporter.release)
	})
}
