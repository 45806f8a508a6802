// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/elastic"
	"github.com/go-spur/spur/backend/trace"
)

// TestNoAlias: where no index has the alias to read, searches are errors that name it, and do not
// find nothing. There may be no links.
func TestNoAlias(t *testing.T) {
	c := behave(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"_shards":{"total":0}}`)
	})
	c.Prefix = "prod"
	find := func() error {
		_, err := open(t, c).Search(t.Context(), trace.Query{Limit: 1})
		return err
	}
	if err := find(); err != nil {
		t.Errorf("with an index for each day: %v, want none, since there may be no spans yet", err)
	}
	c.Aliases = true
	if err := find(); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "the alias prod-jaeger-span-read,") {
		t.Errorf("Search: %v, want ErrUnavailable with the name of the alias", err)
	}
	s := open(t, c)
	if _, err := s.Services(t.Context()); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "the alias prod-jaeger-service-read,") {
		t.Errorf("Services: %v, want ErrUnavailable with the name of the alias", err)
	}
	if links, err := s.Links(t.Context(), trace.Window{}); err != nil || len(links) != 0 {
		t.Errorf("Links: %v, %v, want none", links, err)
	}
}

// searches asks for spans, in each way that there is.
func searches(ctx context.Context, s *elastic.Store) map[string]error {
	errs := map[string]error{}
	_, errs["Search"] = s.Search(ctx, trace.Query{Limit: 1})
	_, errs["Trace"] = s.Trace(ctx, pcommon.TraceID{1}, trace.Window{})
	_, errs["Keys"] = s.Keys(ctx, "", 1)
	_, errs["Values"] = s.Values(ctx, "a", "", 1)
	return errs
}

// aliasServer has an archive, and says of the alias of spans what answer says.
func aliasServer(t *testing.T, answer http.HandlerFunc) elastic.Config {
	t.Helper()
	c := behave(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/jaeger-span-read/_field_caps":
			answer(w, r)
		case strings.HasSuffix(r.URL.Path, "/_field_caps"):
			_, _ = io.WriteString(w, someIndex)
		case r.URL.Path == "/_bulk":
			const one = `{"create":{"status":201}}`
			body, _ := io.ReadAll(r.Body)
			_, _ = io.WriteString(w, `{"items":[`+one+strings.Repeat(`,`+one, strings.Count(string(body), "\n")/2-1)+`]}`)
		default:
			_, _ = io.WriteString(w, `{"_shards":{"total":1}}`)
		}
	})
	c.Aliases = true
	return c
}

const (
	noIndex   = `{"indices":[],"fields":{}}`
	someIndex = `{"indices":["one"],"fields":{}}`
	noAlias   = "no index has the alias jaeger-span-read,"
)

// says answers with a text.
func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// fails answers with a status and the text of a proxy.
func fails(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", status) }
}

// reads tells whether s can be searched, or is an error with this text. It can be written to.
func reads(t *testing.T, when string, s *elastic.Store, want string) {
	t.Helper()
	for name, err := range searches(t.Context(), s) {
		if want == "" && err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %s: %v", when, name, err)
		}
		if want != "" && (!errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %s: %v, want ErrUnavailable and %q", when, name, err, want)
		}
	}
	if _, err := s.Services(t.Context()); err != nil {
		t.Errorf("%s: Services: %v, want none, since their alias is there", when, err)
	}
	if err := s.Write(t.Context(), spansOf(1)); err != nil {
		t.Errorf("%s: Write: %v", when, err)
	}
	if err := s.Ready(); err != nil {
		t.Errorf("%s: ready: %v, want that spans can be stored", when, err)
	}
	if err := s.ReadyToRead(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%s: ready to read: %v, want %q", when, err, want)
	} else if err != nil && strings.Count(err.Error(), store.ErrUnavailable.Error()) != 1 {
		t.Errorf("%s: ready to read: %v, want that once", when, err)
	}
}

// TestArchiveAlias: where the archive has its alias, and spans have none, searches do not answer from
// the archive alone: they are errors, until the server says that spans have theirs, or does not let us ask.
// Spans are stored, which does not need it.
func TestArchiveAlias(t *testing.T) {
	var answer atomic.Pointer[http.HandlerFunc]
	answered := func(f http.HandlerFunc) { answer.Store(&f) }
	answered(says(noIndex))
	s := open(t, aliasServer(t, func(w http.ResponseWriter, r *http.Request) { (*answer.Load())(w, r) }))
	reads(t, "at the start", s, noAlias)
	for name, f := range map[string]http.HandlerFunc{
		"has it": says(someIndex), "does not say": says(`{"fields":{}}`),
		"401": fails(http.StatusUnauthorized), "403": fails(http.StatusForbidden),
	} {
		answered(says(noIndex))
		s.Probe(t.Context())
		reads(t, "before "+name, s, noAlias)
		answered(f)
		s.Probe(t.Context())
		reads(t, name, s, "")
	}
}

// TestAliasUnsaid: an answer that says nothing of an alias changes nothing in what is known of it.
func TestAliasUnsaid(t *testing.T) {
	for name, f := range map[string]http.HandlerFunc{
		"408": fails(http.StatusRequestTimeout), "429": fails(http.StatusTooManyRequests), "500": fails(http.StatusInternalServerError),
		"502": fails(http.StatusBadGateway), "503": fails(http.StatusServiceUnavailable), "404": fails(http.StatusNotFound),
		"garbage": says("<html>"), "another type": says(`{"indices":7}`), "nothing": says(""),
		"a reset": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"a hang":  func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var answer atomic.Pointer[http.HandlerFunc]
			answered := func(f http.HandlerFunc) { answer.Store(&f) }
			c := aliasServer(t, func(w http.ResponseWriter, r *http.Request) { (*answer.Load())(w, r) })
			if c.Timeout = 10 * time.Second; name == "a hang" {
				c.Timeout = time.Second
			}
			for before, want := range map[string]string{noIndex: noAlias, someIndex: ""} {
				answered(says(before))
				s := open(t, c)
				reads(t, "before", s, want)
				answered(f)
				s.Probe(t.Context())
				reads(t, "after "+before, s, want)
			}
			s := open(t, c) // which knows nothing yet
			want := "it is not known whether an index has the alias jaeger-span-read: "
			if name == "404" { // who answers so will never say it
				want = ""
			}
			reads(t, "from the start", s, want)
			answered(says(someIndex))
			s.Probe(t.Context())
			reads(t, "in the end", s, "")
		})
	}
}

// TestAliasNeverSaid: an alias of which nothing is known counts as there when the answer is one that
// will always be the same, as that of a proxy which lets nobody ask.
func TestAliasNeverSaid(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed} {
		var answer atomic.Pointer[http.HandlerFunc]
		answered := func(f http.HandlerFunc) { answer.Store(&f) }
		answered(fails(http.StatusServiceUnavailable))
		s := open(t, aliasServer(t, func(w http.ResponseWriter, r *http.Request) { (*answer.Load())(w, r) }))
		reads(t, "503", s, "it is not known whether an index has the alias jaeger-span-read: ")
		answered(fails(status))
		s.Probe(t.Context())
		reads(t, fmt.Sprint("503, then ", status), s, "")
		answered(says(noIndex))
		s.Probe(t.Context())
		reads(t, "in the end", s, noAlias)
	}
}

// TestServicesAlias: an answer of an alias's own indices shows that it is there, whatever was known of it.
func TestServicesAlias(t *testing.T) {
	c := behave(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/jaeger-service-read/_field_caps" {
			says(noIndex)(w, r)
			return
		}
		says(`{"_shards":{"total":1}}`)(w, r)
	})
	c.Aliases = true
	s := open(t, c)
	if err := s.ReadyToRead(); err == nil || !strings.Contains(err.Error(), "the alias jaeger-service-read,") {
		t.Errorf("ready to read: %v, want the name of the alias", err)
	}
	if _, err := s.Services(t.Context()); err != nil {
		t.Errorf("Services: %v, want none, since a shard has answered", err)
	}
}

// TestAliasHang: a server that can be used, and does not say who has an alias, is ready and written to
// meanwhile. It is not searched.
func TestAliasHang(t *testing.T) {
	asked, hang := make(chan struct{}, 1), make(chan struct{})
	c := aliasServer(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case asked <- struct{}{}:
		default:
		}
		<-hang
		says(someIndex)(w, r)
	})
	var up atomic.Bool
	c.URLs = front(t, c, func(w http.ResponseWriter, _ *http.Request) bool {
		if !up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return up.Load()
	})
	c.Timeout = time.Minute
	s := open(t, c) // which finds nobody
	up.Store(true)
	s.Lose(errors.New("nobody is there"))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Probe(t.Context())
	}()
	<-asked
	if err := s.Ready(); err != nil {
		t.Errorf("ready: %v, want that spans can be stored", err)
	}
	if err := s.Write(t.Context(), spansOf(1)); err != nil {
		t.Errorf("Write: %v", err)
	}
	const unknown = "whether an index has the alias jaeger-span-read"
	for name, err := range searches(t.Context(), s) {
		if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), unknown) {
			t.Errorf("%s: %v, want ErrUnavailable and %q", name, err, unknown)
		}
	}
	close(hang)
	<-ended
	s.Probe(t.Context())
	reads(t, "in the end", s, "")
}

// front returns the URL of a proxy before the server, to which f lets pass what it returns true for.
func front(t *testing.T, c elastic.Config, f func(http.ResponseWriter, *http.Request) bool) []string {
	t.Helper()
	behind, err := url.Parse(c.URLs[0])
	if err != nil {
		t.Fatal(err)
	}
	to := httputil.NewSingleHostReverseProxy(behind)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f(w, r) {
			to.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return []string{server.URL}
}

// TestAliasWhileAway: a server that does not answer in time, or is gone and comes back, still lacks
// the alias that it lacked.
func TestAliasWhileAway(t *testing.T) {
	var away atomic.Bool
	c := aliasServer(t, says(noIndex))
	c.URLs = front(t, c, func(_ http.ResponseWriter, r *http.Request) bool {
		if away.Load() && r.URL.Path == "/" {
			<-r.Context().Done()
			return false
		}
		return true
	})
	s := open(t, c)
	reads(t, "at the start", s, noAlias)
	away.Store(true)
	s.Probe(t.Context())
	if err := s.Ready(); err == nil || !strings.Contains(err.Error(), "no answer within") {
		t.Errorf("ready: %v, want that there is no answer", err)
	}
	for name, err := range searches(t.Context(), s) {
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
	}
	if err := s.ReadyToRead(); err == nil || !strings.Contains(err.Error(), noAlias) {
		t.Errorf("ready to read: %v, want %q", err, noAlias)
	}
	away.Store(false)
	s.Probe(t.Context())
	reads(t, "when it is back", s, noAlias)
}

// TestAliasLog: what is missing is said in one line a minute, and when it is there.
func TestAliasLog(t *testing.T) {
	var there atomic.Bool
	c := aliasServer(t, func(w http.ResponseWriter, r *http.Request) {
		if there.Load() {
			says(someIndex)(w, r)
		} else {
			says(noIndex)(w, r)
		}
	})
	var log strings.Builder
	s, err := elastic.Open(t.Context(), c, nil, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo})))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s.Probe(t.Context())
	}
	there.Store(true)
	s.Probe(t.Context())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); strings.Count(text, noAlias) != 1 || strings.Count(text, "can be read again") != 1 || strings.Contains(text, "the server can") {
		t.Errorf("logged:\n%swant one line about the alias, and one when it is there", text)
	}
}
