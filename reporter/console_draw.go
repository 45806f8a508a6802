// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/spantree"
	"github.com/go-spur/spur/model"
)

// The rules by which traces are drawn.

const (
	mostDrawnTags   = 64
	mostDrawnLogs   = 32
	mostDrawnFields = 16 // of a log
	mostErrors      = 5  // above a tree
	mostIndent      = 12 // levels that are drawn

	offsetColumns = 8 // such as "+1.25ms"
	red, notRed   = "\x1b[31m", "\x1b[0m"
)

// consoleStyle is how traces are drawn.
type consoleStyle struct {
	width     int
	edge, bar string
	color     bool
}

func newConsoleStyle(o ConsoleOptions) (consoleStyle, error) {
	const least, most, usual = 60, 1000, 100
	width := cmp.Or(o.Width, usual)
	if width < least || width > most {
		return consoleStyle{}, fmt.Errorf("%w: Width %d is not within %d to %d", ErrOption, o.Width, least, most)
	}
	if o.ASCII {
		return consoleStyle{width: width, edge: "|", bar: "="}, nil
	}
	return consoleStyle{width: width, edge: "│", bar: "━"}, nil
}

// keepForConsole returns what will be drawn of s: ids and times, and for tags and
// log fields their texts as they will be printed.
func keepForConsole(s *model.Span) model.Span {
	kept := model.Span{
		Context:   model.Context{TraceID: s.TraceID, SpanID: s.SpanID, ParentID: s.ParentID},
		Operation: strings.Clone(spantree.Phrase(s.Operation)), Start: s.Start, Duration: s.Duration, Process: s.Process,
		ParentRemote: s.ParentRemote, DroppedTags: s.DroppedTags, DroppedLogs: s.DroppedLogs,
	}
	tags := make([]model.Tag, 0, len(s.Tags))
	for rank := range tagRanks {
		for _, t := range s.Tags {
			if tagRank(t.Key) == rank {
				tags = append(tags, t)
			}
		}
	}
	kept.Tags = printed(tags[:min(len(tags), mostDrawnTags)])
	kept.DroppedTags = add32(kept.DroppedTags, len(tags)-len(kept.Tags))
	logs := s.Logs[:min(len(s.Logs), mostDrawnLogs)]
	for _, l := range logs {
		fields := l.Fields[:min(len(l.Fields), mostDrawnFields)]
		kept.Logs = append(kept.Logs, model.Log{Time: l.Time, Fields: printed(fields)})
	}
	kept.DroppedLogs = add32(kept.DroppedLogs, len(s.Logs)-len(logs))
	return kept
}

func printed(tags []model.Tag) []model.Tag {
	out := make([]model.Tag, len(tags))
	for i, t := range tags {
		out[i] = model.Tag{Key: strings.Clone(spantree.Word(t.Key)), Value: model.String(strings.Clone(spantree.Value(t.Value)))}
	}
	return out
}

// consoleSize is about what a kept span takes, in bytes.
func consoleSize(s *model.Span) int {
	n := 300 + len(s.Operation) + tagsSize(s.Tags)
	for i := range s.Logs {
		n += 32 + tagsSize(s.Logs[i].Fields)
	}
	return n
}

func tagsSize(tags []model.Tag) (n int) {
	for i := range tags {
		n += 48 + len(tags[i].Key) + len(tags[i].Value.Str())
	}
	return n
}

const tagRanks = 3

// tagRank is where a tag stands: errors first, and last what libraries add.
func tagRank(key string) int {
	family, _, _ := strings.Cut(key, ".")
	switch family {
	case errorTag, "exception":
		return 0
	case "component", "http", "peer", "sampler", "span":
		return 2
	}
	return 1
}

// failed says whether a kept span has the tag error, true or "true".
func failed(s *model.Span) bool {
	for _, t := range s.Tags {
		if t.Key == errorTag && strings.Trim(t.Value.Str(), `"`) == "true" {
			return true
		}
	}
	return false
}

// why is what a kept span that failed says of it: the message of its last log that
// has one, or else nothing.
func why(s *model.Span) string {
	for _, l := range slices.Backward(s.Logs) {
		for _, key := range []string{"message", "exception.message", "error.object", "event"} {
			for _, f := range l.Fields {
				if f.Key == key && f.Value.Str() != errorTag {
					return f.Value.Str()
				}
			}
		}
	}
	return ""
}

// drawing is one local trace as it is being drawn.
type drawing struct {
	consoleStyle
	out        bytes.Buffer
	start, end int64
	left       int // columns up to the operation
}

