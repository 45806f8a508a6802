// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// ParseTraceID reads a trace id in any spelling that is in use: hex of up to 32
// digits in either case, with or without its leading zeros; a UUID; padded
// base64 of 8 or 16 bytes; a W3C traceparent; an uber-trace-id. An id of 64 bits
// has a zero upper half. Spaces around the text do not matter. No id is zero.
func ParseTraceID(text string) (pcommon.TraceID, error) {
	var id pcommon.TraceID
	s := strings.TrimSpace(text)
	if len(s) > len("00-")+32 && strings.HasPrefix(s, "00-") && s[35] == '-' {
		s = s[3:35]
	} else if i := strings.IndexByte(s, ':'); i >= 0 && strings.Count(s, ":") == 3 {
		s = s[:i]
	} else if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	if !parseHex(id[:], s) {
		if raw, ok := parseBase64(s); ok && (len(raw) == 8 || len(raw) == 16) {
			copy(id[16-len(raw):], raw)
		}
	}
	if id.IsEmpty() {
		return id, fmt.Errorf("invalid trace id %q", excerpt(text))
	}
	return id, nil
}

// ParseSpanID reads a span id: hex of up to 16 digits in either case, with or
// without its leading zeros, or base64 of 8 bytes. No id is zero.
func ParseSpanID(text string) (pcommon.SpanID, error) {
	var id pcommon.SpanID
	s := strings.TrimSpace(text)
	if !parseHex(id[:], s) {
		if raw, ok := parseBase64(s); ok && len(raw) == 8 {
			copy(id[:], raw)
		}
	}
	if id.IsEmpty() {
		return id, fmt.Errorf("invalid span id %q", excerpt(text))
	}
	return id, nil
}

// FormatTraceID returns the id as Jaeger shows it: 16 hex digits when its upper
// half is zero, else 32.
func FormatTraceID(id pcommon.TraceID) string {
	if binary.BigEndian.Uint64(id[:8]) == 0 {
		return hex.EncodeToString(id[8:])
	}
	return hex.EncodeToString(id[:])
}

// parseHex reads s right-aligned into id and reports whether it is hex that
// fits.
func parseHex(id []byte, s string) bool {
	if s == "" || len(s) > 2*len(id) {
		return false
	}
	padded := strings.Repeat("0", 2*len(id)-len(s)) + s
	if _, err := hex.Decode(id, []byte(padded)); err != nil {
		clear(id)
		return false
	}
	return true
}

// parseBase64 reads base64 with its padding, which 8 and 16 bytes have, so that
// few other words are taken for it.
func parseBase64(s string) ([]byte, bool) {
	if len(s) > 24 {
		return nil, false
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		if raw, err := enc.DecodeString(s); err == nil {
			return raw, true
		}
	}
	return nil, false
}

// excerpt is the beginning of a value, for an error.
func excerpt(s string) string {
	n := 0
	for i := range s {
		if n++; n > maxErrorExcerpt {
			return s[:i] + "…"
		}
	}
	return s
}
