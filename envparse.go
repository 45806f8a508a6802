// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/transport"
)

// The parsers of envTable. Their errors say what is wanted and do not repeat the
// value, which may be long or a secret.

var (
	errBool     = errors.New("neither true nor false")
	errNumber   = errors.New("not a number")
	errDuration = errors.New(`not a positive duration with a unit, such as "1s" or "500ms"`)
	errURL      = errors.New("not an http or https URL with a host")
	errPort     = errors.New("not a port from 1 to 65535")
	errHostPort = errors.New("more than a host: a port has a variable of its own")
	errToken    = errors.New("contains characters that a header cannot carry")
)

// maxDelay bounds what is given in milliseconds: to one day.
const maxDelay = 24 * 60 * 60 * 1000

// anything is the parser of variables that are only looked at together with
// others, or not at all.
func anything(*env, string) error { return nil }

func boolean(set func(*env, bool)) func(*env, string) error {
	return func(e *env, value string) error {
		on, err := strconv.ParseBool(value)
		if err != nil {
			return errBool
		}
		set(e, on)
		return nil
	}
}

func integer(most int, set func(*env, int)) func(*env, string) error {
	return func(e *env, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > most {
			return fmt.Errorf("not a whole number from 1 to %d", most)
		}
		set(e, n)
		return nil
	}
}

func duration(set func(*env, time.Duration)) func(*env, string) error {
	return func(e *env, value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return errDuration
		}
		set(e, d)
		return nil
	}
}

// oneOf accepts words in any case.
func oneOf(words ...string) func(*env, string) error {
	return func(_ *env, value string) error {
		if !slices.Contains(words, strings.ToLower(value)) {
			return fmt.Errorf("not one of %s", strings.Join(words, ", "))
		}
		return nil
	}
}

// parseNumber accepts finite numbers.
func parseNumber(value string) (float64, error) {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, errNumber
	}
	return f, nil
}

func serviceName(e *env, value string) error {
	e.service = value
	return nil
}

func otelDisabled(e *env, value string) error {
	switch {
	case strings.EqualFold(value, "true"):
		e.c.disabled = true
	case strings.EqualFold(value, "false"):
		e.c.disabled = false
	default:
		return errBool
	}
	return nil
}

// formats sets what headers are read and written in.
func formats(parse func(list string) ([]propagation.Format, error)) func(*env, string) error {
	return func(e *env, value string) error {
		list, err := parse(value)
		if err == nil {
			e.c.headerFormats = &headerFormats{extract: list, inject: list}
		}
		return err
	}
}

func otelSampler(_ *env, value string) error {
	kinds := []string{"always_on", "always_off", "traceidratio"}
	for _, kind := range kinds {
		kinds = append(kinds, "parentbased_"+kind)
	}
	return oneOf(kinds...)(nil, value)
}

func samplerType(e *env, value string) error {
	e.samplerType = strings.ToLower(value)
	return oneOf("const", "probabilistic", "ratelimiting", "remote")(e, value)
}

func samplerParam(e *env, value string) error {
	f, err := parseNumber(value)
	if err != nil {
		return err
	}
	e.samplerParam = &f
	return nil
}

func otelExporter(e *env, value string) error {
	if err := oneOf("none", "otlp", "jaeger")(e, value); err != nil {
		return err
	}
	switch strings.ToLower(value) {
	case "none":
		e.c.agent.none = true
	case "otlp":
		return elsewhere("OTEL_TRACES_EXPORTER")(e, value)
	}
	return nil
}

// elsewhere is for variables that ask for a destination this version has not.
func elsewhere(name string) func(*env, string) error {
	return func(e *env, _ string) error {
		e.elsewhere = append(e.elsewhere, name)
		return nil
	}
}

func jaegerEndpoint(e *env, value string) error {
	if err := webURL(e, value); err != nil {
		return err
	}
	return elsewhere("JAEGER_ENDPOINT")(e, value)
}

func webURL(_ *env, value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return errURL
	}
	if u.Port() != "" {
		return portOnly(nil, u.Port())
	}
	return nil
}

func urlPath(_ *env, value string) error {
	if u, err := url.Parse(value); err != nil || u.Scheme != "" || u.Host != "" {
		return errors.New("not the path of a URL")
	}
	return nil
}

func samplingEndpoint(e *env, value string) error {
	e.endpoint = value
	if strings.Contains(value, "://") {
		return webURL(nil, value)
	}
	// NewUDP checks the address and opens nothing.
	if _, err := transport.NewUDP(value, transport.UDPOptions{}); err != nil {
		return errors.New("neither a URL nor host:port")
	}
	return nil
}

// parseHost checks a name or IP address and takes the brackets off the latter.
func parseHost(value string) (string, error) {
	host := value
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	if _, err := netip.ParseAddr(host); err != nil {
		if _, port, err := net.SplitHostPort(value); err == nil && portOnly(nil, port) == nil {
			return "", errHostPort
		}
	}
	if _, err := transport.NewUDP(net.JoinHostPort(host, "1"), transport.UDPOptions{}); err != nil {
		return "", errors.New("neither a host name nor an IP address")
	}
	return host, nil
}

func portOnly(_ *env, value string) error {
	if n, err := strconv.ParseUint(value, 10, 16); err != nil || n == 0 {
		return errPort
	}
	return nil
}

func agentHost(e *env, value string) (err error) {
	e.host, err = parseHost(value)
	return err
}

func agentPort(e *env, value string) error {
	if err := portOnly(e, value); err != nil {
		return err
	}
	e.port = value
	return nil
}

func authToken(_ *env, value string) error {
	for i := 0; i < len(value); i++ {
		if value[i] < ' ' || value[i] > '~' {
			return errToken
		}
	}
	return nil
}

func setQueueSpans(e *env, n int) { e.c.agent.queueSpans = n }

func setFlushInterval(e *env, d time.Duration) { e.c.agent.flushInterval = d }

// hidden stands for a secret in errors and logs.
const hidden = "***"

func hideAll(string) string { return hidden }

// hideCredentials hides what stands before an @ in what should be a URL or a
// host, whether it is one or not, and what stands behind a question mark.
func hideCredentials(value string) string {
	scheme := ""
	for _, s := range []string{"http://", "https://"} {
		if len(value) >= len(s) && strings.EqualFold(value[:len(s)], s) {
			scheme, value = value[:len(s)], value[len(s):]
			break
		}
	}
	at, query := strings.LastIndexByte(value, '@'), strings.IndexByte(value, '?')
	switch {
	case at >= 0 && query >= 0:
		value = hidden
	case at >= 0:
		value = hidden + value[at:]
	case query >= 0:
		value = value[:query+1] + hidden
	}
	return scheme + value
}
