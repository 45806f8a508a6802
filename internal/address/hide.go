// SPDX-License-Identifier: Apache-2.0

package address

import "strings"

// Hidden stands for a secret in errors and logs.
const Hidden = "***"

// Hide returns what may be shown of a text that should be a URL, a host or a path,
// whether it is one or not. It hides what stands before an @, where passwords are,
// and what stands behind the first "?", "#", ";" or "=", where tokens are.
func Hide(text string) string {
	scheme := ""
	for _, s := range []string{"http://", "https://", "udp://"} {
		if len(text) >= len(s) && strings.EqualFold(text[:len(s)], s) {
			scheme, text = text[:len(s)], text[len(s):]
			break
		}
	}
	at, query := strings.LastIndexByte(text, '@'), strings.IndexAny(text, "?#;=")
	switch {
	case query >= 0 && query < at: // the password has a "?", or the query an @
		text = Hidden
	case query >= 0:
		text = text[:query+1] + Hidden
	}
	if at = strings.LastIndexByte(text, '@'); at >= 0 {
		text = Hidden + text[at:]
	}
	return scheme + text
}

// HidePEM hides a key or certificate where the path of a file should be.
func HidePEM(text string) string {
	if strings.Contains(text, "-----BEGIN") || strings.ContainsAny(text, "\r\n") {
		return Hidden
	}
	return text
}

// HideValues returns a list of key=value pairs, separated by commas, without its
// values. What has no "=" may be the rest of a value that has a comma.
func HideValues(list string) string {
	pairs := strings.Split(list, ",")
	for i, pair := range pairs {
		switch key, value, ok := strings.Cut(pair, "="); {
		case value != "":
			pairs[i] = key + "=" + Hidden
		case !ok && strings.TrimSpace(pair) != "":
			pairs[i] = Hidden
		}
	}
	return strings.Join(pairs, ",")
}
