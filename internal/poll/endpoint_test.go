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
		{"agent", "a", "http://agent:5778/p?service=a"},
		{"localhost/other", "a", "http://localhost:5778/other?service=a"},
		{"u:p@agent", "a", "http://u:p@agent:5778/p?service=a"},
		{"agent:", "a", "http://agent:5778/p?service=a"},
		{"[::1]", "a", "http://[::1]:5778/p?service=a"},
		{"[fe80::1%25eth0]", "a", "http://[fe80::1%25eth0]:5778/p?service=a"},
		{"_agent.my-ns.svc.cluster.local.", "a", "http://_agent.my-ns.svc.cluster.local.:5778/p?service=a"},
		{"bücher.example", "a", "http://b%C3%BCcher.example:5778/p?service=a"},
		{"http://agent", "a", "http://agent/p?service=a"}, // a URL says 80
		{"https://[::1]/x", "a", "https://[::1]/x?service=a"},
		{"agent:65535", "a", "http://agent:65535/p?service=a"},
		{"agent:5778?service=old", "a", "http://agent:5778/p?service=a"},
		{"agent:5778/x?service=old&b=1&s%65rvice=2&&service&c=%zz", "a", "http://agent:5778/x?b=1&c=%zz&service=a"},
		{"agent:5778?services=1&Service=2", "a", "http://agent:5778/p?services=1&Service=2&service=a"},
		{"agent:5778/other", "a", "http://agent:5778/other?service=a"},
		{"http://agent:5778", "a", "http://agent:5778/p?service=a"},
		{"http://agent:5778/", "a", "http://agent:5778/?service=a"}, // asked for, and old agents answer there
		{"HTTPS://agent/x/y", "a", "https://agent/x/y?service=a"},
		{"http://agent/x?tenant=1#top", "a", "http://agent/x?tenant=1&service=a"},
		{"http://u:p@agent/x", "a", "http://u:p@agent/x?service=a"},
		{"agent:5778", "a b&c=d/é#?", "http://agent:5778/p?service=a+b%26c%3Dd%2F%C3%A9%23%3F"},
	} {
		u, err := poll.Endpoint(tt.raw, "5778", "/p", tt.service)
		if err != nil || u.String() != tt.want {
			t.Errorf("%q: %v, %v; want %s", tt.raw, u, err, tt.want)
		}
	}
	for _, raw := range []string{
		"", "http://", "ftp://agent/", "file:///etc/passwd", ":5778", "http://:5778", "agent:port", "http://u:secret@agent:port/", "http://a b/", "http://[::1/", "://x",
		"::1", "::1:5778", "http://::1:5778/", "[agent]:5778", "[127.0.0.1]:5778", "[]:5778", "[::1]x:5778", "h:99999", "h:65536", "h:0", "http://h:99999/", "h:-1", "h:+1",
		"h,i:5778", "<h>:5778", "h*:1", "a\"b",
	} {
		if u, err := poll.Endpoint(raw, "5778", "/p", "a"); !errors.Is(err, poll.ErrEndpoint) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, %v", raw, u, err)
		}
	}
}
