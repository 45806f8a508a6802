// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"fmt"
	"log/slog"
	"mime"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/wire"
)

// HTTP listens for what clients send to a collector of Jaeger's: POST
// /api/traces with a Batch of jaeger.thrift in the binary protocol, which is
// answered with 202, and GET /api/sampling?service=, answered as by [Sampling].
//
// A request is answered with 400 when it is not of the type application/x-thrift
// or application/vnd.apache.thrift.binary or cannot be read, 401 when it does not
// show the token (RequireToken), 413 when it is longer than MaxBody, and 429 when
// there is no room for it.
type HTTP struct {
	*webServer
	tokened
	sink Sink
}

// NewHTTP returns a server on l, which Close closes. It counts requests for
// strategies in reg, which may be nil, under the names of Jaeger's collector.
func NewHTTP(l net.Listener, s sampling.Source, sink Sink, reg prometheus.Registerer, log *slog.Logger) *HTTP {
	h := &HTTP{sink: sink}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/traces", h.traces)
	counted := newSamplingCounters(reg, "jaeger_collector")
	mux.HandleFunc("GET /api/sampling", counted.handler("sampling", strategies(s, sampling.Strategy.JSON)))
	mux.HandleFunc("GET /api/baggageRestrictions", counted.handler("baggage", noRestrictions))
	h.webServer = newWebServer(l, mux, log)
	return h
}

func (h *HTTP) traces(w http.ResponseWriter, r *http.Request) {
	from := trace.Origin{Protocol: "thrift-binary", Transport: "http"}
	if err := h.take(r, from); err != nil {
		http.Error(w, err.Error(), failed(w, h.sink, from, err))
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (h *HTTP) take(r *http.Request, from trace.Origin) (err error) {
	defer rescued(&err, h.log)
	if err := h.enter(r); err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return &bodyError{http.StatusBadRequest, trace.ReasonMalformed, "Cannot parse content type: " + shorten(err)}
	}
	if kind != "application/x-thrift" && kind != "application/vnd.apache.thrift.binary" {
		return &bodyError{http.StatusBadRequest, trace.ReasonMalformed, fmt.Sprintf("Unsupported content type: %.100s", kind)}
	}
	body, release, err := readBody(r, h.sink)
	defer release()
	if err != nil {
		return err
	}
	batch, err := wire.DecodeBinaryBatch(body)
	if err != nil {
		return unreadable(err)
	}
	if len(batch.Spans) == 0 {
		return nil
	}
	_, err = h.sink.Take(r.Context(), jaeger.Traces(batch), from)
	return err
}
