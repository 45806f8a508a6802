// SPDX-License-Identifier: Apache-2.0

package testutils

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/agent"
	"github.com/uber/jaeger-client-go/thrift-gen/jaeger"
	"github.com/uber/jaeger-client-go/thrift-gen/zipkincore"
	"github.com/uber/jaeger-client-go/utils"
)

// MockAgent receives batches over UDP, and answers over HTTP how to sample. Its methods
// may be called by any number of goroutines.
type MockAgent struct {
	spans    *TUDPTransport
	sampling net.Listener
	server   *http.Server

	serving    atomic.Bool
	done       sync.WaitGroup
	strategies strategies

	mu      sync.Mutex
	batches []*jaeger.Batch
}

// StartMockAgent starts an agent on two ports of 127.0.0.1 that are free.
func StartMockAgent() (*MockAgent, error) {
	spans, err := NewTUDPServerTransport("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	sampling, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = spans.Close() // nobody knows of it yet
		return nil, err
	}
	a := &MockAgent{spans: spans, sampling: sampling}
	a.server = &http.Server{Handler: &a.strategies, ReadHeaderTimeout: 10 * time.Second}
	a.serving.Store(true)
	a.done.Add(2)
	go func() {
		defer a.done.Done()
		_ = a.server.Serve(sampling) // until Close
	}()
	go func() {
		defer a.done.Done()
		a.receive()
	}()
	return a, nil
}

// Close stops the agent, and waits for its goroutines. The batches stay.
func (a *MockAgent) Close() {
	a.serving.Store(false)
	_ = a.spans.Close() // nothing was written
	_ = a.server.Close()
	a.done.Wait()
}

// IsServing says whether Close is still to come.
func (a *MockAgent) IsServing() bool { return a.serving.Load() }

// SpanServerAddr returns host and port for batches.
func (a *MockAgent) SpanServerAddr() string { return a.spans.Addr().String() }

// SpanServerClient returns a client that sends batches to the agent. It is a
// *utils.AgentClientUDP, which has a Close.
func (a *MockAgent) SpanServerClient() (agent.Agent, error) {
	return utils.NewAgentClientUDP(a.SpanServerAddr(), 0)
}

// SamplingServerAddr returns host and port for questions how to sample.
func (a *MockAgent) SamplingServerAddr() string { return a.sampling.Addr().String() }

// AddSamplingStrategy sets the answer for a service, which is encoded as JSON. By default
// it is a probability of 0.01.
func (a *MockAgent) AddSamplingStrategy(service string, strategy interface{}) {
	a.strategies.set(service, strategy)
}

// receive reads datagrams until Close. What is not a batch is dropped.
func (a *MockAgent) receive() {
	processor := agent.NewAgentProcessor(a)
	buf := make([]byte, 1<<16)
	for a.IsServing() {
		n, err := a.spans.Read(buf)
		if err != nil {
			continue
		}
		in := thrift.NewTCompactProtocol(&thrift.TMemoryBuffer{Buffer: bytes.NewBuffer(buf[:n])})
		out := thrift.NewTCompactProtocol(thrift.NewTMemoryBuffer()) // nobody reads answers
		_, _ = processor.Process(context.Background(), in, out)
	}
}

// EmitBatch keeps a batch.
func (a *MockAgent) EmitBatch(ctx context.Context, batch *jaeger.Batch) (err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.batches = append(a.batches, batch)
	return nil
}

// GetJaegerBatches returns the batches since the last reset, in the order they came.
func (a *MockAgent) GetJaegerBatches() []*jaeger.Batch {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]*jaeger.Batch{}, a.batches...)
}

// ResetJaegerBatches forgets the batches.
func (a *MockAgent) ResetJaegerBatches() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.batches = nil
}

// EmitZipkinBatch returns an error.
//
// Deprecated: use EmitBatch.
func (a *MockAgent) EmitZipkinBatch(context.Context, []*zipkincore.Span) (err error) {
	return errors.New("Not implemented")
}

// GetZipkinSpans returns nil.
//
// Deprecated: use GetJaegerBatches.
func (a *MockAgent) GetZipkinSpans() []*zipkincore.Span { return nil }

// ResetZipkinSpans does nothing.
//
// Deprecated: use ResetJaegerBatches.
func (a *MockAgent) ResetZipkinSpans() {}
