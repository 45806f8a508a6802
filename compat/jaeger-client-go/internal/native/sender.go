// SPDX-License-Identifier: Apache-2.0

package native

import "github.com/go-spur/spur/transport"

// Sender is what a transport embeds that spur can stand in for.
type Sender struct {
	owner any
	open  func() (transport.Transport, error)
}

// NewSender makes the Sender of owner, a pointer to what embeds it. open makes spur's
// transport.
func NewSender(owner any, open func() (transport.Transport, error)) *Sender {
	return &Sender{owner: owner, open: open}
}

func (s *Sender) sender() *Sender { return s }

// Open makes the transport of spur's that stands in for t. It returns nil if there is none:
// a type of the program's own that embeds the Sender's owner may do something else than
// that.
func Open(t any) transport.Transport {
	embeds, ok := t.(interface{ sender() *Sender })
	if !ok {
		return nil
	}
	s := embeds.sender()
	if s == nil || s.owner != t {
		return nil
	}
	u, err := s.open()
	if err != nil {
		return nil
	}
	return u
}
