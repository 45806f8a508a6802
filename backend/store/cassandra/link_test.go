// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"testing"
	"time"
)

// silent is a server that accepts connections and says nothing. It returns a
// configuration for it, which is patient, and what gets each connection.
func silent(t *testing.T) (Config, <-chan net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn, 100)
	go func() {
		defer close(accepted)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		for c := range accepted {
			_ = c.Close()
		}
	})
	return Config{Servers: []string{"127.0.0.1"}, Port: l.Addr().(*net.TCPAddr).Port, Keyspace: "k", ConnectTimeout: time.Hour, Timeout: time.Hour}, accepted
}

// TestOpenSilent: Open returns when its context is done, also while the driver waits for
// a server that does not answer.
func TestOpenSilent(t *testing.T) {
	c, accepted := silent(t)
	ctx, cancel := context.WithCancel(t.Context())
	opened := make(chan error, 1)
	go func() {
		s, err := Open(ctx, c, nil, slog.New(slog.DiscardHandler))
		if err == nil {
			err = errors.Join(errors.New("opened"), s.Close())
		}
		opened <- err
	}()
	_ = (<-accepted).Close() // it was asked whether it is there
	driver := <-accepted
	defer func() { _ = driver.Close() }()
	select {
	case err := <-opened:
		t.Fatalf("Open did not wait: %v", err)
	default:
	}
	cancel()
	if err := <-opened; !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v, want that of its context", err)
	}
}

// TestConnectOnce: an attempt to connect that takes longer than it may is waited for by
// the next, which does not begin another one.
func TestConnectOnce(t *testing.T) {
	c, accepted := silent(t)
	c, err := c.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	l := &link{config: &c}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := l.connect(ctx)
		done <- err
	}()
	driver := <-accepted
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatalf("connect: %v, want that of its context", err)
	}
	making := l.making
	if _, err := l.connect(ctx); !errors.Is(err, context.Canceled) || l.making != making || making == nil {
		t.Errorf("connect again: %v, another attempt: %v", err, l.making != making)
	}
	_ = driver.Close()
	if _, err := l.connect(t.Context()); err == nil || l.making != nil {
		t.Errorf("connect, without a server: %v, still under way: %v", err, l.making != nil)
	}
}
