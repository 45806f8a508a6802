// SPDX-License-Identifier: Apache-2.0

package transport_test

import (
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurtest"
	"github.com/go-spur/spur/spurtest/suite"
	"github.com/go-spur/spur/transport"
)

// Every transport of this package passes the suite that others run on theirs.
func TestTransportSuite(t *testing.T) {
	for _, format := range []transport.Format{transport.JaegerCompact, transport.JaegerBinary} {
		t.Run("udp "+format.String(), func(t *testing.T) {
			suite.TestTransport(t, func(t testing.TB) (transport.Transport, func() []model.Span) {
				agent := spurtest.NewAgent(t)
				udp, err := transport.NewUDP(agent.Addr(), transport.UDPOptions{Format: format})
				if err != nil {
					t.Fatal(err)
				}
				return udp, agent.Spans
			})
		})
	}
	for _, tc := range []struct {
		name string
		url  func(*spurtest.Collector) string
		gzip bool
	}{
		{"thrift", (*spurtest.Collector).ThriftURL, false},
		{"otlp", (*spurtest.Collector).OTLPURL, false},
		{"otlp, compressed", (*spurtest.Collector).OTLPURL, true},
	} {
		t.Run("http "+tc.name, func(t *testing.T) {
			suite.TestTransport(t, func(t testing.TB) (transport.Transport, func() []model.Span) {
				collector := spurtest.NewCollector(t)
				h, err := transport.NewHTTP(tc.url(collector), transport.HTTPOptions{Gzip: tc.gzip})
				if err != nil {
					t.Fatal(err)
				}
				return h, collector.Spans
			})
		})
	}
}
