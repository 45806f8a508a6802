// SPDX-License-Identifier: Apache-2.0

package query

// envelope is what Jaeger's addresses answer with (jaeger 1.62
// cmd/query/app/http_handler.go, structuredResponse).
type envelope struct {
	Data   any         `json:"data"`
	Total  int         `json:"total"`
	Limit  int         `json:"limit"`
	Offset int         `json:"offset"`
	Errors []*apiError `json:"errors"`
}

// list puts a list into an envelope; of none, "data" is [].
func list[T any](data []T) envelope {
	if data == nil {
		data = []T{}
	}
	return envelope{Data: data, Total: len(data)}
}
