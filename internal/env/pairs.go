// SPDX-License-Identifier: Apache-2.0

package env

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/transport"
)

// maxPairs bounds each list of key=value pairs.
const maxPairs = 1000

var (
	errNoEquals   = errors.New(`no "=" in it`)
	errNoKey      = errors.New(`no key in front of "="`)
	errEscape     = errors.New("bad percent-encoding")
	errPairs      = errors.New("more than 1000 pairs")
	errHeaderName = errors.New("a header name must be made of letters, digits and hyphens or other characters of a token, and be none that HTTP sets itself")
	errNoFormat   = errors.New("no header format in it")
)

// parseTags reads JAEGER_TAGS. There is no way to write a comma into a value.
func (r *reader) parseTags(list string) error {
	tags, err := r.pairs("JAEGER_TAGS", list, nil)
	for _, t := range tags {
		r.Tags, _ = put(r.Tags, Tag{t.Key, r.expand(t.Value)})
	}
	return err
}

// expand replaces a value that is ${NAME:default} or ${NAME} as a whole.
func (r *reader) expand(value string) string {
	inner, opens := strings.CutPrefix(value, "${")
	inner, closes := strings.CutSuffix(inner, "}")
	if !opens || !closes {
		return value
	}
	name, unset, _ := strings.Cut(inner, ":")
	if v, _ := r.lookup(name); v != "" {
		return v
	}
	return unset
}

// parseResource reads OTEL_RESOURCE_ATTRIBUTES.
func (r *reader) parseResource(list string) error {
	tags, err := r.pairs("OTEL_RESOURCE_ATTRIBUTES", list, unescape)
	for _, t := range tags {
		if t.Key != "service.name" {
			r.Tags, _ = put(r.Tags, t)
		} else if name := strings.TrimSpace(t.Value); name != "" {
			r.Service = name
		}
	}
	return err
}

// unescape takes the percent-encoding off a pair.
func unescape(t *Tag) error {
	key, err := url.PathUnescape(t.Key)
	value, err2 := url.PathUnescape(t.Value)
	if err != nil || err2 != nil {
		return errEscape
	}
	if strings.TrimSpace(key) == "" {
		return errNoKey
	}
	t.Key, t.Value = key, value
	return nil
}

// put adds a tag, which wins over one of the same key. replaced says that there was one.
func put(tags []Tag, t Tag) (all []Tag, replaced bool) {
	for i := range tags {
		if tags[i].Key == t.Key {
			tags[i] = t
			return tags, true
		}
	}
	return append(tags, t), false
}

// headers reads a list of headers, and checks each.
func (r *reader) headers(name string) (http.Header, error) {
	tags, err := r.pairs(name, r.text(name), func(t *Tag) error {
		if err := unescape(t); err != nil {
			return err
		}
		t.Key = http.CanonicalHeaderKey(t.Key)
		if err := headerText(t.Value); err != nil {
			return err
		}
		if (transport.HTTPOptions{Header: http.Header{t.Key: {t.Value}}}).Check(defaultOTLP) != nil {
			return errHeaderName
		}
		return nil
	})
	header := http.Header{}
	for _, t := range tags {
		header.Set(t.Key, t.Value)
	}
	return header, err
}

// pairs reads key=value pairs, separated by commas, and completes each. Blanks around
// keys and values do not count, nor do empty pairs. Of two with the same key the later
// one wins, with a warning. An error means that nothing of the list is used. It names
// pairs by their numbers: there may be secrets in them.
func (r *reader) pairs(name, list string, complete func(*Tag) error) ([]Tag, error) {
	var tags []Tag
	var twice []string
	var first error
	read, wrong := 0, 0
	for i, pair := range strings.Split(list, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		if read++; read > maxPairs {
			return nil, errors.Join(first, errPairs)
		}
		t, err := parsePair(pair, complete)
		if err != nil {
			if wrong++; wrong == 1 {
				first = fmt.Errorf("pair %d: %w", i+1, err)
			}
			continue
		}
		var replaced bool
		if tags, replaced = put(tags, t); replaced {
			twice = append(twice, t.Key)
		}
	}
	switch {
	case wrong > 1:
		return nil, fmt.Errorf("%w, and %d more", first, wrong-1)
	case wrong == 1:
		return nil, first
	case len(twice) > 0:
		r.warn("spur: keys set more than once, the last value is used", "variable", name, "keys", someOf(twice))
	}
	return tags, nil
}

func parsePair(pair string, complete func(*Tag) error) (Tag, error) {
	key, value, ok := strings.Cut(pair, "=")
	t := Tag{strings.TrimSpace(key), strings.TrimSpace(value)}
	switch {
	case !ok:
		return t, errNoEquals
	case t.Key == "":
		return t, errNoKey
	case complete == nil:
		return t, nil
	}
	return t, complete(&t)
}

// parsePropagators reads OTEL_PROPAGATORS. A name that is not known is left out, and
// nothing takes its place.
func (r *reader) parsePropagators(list string) error {
	names := split(strings.ToLower(list))
	if len(names) == 0 {
		return errNoFormat
	}
	formats := []propagation.Format{}
	var ignored []string
	none := false
	for _, name := range names {
		known, err := propagation.ParseOTelFormats(name)
		switch {
		case name == "none":
			none = true
		case err != nil:
			ignored = append(ignored, address.Hide(name))
		case !slices.Contains(formats, known[0]):
			formats = append(formats, known[0])
		}
	}
	if none && len(formats) > 0 {
		ignored = append(ignored, "none")
	}
	if len(ignored) > 0 {
		used := any(formats)
		if len(formats) == 0 {
			used = "none: headers are neither read nor written"
		}
		r.warn("spur: names of header formats ignored", "variable", "OTEL_PROPAGATORS", "value", r.shown("OTEL_PROPAGATORS"), "ignored", someOf(ignored), "used", used)
	}
	r.Formats = formats
	return nil
}
