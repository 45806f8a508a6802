// SPDX-License-Identifier: Apache-2.0

package query

import (
	"net/http"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// dependency is an element of what /api/dependencies answers.
type dependency struct {
	Parent    string `json:"parent"`
	Child     string `json:"child"`
	CallCount int64  `json:"callCount"`
}

// dependencies answers GET /api/dependencies?endTs=&lookback=&service=: who
// called whom in the lookback (ms) before endTs (ms), with a service only those
// of its.
func (s *server) dependencies(r *http.Request) (any, error) {
	p := params{r.URL.Query()}
	end, err := p.time("endTs", time.Millisecond, time.Now())
	if err != nil {
		return nil, err
	}
	lookback, err := p.duration("lookback", time.Millisecond, defaultDependencies)
	if err != nil {
		return nil, err
	}
	links, err := s.links(r.Context(), trace.Window{Start: end.Add(-lookback), End: end})
	if err != nil {
		return nil, err
	}
	service := p.Get("service")
	out := []dependency{}
	for _, l := range links {
		if service == "" || service == l.Parent || service == l.Child {
			out = append(out, dependency{l.Parent, l.Child, l.Calls})
		}
	}
	return envelope{Data: out}, nil
}
