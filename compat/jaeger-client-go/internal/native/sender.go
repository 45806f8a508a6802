// SPDX-License-Identifier: Apache-2.0

package native

import "github.com/go-spur/spur/transport"

// Sender is what a transport embeds that spur can stand in for. It has neither fields nor
// methods that its owner would export.
type Sender struct {
	owner      any
	batchSpans int
	open       func() (transport.Transport, error)
}

// NewSender makes the Sender of owner, a pointer to what embeds it. Batches have batchSpans
// spans at most, if that is not 0; open makes spur's transport.
func NewSender(owner any, batchSpans int, open func() (transport.Transport, error)) *Sender {
	return &Sender{owner: owner, batchSpans: batchSpans, open: open}
}

func (s *Sender) sender() *Sender { return s }

// Open makes the transport of spur's that stands in for t, and tells how many spans a batch
// may have. It returns nil if there is none: a type of the program's own that embeds the
// Sender's owner may do something else than that.
func Open(t any) (_ transport.Transport, batchSpans int) {
	embeds, ok := t.(interface{ sender() *Sender })
	if !ok {
		return nil, 0
	}
	s := embeds.sender()
	if s == nil || s.owner != t {
		return nil, 0
	}
	opened, err := s.open()
	if err != nil {
		return nil, 0
	}
	return opened, s.batchSpans
}