// trace draws spans, which keepForConsole made, and an empty line behind them.
func (c consoleStyle) trace(spans []model.Span, remark string) []byte {
	f := spantree.Plant(spans)
	d := drawing{consoleStyle: c, start: f.Spans[0].Start, end: f.Spans[0].Start, left: 2 + offsetColumns + 1 + c.width/5 + 3}
	for _, s := range f.Spans {
		d.end = max(d.end, endOf(s))
	}
	d.headline(f, remark)
	for _, root := range f.Roots {
		f.Walk(root, func(i, depth int) { d.span(f.Spans[i], depth) })
	}
	d.out.WriteByte('\n')
	return d.out.Bytes()
}

// endOf is when a span ended, whatever its numbers are.
func endOf(s *model.Span) int64 { return max(s.Start+int64(s.Duration), s.Start) }

// headline says what the trace is and what failed in it.
func (d *drawing) headline(f *spantree.Forest, remark string) {
	first := f.Spans[f.Roots[0]]
	if p := first.Process; p != nil {
		d.out.WriteString(spantree.Phrase(p.Service) + ": ")
	}
	fmt.Fprintf(&d.out, "%s  %s  trace %s", first.Operation, short(time.Duration(d.end-d.start)), first.TraceID)
	if remark != "" {
		d.out.WriteString("  (" + remark + ")")
	}
	d.out.WriteByte('\n')
	errors := 0
	for _, s := range f.Spans {
		if !failed(s) {
			continue
		}
		if errors++; errors <= mostErrors {
			text := "error in " + s.Operation
			if w := why(s); w != "" {
				text += ": " + w
			}
			d.line("! "+text, true)
		}
	}
	if errors > mostErrors {
		d.line(fmt.Sprintf("! and in %d more", errors-mostErrors), true)
	}
}

// span draws one span: its line, and below it what that has no room for and its logs.
func (d *drawing) span(s *model.Span, depth int) {
	bad := failed(s)
	mark := "  "
	if bad {
		mark = "! "
	}
	offset := "+" + short(time.Duration(s.Start-d.start))
	indent := strings.Repeat("  ", min(depth, mostIndent))
	if depth > mostIndent {
		indent += fmt.Sprintf("[%d] ", depth)
	}
	head := fmt.Sprintf("%s%*s %s %s%s  %s", mark, offsetColumns, offset, d.gauge(s), indent, s.Operation, short(s.Duration))
	below := strings.Repeat(" ", d.left) + indent + "  "
	d.wrap(head, below, s.Tags, s.DroppedTags, bad)
	for _, l := range s.Logs {
		d.wrap(below+"@"+short(time.Duration(l.Time-s.Start)), below, l.Fields, 0, bad)
	}
	if s.DroppedLogs > 0 {
		d.line(fmt.Sprintf("%s(%d more logs)", below, s.DroppedLogs), bad)
	}
}

// gauge is the bar of a span on the time of the whole trace.
func (d *drawing) gauge(s *model.Span) string {
	columns := d.width / 5
	at := func(t int64) int {
		share := float64(t-d.start) / float64(max(d.end-d.start, 1))
		return int(min(max(share, 0), 1) * float64(columns))
	}
	from := min(at(s.Start), columns-1)
	to := max(at(endOf(s)), from+1)
	return d.edge + strings.Repeat(" ", from) + strings.Repeat(d.bar, to-from) + strings.Repeat(" ", columns-to) + d.edge
}

// wrap writes a line that begins with head, and tags behind it; what has no room
// goes on below.
func (d *drawing) wrap(head, below string, tags []model.Tag, more uint32, bad bool) {
	line, sep := head, "  "
	add := func(word string) {
		if spantree.Columns(line)+len(sep)+spantree.Columns(word) > d.width {
			d.line(line, bad)
			line, sep = below+"|", " "
		}
		line += sep + word
		sep = " "
	}
	for _, t := range tags {
		add(t.Key + "=" + t.Value.Str())
	}
	if more > 0 {
		add(fmt.Sprintf("(%d more tags)", more))
	}
	d.line(line, bad)
}

func (d *drawing) line(text string, bad bool) {
	if bad && d.color {
		text = red + text + notRed
	}
	d.out.WriteString(text)
	d.out.WriteByte('\n')
}

// short is a duration in about three digits.
func short(t time.Duration) string {
	unit := time.Duration(1)
	for size := max(t, -t); size >= 1000*unit && unit < time.Second; {
		unit *= 10
	}
	return t.Round(unit).String()
}
