// SPDX-License-Identifier: Apache-2.0

package propagation

var (
	_ Setter = (*Messages[struct{}])(nil)
	_ Reader = (*Messages[struct{}])(nil)
)

// Messages is the header list of a message as a carrier: Kafka's clients have a slice
// of some struct of a key and bytes. Use it with a Text propagator
// (opentracing.TextMap): such keys keep their case and values travel as they are.
//
//	carrier := &propagation.Messages[kgo.RecordHeader]{
//		Headers: &record.Headers,
//		Split:   func(h *kgo.RecordHeader) (string, []byte) { return h.Key, h.Value },
//		Join:    func(k string, v []byte) kgo.RecordHeader { return kgo.RecordHeader{Key: k, Value: v} },
//	}
type Messages[H any] struct {
	Headers *[]H                                  // of the message; must not be nil
	Split   func(h *H) (key string, value []byte) // reads a header; needed by both methods
	Join    func(key string, value []byte) H      // makes a header; needed by Set

	grown *H // the first header of the list that Set made last, with room at its end
	used  int
}

// Set replaces the first header of this key and removes further ones, or adds
// one. Join may keep the bytes it is handed. The list is copied on the first
// write, and whenever a header is replaced, so that one which others share is not
// changed; between two calls nobody else may append to it.
func (m *Messages[H]) Set(key, value string) {
	header := m.Join(key, []byte(value))
	list := *m.Headers
	at := m.find(list, key)
	if at < 0 {
		if owned := len(list) > 0 && &list[0] == m.grown && len(list) == m.used; !owned {
			list = append(make([]H, 0, 2*len(list)+8), list...)
		}
		list = append(list, header)
		m.grown, m.used = &list[0], len(list)
		*m.Headers = list
		return
	}
	kept := append(make([]H, 0, len(list)+8), list[:at]...)
	kept = append(kept, header)
	for list = list[at+1:]; ; list = list[at+1:] {
		if at = m.find(list, key); at < 0 {
			break
		}
		kept = append(kept, list[:at]...)
	}
	kept = append(kept, list...)
	m.grown, m.used = &kept[0], len(kept)
	*m.Headers = kept
}

// find returns where the first header of a key stands, or -1.
func (m *Messages[H]) find(list []H, key string) int {
	for i := range list {
		if k, _ := m.Split(&list[i]); k == key {
			return i
		}
	}
	return -1
}

// ForeachKey calls handler for every header, in order, with a copy of its value.
func (m *Messages[H]) ForeachKey(handler func(key, value string) error) error {
	for i := range *m.Headers {
		k, v := m.Split(&(*m.Headers)[i])
		if err := handler(k, string(v)); err != nil {
			return err
		}
	}
	return nil
}
