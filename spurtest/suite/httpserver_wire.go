// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur/spurtest"
)

func protocols(each func(name string, h2 bool)) {
	each("HTTP/1.1", false)
	each("HTTP/2", true)
}

// abilities lists what a ResponseWriter can do, by its type and by a
// ResponseController.
func abilities(w http.ResponseWriter) string {
	var can []string
	add := func(name string, ok bool) {
		if ok {
			can = append(can, name)
		}
	}
	_, ok := w.(http.Flusher)
	add("http.Flusher", ok)
	_, ok = w.(http.Hijacker)
	add("http.Hijacker", ok)
	_, ok = w.(http.Pusher)
	add("http.Pusher", ok)
	_, ok = w.(io.ReaderFrom)
	add("io.ReaderFrom", ok)
	c := http.NewResponseController(w)
	later := time.Now().Add(time.Hour)
	add("SetReadDeadline", c.SetReadDeadline(later) == nil)
	add("SetWriteDeadline", c.SetWriteDeadline(later) == nil)
	add("EnableFullDuplex", c.EnableFullDuplex() == nil)
	add("Flush", c.Flush() == nil)
	return strings.Join(can, " ")
}

// compare has the same handler answer with and without the middleware.
func (p serverPiece) compare(t testing.TB, h2 bool, path string, h http.HandlerFunc) (with, without string) {
	t.Helper()
	r := p.serve(t, h2, h)
	plain := startServer(t, h2, h)
	ctx := soon(t, p.patience)
	var answers [2]string
	for i, s := range []*httptest.Server{r.Server, plain} {
		var early []string
		traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			early = append(early, fmt.Sprint(code, " ", h))
			return nil
		}})
		resp, body, err := get(traced, s, path, nil)
		if err != nil {
			answers[i] = "error: " + err.Error()
			continue
		}
		resp.Header.Del("Date")
		answers[i] = fmt.Sprintf("%v %s\n%q\n%.1000s\n%d bytes, trailer %q", early, resp.Status, resp.Header, body, len(body), resp.Trailer)
	}
	r.finished(t, 1)
	return answers[0], answers[1]
}

func checkAbilities(t testing.TB, p serverPiece) {
	protocols(func(name string, h2 bool) {
		with, without := p.compare(t, h2, "/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, abilities(w)) })
		if with != without {
			t.Errorf("%s: the writer can do\n%s\nwithout the middleware\n%s", name, with, without)
		}
	})
	tracer, _ := spurtest.New(t)
	h := p.wrap(tracer, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if got := abilities(w); got != "" {
			t.Errorf("a writer that only writes pretends to be able to: %s", got)
		}
	}))
	h.ServeHTTP(struct{ http.ResponseWriter }{httptest.NewRecorder()}, httptest.NewRequest(http.MethodGet, "/", nil))
}

func checkAnswers(t testing.TB, p serverPiece) {
	long := bytes.Repeat([]byte("0123456789"), 100_000)
	for _, tc := range []struct {
		name   string
		handle http.HandlerFunc
	}{
		{"nothing", func(http.ResponseWriter, *http.Request) {}},
		{"headers and a body", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("X-Many", "1")
			w.Header().Add("X-Many", "2")
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, "short and stout")
		}},
		{"a long body in parts", func(w http.ResponseWriter, _ *http.Request) {
			for part := range slices.Chunk(long, 7919) {
				if n, err := w.Write(part); n != len(part) || err != nil {
					panic(http.ErrAbortHandler)
				}
			}
		}},
		{"io.Copy", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, bytes.NewReader(long)) }},
		{"http.ServeContent", func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "a.txt", time.Unix(1, 0), bytes.NewReader(long))
		}},
		{"trailers", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			_, _ = io.WriteString(w, "body")
			w.Header().Set("X-Sum", "42")
		}},
		{"early hints", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "</style.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusAccepted)
		}},
		{"the request", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, r.Method, r.URL, r.RequestURI, r.Proto, r.Header.Get("User-Agent"), r.ContentLength, r.Form)
		}},
	} {
		protocols(func(name string, h2 bool) {
			if with, without := p.compare(t, h2, "/a%2Fb?q=1", tc.handle); with != without {
				t.Errorf("%s over %s: the answer is\n%s\nwithout the middleware\n%s", tc.name, name, with, without)
			}
		})
	}
}

// checkStreams sends events as Server-Sent Events are sent. Each must arrive before
// the next is made.
func checkStreams(t testing.TB, p serverPiece) {
	protocols(func(name string, h2 bool) {
		next := make(chan string, 1)
		r := p.serve(t, h2, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			flusher, ok := w.(http.Flusher)
			if !ok {
				t.Errorf("%s: the writer is no http.Flusher", name)
				return
			}
			for data := range next {
				fmt.Fprintf(w, "data: %s\n", data)
				flusher.Flush()
			}
		})
		end := sync.OnceFunc(func() { close(next) })
		defer end()
		req, err := http.NewRequestWithContext(soon(t, p.patience), http.MethodGet, r.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		events := []string{"one", "two", "three"}
		next <- events[0]
		resp, err := r.Client().Do(req)
		if err != nil {
			t.Errorf("%s: nothing arrives before the handler returns: %v", name, err)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		stream := bufio.NewReader(resp.Body)
		for i, want := range events {
			line, err := stream.ReadString('\n')
			if err != nil || line != "data: "+want+"\n" {
				t.Errorf("%s: event %q does not arrive while the stream is open: %q, %v", name, want, line, err)
				return
			}
			if n := len(r.spans.Spans()); n != 0 {
				t.Errorf("%s: the span is finished while the stream is open", name)
			}
			if i+1 < len(events) {
				next <- events[i+1]
			}
		}
		end()
		if _, err := io.Copy(io.Discard, stream); err != nil {
			t.Errorf("%s: the stream's end: %v", name, err)
		}
		r.finished(t, 1)
	})
}

func checkHijack(t testing.TB, p serverPiece) {
	r := p.serve(t, false, echo(t, p.patience))
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(p.patience))
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhello\n")
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("the answer over a connection taken over: %v, %v", resp, err)
	} else if line, err := in.ReadString('\n'); line != "you said hello\n" {
		t.Errorf("over a connection taken over came %q, %v", line, err)
	}
	_ = conn.Close()
	r.finished(t, 1)
}

// echo takes the connection over and answers each line on it.
func echo(t testing.TB, patience time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Errorf("Hijack: %v", err)
			return
		}
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(time.Now().Add(patience))
		fmt.Fprint(buf, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
		_ = buf.Flush()
		for line, err := buf.ReadString('\n'); err == nil; line, err = buf.ReadString('\n') {
			fmt.Fprint(conn, "you said ", line)
		}
	}
}

func checkClientGone(t testing.TB, p serverPiece) {
	ctx, cancel := context.WithTimeout(context.Background(), p.patience)
	defer cancel()
	noticed := make(chan struct{})
	r := p.serve(t, false, func(_ http.ResponseWriter, r *http.Request) {
		cancel() // the client's
		select {
		case <-r.Context().Done():
			close(noticed)
		case <-time.After(p.patience):
		}
	})
	if _, _, err := get(ctx, r.Server, "/", nil); err == nil {
		t.Error("a request that was given up has an answer")
	}
	select {
	case <-noticed:
	case <-time.After(p.patience):
		t.Error("the handler's context does not end when the client goes")
	}
	r.finished(t, 1)
}
