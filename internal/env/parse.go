// SPDX-License-Identifier: Apache-2.0

package env

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/address"
)

// The parsers of single values. Their errors say what is wanted and do not repeat the
// value, which may be long or a secret.

var (
	errBool     = errors.New("neither true nor false")
	errNumber   = errors.New("not a number")
	errDuration = errors.New(`not a positive duration with a unit, such as "1s" or "500ms"`)
	errHostPort = errors.New("more than a host: a port has a variable of its own")
	errHeader   = errors.New("contains characters that a header cannot carry")
)

// maxDelay bounds what is given in milliseconds: to one day.
const maxDelay = 24 * 60 * 60 * 1000

// anything is the parser of variables that are only looked at together with others,
// or not at all.
func anything(string) error { return nil }

func text(into *string) func(string) error {
	return func(value string) error {
		*into = value
		return nil
	}
}

func boolean(into **bool) func(string) error {
	return func(value string) error {
		on, err := strconv.ParseBool(value)
		if err != nil {
			return errBool
		}
		*into = &on
		return nil
	}
}

// trueOrFalse is boolean as OpenTelemetry has it: nothing else, in any case.
func trueOrFalse(into **bool) func(string) error {
	return func(value string) error {
		on := strings.EqualFold(value, "true")
		if !on && !strings.EqualFold(value, "false") {
			return errBool
		}
		*into = &on
		return nil
	}
}

func integer(most int, into ...*int) func(string) error {
	return func(value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > most {
			return fmt.Errorf("not a whole number from 1 to %d", most)
		}
		for _, p := range into {
			*p = n
		}
		return nil
	}
}

// milliseconds is for the variables that have no unit in them.
func milliseconds(into *time.Duration) func(string) error {
	return func(value string) error {
		var ms int
		err := integer(maxDelay, &ms)(value)
		if err == nil {
			*into = time.Duration(ms) * time.Millisecond
		}
		return err
	}
}

func duration(into *time.Duration) func(string) error {
	return func(value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return errDuration
		}
		*into = d
		return nil
	}
}

// number accepts finite numbers.
func number(into **float64) func(string) error {
	return func(value string) error {
		f, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return errNumber
		}
		*into = &f
		return nil
	}
}

// oneOf accepts words in any case, and keeps them in lower case.
func oneOf(into *string, words ...string) func(string) error {
	return func(value string) error {
		value = strings.ToLower(value)
		if !slices.Contains(words, value) {
			return fmt.Errorf("not one of %s", strings.Join(words, ", "))
		}
		*into = value
		return nil
	}
}

// host accepts a name or an IP address, and keeps the latter without brackets.
func host(into *string) func(string) error {
	return func(value string) error {
		name, _, err := address.Host(value)
		if err == nil {
			*into = name
			return nil
		}
		if _, _, _, split := address.HostPort(value); split == nil {
			return errHostPort
		}
		return err
	}
}

func port(into *string) func(string) error {
	return func(value string) error {
		number, err := address.Port(value)
		if err == nil {
			*into = number
		}
		return err
	}
}

// headerText accepts what a header can carry.
func headerText(value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
		return errHeader
	}
	return nil
}
