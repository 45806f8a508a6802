// SPDX-License-Identifier: Apache-2.0

package grafana

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Call is a request of the data source. backend/testdata/grafana/README.md says what
// its fields are.
type Call struct {
	Name      string            `json:"name"`
	By        string            `json:"by"`
	Path      string            `json:"path"` // with the query
	Shape     string            `json:"shape"`
	Finds     []string          `json:"finds"` // sorted
	ReadBy    []string          `json:"readBy"`
	NotJaeger map[string]string `json:"notJaeger"` // "1.62" and "2.13" to what they answer
}

// Load returns all calls, and the spans that they ask about. data is the folder
// backend/testdata.
func Load(data string) (calls []Call, spans ptrace.Traces, err error) {
	b, err := os.ReadFile(filepath.Join(data, "grafana", "calls.json"))
	if err != nil {
		return nil, spans, err
	}
	if err := json.Unmarshal(b, &calls); err != nil {
		return nil, spans, err
	}
	if b, err = os.ReadFile(filepath.Join(data, "grafana", "spans.json")); err != nil {
		return nil, spans, err
	}
	spans, err = new(ptrace.JSONUnmarshaler).UnmarshalTraces(b)
	return calls, spans, err
}

// Check reads the answer to c as the data source does, and returns an error when it
// does not find in it what it must.
func (c *Call) Check(status int, body []byte) error {
	if status != 200 {
		return c.compare([]string{fmt.Sprint("status ", status)})
	}
	read, ok := readers[c.Shape]
	if !ok {
		return fmt.Errorf("%s: no shape is called %q", c.Name, c.Shape)
	}
	if c.ReadBy == nil {
		found, err := read[""](body)
		if err != nil {
			return fmt.Errorf("%s: %w in %.300s", c.Name, err, body)
		}
		return c.compare(found)
	}
	for name, read := range read {
		found, err := read(body)
		switch can := slices.Contains(c.ReadBy, name); {
		case can && err != nil:
			return fmt.Errorf("%s: the %s types cannot read it: %w in %.300s", c.Name, name, err, body)
		case !can && err == nil:
			return fmt.Errorf("%s: the %s types can read it after all", c.Name, name)
		case can:
			if err := c.compare(found); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Call) compare(found []string) error {
	if slices.Sort(found); !slices.Equal(found, c.Finds) {
		return fmt.Errorf("%s: found %q, want %q", c.Name, found, c.Finds)
	}
	return nil
}
