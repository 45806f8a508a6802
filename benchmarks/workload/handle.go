// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"time"

	"github.com/go-spur/spur/internal/bench"
)

// service is what is traced, and what it takes untraced is what it adds to.
func service() http.Handler {
	mux := http.NewServeMux()
	body := []byte("ok")
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	return mux
}

// request is what is asked of service.
func request() *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/orders/7", nil)
	for key, value := range map[string]string{"User-Agent": "bench", "Accept": "*/*", "Accept-Encoding": "gzip"} {
		r.Header.Set(key, value)
	}
	return r
}

// handle calls a handler n times without a connection, plain and traced in turns, and
// tells what tracing adds to a request.
func handle(p Peer, s settings, r *result) error {
	s.Lossless = true // or those that drop most spans are cheap
	t, err := p.New(s.Config)
	if err != nil {
		return err
	}
	if t.Handler == nil {
		return ErrUnsupported
	}
	const turn = 2000 // requests, fewer than the queues hold
	type way struct {
		h      http.Handler
		cpu    time.Duration
		allocs uint64
	}
	plain := &way{h: service()}
	traced := &way{h: t.Handler(plain.h)}
	request := request()
	w := &nowhere{header: http.Header{}}
	once := func(c *way) error {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := bench.ProcessCPU()
		for range turn {
			c.h.ServeHTTP(w, request)
		}
		if err := t.Flush(); err != nil {
			return err
		}
		c.cpu += bench.ProcessCPU() - began
		runtime.ReadMemStats(&after)
		c.allocs += after.Mallocs - before.Mallocs
		return nil
	}
	turns := max(1, s.n/turn)
	for i := range turns + 1 {
		if i == 1 { // warm
			plain.cpu, traced.cpu, plain.allocs, traced.allocs = 0, 0, 0, 0
		}
		for _, c := range []*way{plain, traced} {
			if err := once(c); err != nil {
				return err
			}
		}
	}
	n := float64(turn * turns)
	r.iterations(turn * turns)
	r.add(float64(traced.cpu-plain.cpu)/n, "added-cpu-ns/op")
	r.add(float64(traced.allocs)/n-float64(plain.allocs)/n, "added-allocs/op")
	r.add(float64(plain.cpu)/n, "plain-cpu-ns/op")
	return t.Close()
}

// serve answers requests over loopback. It writes its address to standard output, then
// how much processor time it has used, in nanoseconds, for each line of standard input.
func serve(p Peer, s settings, _ *result) error {
	h := service()
	t, err := p.New(s.Config)
	if err != nil {
		return err
	}
	if t.Handler != nil {
		h = t.Handler(h)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() { _ = (&http.Server{Handler: h}).Serve(listener) }() // until the process ends
	_, _ = io.WriteString(os.Stdout, listener.Addr().String()+"\n")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if err := t.Flush(); err != nil {
			return err
		}
		var r result
		r.iterations(int(bench.ProcessCPU()))
		_, _ = io.WriteString(os.Stdout, r.String())
	}
	return t.Close()
}

// nowhere is a ResponseWriter that can do what an HTTP/1.1 connection's can, at no
// cost.
type nowhere struct{ header http.Header }

func (w *nowhere) Header() http.Header                        { return w.header }
func (*nowhere) Write(b []byte) (int, error)                  { return len(b), nil }
func (*nowhere) WriteHeader(int)                              {}
func (*nowhere) Flush()                                       {}
func (*nowhere) CloseNotify() <-chan bool                     { return nil }
func (*nowhere) ReadFrom(r io.Reader) (int64, error)          { return io.Copy(io.Discard, r) }
func (*nowhere) Hijack() (net.Conn, *bufio.ReadWriter, error) { return nil, nil, http.ErrHijacked }
