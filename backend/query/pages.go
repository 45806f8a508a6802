// SPDX-License-Identifier: Apache-2.0

package query

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-spur/spur/backend/trace"
)

// home answers GET / while there is no page for people: which addresses there
// are.
func (s *server) home(w http.ResponseWriter, _ *http.Request) error {
	var b strings.Builder
	b.WriteString("spur's backend. There is no UI yet; these addresses answer:\n\n")
	for _, r := range s.routes() {
		if r.about != "" {
			method, path, _ := strings.Cut(r.pattern, " ")
			fmt.Fprintf(&b, "%-6s %-24s %s\n", method, s.BasePath+strings.TrimSuffix(path, "{$}"), r.about)
		}
	}
	return writeText(w, b.String())
}

// tracePage answers GET /trace/{id} while there is no page for people. Ids of
// two traces with "..." between are those to compare.
func (s *server) tracePage(w http.ResponseWriter, r *http.Request) error {
	path := r.PathValue("id")
	if a, b, ok := strings.Cut(path, "..."); ok {
		return s.redirect(w, r, "/compare", url.Values{"a": {a}, "b": {b}})
	}
	id, err := parseTraceID(path)
	if err != nil {
		return err
	}
	address := "/trace/" + trace.FormatTraceID(id)
	if find := r.URL.Query().Get("uiFind"); find != "" {
		return s.redirect(w, r, address, url.Values{"find": {find}})
	}
	return writeText(w, "There is no UI yet; "+s.BasePath+"/api"+strings.Replace(address, "trace", "traces", 1)+" has the trace.\n")
}

func writeText(w http.ResponseWriter, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := io.WriteString(w, text)
	return err
}
