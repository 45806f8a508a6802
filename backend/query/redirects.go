// SPDX-License-Identifier: Apache-2.0

package query

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// Addresses of Jaeger's UI lead to where the same is found here, so that links
// in people's notes and tools go on working.

func (s *server) redirect(w http.ResponseWriter, r *http.Request, path string, query url.Values) error {
	target := url.URL{Path: s.BasePath + path, RawQuery: query.Encode()}
	http.Redirect(w, r, target.String(), http.StatusFound)
	return nil
}

// moved redirects to another path.
func (s *server) moved(path string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error { return s.redirect(w, r, path, nil) }
}

// jaegerSearch answers GET /search?service=&operation=&tags=&lookback=1h&limit=…:
// the same in the language of /api/search.
func (s *server) jaegerSearch(w http.ResponseWriter, r *http.Request) error {
	p := params{r.URL.Query()}
	q, ids, err := p.search(time.Now())
	if errors.Is(err, errServiceRequired) {
		return s.redirect(w, r, "/", nil) // Jaeger's empty form
	}
	if err != nil {
		return err
	}
	if ids != nil {
		q = trace.Query{IDs: ids}
	}
	lookback := cmp.Or(p.Get("lookback"), "2d") // without one it is the API's
	// Jaeger's UI asks for start and end when its address has them.
	relative := ids == nil && lookback != "custom" && !p.Has("start") && !p.Has("end")
	if relative {
		q.Window = trace.Window{}
	}
	text := q.String()
	if relative {
		text += " since:" + days(lookback)
	}
	query := url.Values{"q": {text}}
	if limit := p.Get("limit"); limit != "" {
		query.Set("limit", limit)
	}
	return s.redirect(w, r, "/", query)
}

// days says a number of weeks in days.
func days(lookback string) string {
	if n, err := strconv.Atoi(strings.TrimSuffix(lookback, "w")); err == nil && strings.HasSuffix(lookback, "w") {
		return strconv.Itoa(7*n) + "d"
	}
	return lookback
}
