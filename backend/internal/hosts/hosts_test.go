// SPDX-License-Identifier: Apache-2.0

package hosts_test

import (
	"testing"

	"github.com/go-spur/spur/backend/internal/hosts"
)

func TestAllowed(t *testing.T) {
	for _, c := range []struct {
		host    string
		allowed []string
		want    bool
	}{
		{"localhost:16686", nil, true},
		{"LOCALHOST", nil, true},
		{"localhost.", nil, true},
		{"ui.localhost:80", nil, true},
		{"127.0.0.1:16686", nil, true},
		{"10.1.2.3", nil, true},
		{"[::1]:16686", nil, true},
		{"[::1]", nil, true},
		{"evil.example:16686", nil, false},
		{"localhost.evil.example", nil, false},
		{"notlocalhost", nil, false},
		{"", nil, false},
		{"traces.example:443", []string{"Traces.example"}, true},
		{"evil.example", []string{"traces.example"}, false},
		{"evil.example", []string{"*"}, true},
	} {
		if got := hosts.Allowed(c.host, c.allowed); got != c.want {
			t.Errorf("Allowed(%q, %q) = %v", c.host, c.allowed, got)
		}
	}
}
