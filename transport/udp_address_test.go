// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	for in, want := range map[string]target{
		"agent:06831":        {"agent:6831", "agent", "6831", false},
		"bücher:1":           {"bücher:1", "bücher", "1", false},
		"10.0.0.1:65535":     {"10.0.0.1:65535", "10.0.0.1", "65535", true},
		"[0:0::1%eth0]:1":    {"[::1%eth0]:1", "::1%eth0", "1", true},
		"[::ffff:1.2.3.4]:1": {"[::ffff:1.2.3.4]:1", "::ffff:1.2.3.4", "1", true},
	} {
		if got, err := parseTarget(in); err != nil || got != want {
			t.Errorf("parseTarget(%q) = %+v, %v; want %+v", in, got, err, want)
		}
	}
	for in, want := range map[string]string{ // all others are internal/address's
		"":                              `"": host is missing`,
		"agent":                         `"agent": port is missing`,
		"agent:0":                       `"agent:0": port is not within 1 to 65535`,
		"bad..host:1":                   `"bad..host:1": a part of the host's name is empty`,
		"user:secret@agent:6831":        `"***@agent:6831"`,
		"agent:1?token=secret":          `"agent:1?***"`,
		strings.Repeat("a", 1e6) + ":1": `aaa…": host is longer than 253 bytes`,
	} {
		got, err := parseTarget(in)
		if !errors.Is(err, ErrAddress) || got != (target{}) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") || len(err.Error()) > 300 {
			t.Errorf("parseTarget(%.80q) = %+v, %v; want ErrAddress with %s", in, got, err, want)
		}
	}
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
