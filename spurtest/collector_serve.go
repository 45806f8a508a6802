// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

const (
	thriftPath   = "/api/traces"
	otlpPath     = "/v1/traces"
	protobufType = "application/x-protobuf"
)

var errTooLong = errors.New("request body too large")

// dialect is what one path of a collector speaks.
type dialect struct {
	format              transport.Format
	types               []string // Content-Types
	accepted, wrongType int      // statuses
	decode              func([]byte) ([]wire.Batch, error)
	answer              func(w http.ResponseWriter, status int, why string) // why is "" when accepted
}

func dialectOf(path string) (dialect, bool) {
	switch path {
	case thriftPath:
		return dialect{
			format:   transport.JaegerBatch,
			types:    []string{"application/x-thrift", "application/vnd.apache.thrift.binary"},
			accepted: http.StatusAccepted, wrongType: http.StatusBadRequest,
			decode: decodeThrift, answer: answerThrift,
		}, true
	case otlpPath:
		return dialect{
			format:   transport.OTLP,
			types:    []string{protobufType},
			accepted: http.StatusOK, wrongType: http.StatusUnsupportedMediaType,
			decode: wire.DecodeOTLP, answer: answerOTLP,
		}, true
	}
	return dialect{}, false
}

func decodeThrift(b []byte) ([]wire.Batch, error) {
	batch, err := wire.DecodeBinaryBatch(b)
	if err != nil {
		return nil, err
	}
	return []wire.Batch{*batch}, nil
}

func answerThrift(w http.ResponseWriter, status int, why string) {
	if why == "" {
		w.WriteHeader(status)
		return
	}
	http.Error(w, why, status)
}

// answerOTLP answers with an empty partial_success (field 1), as the OpenTelemetry
// Collector and Jaeger do, or with a google.rpc.Status: code (field 1) and message
// (field 2).
func answerOTLP(w http.ResponseWriter, status int, why string) {
	const invalidArgument = 3
	body := []byte{1<<3 | 2, 0}
	if why != "" {
		body = []byte{1 << 3, invalidArgument, 2<<3 | 2}
		body = binary.AppendUvarint(body, uint64(len(why)))
		body = append(body, why...)
	}
	w.Header().Set("Content-Type", protobufType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// serve deals with one request.
func (c *Collector) serve(w http.ResponseWriter, r *http.Request) {
	req := c.begin(r)
	if req == nil {
		panic(http.ErrAbortHandler) // closed meanwhile
	}
	defer c.running.Done()
	r.Body = http.MaxBytesReader(w, r.Body, c.maxBody)
	if hook := c.hook.Load(); hook != nil && *hook != nil && (*hook)(w, r) {
		return
	}
	if status := c.refusal(r); status != 0 {
		n, _ := io.Copy(io.Discard, r.Body) // so that the connection can be used again
		c.end(req, int(n), 0, status)
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="spurtest"`)
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	d, known := dialectOf(r.URL.Path)
	switch {
	case !known:
		c.end(req, 0, 0, http.StatusNotFound)
		http.NotFound(w, r)
	case r.Method != http.MethodPost:
		c.end(req, 0, 0, http.StatusMethodNotAllowed)
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "405 method not allowed, supported: [POST]", http.StatusMethodNotAllowed)
	default:
		c.take(w, r, req, d)
	}
}

// begin notes a request, or returns nil after Close.
func (c *Collector) begin(r *http.Request) *Request {
	c.state.Lock()
	defer c.state.Unlock()
	if c.closed {
		return nil
	}
	c.running.Add(1)
	c.asked++
	req := &Request{Method: r.Method, Target: r.RequestURI, Header: r.Header.Clone()}
	if size := sizeOf(req); len(c.requests) < collectorRequests && c.headers+size <= collectorHeaders {
		c.requests = append(c.requests, req)
		c.headers += size
	}
	return req
}

func sizeOf(req *Request) int {
	size := len(req.Target)
	for key, values := range req.Header {
		for _, v := range values {
			size += len(key) + len(v)
		}
	}
	return size
}

// end completes what is noted about a request. It comes before the answer, so that
// who has that can see it.
func (c *Collector) end(req *Request, size, spans, status int) {
	c.state.Lock()
	defer c.state.Unlock()
	req.Size, req.Spans, req.Status = size, spans, status
}

// refusal returns the status that FailNext or RequireAuthorization want, or 0.
func (c *Collector) refusal(r *http.Request) int {
	c.state.Lock()
	defer c.state.Unlock()
	if len(c.script) > 0 {
		status := c.script[0]
		if c.script = c.script[1:]; status != 0 {
			return status
		}
	}
	if c.secret != "" && r.Header.Get("Authorization") != c.secret {
		return http.StatusUnauthorized
	}
	return 0
}

// take reads, decodes and keeps what was posted, and answers.
func (c *Collector) take(w http.ResponseWriter, r *http.Request, req *Request, d dialect) {
	select {
	case c.readers <- struct{}{}:
		defer func() { <-c.readers }()
	case <-r.Context().Done():
		return
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(collectorPatience))
	body, size, err := readBody(r, c.maxBody)
	if err == nil {
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	}
	status := http.StatusBadRequest
	var batches []wire.Batch
	if kind, _, bad := mime.ParseMediaType(r.Header.Get("Content-Type")); bad != nil || !slices.Contains(d.types, kind) {
		status, err = d.wrongType, fmt.Errorf("unsupported content type: %.64q", kind)
	} else if errors.Is(err, errTooLong) {
		status = http.StatusRequestEntityTooLarge
	} else if err == nil {
		batches, err = d.decode(body)
	}
	if err != nil {
		c.refuse()
		c.end(req, size, 0, status)
		d.answer(w, status, err.Error())
		return
	}
	uniform(batches)
	spans := c.put(d.format, len(body), batches...)
	c.end(req, size, spans, d.accepted)
	d.answer(w, d.accepted, "")
}

// readBody returns what was sent, uncompressed, and how long it was before. The
// body of r is limited to limit bytes already.
func readBody(r *http.Request, limit int64) (body []byte, size int, err error) {
	sent := &counter{from: r.Body}
	var from io.Reader = sent
	switch r.Header.Get("Content-Encoding") {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(sent)
		if err != nil {
			return nil, sent.n, tooLong(err)
		}
		from = z
	default:
		_, _ = io.Copy(io.Discard, sent)
		return nil, sent.n, fmt.Errorf("unsupported content encoding: %.64q", r.Header.Get("Content-Encoding"))
	}
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(from, limit+1))
	if err == nil && n > limit {
		err = errTooLong
	}
	return b.Bytes(), sent.n, tooLong(err)
}

// tooLong replaces the error of http.MaxBytesReader by ours.
func tooLong(err error) error {
	if limit := (*http.MaxBytesError)(nil); errors.As(err, &limit) {
		return errTooLong
	}
	return err
}

// counter counts the bytes that are read through it.
type counter struct {
	from io.Reader
	n    int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += n
	return n, err
}
