// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"bytes"
	"encoding/json"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/jaeger"
)

// sourceID is the trace id of a document. In ours and Jaeger's it comes first.
func sourceID(source []byte) (id pcommon.TraceID, ok bool) {
	const first = `{"traceID":"`
	var text string
	if rest, ok := bytes.CutPrefix(source, []byte(first)); ok {
		hex, _, _ := bytes.Cut(rest, []byte{'"'})
		text = string(hex)
	} else {
		var doc struct {
			TraceID string `json:"traceID"`
		}
		if json.Unmarshal(source, &doc) != nil {
			return id, false
		}
		text = doc.TraceID
	}
	n, err := parseTraceID(text)
	return jaeger.TraceID(n), err == nil
}
