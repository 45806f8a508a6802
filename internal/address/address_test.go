// SPDX-License-Identifier: Apache-2.0

package address

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestHost(t *testing.T) {
	long := strings.Repeat(strings.Repeat("a", 49)+".", 5)
	for _, tt := range []struct {
		in, want string
		ip       bool
		err      error
	}{
		{"agent", "agent", false, nil},
		{"jaeger-agent.obs.svc.cluster.local.", "jaeger-agent.obs.svc.cluster.local.", false, nil},
		{"my_agent", "my_agent", false, nil},
		{"_a.b", "_a.b", false, nil},
		{"bücher.example", "bücher.example", false, nil},
		{"3com", "3com", false, nil},
		{"1234", "1234", false, nil},
		{long + "abc", long + "abc", false, nil},
		{long + "abc.", long + "abc.", false, nil},
		{"10.0.0.1", "10.0.0.1", true, nil},
		{"::1", "::1", true, nil},
		{"[::1]", "::1", true, nil},
		{"0:0:0:0:0:0:0:1", "::1", true, nil},
		{"[::ffff:1.2.3.4]", "::ffff:1.2.3.4", true, nil},
		{"fe80::1%eth0.100", "fe80::1%eth0.100", true, nil},

		{"", "", false, errNoHost},
		{".", "", false, errLabel},
		{"..", "", false, errLabel},
		{"bad..host", "", false, errLabel},
		{".host", "", false, errLabel},
		{"host..", "", false, errLabel},
		{"-host", "", false, errLabel},
		{"a.host-.b", "", false, errLabel},
		{strings.Repeat("a", 64), "", false, errLabel},
		{long + "abcd", "", false, errLongHost},
		{"a b", "", false, errHost},
		{"a\n", "", false, errHost},
		{"a\x00b", "", false, errHost},
		{"a/b", "", false, errHost},
		{"a,b", "", false, errHost},
		{"u@h", "", false, errHost},
		{"a\u00a0b", "", false, errHost},
		{"a\u200bb", "", false, errHost},
		{"a\xffb", "", false, errHost},
		{"h:1", "", false, errHost},
		{"h%eth0", "", false, errHost},
		{"10.0.0.256", "", false, errHost},
		{"010.0.0.1", "", false, errHost},
		{"::g", "", false, errHost},
		{"[::1", "", false, errHost},
		{"::1]", "", false, errHost},
		{"[]", "", false, errBrackets},
		{"[agent]", "", false, errBrackets},
		{"[10.0.0.1]", "", false, errBrackets},
		{"fe80::1%eth 0", "", false, errZone},
		{"::%\xf8", "", false, errZone},
	} {
		if got, ip, err := Host(tt.in); got != tt.want || ip != tt.ip || err != tt.err {
			t.Errorf("Host(%q) = %q, %v, %v; want %q, %v, %v", tt.in, got, ip, err, tt.want, tt.ip, tt.err)
		}
	}
}

func TestAuthority(t *testing.T) {
	for _, tt := range []struct {
		in, host, port string
		err            error
	}{
		{"agent", "agent", "", nil},
		{"agent:6831", "agent", "6831", nil},
		{"agent:06831", "agent", "6831", nil},
		{"[::1]", "::1", "", nil},
		{"[::1]:65535", "::1", "65535", nil},
		{"[fe80::1%eth0]:1", "fe80::1%eth0", "1", nil},
		{"", "", "", errNoHost},
		{":1", "", "", errNoHost},
		{"agent:", "", "", errNoPort},
		{"agent:0", "", "", errPort},
		{"agent:65536", "", "", errPort},
		{"agent:-1", "", "", errPort},
		{"agent:+1", "", "", errPort},
		{"agent:http", "", "", errPort},
		{"agent:99999999999999999999", "", "", errPort},
		{"::1", "", "", errBare},
		{"udp://agent:1", "", "", errBare},
		{"[::1:1", "", "", errHost},
		{"[::1]x:1", "", "", errHost},
		{"bad..host:1", "", "", errLabel},
		{"[agent]:1", "", "", errBrackets},
	} {
		if host, port, _, err := Authority(tt.in); host != tt.host || port != tt.port || err != tt.err {
			t.Errorf("Authority(%q) = %q, %q, %v; want %q, %q, %v", tt.in, host, port, err, tt.host, tt.port, tt.err)
		}
	}
	if _, _, _, err := HostPort("agent"); err != errNoPort {
		t.Errorf("HostPort without a port: %v", err)
	}
	if host, port, ip, err := HostPort("[::1]:1"); host != "::1" || port != "1" || !ip || err != nil {
		t.Errorf("HostPort: %q, %q, %v, %v", host, port, ip, err)
	}
}

