// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
)

// TestAdaptive: what arrives by OTLP and by the others changes what services are told,
// and a restart does not change it back. A new service is told the beginning.
func TestAdaptive(t *testing.T) {
	c := settings(t, "sqlite")
	c.SamplingType = "adaptive"
	a := &c.Adaptive
	a.CalculationInterval, a.Delay, a.InitialProbability, a.AggregationBuckets = time.Second, 0, 0.5, 1000
	type answer struct {
		OperationSampling struct {
			DefaultSamplingProbability, DefaultLowerBoundTracesPerSecond float64

			PerOperationStrategies []struct {
				Operation             string
				ProbabilisticSampling struct{ SamplingRate float64 }
			}
		}
	}
	strategy := func(s *Server, service string) (a answer) {
		_, text := get(t, "http://"+s.Addr(Sampling)+"/sampling?service="+service)
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatal(text, err)
		}
		return a
	}

	s := start(t, c)
	spans := fmt.Sprintf(`{"traceId":"5b8aa5a2d2c872e8321cf37308d69df2","spanId":"051581bf3cb55c13","name":"GET /","startTimeUnixNano":"%d","endTimeUnixNano":"%[1]d",
		"attributes":[{"key":"sampler.type","value":{"stringValue":"probabilistic"}},{"key":"sampler.param","value":{"doubleValue":0.5}}]},`, time.Now().UnixNano())
	spans = strings.TrimSuffix(strings.Repeat(spans, 100), ",")
	body := `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"busy"}}]},"scopeSpans":[{"spans":[` + spans + `]}]}]}`
	resp, err := http.Post("http://"+s.Addr(OTLPHTTP)+"/v1/traces", "application/json", strings.NewReader(body))
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	_ = resp.Body.Close()
	late := time.After(20 * time.Second)
	for len(strategy(s, "busy").OperationSampling.PerOperationStrategies) == 0 {
		select {
		case <-late:
			t.Fatal("nothing is learned")
		case <-time.After(20 * time.Millisecond):
		}
	}
	learned := strategy(s, "busy").OperationSampling
	if p := learned.PerOperationStrategies[0].ProbabilisticSampling.SamplingRate; learned.PerOperationStrategies[0].Operation != "GET /" || p > 0.1 || p < 0.0049 { // more when the machine is slow
		t.Errorf("of 100 traces a second: %+v", learned)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	s = start(t, c)
	if after := strategy(s, "busy").OperationSampling; fmt.Sprint(after) != fmt.Sprint(learned) {
		t.Errorf("after a restart: %+v, not %+v", after, learned)
	}
	if other := strategy(s, "new").OperationSampling; other.DefaultSamplingProbability != 0.5 || other.DefaultLowerBoundTracesPerSecond != 1.0/60 || len(other.PerOperationStrategies) != 0 {
		t.Errorf("of a new service: %+v", other)
	}
}

// TestStrategiesFileMissing: it is named.
func TestStrategiesFileMissing(t *testing.T) {
	c := config.Default(config.AllInOne)
	c.Storage = "memory"
	c.FreePorts()
	c.Strategies = "/no/such/strategies.json"
	if _, err := Start(t.Context(), c, Deps{}); err == nil || !strings.Contains(err.Error(), c.Strategies) {
		t.Error(err)
	}
}
