// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
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
	errHostPort = errors.New("more than a host: a port has a variable of its own")
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

// milliseconds is for the variables that have no unit in them.
func milliseconds(set func(*env, time.Duration)) func(*env, string) error {
	return integer(maxDelay, func(e *env, ms int) { set(e, time.Duration(ms)*time.Millisecond) })
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
