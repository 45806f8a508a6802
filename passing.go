// SPDX-License-Identifier: Apache-2.0

package spur

// startPassing starts a span of a disabled tracer: it stands for the caller's
// span, whose ids and flags it passes on, and records nothing.
func (t *Tracer) startPassing(s *Span, op string, l *lineage) {
	s.own.word.Store(wordPassing | wordDetached)
	s.ctx.trace = &s.own
	s.start = t.clock.now(0)
	s.setOperationLocked(t.text(op, bytesOnly(t.limits.OperationLength)))
	from := l.parent
	if l.self != nil {
		from = l.self
	}
	if from == nil {
		return
	}
	s.ctx.traceID, s.ctx.spanID, s.ctx.parentID = from.traceID, from.spanID, from.parentID
	if from.trace == nil {
		return
	}
	word := wordPassing | wordDetached | uint32(from.trace.flags())<<wordPassedShift
	s.own.word.Store(word | from.trace.word.Load()&(wordDeferred|wordRemote|wordW3CRandom))
	if ext := from.trace.ext; ext != nil && ext.extra != nil {
		t.ownExtension(s).extra = ext.extra
	}
}
