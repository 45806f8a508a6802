// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"database/sql"
	"errors"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// heads are the resources and scopes of spans that come together.
type heads struct {
	byContent map[[2]string]*head
	byMemory  map[headMemory]*head
}

// headMemory is where the resource and the scope of a span lie; nil when they are
// empty. Usually many spans share them, and a large one is then read once.
type headMemory struct{ resource, scope *byte }

func memoryOf(e trace.Encoded) (m headMemory) {
	if len(e.Resource) > 0 {
		m.resource = &e.Resource[0]
	}
	if len(e.Scope) > 0 {
		m.scope = &e.Scope[0]
	}
	return m
}

// head is what the spans of a scope have in common.
type head struct {
	service, tags []token
	hash          [8]byte
}

// of returns the head of s, which is e when it is encoded.
func (h *heads) of(d *dictionary, s trace.Span, e trace.Encoded) *head {
	m := memoryOf(e)
	if known := h.byMemory[m]; known != nil {
		return known
	}
	if h.byContent == nil {
		h.byContent, h.byMemory = map[[2]string]*head{}, map[headMemory]*head{}
	}
	n := h.byContent[[2]string{string(e.Resource), string(e.Scope)}]
	if n == nil {
		n = newHead(d, s, e)
		h.byContent[[2]string{string(e.Resource), string(e.Scope)}] = n
	}
	h.byMemory[m] = n
	return n
}

func newHead(d *dictionary, s trace.Span, e trace.Encoded) *head {
	n := &head{service: d.value(nil, d.byID[keyService], s.Service(), true), hash: hashHead(e)}
	for _, m := range []pcommon.Map{s.Resource.Resource().Attributes(), s.Scope.Scope().Attributes()} {
		for k, v := range m.All() {
			n.tags = d.tag(n.tags, k, v)
		}
	}
	n.tags = d.text(n.tags, trace.TagScopeName, s.Scope.Scope().Name())
	n.tags = d.text(n.tags, trace.TagScopeVersion, s.Scope.Scope().Version())
	return n
}

// fields returns the tokens of what is no tag but the service.
func (d *dictionary) fields(s trace.Span) []token {
	t := d.value(d.fieldTokens[:0], d.byID[keyName], s.Name(), true)
	t = d.value(t, d.byID[keyKind], trace.KindText(s.Kind()), true)
	t = d.value(t, d.byID[keyStatus], trace.StatusText(s.Status().Code()), true)
	for _, l := range s.Links().All() {
		t = append(t, reference(l.TraceID()))
	}
	d.fieldTokens = t
	return t
}

// tags returns the tokens of the tags of s itself and its events.
func (d *dictionary) tags(s trace.Span) []token {
	t := d.tagTokens[:0]
	for k, v := range s.Attributes().All() {
		t = d.tag(t, k, v)
	}
	for _, e := range s.Events().All() {
		t = d.text(t, trace.TagEvent, e.Name())
		for k, v := range e.Attributes().All() {
			t = d.tag(t, k, v)
		}
	}
	d.tagTokens = t
	return t
}

// operations are those the writer remembers, with their numbers.
type operations struct {
	byName map[operation]*operationEntry
	bytes  int
}

type operation struct {
	service, name string
	kind          int32
}

type operationEntry struct {
	id   int64
	seen epoch
}

// id returns the number of the operation of s.
func (o *operations) id(c *conn, s trace.Span, now epoch) (int64, error) {
	op := operation{s.Service(), s.Name(), int32(s.Kind())}
	e := o.byName[op]
	if e != nil && e.seen >= now {
		return e.id, nil
	}
	if o.byName == nil || len(o.byName) >= maxOperations || o.bytes > maxOperationBytes {
		o.byName, o.bytes = map[operation]*operationEntry{}, 0
	}
	e = &operationEntry{}
	args := []any{[]byte(op.service), []byte(op.name), int64(op.kind), int64(now)}
	err := c.one("SELECT id, seen FROM operation WHERE service = ? AND name = ? AND kind = ?", args[:3], &e.id, &e.seen)
	if errors.Is(err, sql.ErrNoRows) || err == nil && e.seen < now {
		e.seen = now
		err = c.one("INSERT INTO operation (service, name, kind, seen) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET seen = excluded.seen RETURNING id", args, &e.id)
	}
	if err != nil {
		return 0, err
	}
	o.byName[operation{strings.Clone(op.service), strings.Clone(op.name), op.kind}] = e
	o.bytes += len(op.service) + len(op.name)
	return e.id, nil
}
