// SPDX-License-Identifier: Apache-2.0

package query

import "net/http"

// link is an element of what /api/map answers.
type link struct {
	Parent string `json:"parent"`
	Child  string `json:"child"`
	Calls  int64  `json:"calls"`
	Errors int64  `json:"errors"`
}

// serviceMap answers GET /api/map?start=&end=: who called whom, and how often
// that failed.
func (s *server) serviceMap(r *http.Request) (any, error) {
	w, err := params{r.URL.Query()}.window()
	if err != nil {
		return nil, err
	}
	links, err := s.links(r.Context(), w)
	if err != nil {
		return nil, err
	}
	out := make([]link, len(links))
	for i, l := range links {
		out[i] = link(l)
	}
	return struct {
		Links []link `json:"links"`
	}{out}, nil
}
