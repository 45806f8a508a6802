// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// field is a word that does not mean a tag of its name.
type field struct {
	Field   Field
	allowed string                    // comparisons, with spaces around each
	values  []string                  // the only ones, or nil
	has     bool                      // the value is the key of a tag
	option  func(*parser, word) error // sets something of the whole query
}

const (
	allOps      = " = != ~ !~ < <= > >= "
	textOps     = " : = != ~ !~ "
	valueOps    = " : = != "
	durationOps = " : = != < <= > >= "
	optionOps   = " : = "
)

var fields = map[string]field{
	"service":   {Field: FieldService, allowed: textOps},
	"op":        {Field: FieldName, allowed: textOps},
	"kind":      {Field: FieldKind, allowed: valueOps, values: kindTexts[:]},
	"status":    {Field: FieldStatus, allowed: valueOps, values: statusTexts[:]},
	"dur":       {Field: FieldDuration, allowed: durationOps},
	"trace.dur": {Field: FieldTraceDuration, allowed: durationOps},
	"link":      {Field: FieldLink, allowed: optionOps},
	"has":       {Field: FieldTag, allowed: optionOps, has: true},
	"id":        {allowed: optionOps, option: (*parser).id},
	"since":     {allowed: optionOps, option: (*parser).since},
	"until":     {allowed: optionOps, option: (*parser).until},
}

// comparisons are in the order in which they are tried.
var comparisons = []struct {
	text string
	cmp  Cmp
}{
	{"!=", CmpNotEqual},
	{"!~", CmpNotMatch},
	{"<=", CmpLessEqual},
	{">=", CmpGreaterEqual},
	{":", CmpEqual},
	{"=", CmpEqual},
	{"~", CmpMatch},
	{"<", CmpLess},
	{">", CmpGreater},
}

func isKeyword(s string) bool {
	return slices.Contains([]string{"AND", "OR", "NOT"}, strings.ToUpper(s))
}

func (p *parser) id(value word) error {
	id, err := ParseTraceID(value.text)
	if err != nil {
		return p.errorf(value.start, "%v", err)
	}
	if len(p.query.IDs) == MaxQueryIDs {
		return p.errorf(value.start, "more than %d ids", MaxQueryIDs)
	}
	if !slices.Contains(p.query.IDs, id) {
		p.query.IDs = append(p.query.IDs, id)
	}
	return nil
}

func (p *parser) since(value word) error { return p.setTime(&p.query.Window.Start, "since", value) }
func (p *parser) until(value word) error { return p.setTime(&p.query.Window.End, "until", value) }

func (p *parser) setTime(t *time.Time, name string, value word) error {
	if !t.IsZero() {
		return p.errorf(value.start, "a second %s:", name)
	}
	if d, ok := parseDuration(value.text); ok {
		*t = p.now.Add(-d)
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if at, err := time.Parse(layout, value.text); err == nil && !at.IsZero() {
			*t = at.UTC()
			return nil
		}
	}
	return p.errorf(value.start, "not a time: %q; 1h is one (an hour ago), and 1d12h, 2026-01-31, 2026-01-31T15:04:05Z", excerpt(value.text))
}

// parseDuration reads a duration that is not negative, as time.ParseDuration
// does, or with days before the rest: 1d12h.
func parseDuration(s string) (time.Duration, bool) {
	var days time.Duration
	if before, rest, ok := strings.Cut(s, "d"); ok {
		f, err := strconv.ParseFloat(before, 64)
		if err != nil || !(f >= 0 && f <= 100_000) || strings.Trim(before, "0123456789.") != "" {
			return 0, false
		}
		days = time.Duration(f * float64(24*time.Hour))
		if s = rest; s == "" {
			return days, true
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || s[0] == '-' || s[0] == '+' || days+d < 0 {
		return 0, false
	}
	return days + d, true
}
