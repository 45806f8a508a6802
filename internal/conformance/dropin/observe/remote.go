// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"time"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/thrift-gen/sampling"
	"github.com/uber/jaeger-lib/metrics/metricstest"
)

var remoteScenarios = []scenario{
	{"remote/answers", remoteAnswers},
	{"remote/one after the other", remoteSequence},
	{"remote/HTTP", remoteHTTP},
	{"remote/own pieces", ownPieces},
	{"remote/updaters", updaters},
}

// fetcher is a strategy that does not change.
type fetcher string

// Fetch implements jaeger.SamplingStrategyFetcher.
func (f fetcher) Fetch(string) ([]byte, error) { return []byte(f), nil }

// remoteText says which sampler a remote one uses now.
func remoteText(s *jaeger.RemotelyControlledSampler) string {
	return fmt.Sprintf("%T %v", s.Sampler(), s.Sampler())
}

var answers = map[string]string{
	"probabilistic":       `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.25}}`,
	"rate limiting":       `{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":7}}`,
	"operations":          `{"operationSampling":{"defaultSamplingProbability":0.2,"defaultLowerBoundTracesPerSecond":0.1,"perOperationStrategies":[{"operation":"op","probabilisticSampling":{"samplingRate":1}}]}}`,
	"no operations":       `{"operationSampling":{"defaultSamplingProbability":0.2}}`,
	"numeric type":        `{"strategyType":0,"probabilisticSampling":{"samplingRate":0.25}}`,
	"no type":             `{"probabilisticSampling":{"samplingRate":0.25}}`,
	"type alone":          `{"strategyType":"PROBABILISTIC"}`,
	"unknown type":        `{"strategyType":"OTHER","probabilisticSampling":{"samplingRate":0.25}}`,
	"null":                `null`,
	"nothing":             `{}`,
	"empty":               ``,
	"HTML":                `<html>`,
	"array":               `[]`,
	"rate 2":              `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":2}}`,
	"rate -1":             `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":-1}}`,
	"rate text":           `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":"0.5"}}`,
	"limit fraction":      `{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":0.5}}`,
	"limit -1":            `{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":-1}}`,
	"limit large":         `{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":40000}}`,
	"limit and operation": `{"rateLimitingSampling":{"maxTracesPerSecond":7},"operationSampling":{"defaultSamplingProbability":0.2,"defaultLowerBoundTracesPerSecond":0.1,"perOperationStrategies":[]}}`,
}

func remoteAnswers(r *recorder) {
	for name, answer := range answers {
		r.try(name, func() string {
			f, book := metricstest.NewFactory(0), &logbook{}
			s := jaeger.NewRemotelyControlledSampler("svc", jaeger.SamplerOptions.SamplingStrategyFetcher(fetcher(answer)),
				jaeger.SamplerOptions.Metrics(jaeger.NewMetrics(f, nil)), jaeger.SamplerOptions.Logger(book), jaeger.SamplerOptions.SamplingRefreshInterval(time.Hour))
			defer s.Close()
			s.UpdateSampler()
			return remoteText(s) + "\n" + rounds(snapshot(f)) + "\n" + book.unique()
		})
	}
}

// rounds is what has been counted, whatever the number: compat asks once more, by itself.
func rounds(text string) string {
	out := []rune{}
	for _, c := range text {
		if c >= '0' && c <= '9' {
			c = 'n'
		}
		out = append(out, c)
	}
	return string(out)
}

func remoteSequence(r *recorder) {
	orders := [][]string{
		{"probabilistic", "rate limiting"},
		{"rate limiting", "probabilistic"},
		{"operations", "probabilistic"},
		{"probabilistic", "HTML"},
		{"rate limiting", "rate 2"},
		{"probabilistic", "nothing"},
		{"operations", "no operations"},
	}
	for _, order := range orders {
		r.try(fmt.Sprint(order), func() string {
			// One answer only: what the sampler asks for by itself must not take the next.
			text := ""
			initial := jaeger.Sampler(jaeger.NewConstSampler(true))
			for _, name := range order {
				s := jaeger.NewRemotelyControlledSampler("svc", jaeger.SamplerOptions.SamplingStrategyFetcher(fetcher(answers[name])),
					jaeger.SamplerOptions.InitialSampler(initial), jaeger.SamplerOptions.SamplingRefreshInterval(time.Hour))
				s.UpdateSampler()
				text += remoteText(s) + "\n"
				if next, ok := s.Sampler().(jaeger.Sampler); ok {
					initial = next
				}
				s.Close()
			}
			return text
		})
	}
	book := &logbook{}
	s := jaeger.NewRemotelyControlledSampler("svc", jaeger.SamplerOptions.SamplingStrategyFetcher(fetcher("{}")), jaeger.SamplerOptions.Logger(book))
	s.Close()
	before := len(book.String())
	s.Close()
	r.say("closed twice", "%s", strings.TrimSpace(book.String()[before:]))
	r.say("equal", "%t", s.Equal(s))
	yes, tags := s.IsSampled(jaeger.TraceID{Low: 1}, "op")
	r.say("asked", "%t %d", yes, len(tags))
	r.say("default", "%s", remoteText(s))
}

