// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/spantree"
	"github.com/go-spur/spur/model"
)

const (
	maxIndent  = 20  // levels that are drawn
	maxColumns = 100 // of a line, unless one word is longer
)

// printer writes a forest.
type printer struct {
	treeConfig
	forest   *spantree.Forest
	services bool // there are several
	lines    []line
	raw      strings.Builder // the line being printed
	text     strings.Builder
	column   int
}

// line is a line of a tree that may be continued behind "|".
type line struct {
	raw  string // as it is printed or wanted, with its continuations
	text string // all of it on one line; with a newline for each break of a wanted one
}

func (p *printer) print() {
	f := p.forest
	p.services = slices.ContainsFunc(f.Spans, func(s *model.Span) bool { return service(s) != service(f.Spans[0]) })
	last := model.TraceID{}
	for n, root := range f.Roots {
		top, id := 0, f.Spans[root].TraceID
		first := n == 0 || id != last
		if last = id; first && n > 0 {
			p.end()
		}
		if p.ids {
			if top = 1; first {
				p.word("trace " + id.String())
				p.end()
			}
		}
		f.Walk(root, func(i, depth int) { p.span(i, top+depth) })
	}
}

func service(s *model.Span) string {
	if s.Process == nil {
		return ""
	}
	return s.Process.Service
}

func (p *printer) span(i, depth int) {
	s := p.forest.Spans[i]
	p.word(indent(depth))
	name := spantree.Phrase(s.Operation)
	if p.services {
		name = spantree.Phrase(service(s)) + ": " + name
	}
	p.word(name)
	sep := "  "
	if !p.noTimes {
		p.gap(sep, spantree.Duration(s.Duration))
	}
	if p.ids {
		p.gap(sep, "#"+s.SpanID.String())
	}
	if remarks := p.remarks(i); len(remarks) > 0 {
		p.gap(sep, "("+strings.Join(remarks, ", ")+")")
	}
	p.fields(sep, p.tags(s.Tags), depth)
	p.end()
	for _, l := range s.Logs {
		p.word(indent(depth + 1))
		p.word("@")
		if !p.noTimes {
			p.word(spantree.Duration(time.Duration(l.Time - s.Start)))
		}
		p.fields(" ", l.Fields, depth+1)
		p.end()
	}
	p.references(s, depth+1)
}

// remarks is what is unusual about a span.
func (p *printer) remarks(i int) []string {
	f, s := p.forest, p.forest.Spans[i]
	var remarks []string
	parent := spantree.ParentID(s)
	if at := parentReference(s); at != spantree.None && s.References[at].Type == model.FollowsFrom {
		remarks = append(remarks, "follows from")
	}
	switch {
	case f.Cycle[i]:
		remarks = append(remarks, "parent cycle")
	case parent != 0 && f.Parent[i] == spantree.None && p.ids:
		remarks = append(remarks, "parent "+parent.String()+" missing")
	case parent != 0 && f.Parent[i] == spantree.None:
		remarks = append(remarks, "parent missing")
	}
	for _, d := range []struct {
		n    uint32
		what string
	}{{s.DroppedTags, "tags"}, {s.DroppedLogs, "logs"}, {s.DroppedRefs, "references"}} {
		if d.n > 0 {
			remarks = append(remarks, fmt.Sprintf("%d %s dropped", d.n, d.what))
		}
	}
	if s.Trimmed {
		remarks = append(remarks, "trimmed")
	}
	return remarks
}

// parentReference returns the index of the reference that names the parent, a
// CHILD_OF if there is one, or none.
func parentReference(s *model.Span) int {
	at, parent := spantree.None, spantree.ParentID(s)
	for i, r := range s.References {
		if r.TraceID != s.TraceID || r.SpanID != parent || parent == 0 {
			continue
		}
		if r.Type == model.ChildOf {
			return i
		}
		if at == spantree.None {
			at = i
		}
	}
	return at
}

func (p *printer) references(s *model.Span, depth int) {
	skip := parentReference(s)
	for i, r := range s.References {
		if i == skip {
			continue
		}
		how, to := "-> child of ", "a missing span"
		if r.Type == model.FollowsFrom {
			how = "-> follows from "
		}
		if at := p.forest.Find(r.TraceID, r.SpanID); at != spantree.None {
			to = spantree.Phrase(p.forest.Spans[at].Operation)
		}
		p.word(indent(depth))
		p.gap(how, to)
		if p.ids {
			p.gap("  ", r.TraceID.String()+":"+r.SpanID.String())
		}
		p.end()
	}
}

func (p *printer) fields(sep string, fields []model.Tag, depth int) {
	for i := range fields {
		text := spantree.Word(fields[i].Key) + "=" + spantree.Value(fields[i].Value)
		if p.column+spantree.Columns(sep)+spantree.Columns(text) > maxColumns {
			p.column = 0
			p.write("\n"+indent(depth+1)+"| ", sep)
		} else {
			p.word(sep)
		}
		p.word(text)
		sep = " "
	}
}

func indent(depth int) string {
	blanks := strings.Repeat("  ", min(depth, maxIndent))
	if depth > maxIndent {
		return blanks + fmt.Sprintf("[%d] ", depth)
	}
	return blanks
}

func (p *printer) gap(sep, text string) {
	p.word(sep)
	p.word(text)
}

func (p *printer) word(text string) { p.write(text, text) }

func (p *printer) write(raw, text string) {
	p.raw.WriteString(raw)
	p.text.WriteString(text)
	p.column += spantree.Columns(raw)
}

func (p *printer) end() {
	p.lines = append(p.lines, line{p.raw.String(), p.text.String()})
	p.raw.Reset()
	p.text.Reset()
	p.column = 0
}
