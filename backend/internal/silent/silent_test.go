// SPDX-License-Identifier: Apache-2.0

package silent_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/internal/silent"
)

// TestShutdown: a request under way is waited for, a silent connection is not.
func TestShutdown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked, goOn := make(chan struct{}), make(chan struct{})
	accepted := make(chan struct{}, 2)
	srv := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(asked); <-goOn })}
	silent.EndOnShutdown(srv)
	watch := srv.ConnState
	srv.ConnState = func(c net.Conn, s http.ConnState) {
		watch(c, s)
		if s == http.StateNew {
			accepted <- struct{}{}
		}
	}
	go func() { _ = srv.Serve(l) }()
	var conns [2]net.Conn
	for i := range conns {
		if conns[i], err = net.Dial("tcp", l.Addr().String()); err != nil {
			t.Fatal(err)
		}
		defer conns[i].Close()
		<-accepted
	}
	if _, err := io.WriteString(conns[0], "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-asked

	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	done := make(chan error)
	go func() { done <- srv.Shutdown(ctx) }()
	if _, err := conns[1].Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the silent connection: %v", err)
	}
	close(goOn)
	if res, err := http.ReadResponse(bufio.NewReader(conns[0]), nil); err != nil || res.StatusCode != http.StatusOK {
		t.Error(res, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
