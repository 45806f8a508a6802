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

// set returns a parser that stores what parse makes of a value.
func set[T any](parse func(string) (T, error), into ...*T) func(string) error {
	return func(value string) error {
		v, err := parse(value)
		if err != nil {
			return err
		}
		for _, p := range into {
			*p = v
		}
		return nil
	}
}

func text(value string) (string, error) { return value, nil }

func boolean(value string) (*bool, error) {
	on, err := strconv.ParseBool(value)
	if err != nil {
		return nil, errBool
	}
	return &on, nil
}

// trueOrFalse is boolean as OpenTelemetry has it: these two words, in any case.
func trueOrFalse(value string) (*bool, error) {
	if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
		return nil, errBool
	}
	return boolean(strings.ToLower(value))
}

// upTo is for whole numbers from 1 to most.
func upTo(most int) func(string) (int, error) {
	return func(value string) (int, error) {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > most {
			return 0, fmt.Errorf("not a whole number from 1 to %d", most)
		}
		return n, nil
	}
}

// milliseconds is for the variables that have no unit in them.
func milliseconds(value string) (time.Duration, error) {
	ms, err := upTo(maxDelay)(value)
	return time.Duration(ms) * time.Millisecond, err
}

func duration(value string) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		return 0, errDuration
	}
	return d, nil
}

func number(value string) (*float64, error) {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errNumber
	}
	return &f, nil
}

// oneOf accepts words in any case, and keeps them in lower case.
func oneOf(words ...string) func(string) (string, error) {
	return func(value string) (string, error) {
		if value = strings.ToLower(value); !slices.Contains(words, value) {
			return "", fmt.Errorf("not one of %s", strings.Join(words, ", "))
		}
		return value, nil
	}
}

// host accepts a name or an IP address, and keeps the latter without brackets.
func host(value string) (string, error) {
	name, _, err := address.Host(value)
	if _, _, _, split := address.HostPort(value); err != nil && split == nil {
		err = errHostPort
	}
	return name, err
}

// headerText accepts what a header can carry.
func headerText(value string) (string, error) {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", errHeader
	}
	return value, nil
}
