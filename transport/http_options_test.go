// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestNewHTTPErrors(t *testing.T) {
	a := newAuthority(t, "A")
	dir := t.TempDir()
	cert, key := a.issue(t, "client")
	at := func(name string) string { return filepath.Join(dir, name) }
	write(t, at("cert"), cert)
	write(t, at("key"), key)
	write(t, at("empty"), "")
	write(t, at("half"), cert+cert[:90])
	write(t, at("large"), strings.Repeat(cert, 3000))
	const url = "http://collector"
	header := func(k, v string) HTTPOptions { return HTTPOptions{Header: http.Header{k: {v}}} }

	tests := []struct {
		name, url string
		o         HTTPOptions
		is        error
		text      string
	}{
		{"empty", "", HTTPOptions{}, ErrAddress, `"": scheme is not http or https`},
		{"no scheme", "collector:14268", HTTPOptions{}, ErrAddress, `"collector:14268": scheme`},
		{"host only", "collector", HTTPOptions{}, ErrAddress, "scheme"},
		{"other scheme", "udp://agent:6831", HTTPOptions{}, ErrAddress, `"udp://agent:6831": scheme is not http or https`},
		{"no host", "http://", HTTPOptions{}, ErrAddress, "host is missing"},
		{"path only", "http:///api/traces", HTTPOptions{}, ErrAddress, "host is missing"},
		{"port only", "http://:4318", HTTPOptions{}, ErrAddress, "host is missing"},
		{"empty port", "http://collector:", HTTPOptions{}, ErrAddress, "port is missing"},
		{"port 0", "http://collector:0", HTTPOptions{}, ErrAddress, `"http://collector:0": port is not within 1 to 65535`},
		{"port 65536", "http://collector:65536", HTTPOptions{}, ErrAddress, "port is not within"},
		{"named port", "http://collector:otlp", HTTPOptions{}, ErrAddress, "malformed"},
		{"space", "http://my collector", HTTPOptions{}, ErrAddress, "malformed"},
		{"line end", "http://collector\r\nX: y", HTTPOptions{}, ErrAddress, "malformed"},
		{"bad name", "http://coll(ector)", HTTPOptions{}, ErrAddress, "neither a name nor an IP address"},
		{"IPv6 without brackets", "http://::1", HTTPOptions{}, ErrAddress, "http://::1"},
		{"odd zone", "http://[fe80::1%25e\xff]", HTTPOptions{}, ErrAddress, "the zone is not a name"},
		{"password with a slash", "http://ann:sec/ret@collector", HTTPOptions{}, ErrAddress, `"http://***@collector"`},
		{"password with a question mark", "ftp://ann:sec?ret@collector", HTTPOptions{}, ErrAddress, `"***"`},
		{"password before a query", "ftp://ann:secret@collector/?token=secret", HTTPOptions{}, ErrAddress, `"***@collector/?***"`},
		{"secret query", "ftp://collector/?token=secret", HTTPOptions{}, ErrAddress, `"ftp://collector/?***"`},
		{"long", "ftp://" + strings.Repeat("x", 1e6), HTTPOptions{}, ErrAddress, "x…"},

		{"format", url, HTTPOptions{Format: JaegerCompact}, ErrOption, "Format jaeger-compact does not go over HTTP"},
		{"unknown format", url, HTTPOptions{Format: 99}, ErrOption, "Format Format(99)"},
		{"negative timeout", url, HTTPOptions{Timeout: -time.Second}, ErrOption, "Timeout -1s"},
		{"negative age", url, HTTPOptions{MaxConnAge: -1}, ErrOption, "MaxConnAge -1ns"},
		{"small batch", url, HTTPOptions{MaxBatch: 1023}, ErrOption, "MaxBatch 1023 is not within 1024 to 67108864"},
		{"large batch", url, HTTPOptions{MaxBatch: 64<<20 + 1}, ErrOption, "MaxBatch 67108865"},
		{"negative batch", url, HTTPOptions{MaxBatch: -1}, ErrOption, "MaxBatch -1"},

		{"line end in a header", url, header("X-Key", "a\r\nsecret: x"), ErrOption, "Header X-Key has a control character"},
		{"NUL in a header", url, header("X-Key", "secret\x00"), ErrOption, "X-Key"},
		{"line end in a name", url, header("X-Key\r\nsecret", "x"), ErrOption, `bad name, "X-Key" and more`},
		{"header as one text", url, header("X-Key: secret", "x"), ErrOption, `bad name, "X-Key" and more`},
		{"empty name", url, header("", "x"), ErrOption, `bad name, ""`},
		{"content type", url, header("content-type", "text/plain"), ErrOption, "Header Content-Type is not for users to set"},
		{"host", url, header("Host", "other"), ErrOption, "Header Host"},
		{"length", url, header("Content-Length", "1"), ErrOption, "Content-Length"},
		{"chunks", url, header("Transfer-Encoding", "chunked"), ErrOption, "Transfer-Encoding"},
		{"two authorizations", url, HTTPOptions{Header: http.Header{"authorization": {"secret"}}, BearerToken: "secret"}, ErrOption, "Header Authorization"},

		{"line end in a token", url, HTTPOptions{BearerToken: "secret\n"}, ErrOption, "BearerToken has a space, a line end"},
		{"token with Bearer", url, HTTPOptions{BearerToken: "Bearer secret"}, ErrOption, "BearerToken has a space"},
		{"token and user", url, HTTPOptions{BearerToken: "secret", Username: "ann"}, ErrOption, "BearerToken and Username exclude"},
		{"token and user in the address", "http://ann:secret@collector", HTTPOptions{BearerToken: "secret"}, ErrOption, "BearerToken and the user in the address"},
		{"two users", "http://ann:secret@collector", HTTPOptions{Username: "bob"}, ErrOption, "Username or Password and a user in the address"},
		{"user here, password there", "http://ann@collector", HTTPOptions{Password: "secret"}, ErrOption, "Username or Password"},
		{"password alone", url, HTTPOptions{Password: "secret"}, ErrOption, "Password without Username"},
		{"colon in a user", url, HTTPOptions{Username: "ann:secret"}, ErrOption, "Username has a colon"},
		{"line end in a password", url, HTTPOptions{Username: "ann", Password: "secret\n"}, ErrOption, "Username or the password has a control character"},

		{"certificate without key", url, HTTPOptions{CertFile: at("cert")}, ErrOption, `cert" without KeyFile`},
		{"key without certificate", url, HTTPOptions{KeyFile: at("key")}, ErrOption, `key" without CertFile`},
		{"no such CA", url, HTTPOptions{CAFile: at("none")}, ErrOption, `none": no such file`},
		{"CA is a directory", url, HTTPOptions{CAFile: dir}, ErrOption, "not a regular file"},
		{"empty CA", url, HTTPOptions{CAFile: at("empty")}, ErrOption, `empty": no certificate in it`},
		{"CA without a certificate", url, HTTPOptions{CAFile: at("key")}, ErrOption, "no certificate in it"},
		{"half a CA", url, HTTPOptions{CAFile: at("half")}, ErrOption, "ends within a certificate"},
		{"large CA", url, HTTPOptions{CAFile: at("large")}, ErrOption, "larger than 1048576 bytes"},
		{"no such certificate", url, HTTPOptions{CertFile: at("none"), KeyFile: at("key")}, ErrOption, `CertFile "` + at("none")},
		{"no such key", url, HTTPOptions{CertFile: at("cert"), KeyFile: at("none")}, ErrOption, `KeyFile "` + at("none")},
		{"empty key", url, HTTPOptions{CertFile: at("cert"), KeyFile: at("empty")}, ErrOption, "KeyFile"},
		{"swapped", url, HTTPOptions{CertFile: at("key"), KeyFile: at("cert")}, ErrOption, "CertFile"},
		{"two roots", url, HTTPOptions{CAFile: at("cert"), TLS: &tls.Config{RootCAs: x509.NewCertPool()}}, ErrOption, "RootCAs"},
		{"CA not to be checked", url, HTTPOptions{CAFile: at("cert"), TLS: &tls.Config{InsecureSkipVerify: true}}, ErrOption, "InsecureSkipVerify of TLS exclude"},
		{"PEM for a CA", url, HTTPOptions{CAFile: "-----BEGIN CERTIFICATE-----\nsecret"}, ErrOption, "CAFile looks like PEM, but the path"},
		{"PEM in one line, no certificate", url, HTTPOptions{KeyFile: `-----BEGIN PRIVATE KEY-----\nsecret`}, ErrOption, "KeyFile looks like PEM"},
		{"PEM without its head", url, HTTPOptions{CertFile: "secret\nsecret", KeyFile: at("key")}, ErrOption, "CertFile looks like PEM"},
		{"two certificates", url, HTTPOptions{CertFile: at("cert"), KeyFile: at("key"), TLS: &tls.Config{Certificates: make([]tls.Certificate, 1)}}, ErrOption, "exclude"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, err := NewHTTP(tt.url, tt.o)
			if h != nil || !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.text) {
				t.Fatalf("NewHTTP = %v, %v; want %v with %q", h, err, tt.is, tt.text)
			}
			if check := tt.o.Check(tt.url); check == nil || check.Error() != err.Error() {
				t.Errorf("Check = %v, but NewHTTP = %v", check, err)
			}
			text := strings.ReplaceAll(err.Error(), dir, "")
			if strings.Contains(text, "secr") || len(text) > 400 {
				t.Errorf("the error shows too much: %v", err)
			}
		})
	}
}

