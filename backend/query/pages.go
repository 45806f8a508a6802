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

// page answers a browser with the page for people, and others, such as curl,
// with text.
func (s *server) page(text func(http.ResponseWriter, *http.Request) error) http.Handler {
	return s.raw(func(w http.ResponseWriter, r *http.Request) error {
		if readsHTML(r) {
			s.ui.Page(w, r)
			return nil
		}
		w.Header().Add("Vary", "Accept")
		return text(w, r)
	})
}

// orPage answers browsers that go where nothing is with the page, which says so.
func (s *server) orPage(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, ours := strings.CutPrefix(r.URL.Path, s.BasePath+"/")
		if ours && r.Method == http.MethodGet && readsHTML(r) && !strings.HasPrefix(path, "api/") && !strings.HasPrefix(path, "ui/") {
			if _, pattern := mux.Handler(r); pattern == "" {
				s.ui.NotFound(w)
				return
			}
		}
		mux.ServeHTTP(w, r)
	})
}

// readsHTML reports whether a browser asks for something to show.
func readsHTML(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// home says which addresses there are.
func (s *server) home(w http.ResponseWriter, _ *http.Request) error {
	var b strings.Builder
	b.WriteString("spur's backend. A browser gets pages here; these addresses answer others:\n\n")
	for _, r := range s.routes() {
		if r.about != "" {
			method, path, _ := strings.Cut(r.pattern, " ")
			fmt.Fprintf(&b, "%-6s %-24s %s\n", method, s.BasePath+strings.TrimSuffix(path, "{$}"), r.about)
		}
	}
	return writeText(w, b.String())
}

// tracePage answers GET /trace/{id}. Ids of two traces with "..." between are
// those to compare, and what Jaeger's UI calls uiFind is find.
func (s *server) tracePage(w http.ResponseWriter, r *http.Request) error {
	path := r.PathValue("id")
	if a, b, ok := strings.Cut(path, "..."); ok {
		return s.redirect(w, r, "/compare", url.Values{"a": {a}, "b": {b}})
	}
	query := r.URL.Query()
	if find := query.Get("uiFind"); find != "" {
		if id, err := parseTraceID(path); err == nil {
			path = trace.FormatTraceID(id)
		}
		query.Del("uiFind")
		query.Set("find", find)
		return s.redirect(w, r, "/trace/"+path, query)
	}
	s.page(s.traceText).ServeHTTP(w, r)
	return nil
}

// traceText says where a trace is to be had.
func (s *server) traceText(w http.ResponseWriter, r *http.Request) error {
	id, err := parseTraceID(r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeText(w, "A browser gets a page here; "+s.BasePath+"/api/traces/"+trace.FormatTraceID(id)+" has the trace.\n")
}

func writeText(w http.ResponseWriter, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := io.WriteString(w, text)
	return err
}
