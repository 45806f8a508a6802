// SPDX-License-Identifier: Apache-2.0

package poll_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/poll"
)

func TestEndpoint(t *testing.T) {
	for _, tt := range []struct{ raw, service, want string }{
		{"agent:5778", "a", "http://agent:5778/p?service=a"},
		{"127.0.0.1:5778", "a", "http://127.0.0.1:5778/p?service=a"},
		{"[::1]:5778", "a", "http://[::1]:5778/p?service=a"},
		{"agent", "a", "http://agent/p?service=a"},
		{"agent:5778/other", "a", "http://agent:5778/other?service=a"},
		{"http://agent:5778", "a", "http://agent:5778/p?service=a"},
		{"http://agent:5778/", "a", "http://agent:5778/?service=a"}, // asked for, and old agents answer there
		{"HTTPS://agent/x/y", "a", "https://agent/x/y?service=a"},
		{"http://agent/x?tenant=1#top", "a", "http://agent/x?tenant=1&service=a"},
		{"http://u:p@agent/x", "a", "http://u:p@agent/x?service=a"},
		{"agent:5778", "a b&c=d/é#?", "http://agent:5778/p?service=a+b%26c%3Dd%2F%C3%A9%23%3F"},
	} {
		u, err := poll.Endpoint(tt.raw, "/p", tt.service)
		if err != nil || u.String() != tt.want {
			t.Errorf("%q: %v, %v; want %s", tt.raw, u, err, tt.want)
		}
	}
	for _, raw := range []string{"", "http://", "ftp://agent/", "file:///etc/passwd", ":5778", "http://:5778", "agent:port", "http://u:secret@agent:port/", "http://a b/", "http://[::1/", "://x"} {
		if u, err := poll.Endpoint(raw, "/p", "a"); !errors.Is(err, poll.ErrEndpoint) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, %v", raw, u, err)
		}
	}
}
