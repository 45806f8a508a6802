// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/go-spur/spur"
)

// receiver is an Agent or a Collector.
type receiver interface {
	io.Closer
	Addr() string
	Wait(ctx context.Context, n int) error
}

var receivers = map[string]func(addr string) (receiver, func() spur.Option, error){
	"agent": func(addr string) (receiver, func() spur.Option, error) {
		a, err := StartAgent(AgentOptions{Addr: addr})
		if err != nil {
			return nil, nil, err
		}
		return a, a.Option, nil
	},
	"collector": func(addr string) (receiver, func() spur.Option, error) {
		c, err := StartCollector(CollectorOptions{Addr: addr})
		if err != nil {
			return nil, nil, err
		}
		return c, func() spur.Option { return spur.WithEndpoint(c.OTLPURL()) }, nil
	},
}

func TestListenWhereAsked(t *testing.T) {
	CheckLeaks(t)
	for who, start := range receivers {
		for _, addr := range []string{"", "127.0.0.1:0", ":0", "0.0.0.0:0", "localhost:0", "[::1]:0"} {
			r, option, err := start(addr)
			if err != nil && addr == "[::1]:0" {
				t.Logf("no IPv6: %v", err)
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			host, port, err := net.SplitHostPort(r.Addr())
			if err != nil || port == "0" || host != "127.0.0.1" && host != "::1" {
				t.Errorf("%s at %q: address %s, %v", who, addr, r.Addr(), err)
			}
			tracer, _ := New(nil, option())
			tracer.StartSpan("ping").Finish()
			if err := tracer.Close(); err != nil {
				t.Errorf("%s at %q: %v", who, addr, err)
			}
			if err := r.Wait(patience(t), 1); err != nil {
				t.Errorf("%s at %q: %v", who, addr, err)
			}
			_, _, err = start(r.Addr())
			if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), "starting the "+who+": the port of "+r.Addr()+" is taken") {
				t.Errorf("a second %s at %s: %v", who, r.Addr(), err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			again, _, err := start(r.Addr())
			if err != nil {
				t.Fatalf("%s at %s, which is free again: %v", who, r.Addr(), err)
			}
			_ = again.Close()
		}
	}
}

func TestListenNowhere(t *testing.T) {
	for who, start := range receivers {
		for _, addr := range []string{"6831", "127.0.0.1", "127.0.0.1:port", "127.0.0.1:99999", "http://127.0.0.1:4318", "192.0.2.1:0"} {
			_, _, err := start(addr)
			if err == nil || !strings.Contains(err.Error(), "starting the "+who+` at "`+addr+`"`) {
				t.Errorf("%s at %q: %v", who, addr, err)
			}
		}
	}
}
