// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

// A RoundTripper that breaks its contract, or panics, breaks nothing of ours.
func TestTransportMisbehaves(t *testing.T) {
	secret := &url.Error{Op: "Get", URL: "http://x/?token=secret", Err: errors.New("no route")}
	for name, test := range map[string]struct {
		next   roundTrip
		events []string
		failed string
		panics any
	}{
		"neither answer nor error": {func(*http.Request) (*http.Response, error) { return nil, nil }, []string{"error", "spurhttp: neither an answer nor an error"}, "true", nil},
		"EOF":                      {func(*http.Request) (*http.Response, error) { return nil, io.EOF }, []string{"error", "EOF"}, "true", nil},
		"error with a URL":         {func(*http.Request) (*http.Response, error) { return nil, secret }, []string{"error", "no route"}, "true", nil},
		"wrapped":                  {func(*http.Request) (*http.Response, error) { return nil, fmt.Errorf("again: %w", secret) }, []string{"error", "no route"}, "true", nil},
		"empty url.Error":          {func(*http.Request) (*http.Response, error) { return nil, (*url.Error)(nil) }, []string{"error", "<nil>"}, "true", nil},
		"error that panics":        {func(*http.Request) (*http.Response, error) { return nil, wild{} }, []string{"error", "wild"}, "true", nil},
		"panic":                    {func(*http.Request) (*http.Response, error) { panic("no milk") }, []string{"error", "no milk"}, "true", "no milk"},
		"end of the goroutine": {func(*http.Request) (*http.Response, error) {
			runtime.Goexit()
			return nil, nil
		}, []string{"goroutine ended"}, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			tracer, spans := spurtest.New(t)
			ended := make(chan any)
			go func() {
				defer func() { ended <- recover() }()
				resp, err := spurhttp.Transport(test.next, spurhttp.WithTracer(tracer), spurhttp.WithSemanticNames()).RoundTrip(request(context.Background(), t, "http://x/"))
				if resp != nil || (err == nil) != (name == "neither answer nor error") {
					t.Errorf("got %v, %v", resp, err)
				}
			}()
			if p := <-ended; p != test.panics {
				t.Errorf("the caller recovered %v", p)
			}
			got := spans.Spans()
			if len(got) != 1 || tag(&got[0], "error") != test.failed || !slices.Equal(logs(&got[0]), test.events) {
				t.Fatalf("spans %v", spans.Tree())
			}
			if text := spans.Tree(); strings.Contains(text, "secret") {
				t.Error(text)
			}
		})
	}
}

// wild is an error whose methods panic, but for its text.
type wild struct{}

func (wild) Error() string { return "wild" }
func (wild) Unwrap() error { panic("no milk") }

// badBody gives five bytes, and then panics. With closes it panics when it is closed.
type badBody struct {
	n      int
	closes bool
}

func (b *badBody) Read(p []byte) (int, error) {
	if b.n++; b.n > 1 {
		panic("no milk")
	}
	return copy(p, "hello"), nil
}

func (b *badBody) Close() error {
	if b.closes {
		panic("no milk")
	}
	return nil
}

// A body that panics ends the span, with all that is known, and the panic goes on.
func TestTransportBodyPanics(t *testing.T) {
	for name, use := range map[string]func(b io.ReadCloser){
		"Read":  func(b io.ReadCloser) { _, _ = io.ReadAll(b) },
		"Close": func(b io.ReadCloser) { _, _ = b.Read(make([]byte, 10)); b.Close() },
	} {
		tracer, spans := spurtest.New(t)
		rt := roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 202, ContentLength: -1, Body: &badBody{closes: name == "Close"}}, nil
		})
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		resp, err := spurhttp.Transport(rt, spurhttp.WithTracer(tracer)).RoundTrip(request(ctx, t, "http://x/"))
		if err != nil {
			t.Fatal(err)
		}
		func() {
			defer func() {
				if p := recover(); p != "no milk" {
					t.Errorf("%s: the caller recovered %v", name, p)
				}
			}()
			use(resp.Body)
		}()
		got := spans.Spans()
		if len(got) != 1 {
			t.Fatalf("%s: %d spans", name, len(got))
		}
		s := got[0]
		if tag(&s, "http.status_code") != "202" || tag(&s, "http.response_size") != "5" || tag(&s, "error") != "true" || !slices.Equal(logs(&s), []string{"error", "no milk"}) {
			t.Errorf("%s: %s", name, spans.Tree())
		}
	}
}

