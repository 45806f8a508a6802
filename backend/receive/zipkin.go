// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"log/slog"
	"mime"
	"net"
	"net/http"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// Zipkin listens for what clients send to a Zipkin server:
//
//	POST /api/v2/spans   JSON, or protobuf (application/x-protobuf)
//	POST /api/v1/spans   JSON, or Thrift in the binary protocol (application/x-thrift)
//
// with gzip or without. What is of no type named here is read as JSON.
//
// The answer is 202. A request is answered with 400 when it cannot be read or
// none of its spans can be kept, 401 when it does not show the token
// (RequireToken), 413 when it is longer than MaxBody, 415 when it is of another
// encoding, and 429 when there is no room for it. Pages on localhost may send,
// other pages may not.
type Zipkin struct {
	*webServer
	tokened
	sink Sink
}

// NewZipkin returns a server on l, which Close closes.
func NewZipkin(l net.Listener, sink Sink, log *slog.Logger) *Zipkin {
	z := &Zipkin{sink: sink}
	mux := http.NewServeMux()
	for path, formats := range map[string]zipkinFormats{
		"/api/v1/spans": {"application/x-thrift": decodeZipkinThrift, "": decodeZipkinV1JSON},
		"/api/v2/spans": {"application/x-protobuf": decodeZipkinProto, "": decodeZipkinJSON},
	} {
		mux.HandleFunc("POST "+path, z.spans(formats))
		mux.HandleFunc("OPTIONS "+path, preflight)
	}
	z.webServer = newWebServer(l, mux, log)
	return z
}

// zipkinDecoder reads the spans of a body. now is the time of those that say none.
type zipkinDecoder func(body []byte, now time.Time) (request, error)

// zipkinFormats are the decoders of an address by content type; "" is any other.
type zipkinFormats map[string]zipkinDecoder

func (z *Zipkin) spans(formats zipkinFormats) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		allowOrigin(w, r)
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		decode, ok := formats[kind]
		if !ok {
			decode = formats[""]
		}
		from := trace.Origin{Protocol: "zipkin", Transport: "http"}
		switch refused, err := z.take(r, from, decode); {
		case err != nil:
			http.Error(w, err.Error(), failed(w, z.sink, from, err))
		case len(refused) > 0:
			http.Error(w, refused.text(), http.StatusBadRequest)
		default:
			w.WriteHeader(http.StatusAccepted)
		}
	}
}

// take returns what was refused, if that is all.
func (z *Zipkin) take(r *http.Request, from trace.Origin, decode zipkinDecoder) (all refusal, err error) {
	defer rescued(&err, z.log)
	if err := z.enter(r); err != nil {
		return nil, err
	}
	body, release, err := readBody(r, z.sink)
	defer release()
	if err != nil {
		return nil, err
	}
	spans, err := decode(body, time.Now())
	if err != nil {
		return nil, unreadable(err)
	}
	return spans.exportSome(r.Context(), z.sink, from)
}
