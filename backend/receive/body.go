// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/go-spur/spur/backend/trace"
)

// bodyError is why a body was not read: what to answer and how to count it.
type bodyError struct {
	status int
	reason trace.Reason
	text   string
}

func (e *bodyError) Error() string { return e.text }

var (
	errBodyTooLarge = &bodyError{http.StatusRequestEntityTooLarge, trace.ReasonTooLarge, fmt.Sprintf("the body is larger than %d bytes", MaxBody)}
	errBodyMemory   = &bodyError{http.StatusTooManyRequests, trace.ReasonMemory, "too much is being received at once: try again"}
)

// readBody returns the body of r, uncompressed. What it holds is reserved as it
// arrives, so that who announces much and sends nothing takes no room, and must be
// given back with release, also after an error, which is a *bodyError.
func readBody(r *http.Request, sink Sink) (body []byte, release func(), err error) {
	var parts []func()
	release = func() {
		for _, f := range parts {
			f()
		}
	}
	from := io.Reader(r.Body)
	longest := int64(MaxBody)
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
		if r.ContentLength > MaxBody {
			return nil, release, errBodyTooLarge
		}
		if r.ContentLength >= 0 {
			longest = r.ContentLength
		}
	case "gzip":
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, release, unreadable(err)
		}
		from = z
	default:
		return nil, release, &bodyError{http.StatusUnsupportedMediaType, trace.ReasonMalformed, fmt.Sprintf("unsupported content encoding %.40q: gzip or none", encoding)}
	}

	for {
		size := min(max(firstRead, 2*int64(len(body))), longest+1) // one byte more tells the end
		part, ok := sink.Reserve(size - int64(len(body)))
		if !ok {
			return nil, release, errBodyMemory
		}
		parts = append(parts, part)
		larger := make([]byte, size)
		n, err := fill(larger[copy(larger, body):], from)
		body = larger[:len(body)+n]
		switch {
		case int64(len(body)) > longest:
			return nil, release, errBodyTooLarge
		case errors.Is(err, io.EOF):
			return body, release, nil
		case err != nil:
			return nil, release, unreadable(err)
		}
	}
}

// fill reads until b is full or an error comes, which is io.EOF only where r
// really ends: io.ReadFull calls a body that was cut off by the same name.
func fill(b []byte, r io.Reader) (n int, err error) {
	for n < len(b) && err == nil {
		var more int
		more, err = r.Read(b[n:])
		n += more
	}
	return n, err
}

func unreadable(err error) error {
	return &bodyError{http.StatusBadRequest, trace.ReasonMalformed, "Unable to process request body: " + shorten(err)}
}

// shorten returns the text of err, for a sender.
func shorten(err error) string {
	const long = 200
	text := err.Error()
	if len(text) > long {
		text = text[:long] + "…"
	}
	return strings.ToValidUTF8(text, "�")
}

// failed counts the loss of a body that err, of readBody or a Sink, tells of. It
// returns the status to answer and sets what else belongs into the header.
func failed(w http.ResponseWriter, sink Sink, from trace.Origin, err error) (status int) {
	status = http.StatusServiceUnavailable
	if e := (*bodyError)(nil); errors.As(err, &e) {
		sink.Unread(from, e.reason, 1)
		status = e.status
	} else if errors.Is(err, trace.ErrBusy) {
		status = http.StatusTooManyRequests
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	}
	return status
}
