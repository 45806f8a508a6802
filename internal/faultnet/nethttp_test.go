// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// newServer runs net/http's own server on a Listener.
func newServer(t *testing.T, h http.HandlerFunc) (*Network, *Listener, *http.Server) {
	t.Helper()
	nw := new(Network)
	l := nw.ListenStream(streamAddr)
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 7 * time.Second, IdleTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	t.Cleanup(func() {
		_ = srv.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("Serve: %v", err)
		}
	})
	return nw, l, srv
}

func TestThousandRequests(t *testing.T) {
	t.Run("http.Server", func(t *testing.T) {
		nw, l, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
			n, _ := io.Copy(io.Discard, r.Body)
			fmt.Fprintf(w, "%d from %s", n, r.RemoteAddr)
		})
		thousandRequests(t, nw, func(answer string, n int) bool { return strings.HasPrefix(answer, strconv.Itoa(n)+" from 192.0.2.1:") })
		if l.Open() > 16 { // net/http dials ahead now and then
			t.Errorf("%d connections for eight clients", l.Open())
		}
	})
	t.Run("HTTPPeer", func(t *testing.T) {
		nw, p, _ := newHTTPPeer(t)
		p.Set(Answer(200, "text/plain", "ok"))
		thousandRequests(t, nw, func(answer string, _ int) bool { return answer == "ok" })
		total := 0
		for _, r := range p.Requests() {
			total += len(r.Body)
			if !r.Accepted {
				t.Errorf("not accepted: %+v", r)
			}
		}
		if want := 999 * 1000 / 2 * 10; total != want || len(p.Requests()) != 1000 || p.admitted != len(nw.Dials()) || p.admitted > 16 {
			t.Errorf("%d bytes in %d requests on %d connections of %d dials", total, len(p.Requests()), p.admitted, len(nw.Dials()))
		}
	})
}

// thousandRequests has eight clients share them: the i-th sends 10 i bytes.
func thousandRequests(t *testing.T, nw *Network, good func(answer string, n int) bool) {
	t.Helper()
	c := newClient(t, nw)
	next := make(chan int)
	var all sync.WaitGroup
	for range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range next {
				if status, answer, err := post(context.Background(), c, tracesURL, make([]byte, 10*i)); status != 200 || err != nil || !good(answer, 10*i) {
					t.Errorf("request %d: %d %q, %v", i, status, answer, err)
				}
			}
		}()
	}
	for i := range 1000 {
		next <- i
	}
	close(next)
	all.Wait()
}

func TestLargeBodiesBothWays(t *testing.T) {
	const size = 2 << 20
	sum := func(n int) string { return fmt.Sprintf("%x", sha256.Sum256(pattern(n, 0, size))) }
	nw, _, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		h := sha256.New()
		_, _ = io.Copy(h, r.Body)
		w.Header().Set("Sum", fmt.Sprintf("%x", h.Sum(nil)))
		_, _ = w.Write(pattern(2, 0, size))
	})
	nw.buffer = 1000 // shared by many writes
	req, _ := http.NewRequest(http.MethodPost, tracesURL, strings.NewReader(string(pattern(1, 0, size))))
	res, err := newClient(t, nw).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil || fmt.Sprintf("%x", sha256.Sum256(got)) != sum(2) || res.Header.Get("Sum") != sum(1) {
		t.Errorf("%d bytes, %v, sum %s", len(got), err, res.Header.Get("Sum"))
	}
}

func TestWhoListens(t *testing.T) {
	var nw Network
	ctx := context.Background()
	refused := func() {
		t.Helper()
		_, err := nw.Dial(ctx, "tcp", "collector:4318")
		var op *net.OpError
		if !errors.Is(err, syscall.ECONNREFUSED) || !errors.As(err, &op) || op.Op != "dial" || op.Addr.String() != "collector:4318" {
			t.Errorf("Dial: %v", err)
		}
	}
	refused()
	first := nw.ListenStream("collector:4318")
	second := nw.ListenStream("collector:4318") // takes over
	_ = first.Close()                           // and is not closed by that
	c, err := nw.Dial(ctx, "tcp4", "collector:4318")
	if err != nil || second.Open() != 1 || first.Open() != 0 || second.Addr().Network() != "tcp" {
		t.Fatalf("Dial: %v, %d open at the second, %d at the first", err, second.Open(), first.Open())
	}
	_ = second.Close()
	_ = second.Close()
	expect(t, "read of what was not accepted", read(c), syscall.ECONNRESET)
	if _, err := second.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept: %v", err)
	}
	refused()
	nw.FailDials(syscall.ENETUNREACH)
	if _, err := nw.Dial(ctx, "tcp", "collector:4318"); !errors.Is(err, syscall.ENETUNREACH) {
		t.Errorf("Dial: %v", err)
	}
}
