// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tags reads key=value,… A value that is ${VARIABLE:default} stands for that
// variable (Jaeger 1.62, cmd/internal/flags). A tag whose value is empty is left
// out, as Jaeger does.
func tags(to *map[string]string, getenv func(string) string) value[map[string]string] {
	return value[map[string]string]{to, "key=value,…", func(s string) (map[string]string, error) {
		got := map[string]string{}
		for pair := range strings.SplitSeq(s, ",") {
			if pair = strings.TrimSpace(pair); pair == "" {
				continue
			}
			k, v, ok := strings.Cut(pair, "=")
			if k = strings.TrimSpace(k); !ok || k == "" {
				return nil, errors.New("not a list of key=value")
			}
			v = strings.TrimSpace(v)
			if inner, ok := strings.CutPrefix(v, "${"); ok && strings.HasSuffix(inner, "}") {
				name, otherwise, _ := strings.Cut(strings.TrimSuffix(inner, "}"), ":")
				if v = getenv(name); v == "" {
					v = otherwise
				}
			}
			if v != "" {
				got[k] = v
			}
		}
		return got, nil
	}, func(m map[string]string) string {
		var pairs []string
		for _, k := range slices.Sorted(maps.Keys(m)) {
			pairs = append(pairs, fmt.Sprintf("%s=%s", k, m[k]))
		}
		return strings.Join(pairs, ",")
	}}
}