func TestNewHTTPDefaults(t *testing.T) {
	h := newHTTP(t, "HTTPS://[0:0::1]:04318?x=y#f", HTTPOptions{Format: OTLP, MaxBatch: 64 << 20})
	if h.Address() != "https://[::1]:4318/v1/traces" || h.target.String() != "https://[::1]:4318/v1/traces?x=y" || h.MaxBatch() != 64<<20 {
		t.Errorf("%q, %q, %d", h.Address(), h.target, h.MaxBatch())
	}
	o := h.options
	if o.Timeout != 10*time.Second || o.MaxConnAge != time.Minute {
		t.Errorf("Timeout %v, MaxConnAge %v", o.Timeout, o.MaxConnAge)
	}
}

// FuzzHTTPEndpoint: no error shows what stands where credentials stand.
func FuzzHTTPEndpoint(f *testing.F) {
	for _, s := range []string{
		"http://collector:14268/api/traces", "https://[::1]:4318/v1/traces", "http://[fe80::1%25eth0]", "http://u:p@h", "collector:1",
		"", "http://", "http://:1", "http://h:0", "http://h:99999", "http://h:-1", "http://h/%zz", "http://h\x7f", "http://h?#", "http://[::%25\xf8]", "http:h", "//h", "http://h/?a=@",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, literal, err := parseEndpoint(s)
		if err != nil {
			if !errors.Is(err, ErrAddress) || u != nil || len(err.Error()) > 1000 {
				t.Fatalf("parseEndpoint(%q) = %v, %v", s, u, err)
			}
		} else {
			if _, err := netip.ParseAddr(u.Hostname()); literal != (err == nil) {
				t.Fatalf("parseEndpoint(%q): literal %v", s, literal)
			}
			if again, _, err := parseEndpoint(u.String()); err != nil || again.Host != u.Host {
				t.Fatalf("parseEndpoint(%q) = %v, but of that %v, %v", s, u, again, err)
			}
			if _, err := http.NewRequest(http.MethodPost, u.String(), nil); err != nil {
				t.Fatalf("parseEndpoint accepts %q: %v", s, err)
			}
		}
		const secret = "Xq7Zk9"
		if strings.ContainsAny(s, "@/?#:") {
			return
		}
		for _, with := range []string{"http://ann:" + s + secret + "@h:0", "http://" + s + secret + "@h:0", "h:0/?" + s + secret} {
			if _, _, err := parseEndpoint(with); err == nil || strings.Contains(err.Error(), secret) {
				t.Fatalf("parseEndpoint(%q): %v", with, err)
			}
		}
	})
}

func TestFormatOf(t *testing.T) {
	for path, want := range map[string]Format{
		"": JaegerBatch, "/": JaegerBatch, "/api/traces": JaegerBatch, "/v1/traces": OTLP, "/x/v1/traces/": OTLP,
		"/v1/tracesx": JaegerBatch, "/v1/trace": JaegerBatch, "v1/traces": JaegerBatch, "/v1/traces/x": JaegerBatch,
	} {
		if got := formatOf(&url.URL{Host: "h:4319", Path: path}); got != want {
			t.Errorf("%q: %v, want %v", path, got, want)
		}
	}
	for path, want := range map[string]Format{"": OTLP, "/": OTLP, "/api/traces": JaegerBatch} {
		if got := formatOf(&url.URL{Host: "h:4318", Path: path}); got != want {
			t.Errorf("port 4318, %q: %v", path, got)
		}
	}
}
