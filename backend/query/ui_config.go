// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// UIConfig is what the pages are told by who runs the server: a part of what
// Jaeger's UI reads from the file that QUERY_UI_CONFIG names.
type UIConfig struct {
	LinkPatterns []LinkPattern `json:"linkPatterns"`
}

// LinkPattern makes links of tags, or of traces.
type LinkPattern struct {
	// Type is what gets the link: "tags" of spans, "process", "logs" or "traces".
	Type string `json:"type"`
	// Key are the names of tags that get it; nil is any. Traces have none.
	Key []string `json:"key"`
	// URL and Text have #{name} where a value comes.
	URL  string `json:"url"`
	Text string `json:"text"`
}

// linkTypes are those of LinkPattern, by the names that they have in files: newer
// versions of Jaeger have OpenTelemetry's.
var linkTypes = map[string]string{
	"tags": "tags", "process": "process", "logs": "logs", "traces": "traces",
	"attributes": "tags", "resource": "process", "events": "logs",
}

// ParseUIConfig reads a configuration of Jaeger's UI, which is JSON. Parts of it
// that have no effect here are named in ignored: "menu", "linkPatterns[0].value".
// The error names all that is wrong with the link patterns, and where.
func ParseUIConfig(text []byte) (c UIConfig, ignored []string, err error) {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return c, nil, placed(text, err)
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if name != "linkPatterns" {
			ignored = append(ignored, shorten(name))
		}
	}
	var patterns []map[string]json.RawMessage
	if raw, ok := parts["linkPatterns"]; ok && json.Unmarshal(raw, &patterns) != nil {
		return c, nil, errors.New("linkPatterns: not a list of objects")
	}
	if len(patterns) > maxLinkPatterns {
		return c, nil, fmt.Errorf("linkPatterns: %d, more than %d", len(patterns), maxLinkPatterns)
	}
	var wrong []error
	for i, fields := range patterns {
		place := fmt.Sprintf("linkPatterns[%d]", i)
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if !slices.Contains([]string{"type", "key", "url", "text"}, name) {
				ignored = append(ignored, place+"."+shorten(name))
			}
		}
		p, field, err := parseLinkPattern(fields)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s.%s: %s: %w", place, field, shorten(cmp.Or(string(fields[field]), "missing")), err))
			continue
		}
		c.LinkPatterns = append(c.LinkPatterns, p)
	}
	return c, ignored, errors.Join(wrong...)
}

// placed adds to an error of encoding/json the line where it is.
func placed(text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %w", 1+bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n")), err)
	case errors.As(err, &kind):
		return errors.New("not an object of JSON")
	}
	return err
}

// uiConfig answers GET /api/ui-config.
func (s *server) uiConfig(*http.Request) (any, error) {
	c := s.UIConfig
	if c.LinkPatterns == nil {
		c.LinkPatterns = []LinkPattern{}
	}
	return c, nil
}
