// SPDX-License-Identifier: Apache-2.0

package endpoint

import (
	"strings"
	"testing"

	"github.com/go-spur/spur/transport"
)

func TestParse(t *testing.T) {
	for _, tc := range []struct{ url, want, bad string }{
		{url: "udp://h:1", want: "agent jaeger-compact h:1"},
		{url: "UDP://h", want: "agent jaeger-compact h:6831"},
		{url: "udp://[::1]/", want: "agent jaeger-compact [::1]:6831"},
		{url: "udp://[fe80::1%25eth0]", want: "agent jaeger-compact [fe80::1%eth0]:6831"},
		{url: "udp://h?format=compact", want: "agent jaeger-compact h:6831"},
		{url: "udp://h?format=binary", want: "agent jaeger-binary h:6832"},
		{url: "udp://h:6831?format=binary", want: "agent jaeger-binary h:6831"},
		{url: "http://h", want: "collector jaeger-batch http://h"},
		{url: "HTTPS://h:014268/api/traces?x=1#f", want: "collector jaeger-batch https://h:14268/api/traces?x=1"},
		{url: "https://h/v1/traces/", want: "otlp otlp https://h/v1/traces/"},
		{url: "http://u:p%3A@h/x/v1/traces", want: "otlp otlp http://h/x/v1/traces u p:"},
		{url: "", bad: "not a udp, http or https URL with a host"},
		{url: "localhost:4318", bad: "not a udp, http or https URL with a host: did you mean http://localhost:4318?"},
		{url: "127.0.0.1:14268/api/traces", bad: "did you mean http://127.0.0.1:14268/api/traces?"},
		{url: "[::1]:6831", bad: "did you mean udp://[::1]:6831?"},
		{url: "h:6832", bad: "did you mean udp://h:6832?"},
		{url: "ftp://h", bad: "not a udp, http or https URL with a host"},
		{url: "http://h/%zz", bad: "not a udp, http or https URL with a host"},
		{url: "udp://", bad: "not a udp, http or https URL with a host"},
		{url: "udp://:6831", bad: "host is missing"},
		{url: "http://", bad: "host is missing"},
		{url: "http://h:0/", bad: "port is not within 1 to 65535"},
		{url: "http://bad..host", bad: "a part of the host's name is empty"},
		{url: "http://a%3Ab:secret@h", bad: "colon"},
		{url: "udp://h:65536", bad: "port is not within 1 to 65535"},
		{url: "udp://h:", bad: "port is missing"},
		{url: "udp://a_b!:1", bad: "host is neither a name nor an IP address"},
		{url: "udp://bad..host", bad: "a part of the host's name is empty"},
		{url: "udp://h?format=json", bad: "neither compact nor binary"},
		{url: "udp://h?format=", bad: "neither compact nor binary"},
		{url: "udp://h?packet=1400", bad: "host, port and format only"},
		{url: "udp://h?format=binary&x=1", bad: "host, port and format only"},
		{url: "udp://h?%zz", bad: "host, port and format only"},
		{url: "udp://h/path", bad: "host, port and format only"},
		{url: "udp://u:secret@h", bad: "host, port and format only"},
	} {
		e, err := Parse(tc.url)
		if tc.bad != "" {
			if err == nil || !strings.Contains(err.Error(), tc.bad) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %+v, error %v; want %q", tc.url, e, err, tc.bad)
			}
			continue
		}
		got := e.Name() + " " + e.Format.String() + " " + e.Address
		if o := e.HTTP; o.Username != "" {
			got += " " + o.Username + " " + o.Password
		}
		if err != nil || got != tc.want {
			t.Errorf("%s: %s, error %v; want %s", tc.url, got, err, tc.want)
		}
	}
	if e := Default(); e.Name() != "agent" || !e.UDP() || e.Format != transport.JaegerCompact {
		t.Errorf("the default is %+v", e)
	}
}
