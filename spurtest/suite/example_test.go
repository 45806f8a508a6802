// SPDX-License-Identifier: Apache-2.0

package suite_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
	"github.com/go-spur/spur/spurtest/suite"
	"github.com/go-spur/spur/transport"
)

// shouting is somebody's own propagator.
type shouting struct{}

var errShouting = errors.New("not a shout")

func (shouting) Inject(c *model.Context, to propagation.Setter) {
	if c.IsValid() {
		to.Set("x-shout", fmt.Sprintf("%s!%s!%d", c.TraceID, c.SpanID, c.Flags&model.FlagSampled))
	}
}

func (shouting) Extract(from propagation.Reader) (c model.Context, err error) {
	err = propagation.ErrNotFound
	_ = from.ForeachKey(func(key, value string) error {
		if http.CanonicalHeaderKey(key) == "X-Shout" {
			err = errShouting // and so on
		}
		return nil
	})
	return c, err
}

func ExampleTestPropagator() {
	_ = func(t *testing.T) {
		suite.TestPropagator(t, func() propagation.Propagator { return shouting{} }, suite.PropagatorOptions{
			Loses: suite.LosesBaggage | suite.LosesParentID | suite.LosesDebug | suite.LosesFirehose,
		})
	}
	// Output:
}

func ExampleTestTransport() {
	_ = func(t *testing.T) {
		suite.TestTransport(t, func(t testing.TB) (transport.Transport, func() []model.Span) {
			collector := spurtest.NewCollector(t)
			mine, err := transport.NewHTTP(collector.OTLPURL(), transport.HTTPOptions{Gzip: true})
			if err != nil {
				t.Fatal(err)
			}
			return mine, collector.Spans
		})
	}
	// Output:
}

func ExampleTestHTTPServer() {
	_ = func(t *testing.T) {
		suite.TestHTTPServer(t, func(tracer *spur.Tracer, h http.Handler) http.Handler {
			return spurhttp.Handler(tracer, h) // or yours
		})
	}
	// Output:
}

func ExampleTestHTTPClient() {
	_ = func(t *testing.T) {
		suite.TestHTTPClient(t, func(tracer *spur.Tracer, rt http.RoundTripper) http.RoundTripper {
			return spurhttp.Transport(rt, spurhttp.WithTracer(tracer)) // or yours
		})
	}
	// Output:
}
