// SPDX-License-Identifier: Apache-2.0

package propagation

var (
	_ Setter = (*Messages[struct{}])(nil)
	_ Reader = (*Messages[struct{}])(nil)
)

// Messages is the header list of a message as a carrier: Kafka, AMQP and NATS
// clients have a slice of some struct of a key and bytes. Use it with a Text
// propagator (opentracing.TextMap): such keys keep their case and values travel
// as they are.
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
}

// Set replaces the first header of this key and removes further ones, or adds
// one. The bytes handed to Join are its to keep.
func (m *Messages[H]) Set(key, value string) {
	header := m.Join(key, []byte(value))
	kept := (*m.Headers)[:0:0]
	replaced := false
	for i := range *m.Headers {
		h := (*m.Headers)[i]
		if k, _ := m.Split(&h); k != key {
			kept = append(kept, h)
		} else if !replaced {
			kept, replaced = append(kept, header), true
		}
	}
	if !replaced {
		kept = append(kept, header)
	}
	*m.Headers = kept
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
