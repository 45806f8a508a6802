// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"
)

const (
	maxAnswer   = 4 << 20  // bytes of a body that are read
	maxExcerpt  = 4 << 10  // of one that is only shown
	maxDrain    = 64 << 10 // of a refusal's, to keep the connection
	floorBatch  = 64 << 10 // what 413 does not lower MaxBatch below
	refusalWait = time.Second
)

// judge says what an answer to a batch of size bytes means. whole says that the
// body was read to its end; end ends reading it.
func (h *HTTP) judge(resp *http.Response, size int, end func()) (e *Error, whole bool) {
	if resp.StatusCode/100 == 2 {
		return h.judgeSuccess(resp)
	}
	kind := kindOf(resp.StatusCode)
	var excerpt []byte
	text, whole := h.describe(resp.StatusCode, nil, false), false
	if resp.StatusCode >= 200 { // after 101 there is no body but another protocol
		timer := time.AfterFunc(refusalWait, end)
		text, excerpt, whole = h.readRefusal(resp)
		timer.Stop()
	}
	e = &Error{Kind: kind, Hint: hintOfAnswer(resp, excerpt), Err: errors.New(text)}
	switch kind {
	case Retryable:
		e.RetryAfter = retryAfter(resp.Header, time.Now())
	case TooLarge:
		if size <= floorBatch {
			e.Kind = Refused
		} else {
			h.max.lower(int64(max(size/2, floorBatch)))
		}
	}
	return e, whole
}

// kindOf sorts the statuses outside 200 to 299.
func kindOf(status int) Kind {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return Retryable
	case http.StatusRequestEntityTooLarge:
		return TooLarge
	}
	if status/100 == 4 {
		return Refused
	}
	return Permanent
}

// readRefusal describes an answer that is not a success.
func (h *HTTP) readRefusal(resp *http.Response) (text string, excerpt []byte, whole bool) {
	excerpt, err := io.ReadAll(io.LimitReader(resp.Body, maxExcerpt))
	if err == nil && resp.ContentLength <= maxDrain {
		var n int64
		n, err = io.Copy(io.Discard, io.LimitReader(resp.Body, maxDrain))
		whole = err == nil && n < maxDrain
	}
	return h.describe(resp.StatusCode, excerpt, err != nil || len(excerpt) == maxExcerpt), excerpt, whole
}

// judgeSuccess says whether an answer of 2xx is a collector's. Captive portals
// and misrouted proxies answer 200, too.
func (h *HTTP) judgeSuccess(resp *http.Response) (e *Error, whole bool) {
	if resp.ContentLength == 0 {
		return nil, true
	}
	parse := h.parser(resp.Header)
	limit := maxAnswer
	if parse == nil {
		limit = maxExcerpt
	}
	var body bytes.Buffer
	n, err := body.ReadFrom(io.LimitReader(resp.Body, int64(limit)+1))
	whole = err == nil && n <= int64(limit)
	switch {
	case whole && n == 0:
		return nil, true
	case parse == nil:
		return h.unconfirmed(resp, &body, !whole, fmt.Sprintf("an answer of type %.64q", resp.Header.Get("Content-Type"))), whole
	case err != nil:
		return h.unconfirmed(resp, &body, true, "the answer is not at its end"), false
	case !whole:
		return h.unconfirmed(resp, &body, true, fmt.Sprintf("the answer has more than %d bytes", limit)), false
	}
	partial, err := parse(body.Bytes())
	if err != nil {
		return h.unconfirmed(resp, &body, false, "the answer cannot be parsed"), true
	}
	if h.format == OTLP && partial.rejected > 0 {
		text := fmt.Sprintf("%d spans rejected: %s", partial.rejected, h.excerpt(partial.message, false))
		return &Error{Kind: Partial, Rejected: partial.rejected, Err: errors.New(text)}, true
	}
	return nil, true
}

func (h *HTTP) unconfirmed(resp *http.Response, body *bytes.Buffer, cut bool, why string) *Error {
	text := h.describe(resp.StatusCode, body.Bytes(), cut)
	return &Error{Kind: Unconfirmed, Hint: hintOfAnswer(resp, nil), Err: h.hush(text, errors.New(why))}
}

// unwritten is what a success means that the receiver claims of half a batch.
func (h *HTTP) unwritten(resp *http.Response) *Error {
	return &Error{Kind: Unconfirmed, Err: errors.New(h.describe(resp.StatusCode, nil, false) + ": answered before the request was written whole")}
}

// parser returns what reads a body of the type that the header says, or nil when
// it cannot be a collector's.
func (h *HTTP) parser(header http.Header) func([]byte) (partialSuccess, error) {
	if e := header.Get("Content-Encoding"); e != "" && e != "identity" {
		return nil // none was asked for
	}
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return nil
	}
	switch media {
	case "application/x-protobuf", "application/protobuf":
		return parseProto
	case "application/json":
		if h.format == OTLP {
			return parseJSON
		}
		return validJSON
	case "application/x-thrift", "application/vnd.apache.thrift.binary":
		if h.format != OTLP {
			return func([]byte) (partialSuccess, error) { return partialSuccess{}, nil }
		}
	}
	return nil
}
