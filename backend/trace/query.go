// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"regexp"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Query is a search for traces.
type Query struct {
	// Where is the condition; nil finds every trace.
	Where *Expr
	// IDs, when not nil, are the only traces looked at.
	IDs []pcommon.TraceID
	// Window holds the start times of the spans that may match. A trace without
	// a span that starts in it is not found.
	Window Window
	// Order is the order of the answer.
	Order Order
	// Limit is the number of traces in a page: at least 1.
	Limit int
	// Cursor is that of the page before, or empty.
	Cursor string
	// Columns are keys of tags whose values Summary.Columns holds.
	Columns []string
	// Uncounted says that Page.Total is not wanted: it may be that of the page,
	// at least, and a cursor may lead to an empty page.
	Uncounted bool
	// Bare says that of each Summary only TraceID, Start, Duration and Spans are
	// wanted: the rest may be missing.
	Bare bool
}

// Order is an order of traces.
type Order uint8

const (
	// NewestFirst is by the start of the trace's earliest span in the store.
	NewestFirst Order = iota
	// LongestFirst is by the trace's duration.
	LongestFirst
	// MostSpansFirst is by the number of spans.
	MostSpansFirst
)

// Op says what an Expr is.
type Op uint8

// What an Expr can be.
const (
	// OpTerm is a condition of one span: Term.
	OpTerm Op = iota
	// OpAnd, OpOr and OpNot combine Args; OpNot has one.
	OpAnd
	OpOr
	OpNot
	// OpSpan holds when some span of the trace meets its one Arg. Above it stand
	// conditions of traces, below it those of one span; it is never nested. A
	// term is never above it: a query without braces is one OpSpan as a whole.
	OpSpan
)

// Expr is a node of a condition.
type Expr struct {
	Op   Op
	Args []*Expr
	Term Term
}

// Field is what a Term looks at.
type Field uint8

// What a Term can look at.
const (
	FieldTag           Field = iota // Key is one of Span.Tags; a firehose span has none
	FieldService                    // the resource's service.name
	FieldName                       // the span's name: Jaeger's operation
	FieldKind                       // unspecified, internal, server, client, producer, consumer
	FieldStatus                     // unset, ok, error
	FieldDuration                   // of the span, in nanoseconds
	FieldTraceDuration              // of the trace, in nanoseconds
	FieldLink                       // a link of the span to the trace ID; CmpEqual only
	FieldText                       // the name, the status message, the names of events, the values of tags
)

// Cmp is how a Term compares. Where a key has several values, in the resource
// and the span say, one that fits is enough. A value is compared as the text
// that pcommon.Value.AsString returns, so its type makes no difference.
type Cmp uint8

// How a Term can compare.
const (
	CmpExists   Cmp = iota // the tag is there
	CmpEqual               // as text, or, when both are numbers, as numbers
	CmpNotEqual            // the tag is there, and no value of it is equal
	CmpMatch               // Regexp matches somewhere in the value
	CmpNotMatch            // the tag is there, and Regexp matches no value of it
	CmpLess                // this and the next three are of numbers: a value that is none, or text that does not read as one, does not fit
	CmpLessEqual
	CmpGreater
	CmpGreaterEqual
	CmpContains // the text, regardless of case: FieldText only
)

// Term is a condition of one span.
type Term struct {
	Field  Field
	Key    string // of FieldTag
	Cmp    Cmp
	Text   string          // what to compare with, as written, without quotes
	Number Number          // Text as a number; a duration in nanoseconds
	Regexp *regexp.Regexp  // of CmpMatch and CmpNotMatch
	ID     pcommon.TraceID // of FieldLink
}
