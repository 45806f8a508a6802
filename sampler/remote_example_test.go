// SPDX-License-Identifier: Apache-2.0

package sampler_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

func ExampleParseStrategy() {
	// A service with a limit: Jaeger sends the operations of its default strategy along.
	s, err := sampler.ParseStrategy([]byte(`{
		"strategyType": 1,
		"rateLimitingSampling": {"maxTracesPerSecond": 5},
		"operationSampling": {"defaultSamplingProbability": 0.25, "perOperationStrategies": []}
	}`))
	fmt.Println(s, err)
	_, err = sampler.ParseStrategy([]byte(`{"probabilisticSampling": {"samplingRate": "NaN"}}`))
	fmt.Println(err)
	// Output:
	// ratelimiting(5) <nil>
	// sampler: bad strategy: probabilisticSampling.samplingRate: "NaN" is not a number
}

func ExampleNewPerOperation() {
	s, err := sampler.NewPerOperation(sampler.Strategy{
		Type: sampler.StrategyPerOperation, Probability: 0, LowerBound: 0.1, // one trace in ten seconds
		Operations: []sampler.OperationStrategy{{Operation: "POST /orders", Probability: 1}},
	}, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, op := range []string{"POST /orders", "GET /rare", "GET /rare"} {
		d := s.Sample(sampler.Params{Operation: op, TraceID: model.TraceID{Low: 1}})
		fmt.Println(op, d.Sample, d.Tags)
	}
	fmt.Println(s)
	// Output:
	// POST /orders true [{sampler.type probabilistic} {sampler.param 1}]
	// GET /rare true [{sampler.type lowerbound} {sampler.param 0}]
	// GET /rare false []
	// peroperation(0, 2 operations, each at least 0.1/s)
}

// bearer puts a token into every request.
type bearer struct {
	token string
	next  http.RoundTripper
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(r)
}

func ExampleNewRemote() {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t0ken" || r.FormValue("service") != "orders" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprint(w, `{"strategyType": "PROBABILISTIC", "probabilisticSampling": {"samplingRate": 0.5}}`)
	}))
	defer server.Close()

	s, err := sampler.NewRemote("orders", sampler.RemoteOptions{
		Endpoint: server.URL,
		Client:   &http.Client{Transport: bearer{"t0ken", server.Client().Transport}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close() // a tracer does that
	fmt.Println(s.Status().Type, s.Status().Param)
	for s.Status().Fetched == 0 {
		<-time.After(time.Millisecond)
	}
	fmt.Println(s.Status().Type, s.Status().Param)
	fmt.Println(time.Since(s.Status().Updated) < time.Minute, s.Status().Failed)
	// Output:
	// probabilistic 0.001
	// probabilistic 0.5
	// true 0
}

// percent is a format of one's own: a number of percents.
type percent struct{}

func (percent) Parse(answer []byte, current sampler.Sampler) (sampler.Sampler, error) {
	var s sampler.Strategy
	if _, err := fmt.Sscanf(string(answer), "%f%%", &s.Probability); err != nil {
		return nil, err
	}
	s.Probability /= 100
	return s.Sampler(current, 0)
}

// fixed gets no answers from anywhere.
type fixed string

func (f fixed) Fetch(context.Context, string) ([]byte, error) { return []byte(f), nil }
func (f fixed) String() string                                { return "a constant" }

func ExampleParser() {
	s, err := sampler.NewRemote("orders", sampler.RemoteOptions{Fetcher: fixed("12.5%"), Parser: percent{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	for s.Status().Fetched == 0 {
		<-time.After(time.Millisecond)
	}
	fmt.Println(s)
	// Output: remote(probabilistic(0.125) from a constant)
}

func ExampleNewFile() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "strategies.json")
	err = os.WriteFile(path, []byte(`{
		"service_strategies": [{"service": "orders", "type": "ratelimiting", "param": 2}],
		"default_strategy": {"type": "probabilistic", "param": 0.5}
	}`), 0o600)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, service := range []string{"orders", "payments"} {
		s, err := sampler.NewFile(service, path, sampler.FileOptions{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(service, s.Status().Type, s.Status().Param)
		s.Close()
	}
	// Output:
	// orders ratelimiting 2
	// payments probabilistic 0.5
}
