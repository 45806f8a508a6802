// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-spur/spur/model"
)

const (
	maxIndent  = 20  // levels that are drawn
	maxColumns = 100 // of a line, unless one word is longer
)

// printer writes a forest.
type printer struct {
	treeConfig
	forest   *forest
	services bool // there are several
	out      strings.Builder
	column   int
}

// print visits the spans depth first, on a stack of its own: traces may be deeper
// than the goroutine's.
func (p *printer) print() {
	f := p.forest
	p.services = severalServices(f.spans)
	type place struct{ span, depth int }
	var stack []place
	last := model.TraceID{}
	for n, root := range f.roots {
		top := 0
		if id := f.spans[root].TraceID; p.ids {
			if n == 0 || id != last {
				p.begin(0)
				p.word("trace " + id.String())
				p.end()
			}
			last, top = id, 1
		}
		stack = append(stack[:0], place{root, top})
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			p.span(at.span, at.depth)
			if next := f.next[at.span]; next != none && at.depth > top {
				stack = append(stack, place{next, at.depth})
			}
			if child := f.first[at.span]; child != none {
				stack = append(stack, place{child, at.depth + 1})
			}
		}
	}
}

func severalServices(spans []*model.Span) bool {
	for _, s := range spans {
		if service(s) != service(spans[0]) {
			return true
		}
	}
	return false
}

func service(s *model.Span) string {
	if s.Process == nil {
		return ""
	}
	return s.Process.Service
}

func (p *printer) span(i, depth int) {
	s := p.forest.spans[i]
	p.begin(depth)
	name := phrase(s.Operation)
	if p.services {
		name = phrase(service(s)) + ": " + name
	}
	p.word(name)
	sep := "  "
	if !p.noTimes {
		p.gap(sep, duration(s.Duration))
	}
	if p.ids {
		p.gap(sep, "#"+s.SpanID.String())
	}
	if remarks := p.remarks(i); len(remarks) > 0 {
		p.gap(sep, "("+strings.Join(remarks, ", ")+")")
	}
	p.fields(sep, s.Tags, depth)
	p.end()
	for _, l := range s.Logs {
		p.begin(depth + 1)
		p.word("@")
		if !p.noTimes {
			p.word(duration(time.Duration(l.Time - s.Start)))
		}
		p.fields(" ", l.Fields, depth+1)
		p.end()
	}
	p.references(s, depth+1)
}

// remarks is what is unusual about a span.
func (p *printer) remarks(i int) []string {
	f, s := p.forest, p.forest.spans[i]
	var remarks []string
	parent := parentID(s)
	if at := parentReference(s); at != none && s.References[at].Type == model.FollowsFrom {
		remarks = append(remarks, "follows from")
	}
	switch {
	case f.cycle[i]:
		remarks = append(remarks, "parent cycle")
	case parent != 0 && f.parent[i] == none && p.ids:
		remarks = append(remarks, "parent "+parent.String()+" missing")
	case parent != 0 && f.parent[i] == none:
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
	at, parent := none, parentID(s)
	for i, r := range s.References {
		if r.TraceID != s.TraceID || r.SpanID != parent || parent == 0 {
			continue
		}
		if r.Type == model.ChildOf {
			return i
		}
		if at == none {
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
		if at, found := p.forest.index[spanKey{r.TraceID, r.SpanID}]; found {
			to = phrase(p.forest.spans[at].Operation)
		}
		p.begin(depth)
		p.gap(how, to)
		if p.ids {
			p.gap("  ", r.TraceID.String()+":"+r.SpanID.String())
		}
		p.end()
	}
}

func (p *printer) fields(sep string, fields []model.Tag, depth int) {
	for i := range fields {
		text := word(fields[i].Key) + "=" + value(fields[i].Value)
		if width := columns(sep) + columns(text); p.column+width > maxColumns {
			p.end()
			p.begin(depth + 1)
			p.word("|")
			sep = " "
		}
		p.gap(sep, text)
		sep = " "
	}
}

func (p *printer) begin(depth int) {
	p.word(strings.Repeat("  ", min(depth, maxIndent)))
	if depth > maxIndent {
		p.word(fmt.Sprintf("[%d] ", depth))
	}
}

func (p *printer) gap(sep, text string) {
	p.word(sep)
	p.word(text)
}

func (p *printer) word(text string) {
	p.out.WriteString(text)
	p.column += columns(text)
}

func (p *printer) end() {
	p.out.WriteByte('\n')
	p.column = 0
}