// So does a source that the handler copies from.
func TestHandlerSourcePanics(t *testing.T) {
	r := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.Copy(w, io.MultiReader(&badBody{}))
	}))
	r.Config.ErrorLog = discard
	if resp, err := r.Client().Get(r.URL); err == nil {
		resp.Body.Close()
	}
	s := r.wait(t, 1)[0]
	if tag(&s, "http.status_code") != "202" || tag(&s, "http.response_size") != "5" || tag(&s, "error") != "true" || !slices.Equal(logs(&s), []string{"error", "no milk"}) {
		t.Errorf("tags %v, events %q", s.Tags, logs(&s))
	}
}

// An answer that nobody reads or closes ends with the request's context, and no
// goroutine waits for that.
func TestTransportAnswerIsLeft(t *testing.T) {
	for name, test := range map[string]struct {
		end    func(context.Context) (context.Context, context.CancelFunc)
		status int
		body   io.ReadCloser
		failed string
		events []string
	}{
		"cancelled": {context.WithCancel, 200, io.NopCloser(strings.NewReader("abc")), "", []string{"request cancelled"}},
		"deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Millisecond)
		}, 200, io.NopCloser(strings.NewReader("abc")), "true", []string{"error", "context deadline exceeded"}},
		"connection": {context.WithCancel, 101, readWriter{}, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			spurtest.CheckLeaks(t)
			tracer, spans := spurtest.New(t)
			rt := roundTrip(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: test.status, ContentLength: -1, Body: test.body}, nil
			})
			ctx, cancel := test.end(context.Background())
			defer cancel()
			resp, err := spurhttp.Transport(rt, spurhttp.WithTracer(tracer)).RoundTrip(request(ctx, t, "http://x/"))
			if err != nil {
				t.Fatal(err)
			}
			if name != "deadline" {
				if n := len(spans.Spans()); n != 0 {
					t.Errorf("%d spans before the end", n)
				}
				cancel()
			}
			patience, stop := context.WithTimeout(context.Background(), 10*time.Second)
			defer stop()
			if err := spans.Wait(patience, 1); err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if s := spans.Spans()[0]; tag(&s, "error") != test.failed || !slices.Equal(logs(&s), test.events) || tracer.Stats().Spans.DoubleFinish > 0 {
				t.Errorf("tags %v, events %q", s.Tags, logs(&s))
			}
		})
	}
}

type readWriter struct{ io.ReadCloser }

func (readWriter) Write(p []byte) (int, error) { return len(p), nil }
func (readWriter) Close() error                { return nil }

// A caller that gives a request up itself has no error, whichever way it notices; one
// whose time is up has.
func TestTransportCancelled(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/half" {
			fmt.Fprint(w, "half")
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	}))
	defer s.Close()
	reason := errors.New("enough")
	for _, path := range []string{"/", "/half"} {
		for name, end := range map[string]func(context.Context) context.Context{
			"cancel": func(ctx context.Context) context.Context {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(20*time.Millisecond, cancel)
				return ctx
			},
			"cause": func(ctx context.Context) context.Context {
				ctx, cancel := context.WithCancelCause(ctx)
				time.AfterFunc(20*time.Millisecond, func() { cancel(reason) })
				return ctx
			},
			"deadline": func(ctx context.Context) context.Context {
				ctx, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
				t.Cleanup(cancel)
				return ctx
			},
		} {
			tracer, spans := spurtest.New(t)
			resp, err := spurhttp.Client(s.Client(), spurhttp.WithTracer(tracer)).Do(request(end(context.Background()), t, s.URL+path))
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			if err == nil {
				t.Fatalf("%s %s: no error", name, path)
			}
			span := spans.Spans()[0]
			if gone := slices.Equal(logs(&span), []string{"request cancelled"}); gone != (name != "deadline") || (tag(&span, "error") == "") != gone {
				t.Errorf("%s %s: error %q, events %q", name, path, tag(&span, "error"), logs(&span))
			}
		}
	}
}
