// SPDX-License-Identifier: Apache-2.0

package query

// How Jaeger 1.62 writes a trace as JSON: the names and types of
// jaeger 1.62 model/json/model.go.

type traceJSON struct { // for reading: writing is piece by piece
	TraceID   string             `json:"traceID"`
	Spans     []spanJSON         `json:"spans"`
	Processes map[string]process `json:"processes"`
	Warnings  []string           `json:"warnings"`
}

type spanJSON struct {
	TraceID       string      `json:"traceID"`
	SpanID        string      `json:"spanID"`
	Flags         uint32      `json:"flags,omitempty"`
	OperationName string      `json:"operationName"`
	References    []reference `json:"references"`
	StartTime     int64       `json:"startTime"` // microseconds since 1970
	Duration      int64       `json:"duration"`  // microseconds
	Tags          []keyValue  `json:"tags"`
	Logs          []logEntry  `json:"logs"`
	ProcessID     string      `json:"processID"`
	Warnings      []string    `json:"warnings"`
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
	Timestamp int64      `json:"timestamp"` // microseconds since 1970
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
