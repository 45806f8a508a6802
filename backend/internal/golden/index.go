// SPDX-License-Identifier: Apache-2.0

package golden

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Index is what a server was sent and asked, in order.
type Index struct {
	Server   string     `json:"server"`
	Sent     []Delivery `json:"sent"`
	Requests []Request  `json:"requests"`

	data string // backend/testdata
	dir  string // in it: "v1/jaeger-1.62"
}

// Delivery is a datagram or a body that was sent, and what the server said.
type Delivery struct {
	File            string `json:"file,omitempty"` // in testdata; none is an empty body
	Port            int    `json:"port"`           // 6831, 6832, 14268, 4318 or 9411
	Method          string `json:"method,omitempty"`
	Path            string `json:"path,omitempty"`
	ContentType     string `json:"contentType,omitempty"`
	ContentEncoding string `json:"contentEncoding,omitempty"`
	Status          int    `json:"status,omitempty"` // 0 for datagrams
	AnswerType      string `json:"answerType,omitempty"`
	Answer          []byte `json:"answer,omitempty"`
}

// Request is a question, and what the server answered.
type Request struct {
	Name        string `json:"name"`
	Method      string `json:"method"`
	Path        string `json:"path"`
	Body        string `json:"body,omitempty"` // a file in testdata
	Status      int    `json:"status"`
	ContentType string `json:"contentType,omitempty"`
	File        string `json:"file,omitempty"` // none for an empty answer and for the UI's page
}

// Load reads what was recorded of the API "v1" or "v3" of a server, "jaeger-1.62" or
// "jaeger-2.13". data is the folder backend/testdata.
func Load(data, api, server string) (*Index, error) {
	x := &Index{data: data, dir: api + "/" + server + "/"}
	b, err := x.Bytes(x.dir + "index.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, x); err != nil {
		return nil, fmt.Errorf("%s: %w", x.dir, err)
	}
	return x, nil
}

// Bytes returns a file of testdata; nothing for no name.
func (x *Index) Bytes(file string) ([]byte, error) {
	if file == "" {
		return nil, nil
	}
	return os.ReadFile(filepath.Join(x.data, filepath.FromSlash(file)))
}

// Facts are those of the recorded answer to r.
func (x *Index) Facts(r Request) (Facts, error) {
	var body []byte
	if r.File != "" {
		var err error
		body, err = x.Bytes(x.dir + r.File)
		if err != nil {
			return nil, err
		}
	}
	return FactsOf(r.Status, r.ContentType, body), nil
}

// Facts are those of what the server said to d.
func (d *Delivery) Facts() Facts { return FactsOf(d.Status, d.AnswerType, d.Answer) }
