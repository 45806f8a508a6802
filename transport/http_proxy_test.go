// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestHTTPProxy(t *testing.T) {
	a := newAuthority(t, "A")
	dir := t.TempDir()
	ca := write(t, filepath.Join(dir, "ca.pem"), a.pem)
	for _, secure := range []bool{false, true} {
		c := collect(t, nil)
		if secure {
			c = newSecured(t, a).collector
		}
		var seen atomic.Pointer[http.Request]
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen.Store(r)
			forward(w, r)
		}))
		t.Cleanup(proxy.Close)
		via := func(*http.Request) (u *url.URL, err error) {
			return url.Parse("http://joe:sesame@" + proxy.Listener.Addr().String())
		}
		h := newHTTP(t, c.URL, HTTPOptions{CAFile: ca, Proxy: via})
		for range 3 {
			wantHTTP(t, h, "batch", "ok")
		}
		if got := seen.Load().Header.Get("Proxy-Authorization"); got != "Basic am9lOnNlc2FtZQ==" {
			t.Errorf("proxy credentials %q", got)
		}
		if r, body := c.last(); body != "batch" || r.Header.Get("Proxy-Authorization") != "" && secure {
			t.Errorf("%q, %v", body, r.Header)
		}
		if want := c.URL + "/api/traces (" + proxy.Listener.Addr().String() + ")"; h.Address() != want {
			t.Errorf("address %q, want %q", h.Address(), want)
		}
	}
	for name, via := range map[string]func(*http.Request) (*url.URL, error){
		"fails":      func(*http.Request) (*url.URL, error) { return nil, errors.New("bad proxy http://joe:sesame@x") },
		"panics":     func(*http.Request) (*url.URL, error) { panic("sesame") },
		"is unknown": func(*http.Request) (*url.URL, error) { return url.Parse("gopher://joe:sesame@127.0.0.1:1") },
		"is down":    func(*http.Request) (*url.URL, error) { return url.Parse("http://joe:sesame@127.0.0.1:1") },
	} {
		t.Run(name, func(t *testing.T) {
			err := wantHTTP(t, newHTTP(t, "http://127.0.0.1:1", HTTPOptions{Proxy: via}), "batch", "retryable")
			if strings.Contains(err.Error(), "sesame") || strings.Contains(err.Error(), "joe") {
				t.Error(err)
			}
		})
	}
}

// A proxy that repeats what it was told does not get it into a log.
func TestHTTPProxyRefuses(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect { // where net/http shows the reason
			if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_, _ = io.WriteString(c, "HTTP/1.1 407 Not "+r.Header.Get("Proxy-Authorization")+"\r\n\r\n")
				_ = c.Close()
			}
			return
		}
		w.WriteHeader(http.StatusProxyAuthRequired)
		_, _ = io.WriteString(w, "Not "+r.Header.Get("Proxy-Authorization")+", sesame")
	}))
	t.Cleanup(proxy.Close)
	for target, want := range map[string]string{"http://collector.invalid": "refused", "https://collector.invalid": "retryable"} {
		h := newHTTP(t, target, HTTPOptions{Proxy: func(*http.Request) (*url.URL, error) {
			return url.Parse("http://joe:sesame@" + proxy.Listener.Addr().String())
		}})
		for range 2 {
			err := wantHTTP(t, h, "batch", want)
			if text := err.Error(); !strings.Contains(text, "Not Basic …") || strings.Contains(text, "sesame") || strings.Contains(text, "am9lOnNl") {
				t.Error(err)
			}
		}
		if len(h.secrets) != 3 {
			t.Errorf("%d secrets, want 3", len(h.secrets))
		}
	}
}

// forward is a proxy, plain and with CONNECT.
func forward(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		r.RequestURI = ""
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		w.WriteHeader(resp.StatusCode)
		return
	}
	there, err := new(net.Dialer).DialContext(r.Context(), "tcp", r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = there.Close()
		return
	}
	_, _ = io.WriteString(here, "HTTP/1.1 200 Connected\r\n\r\n")
	var wg sync.WaitGroup
	wg.Add(2)
	pump := func(to, from net.Conn) {
		defer wg.Done()
		_, _ = io.Copy(to, from)
		_ = to.Close()
	}
	go pump(here, there)
	go pump(there, here)
	wg.Wait()
}
