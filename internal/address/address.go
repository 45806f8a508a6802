// SPDX-License-Identifier: Apache-2.0

// Package address checks the hosts, ports and URLs that people write, and hides
// the secrets in them. It checks syntax only, and looks nothing up. Its errors
// never repeat what was checked, which may hold a secret: callers show it through
// Hide.
package address

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	errNoHost   = errors.New("host is missing")
	errLongHost = errors.New("host is longer than 253 bytes")
	errHost     = errors.New("host is neither a name nor an IP address")
	errLabel    = errors.New("a part of the host's name is empty, longer than 63 bytes, or begins or ends with a hyphen")
	errBrackets = errors.New("only IPv6 addresses stand in brackets")
	errBare     = errors.New("more than one colon: an IPv6 address needs brackets")
	errZone     = errors.New("the zone is not a name")
	errNoPort   = errors.New("port is missing")
	errPort     = errors.New("port is not within 1 to 65535")
	errScheme   = errors.New("scheme is not http or https")
	errURL      = errors.New("not a URL: its host, port or an escape is malformed")
)

// Host checks a name, an IPv4 address or an IPv6 address, with or without brackets
// and zone. It returns the host without brackets, an address in its usual form, and
// whether it is one. Letters beyond ASCII pass in names: a hosts file may have them.
func Host(text string) (host string, ip bool, err error) {
	inner, opens := strings.CutPrefix(text, "[")
	inner, closes := strings.CutSuffix(inner, "]")
	addr, parseErr := netip.ParseAddr(inner)
	switch {
	case opens != closes:
		return "", false, errHost
	case opens && (parseErr != nil || addr.Is4()):
		return "", false, errBrackets
	case parseErr != nil:
		if err := checkName(text); err != nil {
			return "", false, err
		}
		return text, false, nil
	case addr.Zone() != "" && !isZone(addr.Zone()):
		return "", false, errZone
	}
	return addr.String(), true, nil
}

func checkName(name string) error {
	labels := strings.TrimSuffix(name, ".")
	switch {
	case name == "":
		return errNoHost
	case len(labels) > 253:
		return errLongHost
	case !utf8.ValidString(name) || strings.ContainsFunc(name, isForeign):
		return errHost
	case strings.Trim(name, "0123456789.") == "" && strings.Count(labels, ".") == 3:
		return errHost // 10.0.0.256
	}
	for _, label := range strings.Split(labels, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return errLabel
		}
	}
	return nil
}

// isForeign reports whether a name cannot have r: a space, for one, or what cannot be seen.
func isForeign(r rune) bool {
	if r <= 0x7f {
		return !isNameByte(byte(r))
	}
	return unicode.IsSpace(r) || !unicode.IsGraphic(r)
}

// isZone reports whether a zone can be the name of a network interface.
func isZone(zone string) bool {
	return !strings.ContainsFunc(zone, func(r rune) bool { return r > 0x7f || !isNameByte(byte(r)) })
}

func isNameByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_' || c == '.'
}

// Port checks a port from 1 to 65535, and returns it without leading zeros.
func Port(text string) (string, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return "", errPort
	}
	return strconv.FormatUint(n, 10), nil
}

// Authority checks a host with or without a port, as it stands in a URL: IPv6
// addresses are in brackets. port is "" when there is none. host has no brackets.
func Authority(text string) (host, port string, ip bool, err error) {
	host, hasPort := text, false
	if i := strings.LastIndexByte(text, ':'); i > strings.LastIndexByte(text, ']') {
		host, port, hasPort = text[:i], text[i+1:], true
	}
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		return "", "", false, errBare
	}
	if host, ip, err = Host(host); err != nil || !hasPort {
		return host, "", ip, err
	}
	if port == "" {
		return "", "", false, errNoPort
	}
	if port, err = Port(port); err != nil {
		return "", "", false, err
	}
	return host, port, ip, nil
}

// HostPort is Authority where a port is needed.
func HostPort(text string) (host, port string, ip bool, err error) {
	if host, port, ip, err = Authority(text); err == nil && port == "" {
		return "", "", false, errNoPort
	}
	return host, port, ip, err
}

// URL parses an http or https URL and checks its host and port. The result has them
// in their usual form, and no fragment, as HTTP sends none. ip says that the host is
// an IP address.
func URL(text string) (u *url.URL, ip bool, err error) {
	u, err = url.Parse(text)
	switch {
	case err != nil:
		return nil, false, DidYouMean(errURL, "http", text) // without err, which quotes the text
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, false, DidYouMean(errScheme, "http", text)
	}
	host, port, ip, err := Authority(u.Host)
	if err != nil {
		return nil, false, err
	}
	u.Host = Join(host, port)
	u.Fragment, u.RawFragment = "", ""
	return u, ip, nil
}

// DidYouMean adds to the error of a URL what may be meant by a host and port without a
// scheme, unless there may be a secret in it.
func DidYouMean(err error, scheme, text string) error {
	authority, _, _ := strings.Cut(text, "/")
	if _, _, _, wrong := HostPort(authority); wrong != nil || len(text) > 128 || Hide(text) != text {
		return err
	}
	return fmt.Errorf("%w: did you mean %s://%s?", err, scheme, text)
}

// Join is the reverse of Authority.
func Join(host, port string) string {
	if port != "" {
		return net.JoinHostPort(host, port)
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
