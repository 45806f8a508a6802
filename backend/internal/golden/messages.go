// SPDX-License-Identifier: Apache-2.0

package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// Message is one of Kafka.
type Message struct {
	Key   string `json:"key"` // "" is none
	Value []byte `json:"value"`
}

// ReadMessages reads a file that WriteMessages has written.
func ReadMessages(file string) (all []Message, err error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(b) {
		var m Message
		if err := json.Unmarshal(line, &m); err != nil {
			return nil, fmt.Errorf("%s, message %d: %w", file, len(all), err)
		}
		all = append(all, m)
	}
	return all, nil
}

// WriteMessages writes a line of JSON for each message.
func WriteMessages(file string, all []Message) error {
	var text []byte
	for _, m := range all {
		line, err := json.Marshal(m)
		if err != nil {
			return err
		}
		text = append(append(text, line...), '\n')
	}
	return os.WriteFile(file, text, 0o644) //nolint:gosec // it is part of the sources
}
