// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"net/http"
	"time"

	"github.com/go-spur/spur/internal/endpoint"
	"github.com/go-spur/spur/internal/env"
	"github.com/go-spur/spur/transport"
)

// wire is a way for spans that the environment names.
type wire struct {
	at      endpoint.Endpoint
	source  string
	used    bool // spans go there
	aside   bool // its host is also that of the sampling server, so that it may be no agent
	timeout time.Duration
}

// wires returns where spans go, and then the places that lose to it: those that would
// be used if the variables of the ones before were not set.
func (e *environment) wires() (all []wire) {
	hidden := map[string]bool{}
	used := !e.isDisabled()
	if wrong := e.wrongDestination(); wrong != "" {
		used, hidden[wrong] = false, true
	}
	for range mostWires {
		s := env.Read(func(name string) (string, bool) {
			if hidden[name] {
				return "", false
			}
			return e.lookup(name)
		}, nil)
		switch {
		case s.Endpoint != nil:
			aside := !used && s.Endpoint.UDP() && e.remote() && !e.isSet("JAEGER_AGENT_PORT")
			all = append(all, wire{*s.Endpoint, s.Source, used, aside, s.Timeout})
		case s.Unusable == nil && !s.NoExport:
			if len(hidden) == 0 {
				all = append(all, wire{at: endpoint.Default(), source: byDefault, used: used})
			}
			return all
		}
		used = false
		source := s.Source
		if s.Unusable != nil {
			source = s.Unusable.Name
		}
		for _, name := range choosing(source) {
			hidden[name] = true
		}
	}
	return all
}

// choosing returns the variables that choose one destination together.
func choosing(source string) []string {
	switch source {
	case "JAEGER_ENDPOINT":
		return []string{source}
	case "JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT":
		return []string{"JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT"}
	}
	return []string{exporters, "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"}
}

// open makes the transport that the tracer would have, with less time.
func (w *wire) open(most time.Duration) (transport.Transport, error) {
	if w.at.UDP() {
		udp, err := transport.NewUDP(w.at.Address, transport.UDPOptions{Format: w.at.Format})
		if err != nil {
			return nil, err
		}
		return udp, nil
	}
	o := w.at.HTTP
	o.Format, o.Proxy = w.at.Format, http.ProxyFromEnvironment
	o.Timeout = min(cmp.Or(w.timeout, o.Timeout, most), most)
	h, err := transport.NewHTTP(w.at.Address, o)
	if err != nil {
		return nil, err
	}
	return h, nil
}
