// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"errors"
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	h, err := ParseHosts("api.Example.com", "*.internal.example.com", "10.0.0.0/8", "192.168.1.1", "[::1]", "fd00::/8", "localhost", "trailing.dot.")
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{
		"api.example.com": true, "API.example.com:443": true, "api.example.com.": true, "x.api.example.com": false, "example.com": false,
		"a.internal.example.com": true, "a.b.internal.example.com:80": true, "internal.example.com": false, "xinternal.example.com": false,
		"10.1.2.3": true, "10.1.2.3:8080": true, "11.1.2.3": false, "::ffff:10.1.2.3": true, "192.168.1.1:1": true, "192.168.1.2": false,
		"[::1]:80": true, "::1": true, "[fd00::5]": true, "fe80::1": false, "localhost:9": true, "": false, "trailing.dot": true,
		"10.example.com": false,
	} {
		if got := h.Match(host); got != want {
			t.Errorf("Match(%q) = %v", host, got)
		}
	}
	var none *Hosts
	if none.Match("localhost") {
		t.Error("a nil set has hosts")
	}
	all, err := ParseHosts("*")
	if err != nil || !all.Match("anything") {
		t.Errorf("%v", err)
	}
	for _, bad := range []string{"", "a..b", "*.", "10.0.0.0/33", "http://x", "a b", "*.*.x", "*.10.0.0.1", "10.0.0.256", "-x", strings.Repeat("ü", 500)} {
		if _, err := ParseHosts("ok", bad); !errors.Is(err, ErrHostPattern) || len(err.Error()) > 300 {
			t.Errorf("ParseHosts(%q): %v", bad, err)
		}
	}
}

func FuzzHosts(f *testing.F) {
	f.Add("*.example.com", "a.example.com:80")
	f.Add("10.0.0.0/8", "[::ffff:10.0.0.1%eth0]:1")
	f.Add("[::1]", "]")
	f.Fuzz(func(t *testing.T, pattern, host string) {
		h, err := ParseHosts(pattern)
		if err != nil {
			return
		}
		h.Match(host)
		name := strings.TrimSpace(pattern)
		if !strings.ContainsAny(name, "*/%") && !h.Match(name) {
			t.Errorf("%q does not match itself", pattern)
		}
	})
}
