// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
)

// How Jaeger 1.62 writes a trace as JSON: the names and types of
// jaeger 1.62 model/json/model.go.

type spanJSON struct {
	TraceID       string      `json:"traceID"`
	SpanID        string      `json:"spanID"`
	Flags         uint32      `json:"flags,omitempty"`
	OperationName string      `json:"operationName"`
	References    []reference `json:"references"`
	StartTime     micros      `json:"startTime"` // since 1970
	Duration      micros      `json:"duration"`
	Tags          []keyValue  `json:"tags"`
	Logs          []logEntry  `json:"logs"`
	ProcessID     string      `json:"processID"`
	Warnings      []string    `json:"warnings"`
}

// micros is a number of microseconds.
type micros int64

// UnmarshalJSON takes what is no int64 for 0: Jaeger writes a negative duration
// as a uint64.
func (m *micros) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if errors.Is(err, strconv.ErrRange) || string(b) == "null" {
		n, err = 0, nil
	}
	if *m = micros(n); err != nil {
		return &json.UnmarshalTypeError{Value: shorten(string(b)), Type: reflect.TypeFor[micros]()}
	}
	return nil
}

type reference struct {
	RefType string `json:"refType"`
	TraceID string `json:"traceID"`
	SpanID  string `json:"spanID"`
}

const (
	childOf     = "CHILD_OF"
	followsFrom = "FOLLOWS_FROM"
)

type process struct {
	ServiceName string     `json:"serviceName"`
	Tags        []keyValue `json:"tags"`
}

type logEntry struct {
	Timestamp micros     `json:"timestamp"` // since 1970
	Fields    []keyValue `json:"fields"`
}

// keyValue is a tag. Its type is one of typeString and so on; the value is text
// too where a JSON number cannot hold it.
type keyValue struct {
	Key   string `json:"key"`
	Type  string `json:"type"`
	Value any    `json:"value"`
}

const (
	typeString = "string"
	typeBool   = "bool"
	typeInt    = "int64"
	typeFloat  = "float64"
	typeBinary = "binary" // base64
)
