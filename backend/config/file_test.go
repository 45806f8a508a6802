// SPDX-License-Identifier: Apache-2.0

package config

import "testing"

// FuzzFile: no YAML makes reading it panic, and what it sets can be shown.
func FuzzFile(f *testing.F) {
	for _, text := range []string{
		"", "a: b", "data: x\nmax-age: 1h", "collector: {otlp: {grpc: {host-port: 1}}}", "allowed-hosts: [a, [b]]", "- - -", "&a [*a]",
		"a: &a [x]\nallowed-hosts: *a", "collector.tags: ${A:b}=${", "? {a: b}\n: c", "max-size: .inf", "? [sync]\n: full", "\xff", "data: !!binary x",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c := Default(AllInOne)
		options := table(&c, func(string) string { return "" })
		for _, err := range (&document{name: "f", options: options}).read(text) {
			if err.Error() == "" {
				t.Error("an error without a text")
			}
		}
		for _, o := range options {
			if was := o.value.String(); was != "" {
				if err := o.value.Set(was); err != nil && o.flag != "collector.tags" {
					t.Errorf("%s is %q, which it does not read: %v", o.flag, was, err)
				}
			}
		}
	})
}
