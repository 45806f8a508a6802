// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/spurtest"
)

type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type contextKey struct{}

func checkRequestUnchanged(t testing.TB, p clientPiece) {
	answer := &http.Response{
		StatusCode: http.StatusAccepted, Status: "202 Accepted", Header: http.Header{"X-Answer": {"1"}}, ContentLength: 2,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	for _, header := range []http.Header{{"X-Mine": {"a", "b"}, "Accept": {"*/*"}, "x-odd-case": {"c"}}, {}, nil} {
		r := p.rig(t)
		var sent []*http.Request
		r.wrap(t, roundTrip(func(req *http.Request) (*http.Response, error) {
			sent = append(sent, req)
			resp := *answer
			resp.Body, resp.Request = io.NopCloser(strings.NewReader("ok")), req
			return &resp, nil
		}))
		req, parent := r.request(t, "http://example.com/a%2Fb?q=1#f")
		req = req.WithContext(context.WithValue(req.Context(), contextKey{}, "kept"))
		req.Method, req.Header = http.MethodPost, header
		req.Body, req.ContentLength = io.NopCloser(strings.NewReader("body")), 4
		before, headers := *req, header.Clone()
		resp := r.send(t, req)
		if !reflect.DeepEqual(req.Header, headers) {
			t.Errorf("the request's header was %v and became %v", headers, req.Header)
		}
		if req.URL != before.URL || req.Context() != before.Context() || req.Body != before.Body || req.Method != before.Method || req.Host != before.Host {
			t.Errorf("the request was changed: %+v, was %+v", req, &before)
		}
		if len(sent) != 1 {
			t.Fatalf("the RoundTripper within was called %d times, want once", len(sent))
		}
		out := sent[0]
		for _, key := range slices.Sorted(maps.Keys(headers)) {
			if !slices.Equal(out.Header[key], headers[key]) {
				t.Errorf("the header %s was %q and is sent as %q", key, headers[key], out.Header[key])
			}
		}
		if len(out.Header) <= len(headers) {
			t.Error("no headers are added to what is sent")
		}
		if out.URL.String() != req.URL.String() || out.Method != req.Method || out.ContentLength != 4 || out.Host != req.Host {
			t.Errorf("sent is %+v, want %+v", out, req)
		}
		if b, err := io.ReadAll(out.Body); string(b) != "body" || err != nil {
			t.Errorf("the body that is sent is %q, %v", b, err)
		}
		if out.Context().Value(contextKey{}) != any("kept") {
			t.Error("the context that is sent lacks the values of the request's")
		}
		if resp.StatusCode != answer.StatusCode || resp.Status != answer.Status || resp.ContentLength != 2 || resp.Header.Get("X-Answer") != "1" {
			t.Errorf("the answer is %+v, want %+v", resp, answer)
		}
		if body := drain(resp); body != "ok" {
			t.Errorf("the answer's body is %q", body)
		}
		parent.Finish()
		r.clients(t, 1)
	}
}

var errNoAnswer = errors.New("no answer today")

func checkClientErrors(t testing.TB, p clientPiece) {
	r := p.rig(t)
	r.wrap(t, roundTrip(func(*http.Request) (*http.Response, error) { return nil, errNoAnswer }))
	req, parent := r.request(t, "http://example.com/")
	resp, err := r.rt.RoundTrip(req)
	if resp != nil || !errors.Is(err, errNoAnswer) {
		t.Errorf("got %v, error %v, want %v", resp, err, errNoAnswer)
	}
	s := r.clients(t, 1)[0]
	parent.Finish()
	wantKind(t, s, "client")
	if spurtest.Tag(s, "error") != true {
		t.Errorf("the tag error is %v", spurtest.Tag(s, "error"))
	}
}

// checkClientCancelled gives up while the server is thinking, and while it is
// answering.
func checkClientCancelled(t testing.TB, p clientPiece) {
	cancels := make(chan context.CancelFunc, 2)
	r := p.dial(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/half" {
			fmt.Fprint(w, "half")
			_ = http.NewResponseController(w).Flush()
		}
		select {
		case cancel := <-cancels:
			cancel()
		default: // one request too many
		}
		<-r.Context().Done()
	})
	for _, path := range []string{"/", "/half"} {
		r.spans.Reset()
		req, parent := r.request(t, r.URL+path)
		ctx, cancel := context.WithCancel(req.Context())
		cancels <- cancel
		resp, err := r.rt.RoundTrip(req.WithContext(ctx))
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got error %v, want %v", path, err, context.Canceled)
		}
		r.clients(t, 1)
		parent.Finish()
	}
}

func checkUpgrade(t testing.TB, p clientPiece) {
	r := p.dial(t, echo(t, p.patience))
	req, parent := r.request(t, r.URL)
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "echo")
	resp := r.send(t, req)
	defer parent.Finish()
	defer func() { _ = resp.Body.Close() }()
	both, ok := resp.Body.(io.ReadWriter)
	if !ok {
		t.Errorf("the body of status 101 is a %T, which cannot be written to", resp.Body)
		return
	}
	in := bufio.NewReader(both)
	for _, word := range []string{"one\n", "two\n"} {
		if _, err := io.WriteString(both, word); err != nil {
			t.Errorf("writing: %v", err)
		}
		if line, err := in.ReadString('\n'); line != "you said "+word || err != nil {
			t.Errorf("got %q, %v", line, err)
		}
	}
	_ = resp.Body.Close()
	r.clients(t, 1)
}
