// SPDX-License-Identifier: Apache-2.0

package query

import "net/http"

// keys answers GET /api/keys?prefix=&limit=: names of tags, sorted.
func (s *server) keys(r *http.Request) (any, error) {
	p := params{r.URL.Query()}
	limit, err := p.limit(defaultPage, maxPage)
	if err != nil {
		return nil, err
	}
	keys, err := s.Store.Keys(r.Context(), p.Get("prefix"), limit)
	if err != nil {
		return nil, err
	}
	return struct {
		Keys []string `json:"keys"`
	}{append([]string{}, keys...)}, nil
}

// values answers GET /api/values?key=&prefix=&limit=: values of a tag, sorted,
// as far as the store knows them without a search.
func (s *server) values(r *http.Request) (any, error) {
	p := params{r.URL.Query()}
	if !p.Has("key") {
		return nil, badRequest("parameter 'key' is required")
	}
	limit, err := p.limit(defaultPage, maxPage)
	if err != nil {
		return nil, err
	}
	values, err := s.Store.Values(r.Context(), p.Get("key"), p.Get("prefix"), limit)
	if err != nil {
		return nil, err
	}
	return struct {
		Values []string `json:"values"`
	}{append([]string{}, values...)}, nil
}
