// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/url"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/go-spur/spur/backend/trace"
)

// OTLPHTTP listens for OTLP over HTTP: POST /v1/traces with an
// ExportTraceServiceRequest, as protobuf (application/x-protobuf) or JSON
// (application/json), with gzip or without.
//
// The answer is 200 with an ExportTraceServiceResponse, which says how many spans
// were refused. A request is answered with 400 when it cannot be read, 401 when it
// does not show the token (RequireToken), 413 when it is longer than MaxBody, 415
// when it is of another type or encoding, and 429 when there is no room for it: the
// body is then a google.rpc.Status in the format of the request. Pages on localhost
// may send, other pages may not.
type OTLPHTTP struct {
	*webServer
	tokened
	sink Sink
}

// NewOTLPHTTP returns a server on l, which Close closes.
func NewOTLPHTTP(l net.Listener, sink Sink, log *slog.Logger) *OTLPHTTP {
	h := &OTLPHTTP{sink: sink}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/traces", h.traces)
	mux.HandleFunc("OPTIONS /v1/traces", preflight)
	h.webServer = newWebServer(l, mux, log)
	return h
}

// otlpFormat is one of the two formats of OTLP over HTTP.
type otlpFormat struct {
	export func(context.Context, []byte, Sink, trace.Origin) (refusal, error) // the error is a *bodyError, or the sink's
	answer func(refusal) ([]byte, error)
	fail   func(proto.Message) ([]byte, error)
}

func formatOf(contentType string) (f otlpFormat, ok bool) {
	switch contentType {
	case "application/x-protobuf":
		return otlpFormat{exportProto, refusal.proto, proto.Marshal}, true
	case "application/json":
		return otlpFormat{exportJSON, refusal.json, protojson.Marshal}, true
	}
	return f, false
}

func (h *OTLPHTTP) traces(w http.ResponseWriter, r *http.Request) {
	allowOrigin(w, r)
	from := trace.Origin{Protocol: "otlp", Transport: "http"}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	format, ok := formatOf(kind)
	if !ok {
		h.sink.Unread(from, trace.ReasonMalformed, 1)
		http.Error(w, "the content type must be application/x-protobuf or application/json", http.StatusUnsupportedMediaType)
		return
	}
	w.Header().Set("Content-Type", kind)
	answer, err := h.take(r, from, format)
	if err != nil {
		code := failed(w, h.sink, from, err)
		answer, err = format.fail(status.New(rpcCode(code), err.Error()).Proto())
		w.WriteHeader(code)
	}
	if err == nil {
		_, _ = w.Write(answer) // who went away needs none
	}
}

func (h *OTLPHTTP) take(r *http.Request, from trace.Origin, format otlpFormat) (answer []byte, err error) {
	defer rescued(&err, h.log)
	if err := h.enter(r); err != nil {
		return nil, err
	}
	body, release, err := readBody(r, h.sink)
	defer release()
	if err != nil {
		return nil, err
	}
	refused, err := format.export(r.Context(), body, h.sink, from)
	if err != nil {
		return nil, err
	}
	return format.answer(refused)
}

// rpcCode returns what gRPC calls a status of HTTP.
func rpcCode(status int) codes.Code {
	switch status {
	case http.StatusTooManyRequests, http.StatusRequestEntityTooLarge:
		return codes.ResourceExhausted
	case http.StatusUnauthorized:
		return codes.Unauthenticated
	case http.StatusServiceUnavailable:
		return codes.Unavailable
	case http.StatusInternalServerError:
		return codes.Internal
	}
	return codes.InvalidArgument
}

// preflight tells a browser what pages may send.
func preflight(w http.ResponseWriter, r *http.Request) {
	if allowOrigin(w, r) {
		w.Header().Set("Access-Control-Allow-Methods", http.MethodPost)
		w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Content-Encoding")
		w.Header().Set("Access-Control-Max-Age", "3600")
	}
	w.WriteHeader(http.StatusNoContent)
}

// allowOrigin lets pages on this machine read the answer.
func allowOrigin(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	host := u.Hostname()
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return false
	}
	w.Header().Set("Access-Control-Allow-Origin", origin)
	return true
}
