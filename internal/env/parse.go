// SPDX-License-Identifier: Apache-2.0

package env

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/internal/endpoint"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/transport"
)

// The errors say what is wanted and do not repeat the value, which may be long or a
// secret.
var (
	errBool     = errors.New("neither true nor false")
	errNumber   = errors.New("not a number")
	errDuration = errors.New(`not a positive duration with a unit, such as "1s" or "500ms"`)
	errHostPort = errors.New("more than a host: a port has a variable of its own")
	errHeader   = errors.New("contains characters that a header cannot carry")
	errPath     = errors.New("not the path of a URL")
	errSampling = errors.New("neither a URL nor host:port")
)

// maxDelay bounds what is given in milliseconds: to one day.
const maxDelay = 24 * 60 * 60 * 1000

// setting is the value of a variable that is set.
type setting struct {
	given  string  // without blanks around it
	text   string  // as it was understood; empty when it is wrong
	whole  int64   // of numbers, in nanoseconds of times, 1 of true
	number float64 // of kindNumber
}

// parse understands a value by itself.
func (r *reader) parse(v *variable, s *setting) (err error) {
	s.text = s.given
	switch v.kind {
	case kindBool, kindTrueFalse:
		var on bool
		if on, err = boolean(s.given, v.kind); on {
			s.whole = 1
		}
		s.text = strconv.FormatBool(on)
	case kindCount:
		s.whole, err = count(s.given, int64(v.most))
	case kindMilliseconds:
		s.whole, err = count(s.given, maxDelay)
		s.whole *= int64(time.Millisecond)
	case kindDuration:
		d, wrong := time.ParseDuration(s.given)
		if s.whole = int64(d); wrong != nil || d <= 0 {
			err = errDuration
		}
	case kindNumber:
		s.number, err = number(s.given)
	case kindChoice:
		s.text = strings.ToLower(s.given)
		if !slices.Contains(strings.Split(v.choices, ", "), s.text) {
			err = errors.New("not one of " + v.choices)
		}
	case kindHost:
		s.text, err = host(s.given)
	case kindPort:
		s.text, err = address.Port(s.given)
	case kindHeaderText:
		err = headerText(s.given)
	case kindPath:
		s.text, err = path(s.given)
	case kindSampling:
		err = samplingEndpoint(s.given)
	case kindTags:
		err = r.parseTags(s.given)
	case kindResource:
		err = r.parseResource(s.given)
	case kindFormats:
		r.Formats, err = propagation.ParseFormats(s.given)
	case kindPropagators:
		err = r.parsePropagators(s.given)
	case kindExporters:
		err = r.parseExporters(s.given)
	case kindCollector:
		r.collector, err = parseURL(v.name, s.given)
	case kindOTLPBase, kindOTLPWhole:
		err = r.parseOTLP(v, s.given)
	}
	if err != nil {
		s.text, s.whole = "", 0
	}
	return err
}

func boolean(value string, k kind) (on bool, err error) {
	if k == kindTrueFalse {
		value = strings.ToLower(value)
		if value != "true" && value != "false" {
			return false, errBool
		}
	}
	if on, err = strconv.ParseBool(value); err != nil {
		return false, errBool
	}
	return on, nil
}

func count(value string, most int64) (int64, error) {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("not a whole number from 1 to %d", most)
	}
	return n, nil
}

func number(value string) (float64, error) {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, errNumber
	}
	return f, nil
}

// host accepts a name or an IP address, and keeps the latter without brackets.
func host(value string) (string, error) {
	name, _, err := address.Host(value)
	if _, _, _, split := address.HostPort(value); err != nil && split == nil {
		err = errHostPort
	}
	return name, err
}

func headerText(value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
		return errHeader
	}
	return nil
}

func path(value string) (string, error) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "" || u.Host != "" {
		return "", errPath
	}
	return "/" + strings.TrimPrefix(value, "/"), nil
}

func samplingEndpoint(value string) error {
	if strings.Contains(value, "://") {
		_, _, err := address.URL(value)
		return err
	}
	if _, _, _, err := address.HostPort(value); err != nil {
		return fmt.Errorf("%w: %w", errSampling, err)
	}
	return nil
}

// parseURL reads the URL of a collector.
func parseURL(name, value string) (*endpoint.Endpoint, error) {
	e, err := endpoint.ParseHTTP(value)
	if err != nil {
		return nil, err
	}
	e.SetBy = name
	return &e, nil
}

// parseOTLP reads a URL where OTLP is taken, at /v1/traces below it for
// OTEL_EXPORTER_OTLP_ENDPOINT. That of traces comes later and wins.
func (r *reader) parseOTLP(v *variable, value string) error {
	if v.kind == kindOTLPBase {
		u, _, err := address.URL(value)
		if err != nil {
			return err
		}
		r.baseIsWhole = slices.ContainsFunc([]string{endpoint.OTLPPath, "/v1/metrics", "/v1/logs", "/api/traces"}, func(path string) bool {
			return strings.HasSuffix(strings.TrimRight(u.Path, "/"), path)
		})
		value = u.JoinPath(endpoint.OTLPPath).String()
	}
	e, err := parseURL(v.name, value)
	if err == nil {
		e.Format = transport.OTLP
		r.otlp = e
	}
	return err
}
