// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What the pages do with a pattern is in ui/trace/link-pattern.js, which refuses the
// same ones: testdata/link-patterns.json. Facts: jaegertracing.io/docs/2.15/frontend-ui.

var (
	linkParameter = regexp.MustCompile(`#\{([^{}]*)\}`)
	// A browser takes what begins so for an address with that scheme.
	urlScheme   = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*:`)
	linkSchemes = []string{"http:", "https:", "mailto:"}
	wholeNumber = regexp.MustCompile(`^[+-]?[0-9]{1,15}$`)
	padLength   = regexp.MustCompile(`^[0-9]{1,3}$`)
)

// parseLinkPattern returns what fields say, or which of them is wrong.
func parseLinkPattern(fields map[string]json.RawMessage) (p LinkPattern, field string, err error) {
	var name string
	if json.Unmarshal(fields["type"], &name) != nil || linkTypes[name] == "" {
		return p, "type", errors.New("not one of tags, process, logs, traces")
	}
	p.Type = linkTypes[name]
	if raw, ok := fields["key"]; ok && p.Type != "traces" {
		if p.Key, err = linkKeys(raw); err != nil {
			return p, "key", err
		}
	}
	if p.URL, err = linkTemplate(fields["url"]); err == nil {
		err = checkLinkURL(p.URL)
	}
	if err != nil {
		return p, "url", err
	}
	p.Text, err = linkTemplate(fields["text"])
	return p, "text", err
}

// linkKeys reads one key or several; of null it returns none.
func linkKeys(raw json.RawMessage) (keys []string, err error) {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		if keys = []string{one}; string(raw) == "null" {
			return nil, nil
		}
	} else if json.Unmarshal(raw, &keys) != nil {
		keys = nil
	}
	if len(keys) == 0 || len(keys) > maxLinkKeys || slices.Contains(keys, "") {
		return nil, fmt.Errorf("neither the name of a tag nor a list of 1 to %d of them", maxLinkKeys)
	}
	return keys, nil
}

// linkTemplate reads a text in which parameters stand for values.
func linkTemplate(raw json.RawMessage) (string, error) {
	var s string
	_ = json.Unmarshal(raw, &s) // else it is empty
	if s = strings.TrimSpace(s); s == "" || utf8.RuneCountInString(s) > maxLinkText {
		return "", fmt.Errorf("not a text of 1 to %d characters", maxLinkText)
	}
	for _, m := range linkParameter.FindAllStringSubmatch(s, -1) {
		if err := checkLinkParameter(m[1]); err != nil {
			return "", fmt.Errorf("%s%w", shorten(m[0]), err)
		}
	}
	if strings.Contains(linkParameter.ReplaceAllString(s, ""), "#{") {
		return "", errors.New("has #{ without a } for it")
	}
	return s, nil
}

// checkLinkParameter says what is wrong with "name | function argument | …".
func checkLinkParameter(text string) error {
	name, functions, piped := strings.Cut(text, "|")
	if strings.TrimSpace(name) == "" {
		return errors.New(" names no value")
	}
	if !piped {
		return nil
	}
	for f := range strings.SplitSeq(functions, "|") {
		words := append(strings.Fields(f), "", "")
		switch words[0] {
		case "epoch_micros_to_date_iso":
		case "add":
			if !wholeNumber.MatchString(words[1]) {
				return errors.New(": add needs a whole number of up to 15 digits")
			}
		case "pad_start":
			if !padLength.MatchString(words[1]) {
				return errors.New(": pad_start needs a length from 0 to 999")
			}
		default:
			return errors.New(": there are only the functions add, pad_start and epoch_micros_to_date_iso")
		}
	}
	return nil
}

// checkLinkURL refuses addresses that do more than lead to a page. A value cannot
// change the kind of an address: it is encoded, and no scheme holds one.
func checkLinkURL(url string) error {
	if strings.ContainsFunc(url, unicode.IsControl) {
		return errors.New("has a control character")
	}
	scheme := urlScheme.FindString(linkParameter.ReplaceAllString(url, "x"))
	if scheme != "" && !(slices.Contains(linkSchemes, strings.ToLower(scheme)) && strings.HasPrefix(url, scheme)) {
		return errors.New("neither relative nor an address of http, https or mailto")
	}
	return nil
}
