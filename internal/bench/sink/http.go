// SPDX-License-Identifier: Apache-2.0

package sink

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// handler is the HTTP side of a sink's process. The end of the path says what comes:
//
//	/api/traces    Thrift
//	/v1/traces     OTLP
//	/api/v2/spans  Zipkin's JSON
//	/v0.4/traces   Datadog's, where traces are counted, by their header
//
// Anything else is read and not counted. Below /hole/ it never answers, below /500/
// always 500. GET tells how many spans have come to a path, and how many requests
// could not be counted.
type handler struct {
	mu        sync.Mutex
	spans     map[string]uint64
	malformed uint64
	thrift    thriftCounter
	held      []net.Conn
}

// serveHTTP returns the URL. The server ends with the process.
func serveHTTP() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: &handler{spans: map[string]uint64{}}}
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), nil
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/hole/"):
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			h.mu.Lock()
			h.held = append(h.held, conn)
			h.mu.Unlock()
		}
	case strings.HasPrefix(r.URL.Path, "/500/"):
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusInternalServerError)
	case r.Method == http.MethodGet:
		h.mu.Lock()
		defer h.mu.Unlock()
		_, _ = fmt.Fprintln(w, h.spans[r.URL.Path], h.malformed)
	default:
		body := bytes.NewBuffer(make([]byte, 0, max(0, r.ContentLength)+bytes.MinRead))
		if _, err := body.ReadFrom(r.Body); err == nil {
			h.count(r, body.Bytes())
		}
		if strings.HasSuffix(r.URL.Path, "/v0.4/traces") { // Datadog's wants an answer, and to others this would be none
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, "{}")
		}
	}
}

func (h *handler) count(r *http.Request, body []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var n uint64
	ok := true
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/v1/traces"):
		n, ok = countOTLP(body, 1, 2, 2) // resource_spans, scope_spans, spans
	case strings.HasSuffix(path, "/api/traces"):
		n, ok = h.thrift.count(body)
	case strings.HasSuffix(path, "/api/v2/spans"):
		n = uint64(bytes.Count(body, []byte(`"traceId":`)))
	case strings.HasSuffix(path, "/v0.4/traces"):
		var err error
		n, err = strconv.ParseUint(r.Header.Get("X-Datadog-Trace-Count"), 10, 64)
		ok = err == nil
	}
	if !ok {
		h.malformed++
		return
	}
	h.spans[r.URL.Path] += n
}
