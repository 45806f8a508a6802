// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	tests := []struct {
		name, in string
		want     target
		err      string // part of the error; "" when there is none
	}{
		{"name", "agent:6831", target{"agent:6831", "agent", "6831", false}, ""},
		{"qualified name", "jaeger-agent.obs.svc.cluster.local.:6831", target{"jaeger-agent.obs.svc.cluster.local.:6831", "jaeger-agent.obs.svc.cluster.local.", "6831", false}, ""},
		{"underscore", "my_agent:1", target{"my_agent:1", "my_agent", "1", false}, ""},
		{"letters beyond ASCII", "bücher:1", target{"bücher:1", "bücher", "1", false}, ""},
		{"IPv4", "10.0.0.1:65535", target{"10.0.0.1:65535", "10.0.0.1", "65535", true}, ""},
		{"IPv6", "[::1]:6831", target{"[::1]:6831", "::1", "6831", true}, ""},
		{"IPv6 long form", "[0:0:0:0:0:0:0:1]:6831", target{"[::1]:6831", "::1", "6831", true}, ""},
		{"IPv6 zone", "[fe80::1%eth0]:6831", target{"[fe80::1%eth0]:6831", "fe80::1%eth0", "6831", true}, ""},
		{"port with zeros", "agent:06831", target{"agent:6831", "agent", "6831", false}, ""},

		{"empty", "", target{}, "missing port"},
		{"no port", "agent", target{}, `"agent": missing port`},
		{"empty port", "agent:", target{}, "port is not within"},
		{"port 0", "agent:0", target{}, `"agent:0": port is not within 1 to 65535`},
		{"port 65536", "agent:65536", target{}, "port is not within"},
		{"negative port", "agent:-1", target{}, "port is not within"},
		{"signed port", "agent:+1", target{}, "port is not within"},
		{"named port", "agent:jaeger", target{}, "port is not within"},
		{"no host", ":6831", target{}, "host is missing"},
		{"IPv6 without brackets", "::1:6831", target{}, "too many colons"},
		{"bracket left open", "[::1:6831", target{}, "missing ']'"},
		{"IPv6 zone of odd bytes", "[::%\xf8]:6831", target{}, "the zone is not a name"},
		{"IPv6 zone with a space", "[fe80::1%eth 0]:6831", target{}, "the zone is not a name"},
		{"bad IPv6", "[::g]:6831", target{}, "neither a name"},
		{"URL", "udp://agent:6831", target{}, "too many colons"},
		{"space", "my agent:6831", target{}, "neither a name"},
		{"line feed", "agent\n:6831", target{}, "neither a name"},
		{"zone on a name", "agent%eth0:1", target{}, "neither a name"},
		{"too long", strings.Repeat("a", 254) + ":1", target{}, "longer than 253"},
		{"password", "user:secret@agent:6831", target{}, `"…@agent:6831"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseTarget(tt.in)
			if tt.err == "" {
				if err != nil || got != tt.want {
					t.Fatalf("parseTarget(%q) = %+v, %v; want %+v", tt.in, got, err, tt.want)
				}
				return
			}
			if !errors.Is(err, ErrAddress) || !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("parseTarget(%q): error %v; want ErrAddress with %q", tt.in, err, tt.err)
			}
			if len(err.Error()) > 200 || strings.Contains(err.Error(), "secret") {
				t.Errorf("error shows too much: %v", err)
			}
		})
	}
}

// FuzzUDPAddress holds parseTarget against the standard library's own parsers.
func FuzzUDPAddress(f *testing.F) {
	for _, s := range []string{
		"agent:6831", "10.0.0.1:6831", "[::1]:6831", "[fe80::1%eth0]:6831", "[::ffff:1.2.3.4]:1", "[agent]:1",
		"", ":", "[", "[]:1", "[]", "a:0", "a:65536", "a:99999999999999999999", "::1:1", "a\x00b:1", "\xff:1", "u:p@h:1", "1.2.3:4", "[%]:1", "[::%\xf8]:1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseTarget(s)
		if ap, aerr := netip.ParseAddrPort(s); aerr == nil && ap.Port() != 0 && goodZone(ap.Addr()) {
			if err != nil || !got.literal || got.text != ap.String() {
				t.Fatalf("parseTarget(%q) = %+v, %v; it is address %v", s, got, err, ap)
			}
		}
		if err != nil {
			if !errors.Is(err, ErrAddress) || got != (target{}) || len(err.Error()) > 1000 {
				t.Fatalf("parseTarget(%q) = %+v, %v", s, got, err)
			}
			return
		}
		host, port, err := net.SplitHostPort(s)
		if err != nil {
			t.Fatalf("parseTarget accepts %q: %v", s, err)
		}
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 || got.port != strconv.Itoa(n) {
			t.Fatalf("parseTarget(%q) = %+v: port %q", s, got, port)
		}
		ip, err := netip.ParseAddr(host)
		if got.literal != (err == nil) || got.literal && got.host != ip.String() || !got.literal && got.host != host {
			t.Fatalf("parseTarget(%q) = %+v: host %q", s, got, host)
		}
		if again, err := parseTarget(got.text); err != nil || again != got {
			t.Fatalf("parseTarget(%q) = %+v, but its text gives %+v, %v", s, got, again, err)
		}
	})
}

func TestUsable(t *testing.T) {
	got := usable([]string{"::1", "nonsense", "127.0.0.1", "", "::ffff:127.0.0.1", "::1", "10.0.0.1", "fe80::1%eth0"}, "1")
	want := "127.0.0.1:1 10.0.0.1:1 [::1]:1 [fe80::1%eth0]:1"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("usable = %s\nwant     %s", s, want)
	}
	var many []string
	for i := range 1000 {
		many = append(many, netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}).String())
	}
	if n := len(usable(many, "1")); n != maxAddrs {
		t.Errorf("kept %d of 1000 addresses, want %d", n, maxAddrs)
	}
}
