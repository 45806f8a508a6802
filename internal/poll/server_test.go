// SPDX-License-Identifier: Apache-2.0

package poll

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestServerAddress(t *testing.T) {
	for _, tt := range []struct{ raw, service, want, name string }{
		{"", "a", "http://127.0.0.1:5778/p?service=a", "http://127.0.0.1:5778/p"},
		{"agent:5778", "a", "http://agent:5778/p?service=a", "http://agent:5778/p"},
		{"127.0.0.1:5778", "a", "http://127.0.0.1:5778/p?service=a", "http://127.0.0.1:5778/p"},
		{"[::1]:5778", "a", "http://[::1]:5778/p?service=a", "http://[::1]:5778/p"},
		{"agent", "a", "http://agent:5778/p?service=a", "http://agent:5778/p"},
		{"localhost/other", "a", "http://localhost:5778/other?service=a", "http://localhost:5778/other"},
		{"u:p@agent", "a", "http://u:p@agent:5778/p?service=a", "http://agent:5778/p"},
		{"[::1]", "a", "http://[::1]:5778/p?service=a", "http://[::1]:5778/p"},
		{"[fe80::1%25eth0]", "a", "http://[fe80::1%25eth0]:5778/p?service=a", "http://[fe80::1%25eth0]:5778/p"},
		{"_agent.my-ns.svc.cluster.local.", "a", "http://_agent.my-ns.svc.cluster.local.:5778/p?service=a", "http://_agent.my-ns.svc.cluster.local.:5778/p"},
		{"http://agent", "a", "http://agent/p?service=a", "http://agent/p"}, // a URL says 80
		{"https://[::1]/x", "a", "https://[::1]/x?service=a", "https://[::1]/x"},
		{"agent:5778?service=old", "a", "http://agent:5778/p?service=a", "http://agent:5778/p"},
		{"agent:5778/x?service=old&b=1&s%65rvice=2&&service&c=%zz", "a", "http://agent:5778/x?b=1&c=%zz&service=a", "http://agent:5778/x"},
		{"agent:5778?services=1&Service=2", "a", "http://agent:5778/p?services=1&Service=2&service=a", "http://agent:5778/p"},
		{"http://agent:5778/", "a", "http://agent:5778/?service=a", "http://agent:5778/"}, // asked for, and old agents answer there
		{"HTTPS://agent/x/y", "a", "https://agent/x/y?service=a", "https://agent/x/y"},
		{"http://agent/x?tenant=1#top", "a", "http://agent/x?tenant=1&service=a", "http://agent/x"},
		{"agent/x%3Ftoken=secret", "a", "http://agent:5778/x%3Ftoken=secret?service=a", "http://agent:5778/x%3F%2A%2A%2A"},
		{"agent:5778", "a b&c=d/é#?", "http://agent:5778/p?service=a+b%26c%3Dd%2F%C3%A9%23%3F", "http://agent:5778/p"},
	} {
		s, err := NewServer(ServerOptions{Service: tt.service, Endpoint: tt.raw, Path: "/p"})
		if err != nil || s.url.String() != tt.want || s.String() != tt.name {
			t.Errorf("%q: %+v, %v; want %s, named %s", tt.raw, s, err, tt.want, tt.name)
		}
	}
}

func TestServerOptionErrors(t *testing.T) {
	for _, raw := range []string{
		"http://", "ftp://agent/", "file:///etc/passwd", ":5778", "http://:5778", "agent:port", "http://u:secret@agent:port/?t=secret", "http://a b/", "http://[::1/", "://x",
		"::1", "::1:5778", "http://::1:5778/", "[agent]:5778", "[127.0.0.1]:5778", "[]:5778", "[::1]x:5778", "h:99999", "h:65536", "h:0", "http://h:99999/", "h:-1", "h:+1", "h:",
		"h,i:5778", "<h>:5778", "h*:1", "a\"b", "bad..host",
	} {
		s, err := NewServer(ServerOptions{Service: "a", Endpoint: raw})
		if err == nil || !strings.HasPrefix(err.Error(), "Endpoint ") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, %v", raw, s, err)
		}
	}
	for want, o := range map[string]ServerOptions{
		"no service name":               {},
		"RefreshInterval -1s":           {Service: "a", RefreshInterval: -time.Second},
		"Timeout -1ns is negative":      {Service: "a", Timeout: -1},
		`Endpoint "ftp://x": scheme`:    {Service: "a", Endpoint: "ftp://x"},
		`Endpoint "agent:0": port is n`: {Service: "a", Endpoint: "agent:0"},
	} {
		if _, err := NewServer(o); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

type transport struct{}

func (transport) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no") }

// TestSecretRequests: which requests may hold what their answers should not repeat.
func TestSecretRequests(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	proxy := func(raw string, err error) *http.Client {
		u, _ := url.Parse(raw)
		return &http.Client{Transport: &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return u, err }}}
	}
	for _, tt := range []struct {
		name, endpoint string
		client         *http.Client
		want           bool
	}{
		{"default", "agent", nil, false},
		{"service", "agent/sampling?service=x", nil, false},
		{"user", "http://u@agent", nil, true},
		{"query", "agent?tenant=1", nil, true},
		{"in the path", "agent/x%3Ftoken", nil, true},
		{"empty client", "agent", &http.Client{Timeout: 1}, false},
		{"TLS", "https://agent", &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS13}}}, false},
		{"proxy", "agent", proxy("http://proxy", nil), false},
		{"proxy with a user", "agent", proxy("http://u:p@proxy", nil), true},
		{"proxy that fails", "agent", proxy("", errors.New("no")), true},
		{"proxy that panics", "agent", &http.Client{Transport: &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { panic("no") }}}, true},
		{"proxy's header", "agent", &http.Client{Transport: &http.Transport{ProxyConnectHeader: http.Header{"X": {"y"}}}}, true},
		{"transport", "agent", &http.Client{Transport: transport{}}, true},
		{"cookies", "agent", &http.Client{Jar: jar}, true},
		{"redirects", "agent", &http.Client{CheckRedirect: stay}, true},
	} {
		s, err := NewServer(ServerOptions{Service: "a", Endpoint: tt.endpoint, Client: tt.client})
		if err != nil || s.secret != tt.want {
			t.Errorf("%s: %+v, %v; want %v", tt.name, s, err, tt.want)
		}
	}
}

// TestClientIsNobodyElses: what traces the program's requests must not see these.
func TestClientIsNobodyElses(t *testing.T) {
	mine := &http.Client{Timeout: 1}
	for name, c := range map[string]*http.Client{
		"nil": ownClient(nil), "default": ownClient(http.DefaultClient), "without a transport": ownClient(mine),
	} {
		tr, ok := c.Transport.(*http.Transport)
		if !ok || tr == http.DefaultTransport || tr.Proxy != nil || !tr.DisableKeepAlives || c == http.DefaultClient || c == mine {
			t.Errorf("%s: %+v", name, c)
		}
	}
	if http.DefaultClient.Transport != nil || mine.Transport != nil || mine.CheckRedirect != nil {
		t.Error("the caller's client was changed")
	}
	if ownClient(mine).Timeout != 1 {
		t.Error("the client's timeout was lost")
	}
}