func remoteHTTP(r *recorder) {
	for name, handler := range map[string]http.HandlerFunc{
		"ok": func(w http.ResponseWriter, req *http.Request) { _, _ = fmt.Fprint(w, answers["probabilistic"]) },
		"by query": func(w http.ResponseWriter, req *http.Request) {
			if req.URL.Path == "/sampling" && req.URL.RawQuery == "service=svc+%26+x" {
				_, _ = fmt.Fprint(w, answers["rate limiting"])
			} else {
				http.Error(w, req.URL.String(), http.StatusTeapot)
			}
		},
		"500": func(w http.ResponseWriter, req *http.Request) {
			http.Error(w, "broken", http.StatusInternalServerError)
		},
		"404": func(w http.ResponseWriter, req *http.Request) { http.NotFound(w, req) },
		"204": func(w http.ResponseWriter, req *http.Request) { w.WriteHeader(http.StatusNoContent) },
	} {
		r.try(name, func() string {
			server := httptest.NewServer(handler)
			defer server.Close()
			f, book := metricstest.NewFactory(0), &logbook{}
			s := jaeger.NewRemotelyControlledSampler("svc & x", jaeger.SamplerOptions.SamplingServerURL(server.URL+"/sampling"), jaeger.SamplerOptions.Logger(book),
				jaeger.SamplerOptions.Metrics(jaeger.NewMetrics(f, nil)), jaeger.SamplerOptions.SamplingRefreshInterval(time.Hour))
			defer s.Close()
			s.UpdateSampler()
			return remoteText(s) + "\n" + rounds(snapshot(f)) + "\n" + book.unique()
		})
	}
}

type ownParser struct{ book *logbook }

func (p ownParser) Parse(response []byte) (any, error) {
	p.book.line("parse", string(response))
	var v map[string]any
	err := json.Unmarshal(response, &v)
	return v, err
}

type ownUpdater struct {
	book   *logbook
	answer func(jaeger.SamplerV2, any) (jaeger.SamplerV2, error)
}

func (u ownUpdater) Update(s jaeger.SamplerV2, strategy any) (jaeger.SamplerV2, error) {
	next, err := u.answer(s, strategy)
	u.book.line("update", fmt.Sprintf("%T %v -> %v %v", s, strategy, next, err))
	return next, err
}

func ownPieces(r *recorder) {
	keep := func(jaeger.SamplerV2, any) (jaeger.SamplerV2, error) { return nil, nil }
	for name, answer := range map[string]func(jaeger.SamplerV2, any) (jaeger.SamplerV2, error){
		"none": keep,
		"new":  func(jaeger.SamplerV2, any) (jaeger.SamplerV2, error) { return jaeger.NewConstSampler(true), nil },
		"fail": func(jaeger.SamplerV2, any) (jaeger.SamplerV2, error) { return nil, errFull },
		"same": func(s jaeger.SamplerV2, _ any) (jaeger.SamplerV2, error) { return s, nil },
	} {
		r.try(name, func() string {
			f, book := metricstest.NewFactory(0), &logbook{}
			s := jaeger.NewRemotelyControlledSampler("svc", jaeger.SamplerOptions.SamplingStrategyFetcher(fetcher(`{"a":1}`)), jaeger.SamplerOptions.SamplingStrategyParser(ownParser{book}),
				jaeger.SamplerOptions.Updaters(ownUpdater{book, keep}, ownUpdater{book, answer}), jaeger.SamplerOptions.Logger(book),
				jaeger.SamplerOptions.Metrics(jaeger.NewMetrics(f, nil)), jaeger.SamplerOptions.SamplingRefreshInterval(time.Hour))
			defer s.Close()
			s.UpdateSampler()
			return remoteText(s) + "\n" + rounds(snapshot(f)) + "\n" + book.unique()
		})
	}
}

func updaters(r *recorder) {
	probabilistic, limiting, operations := new(sampling.SamplingStrategyResponse), new(sampling.SamplingStrategyResponse), new(sampling.SamplingStrategyResponse)
	probabilistic.ProbabilisticSampling = &sampling.ProbabilisticSamplingStrategy{SamplingRate: 0.5}
	limiting.RateLimitingSampling = &sampling.RateLimitingSamplingStrategy{MaxTracesPerSecond: 5}
	operations.OperationSampling = strategies()
	third, _ := jaeger.NewProbabilisticSampler(1.0 / 3)
	for name, strategy := range map[string]any{"probabilistic": probabilistic, "limiting": limiting, "operations": operations, "text": "text", "nil": nil} {
		for _, u := range []jaeger.SamplerUpdater{new(jaeger.ProbabilisticSamplerUpdater), new(jaeger.RateLimitingSamplerUpdater), &jaeger.AdaptiveSamplerUpdater{MaxOperations: 5}} {
			for what, s := range map[string]jaeger.SamplerV2{"const": jaeger.NewConstSampler(true), "third": third, "limit": jaeger.NewRateLimitingSampler(3)} {
				r.try(fmt.Sprintf("%T/%s/%s", u, name, what), func() string {
					next, err := u.Update(s, strategy)
					if p, ok := next.(*jaeger.PerOperationSampler); ok {
						return fmt.Sprintf("%d %v", len(p.String()), err)
					}
					return fmt.Sprintf("%v same=%t %v", next, next != nil && reflect.ValueOf(next).Pointer() == reflect.ValueOf(s).Pointer(), err)
				})
			}
			_ = third.Update(1.0 / 3)
		}
	}
}
