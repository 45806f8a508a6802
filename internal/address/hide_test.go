// SPDX-License-Identifier: Apache-2.0

package address

import (
	"strings"
	"testing"
)

func TestHide(t *testing.T) {
	for in, want := range map[string]string{
		"":                               "",
		"agent:6831":                     "agent:6831",
		"http://h:1/v1/traces":           "http://h:1/v1/traces",
		"http://ann:secret@h:1/x":        "http://***@h:1/x",
		"HTTPS://ann:secret@h":           "HTTPS://***@h",
		"http://u:p@a@b@host:1":          "http://***@host:1",
		"httpx://u:p@h":                  "***@h",
		"udp://u:p@h":                    "udp://***@h",
		"ann:secret@h":                   "***@h",
		"http://h/?token=secret":         "http://h/?***",
		"http://h#secret":                "http://h#***",
		"/sampling;token=secret":         "/sampling;***",
		"/sampling&token=secret":         "/sampling&token=***",
		"token=secret":                   "token=***",
		"http://ann:secret@h/?t=secret":  "http://***@h/?***",
		"http://ann:sec?ret@h":           "http://***",
		"http://ann:sec/ret@h":           "http://***@h",
		"http://h/?mail=a@b":             "http://***",
		"ftp://ann:secret@h/?tok=secret": "***@h/?***",
	} {
		if got := Hide(in); got != want {
			t.Errorf("Hide(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"/etc/ca.pem":                       "/etc/ca.pem",
		"-----BEGIN PRIVATE KEY-----secret": "***",
		"secret\nsecret":                    "***",
	} {
		if got := HidePEM(in); got != want {
			t.Errorf("HidePEM(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"":                     "",
		"oops":                 "***",
		"a=secret, b = sec=rt": "a=***, b =***",
		"=secret,b=":           "=***,b=",
	} {
		if got := HideValues(in); got != want {
			t.Errorf("HideValues(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzHide: what stands where secrets stand is not shown.
func FuzzHide(f *testing.F) {
	for _, s := range []string{"", "http://", "a?b", "a@b", "#", "http://http://", "udp://x@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		const secret = "Xq7Zk9"
		if strings.Contains(s, secret) {
			return
		}
		for _, text := range []string{s + secret + "@h", "http://ann:" + s + secret + "@h", "http://h/?" + s + secret, "http://u:p@h/" + s + "?" + secret, "k=" + s + secret} {
			if shown := Hide(text); strings.Contains(shown, secret) {
				t.Errorf("Hide(%q) = %q", text, shown)
			}
		}
	})
}
