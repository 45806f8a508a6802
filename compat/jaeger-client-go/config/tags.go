// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"strings"

	"github.com/opentracing/opentracing-go"
)

// parseTags reads k1=v1, k2=v2. A value that is ${NAME:default} as a whole is that of a
// variable, or the default, which may be missing, where that is not set. There is no way
// to write a comma into a value. Pairs that are empty, as behind a comma at the end, are
// left out.
func parseTags(list string) ([]opentracing.Tag, error) {
	tags := []opentracing.Tag{}
	for i, pair := range strings.Split(list, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("no \"=\" in pair %d", i+1)
		}
		tags = append(tags, opentracing.Tag{Key: strings.TrimSpace(key), Value: expand(strings.TrimSpace(value))})
	}
	return tags, nil
}

func expand(value string) string {
	inner, opens := strings.CutPrefix(value, "${")
	inner, closes := strings.CutSuffix(inner, "}")
	if !opens || !closes {
		return value
	}
	name, unset, _ := strings.Cut(inner, ":")
	if v := getenv(name); v != "" {
		return v
	}
	return unset
}
