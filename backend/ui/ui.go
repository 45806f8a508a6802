// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed index.html tokens.css icon.svg app/*.js lib/*.js pages/*.js parts/*.js search/*.js trace/*.js vendor/lit.js vendor/LICENSE-lit
var files embed.FS

// What is made of the files changes with these.
//
//go:embed bundle.go minify.go
var makers embed.FS

// policy lets a page load and ask nothing but this server.
const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

// UI serves the pages.
type UI struct {
	hash    string            // of all files
	page    []byte            // index.html
	etag    string            // of page
	scripts map[string]script // by the names that they are served under
	files   fs.FS
}

// New returns the UI for a server whose addresses begin with basePath, "/jaeger"
// say, or "".
func New(basePath string) (*UI, error) { return newUI(files, basePath) }

func newUI(files fs.FS, basePath string) (*UI, error) {
	sum := sha256.New()
	for _, of := range []fs.FS{files, makers} {
		err := fs.WalkDir(of, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(of, name)
			sum.Write(fmt.Appendf(nil, "%s %d\n", name, len(text)))
			sum.Write(text)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	u := &UI{
		hash: hex.EncodeToString(sum.Sum(nil))[:16], files: files,
		scripts: map[string]script{bundled: newScript(files, "app/main.js"), worker: newScript(files, worker)},
	}
	// Not with html/template: the linker keeps every exported method beside it, 3 MB.
	page, err := fs.ReadFile(files, "index.html")
	u.page = bytes.ReplaceAll(page, []byte("{{.}}"), []byte(html.EscapeString(basePath+"/ui/"+u.hash)))
	of := sha256.Sum256(u.page)
	u.etag = `"` + hex.EncodeToString(of[:8]) + `"`
	return u, err
}

// Page answers with the HTML page, which shows what its address says.
func (u *UI) Page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", u.etag)
	if r.Header.Get("If-None-Match") == u.etag {
		u.answer(w, http.StatusNotModified, nil)
		return
	}
	u.answer(w, http.StatusOK, u.page)
}

// NotFound answers with the page, and that there is none at its address.
func (u *UI) NotFound(w http.ResponseWriter) {
	u.answer(w, http.StatusNotFound, u.page)
}

func (u *UI) answer(w http.ResponseWriter, code int, page []byte) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	h.Add("Vary", "Accept") // those who do not read HTML get text
	if page != nil {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	w.WriteHeader(code)
	_, _ = w.Write(page) // the browser is gone
}

// File answers with the file that the pattern's hash and file name. Those of
// another version are not found, so that a page never mixes versions.
func (u *UI) File(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	text, err := []byte(nil), fs.ErrNotExist
	script, made := u.scripts[name]
	small := made && readsGzip(r) // better than what is compressed for each request
	switch {
	case r.PathValue("hash") != u.hash || name == "index.html":
	case small:
		text, err = script.small()
	case made:
		text, err = script.text()
	default:
		text, err = fs.ReadFile(u.files, name)
	}
	if err != nil {
		http.Error(w, "there is no such file, or another version of it: load the page again", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", policy) // of workers
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", contentType(name))
	if made {
		h.Add("Vary", "Accept-Encoding")
	}
	if small {
		h.Set("Content-Encoding", "gzip")
	}
	_, _ = w.Write(text) // the browser is gone
}

// readsGzip reports whether a client accepts gzip.
func readsGzip(r *http.Request) bool {
	for _, one := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(one, ";")
		if strings.TrimSpace(name) == "gzip" && strings.TrimSpace(q) != "q=0" {
			return true
		}
	}
	return false
}

// contentType does not ask the machine, whose answer may be wrong.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "text/plain; charset=utf-8"
}
