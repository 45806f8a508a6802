// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-spur/spur/internal/format"
)

// maxEnvPairs bounds each list of tags in the environment.
const maxEnvPairs = 1000

var (
	errNoEquals = errors.New(`no "=" in it`)
	errEscape   = errors.New("bad percent-encoding")
	errPairs    = errors.New("more than 1000 pairs")
)

// jaegerTags reads key=value pairs, separated by commas. There is no way to write
// a comma into a value. Blanks around keys and values do not count, nor do empty
// pairs.
func jaegerTags(e *env, list string) error {
	return eachPair(list, func(key, value string) error {
		e.c.setProcessTag(key, e.expand(value))
		return nil
	})
}

// expand replaces a value that is ${NAME:default} or ${NAME} as a whole.
func (e *env) expand(value string) string {
	inner, opens := strings.CutPrefix(value, "${")
	inner, closes := strings.CutSuffix(inner, "}")
	if !opens || !closes {
		return value
	}
	name, unset, _ := strings.Cut(inner, ":")
	if v, _ := e.lookup(name); v != "" {
		return v
	}
	return unset
}

// resourceAttributes reads the same kind of list, the values percent-encoded.
func resourceAttributes(e *env, list string) error {
	return eachPair(list, func(key, value string) error {
		value, err := url.PathUnescape(value)
		if err != nil {
			return errEscape
		}
		if key != "service.name" {
			e.c.setProcessTag(key, value)
		} else if value = strings.TrimSpace(value); value != "" {
			e.service = value
		}
		return nil
	})
}

// eachPair calls do for every pair of a list. Its error names the first pair that
// is wrong and the number of others.
func eachPair(list string, do func(key, value string) error) error {
	var first error
	others := 0
	n := 0
	for list != "" {
		var pair string
		pair, list, _ = strings.Cut(list, ",")
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		if n++; n > maxEnvPairs {
			return errors.Join(first, errPairs)
		}
		err := errNoEquals
		if key, value, ok := strings.Cut(pair, "="); ok {
			err = do(strings.TrimSpace(key), strings.TrimSpace(value))
		}
		switch {
		case err == nil:
		case first == nil:
			pair, _ = format.Clean(pair, 128)
			first = fmt.Errorf("pair %q: %w", pair, err)
		default:
			others++
		}
	}
	if others > 0 {
		first = fmt.Errorf("%w, and %d more", first, others)
	}
	return first
}
