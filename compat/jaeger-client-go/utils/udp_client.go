// SPDX-License-Identifier: Apache-2.0

package utils

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/go-spur/spur/transport"

	"github.com/uber/jaeger-client-go/log"
	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/agent"
	"github.com/uber/jaeger-client-go/thrift-gen/jaeger"
	"github.com/uber/jaeger-client-go/thrift-gen/zipkincore"
)

// UDPPacketMaxLength is the size in bytes of the largest datagram that agents read.
const UDPPacketMaxLength = 65000

// AgentClientUDP sends batches to an agent, each as one datagram. Its methods may be
// called by any number of goroutines.
type AgentClientUDP struct {
	agent.Agent
	io.Closer

	mu     sync.Mutex
	buffer *thrift.TMemoryBuffer // what client wrote
	client *agent.AgentClient
	max    int // bytes of a datagram
	udp    *transport.UDP
}

// AgentClientUDPParams are the parameters of [NewAgentClientUDPWithParams].
type AgentClientUDPParams struct {
	// HostPort is the agent's address. Without a host it is this one.
	HostPort string
	// MaxPacketSize is the size in bytes of the largest datagram, by default
	// UDPPacketMaxLength.
	MaxPacketSize int
	// Logger learns if HostPort has no address yet; log.StdLogger by default.
	Logger log.Logger
	// DisableAttemptReconnecting keeps the address that the host has at first.
	DisableAttemptReconnecting bool
	// AttemptReconnectInterval is how old an address may be before it is looked up again,
	// by default 30 s.
	AttemptReconnectInterval time.Duration
}

// NewAgentClientUDP returns a client with the defaults of [AgentClientUDPParams].
func NewAgentClientUDP(hostPort string, maxPacketSize int) (*AgentClientUDP, error) {
	return NewAgentClientUDPWithParams(AgentClientUDPParams{HostPort: hostPort, MaxPacketSize: maxPacketSize})
}

// NewAgentClientUDPWithParams returns a client. It looks the host up, for two seconds at
// most. If that fails it is an error with DisableAttemptReconnecting, and otherwise tried
// again when batches are sent.
func NewAgentClientUDPWithParams(params AgentClientUDPParams) (*AgentClientUDP, error) {
	host, port, err := net.SplitHostPort(params.HostPort)
	if err != nil {
		return nil, err
	}
	if host == "" {
		host = "127.0.0.1"
		params.HostPort = net.JoinHostPort(host, port)
	}
	if params.MaxPacketSize == 0 {
		params.MaxPacketSize = UDPPacketMaxLength
	}
	if params.Logger == nil {
		params.Logger = log.StdLogger
	}
	if params.AttemptReconnectInterval == 0 {
		params.AttemptReconnectInterval = 30 * time.Second
	}
	udp, err := transport.NewUDP(params.HostPort, transport.UDPOptions{
		MaxPacketSize:    min(params.MaxPacketSize, transport.MaxUDPPacketSize),
		ResolveInterval:  params.AttemptReconnectInterval,
		DisableReconnect: params.DisableAttemptReconnecting,
	})
	if err != nil {
		return nil, err
	}
	if err := lookUp(host); err != nil {
		if params.DisableAttemptReconnecting {
			_ = udp.Close() // it has opened nothing
			return nil, err
		}
		err = fmt.Errorf("failed to resolve new addr for host %q, with err: %w", params.HostPort, err)
		params.Logger.Error(fmt.Sprintf("failed resolving destination address on connection startup, with err: %q. retrying in %s",
			err.Error(), params.AttemptReconnectInterval))
	}
	buffer := thrift.NewTMemoryBuffer()
	return &AgentClientUDP{
		buffer: buffer,
		client: agent.NewAgentClientFactory(buffer, thrift.NewTCompactProtocolFactory()),
		max:    params.MaxPacketSize,
		udp:    udp,
	}, nil
}

func lookUp(host string) error {
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	defer cancel()
	_, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	return err
}

// EmitZipkinBatch returns an error: agents want batches of Jaeger's spans.
func (a *AgentClientUDP) EmitZipkinBatch(context.Context, []*zipkincore.Span) error {
	return errors.New("Not implemented")
}

// EmitBatch sends a batch, which it does not keep. It is an error if the batch is larger
// than a datagram may be, or if the datagram was not sent. One that is lost on its way is
// not noticed.
func (a *AgentClientUDP) EmitBatch(ctx context.Context, batch *jaeger.Batch) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.udp == nil {
		return transport.ErrClosed
	}
	a.buffer.Reset()
	if err := a.client.EmitBatch(ctx, batch); err != nil {
		return err
	}
	if size := a.buffer.Len(); size > a.max {
		return fmt.Errorf("data does not fit within one UDP packet; size %d, max %d, spans %d", size, a.max, len(batch.Spans))
	}
	err := a.udp.Send(context.Background(), a.buffer.Bytes())
	var failed *transport.Error
	switch {
	case !errors.As(err, &failed):
		return err
	case failed.Kind == transport.Accepted:
		return nil // it was the batch before that got lost
	default:
		return failed.Err
	}
}

// Close closes the connection.
func (a *AgentClientUDP) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.udp == nil {
		return nil
	}
	return a.udp.Close()
}
