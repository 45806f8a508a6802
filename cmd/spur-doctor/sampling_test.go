// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestSamplingAnswers(t *testing.T) {
	text := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		status status
		text   string
		hint   string
	}{
		{"a strategy", text(200, `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.25}}`), ok, "answered for the service orders: probabilistic(0.25)", ""},
		{"a page", text(200, "<html>"), fail, "no strategy: ", "is it Jaeger's sampling server"},
		{"no such path", text(404, "\x1b[31mno"), fail, "no strategy: unexpected status 404", "is it Jaeger's sampling server"},
		{"out of range", text(200, `{"probabilisticSampling":{"samplingRate":2}}`), fail, "no strategy: ", "is it Jaeger's sampling server"},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, fail, "no strategy: unexpected status 302", "is it Jaeger's"},
		{"hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, fail, "no answer within 500ms", "until it answers"},
		{"endless", endless, fail, "no strategy: answer is too large", "until it answers"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			asked := ""
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r.URL.String()
				tc.answer(w, r)
			}))
			defer server.Close()
			e := with("JAEGER_SAMPLING_ENDPOINT="+server.URL, "JAEGER_SERVICE_NAME=orders")
			patience := 20 * time.Second
			if tc.name == "hangs" {
				patience = 500 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			c := e.askSampling(ctx, patience)
			if c.Status != tc.status || !strings.HasPrefix(c.Text, tc.text) || !strings.HasPrefix(c.Hint, tc.hint) || strings.Contains(c.Text, "\x1b") {
				t.Errorf("%+v\nwant %v, %q and %q", c, tc.status, tc.text, tc.hint)
			}
			server.CloseClientConnections()
			server.Close() // and with it the handler, which wrote asked
			if asked != "/sampling?service=orders" {
				t.Errorf("asked %s", asked)
			}
		})
	}
}

func TestSamplingNobodyAskedFor(t *testing.T) {
	e := with("JAEGER_SAMPLER_HOST=127.0.0.1", "JAEGER_SAMPLER_PORT=1")
	if c := e.askSampling(context.Background(), time.Second); c.Status != fail || c.Source != "JAEGER_SAMPLER_HOST, JAEGER_SAMPLER_PORT" {
		t.Errorf("%+v", c)
	}
	for _, vars := range []string{noSampling, "JAEGER_DISABLED=1", "JAEGER_SAMPLER_TYPE=const"} {
		for _, c := range with(vars).connections(context.Background(), time.Second) {
			if c.Name == "sampling" {
				t.Errorf("%s: %+v", vars, c)
			}
		}
	}
}