func TestURL(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		err      error
	}{
		{"http://collector", "http://collector", nil},
		{"HTTPS://[0:0::1]:04318/v1/traces?x=y#f", "https://[::1]:4318/v1/traces?x=y", nil},
		{"http://[fe80::1%25eth0]", "http://[fe80::1%25eth0]", nil},
		{"http://ann:secret@h:1/", "http://ann:secret@h:1/", nil},
		{"", "", errScheme},
		{"collector:1", "", errScheme},
		{"udp://agent:1", "", errScheme},
		{"http:h", "", errNoHost},
		{"http:///x", "", errNoHost},
		{"http://:4318", "", errNoHost},
		{"http://h:", "", errNoPort},
		{"http://h:0", "", errPort},
		{"http://h:65536", "", errPort},
		{"http://h:otlp", "", errURL},
		{"http://a b", "", errURL},
		{"http://h/%zz", "", errURL},
		{"http://bad..host/", "", errLabel},
		{"http://coll(ector)", "", errHost},
		{"http://10.0.0.256", "", errHost},
	} {
		u, _, err := URL(tt.in)
		if !errors.Is(err, tt.err) || err == nil && u.String() != tt.want {
			t.Errorf("URL(%q) = %v, %v; want %q, %v", tt.in, u, err, tt.want, tt.err)
		}
	}
	for text, hint := range map[string]string{
		"collector:1": "http://collector:1", "10.0.0.1:1/x": "http://10.0.0.1:1/x", "[::1]:1": "http://[::1]:1",
		"collector": "", "h:0": "", "h:x": "", "udp://h:1": "", "u:secret@h:1": "", "h:1?token=secret": "", "h:1/" + strings.Repeat("x", 200): "",
	} {
		if _, _, err := URL(text); hint == "" && strings.Contains(err.Error(), "did you mean") || !strings.HasSuffix(err.Error(), "did you mean "+hint+"?") && hint != "" {
			t.Errorf("URL(%q): %v, want %q", text, err, hint)
		}
	}
	for _, bad := range []string{"http://::1", "http://::1:80/", "http://[agent]", "http://[::1", "http://[::1]x:1"} { // url.Parse refuses some, as Go's version has it
		if u, _, err := URL(bad); err == nil {
			t.Errorf("URL(%q) = %v", bad, u)
		}
	}
}

// FuzzAddress holds the package against the standard library's own parsers: what
// passes can be dialled, and passes again in the same form.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"agent:6831", "10.0.0.1:6831", "[::1]:6831", "[fe80::1%eth0]:6831", "[::ffff:1.2.3.4]:1", "[agent]:1", "http://h/", "http://[::1]:0",
		"", ":", "[", "[]:1", "[]", "a:0", "::1:1", "a\x00b:1", "\xff:1", "u:p@h:1", "1.2.3:4", "[%]:1", "[::%\xf8]:1", "a..b", "%41:1", "http://%41",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		host, port, ip, err := Authority(s)
		if ap, apErr := netip.ParseAddrPort(s); apErr == nil && ap.Port() != 0 && isZone(ap.Addr().Zone()) && (!ip || err != nil || Join(host, port) != ap.String()) {
			t.Fatalf("Authority(%q) = %q, %q, %v, %v; it is %v", s, host, port, ip, err, ap)
		}
		if err != nil && host+port != "" {
			t.Fatalf("Authority(%q) = %q, %q with error %v", s, host, port, err)
		}
		if err == nil {
			if h, p, again, err := Authority(Join(host, port)); err != nil || h != host || p != port || again != ip {
				t.Fatalf("Authority(%q) = %q, %q, but of that %q, %q, %v", s, host, port, h, p, err)
			}
			if u, _, err := URL("http://" + strings.ReplaceAll(Join(host, port), "%", "%25")); err != nil || u.Host != Join(host, port) {
				t.Fatalf("URL of %q: %v, %v", s, u, err)
			}
		}
		if u, _, err := URL(s); err == nil {
			if again, err := url.Parse(u.String()); err != nil || again.Host != u.Host {
				t.Fatalf("URL(%q) = %v, but of that %v, %v", s, u, again, err)
			}
		}
	})
}
