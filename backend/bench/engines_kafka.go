// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
)

// produceKey is the api_key of Produce, in Kafka's protocol.
const produceKey = 0

// kafkaProxy passes connections on to a broker, and counts what it is asked to store.
type kafkaProxy struct {
	lis      net.Listener
	broker   string // host:port
	produces atomic.Int64
}

// newKafkaProxy listens at the port after the broker's, where that sends its clients.
func newKafkaProxy(ctx context.Context, broker string) (*kafkaProxy, error) {
	host, port, err := net.SplitHostPort(broker)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	lis, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(n+1)))
	if err != nil {
		return nil, err
	}
	p := &kafkaProxy{lis: lis, broker: broker}
	go p.serve(ctx)
	return p, nil
}

func (p *kafkaProxy) addr() string { return p.lis.Addr().String() }

// close ends with the listener; connections end with their clients.
func (p *kafkaProxy) close() { _ = p.lis.Close() }

func (p *kafkaProxy) serve(ctx context.Context) {
	for {
		client, err := p.lis.Accept()
		if err != nil {
			return
		}
		go p.pass(ctx, client)
	}
}

// pass returns when one of the two has ended.
func (p *kafkaProxy) pass(ctx context.Context, client net.Conn) {
	broker, err := new(net.Dialer).DialContext(ctx, "tcp", p.broker)
	if err != nil {
		_ = client.Close()
		return
	}
	hangUp := sync.OnceFunc(func() { _, _ = client.Close(), broker.Close() })
	defer hangUp()
	go func() {
		_, _ = io.Copy(client, broker)
		hangUp()
	}()
	_ = p.count(broker, bufio.NewReaderSize(client, 64<<10)) // the client hears of it
}

// count copies requests, each of which is its length, its api_key and the rest.
func (p *kafkaProxy) count(to io.Writer, from *bufio.Reader) error {
	for {
		head, err := from.Peek(6)
		if err != nil {
			return err
		}
		size, key := binary.BigEndian.Uint32(head), binary.BigEndian.Uint16(head[4:])
		if _, err := io.CopyN(to, from, 4+int64(size)); err != nil {
			return err
		}
		if key == produceKey {
			p.produces.Add(1)
		}
	}
}
