// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/klauspost/compress/gzip"
)

func newTest(t *testing.T, basePath string) http.Handler {
	t.Helper()
	u, err := New(basePath)
	if err != nil {
		t.Fatal(err)
	}
	return handler(u, basePath)
}

func handler(u *UI, basePath string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+basePath+"/ui/{hash}/{file...}", u.File)
	mux.HandleFunc("GET "+basePath+"/", u.Page)
	return mux
}

func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// addresses are those that the page loads.
func addresses(page string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		all = append(all, m[1])
	}
	return all
}

func TestPage(t *testing.T) {
	h := newTest(t, "")
	page := get(h, "/trace/4bf9")
	if page.Code != http.StatusOK || page.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%d %v", page.Code, page.Header())
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": policy, "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer", "Vary": "Accept",
	} {
		if got := page.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	etag := page.Header().Get("ETag")
	again := get(h, "/", "If-None-Match", etag)
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("ETag") != etag {
		t.Errorf("the page again: %d, %d bytes, %v", again.Code, again.Body.Len(), again.Header())
	}
	if other := get(h, "/", "If-None-Match", `"another"`); other.Code != http.StatusOK {
		t.Errorf("the page after another: %d", other.Code)
	}
}

// A page that forbids inline code must not have any.
func TestPageHasNothingInline(t *testing.T) {
	page := get(newTest(t, ""), "/").Body.String()
	for _, m := range regexp.MustCompile(`(?is)<script[^>]*>(.*?)</script>|<style|\s(?:on\w+|style)=`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[0], "<script") || m[1] != "" {
			t.Errorf("inline: %q", m[0])
		}
	}
}

func TestBasePath(t *testing.T) {
	for _, base := range []string{"", "/jaeger", "/a/b"} {
		h := newTest(t, base)
		all := addresses(get(h, base+"/").Body.String())
		if len(all) != 4 {
			t.Errorf("%q: the page loads %v", base, all)
		}
		for _, address := range all {
			if !strings.HasPrefix(address, base+"/ui/") {
				t.Errorf("%q: %s", base, address)
			}
			if w := get(h, address); w.Code != http.StatusOK {
				t.Errorf("%s: %d", address, w.Code)
			}
		}
	}
}

// TestBasePathText: a base path is text in the page, whatever it is.
func TestBasePathText(t *testing.T) {
	u, err := New(`/a"><b>&amp;`)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	u.Page(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if page := w.Body.String(); strings.Contains(page, "<b>") || strings.Count(page, `"/a&#34;&gt;&lt;b&gt;&amp;amp;/ui/`) != 4 {
		t.Error(page)
	}
}

func TestFile(t *testing.T) {
	u, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	h := handler(u, "")
	types := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", "": "text/plain; charset=utf-8"}
	seen := map[string]bool{}
	for _, name := range embedded(t) {
		if name == "index.html" {
			continue
		}
		w := get(h, "/ui/"+u.hash+"/"+name)
		ext := path.Ext(name)
		seen[ext] = true
		if w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s: %d, %d bytes", name, w.Code, w.Body.Len())
		}
		if got := w.Header().Get("Content-Type"); got != types[ext] {
			t.Errorf("%s: Content-Type %q", name, got)
		}
		if got := w.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
		if got := w.Header().Get("Content-Security-Policy"); got != policy {
			t.Errorf("%s: Content-Security-Policy %q", name, got)
		}
	}
	if len(seen) != len(types) {
		t.Errorf("only %v are served", slices.Collect(maps.Keys(seen)))
	}
}

func TestBundledFile(t *testing.T) {
	u, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	h := handler(u, "")
	for _, name := range []string{bundled, worker} {
		want, err := u.scripts[name].text()
		if err != nil {
			t.Fatal(err)
		}
		for accept, small := range map[string]bool{"": false, "gzip": true, "br, gzip;q=0.5": true, "deflate, gzip": true, "gzip;q=0": false, "gzippy": false} {
			w := get(h, "/ui/"+u.hash+"/"+name, "Accept-Encoding", accept)
			text := w.Body.Bytes()
			if got := w.Header().Get("Content-Encoding") == "gzip"; got != small {
				t.Errorf("%s, %q: %v", name, accept, w.Header())
			} else if got {
				z, err := gzip.NewReader(w.Body)
				if err != nil {
					t.Fatal(err)
				}
				if text, err = io.ReadAll(z); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(text, want) || w.Header().Get("Vary") != "Accept-Encoding" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") || w.Header().Get("Cache-Control") == "" {
				t.Errorf("%s, %q: %d bytes, %v", name, accept, len(text), w.Header())
			}
		}
	}
}

func TestFileNotFound(t *testing.T) {
	u, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	h := handler(u, "")
	for _, path := range []string{
		"/ui/0000000000000000/app/main.js", "/ui/" + strings.ToUpper(u.hash) + "x/app/main.js",
		"/ui/" + u.hash + "/", "/ui/" + u.hash + "/app", "/ui/" + u.hash + "/app/nothing.js",
		"/ui/" + u.hash + "/index.html", "/ui/" + u.hash + "/ui.go", "/ui/" + u.hash + "/types.d.ts", "/ui/" + u.hash + "/vendor/lit.d.ts",
		"/ui/" + u.hash + "/test/package.json", "/ui/" + u.hash + "/%2e%2e/ui.go", "/ui/" + u.hash + "/app/%2e%2e%2fui.go",
	} {
		w := get(h, path)
		if w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
}

// Whatever changes in a file, all addresses are others.
func TestHash(t *testing.T) {
	files := fstest.MapFS{"index.html": {Data: []byte("{{.}}")}, "app/main.js": {Data: []byte("1")}, "b.css": {Data: []byte("2")}}
	hash := func() string {
		u, err := newUI(files, "")
		if err != nil {
			t.Fatal(err)
		}
		return u.hash
	}
	first := hash()
	if again := hash(); again != first {
		t.Errorf("the same files: %s and %s", first, again)
	}
	seen := map[string]bool{first: true}
	for _, change := range []func(){
		func() { files["app/main.js"].Data = []byte("3") },
		func() { files["app/more.js"] = &fstest.MapFile{} },
		func() { files["c.css"] = files["b.css"]; delete(files, "b.css") },
		func() { files["app/main.js"].Data, files["c.css"].Data = nil, []byte("32") }, // as if the files were one text
	} {
		change()
		h := hash()
		if seen[h] {
			t.Errorf("another change, the same hash: %v", slices.Sorted(maps.Keys(files)))
		}
		seen[h] = true
	}
}

// embedded are the names of all files that New serves.
func embedded(t *testing.T) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
