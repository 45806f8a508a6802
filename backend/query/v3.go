// SPDX-License-Identifier: Apache-2.0

package query

import (
	"net/http"

	"github.com/go-spur/spur/backend/trace"
)

// What v3 answers: the JSON form of jaeger-idl proto/api_v3/query_service.proto.

// v3Failure is the answer to a request that failed: GRPCGatewayError.
type v3Failure struct {
	Error v3Error `json:"error"`
}

type v3Error struct {
	HTTPCode int    `json:"httpCode"`
	Message  string `json:"message"`
}

func newV3Error(e *apiError) v3Error { return v3Error{e.Code, e.Msg} }

var errNoTraces = errorf(http.StatusNotFound, "No traces found")

// v3 is json for an address of v3, whose errors have a form of their own.
func (s *server) v3(f func(*http.Request) (any, error)) http.Handler {
	return s.handle(s.answer(f), func(w http.ResponseWriter, e *apiError) {
		writeErrorAs(w, e, v3Failure{newV3Error(e)})
	})
}

type v3Services struct {
	Services []string `json:"services"`
}

// v3Services answers GET /api/v3/services: the names of all services.
func (s *server) v3Services(r *http.Request) (any, error) {
	names, err := s.Store.Services(r.Context())
	if names == nil {
		names = []string{}
	}
	return v3Services{names}, err
}

type v3Operations struct {
	Operations []v3Operation `json:"operations"`
}

type v3Operation struct {
	Name     string `json:"name"`
	SpanKind string `json:"spanKind"`
}

// v3Operations answers GET /api/v3/operations?service=&span_kind=.
func (s *server) v3Operations(r *http.Request) (any, error) {
	p := v3Params{r.URL.Query()}
	operations, err := s.Store.Operations(r.Context(), p.Get("service"))
	kind, _ := p.first("spanKind", "span_kind")
	out := v3Operations{[]v3Operation{}}
	for _, o := range operations {
		if k := trace.KindText(o.Kind); kind == "" || kind == k {
			out.Operations = append(out.Operations, v3Operation{o.Name, k})
		}
	}
	return out, err
}
