// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	urlpath "path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// value is a pflag.Value that reads text into to.
type value[T any] struct {
	to    *T
	kind  string
	parse func(string) (T, error)
	show  func(T) string
}

func (v value[T]) Set(text string) error {
	got, err := v.parse(strings.TrimSpace(text))
	if err == nil {
		*v.to = got
	}
	return err
}

func (v value[T]) Type() string   { return v.kind }
func (v value[T]) String() string { return v.show(*v.to) }

func asIs(s string) string { return s }

func text(to *string) value[string] {
	return value[string]{to, "text", func(s string) (string, error) { return s, nil }, asIs}
}

// secret is the kind of values that errors do not repeat.
const secret = "secret"

func token(to *string) value[string] {
	return value[string]{to, secret, func(s string) (string, error) {
		if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return "", errors.New("not all characters are visible ASCII")
		}
		return s, nil
	}, asIs}
}

func password(to *string) value[string] {
	return value[string]{to, secret, func(s string) (string, error) { return s, nil }, asIs}
}

// word is a word that a choice knows, with what is wrong with it, if anything.
type word struct{ text, wrong string }

func plain(texts ...string) (words []word) {
	for _, t := range texts {
		words = append(words, word{t, ""})
	}
	return words
}

func choice(to *string, words []word) value[string] {
	var good []string
	for _, w := range words {
		if w.wrong == "" {
			good = append(good, w.text)
		}
	}
	return value[string]{to, strings.Join(good, "|"), func(s string) (string, error) {
		for _, w := range words {
			if strings.EqualFold(s, w.text) {
				if w.wrong != "" {
					return "", errors.New(w.wrong)
				}
				return w.text, nil
			}
		}
		return "", fmt.Errorf("not one of %s", strings.Join(good, ", "))
	}, asIs}
}

// choices reads one or several of words, separated by commas.
func choices(to *string, words []word) value[string] {
	v := choice(to, words)
	return value[string]{to, v.kind + ",…", func(s string) (string, error) {
		var all []string
		for w := range strings.SplitSeq(s, ",") {
			one, err := v.parse(strings.TrimSpace(w))
			if err != nil {
				return "", err
			}
			if slices.Contains(all, one) {
				return "", fmt.Errorf("%s is there twice", one)
			}
			all = append(all, one)
		}
		return strings.Join(all, ","), nil
	}, asIs}
}

func boolean(to *bool) value[bool] {
	return value[bool]{to, "bool", func(s string) (bool, error) {
		b, err := strconv.ParseBool(s)
		if err != nil {
			return false, errors.New("neither true nor false")
		}
		return b, nil
	}, strconv.FormatBool}
}

func count(to *int, least, most int) value[int] {
	return value[int]{to, "count", func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n < least || n > most {
			return 0, fmt.Errorf("not a whole number from %d to %d", least, most)
		}
		return n, nil
	}, strconv.Itoa}
}

func duration(to *time.Duration) value[time.Duration] {
	return durations(to, 1, `not a positive duration with a unit, such as "72h"`)
}

// interval is a duration, or 0.
func interval(to *time.Duration) value[time.Duration] {
	return durations(to, 0, `not a duration with a unit, such as "10s", nor 0`)
}

// durationFrom is a duration of at least least.
func durationFrom(to *time.Duration, least time.Duration) value[time.Duration] {
	return durations(to, least, fmt.Sprintf("not a duration with a unit, of at least %v", least))
}

func number(to *float64, least, most float64) value[float64] {
	return value[float64]{to, "number", func(s string) (float64, error) {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || !(n >= least && n <= most) {
			return 0, fmt.Errorf("not a number from %v to %v", least, most)
		}
		return n, nil
	}, func(n float64) string { return strconv.FormatFloat(n, 'g', -1, 64) }}
}

func durations(to *time.Duration, least time.Duration, wrong string) value[time.Duration] {
	return value[time.Duration]{to, "duration", func(s string) (time.Duration, error) {
		d, err := time.ParseDuration(s)
		if err != nil || d < least {
			return 0, errors.New(wrong)
		}
		return d, nil
	}, showDuration}
}

// showDuration leaves out the zeros behind hours and minutes.
func showDuration(d time.Duration) string {
	s := d.String()
	if minutes, ok := strings.CutSuffix(s, "m0s"); ok {
		s = minutes + "m"
	}
	if hours, ok := strings.CutSuffix(s, "h0m"); ok {
		s = hours + "h"
	}
	return s
}

// units are those of sizes. The longer ones are looked for first.
var units = []struct {
	name  string
	bytes float64
}{{"KIB", 1 << 10}, {"MIB", 1 << 20}, {"GIB", 1 << 30}, {"TIB", 1 << 40}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}}

func size(to *int64) value[int64] {
	return value[int64]{to, "size", func(s string) (int64, error) {
		number, factor := strings.ToUpper(s), 1.0
		for _, u := range units {
			if n, ok := strings.CutSuffix(number, u.name); ok {
				number, factor = strings.TrimSpace(n), u.bytes
				break
			}
		}
		n, err := strconv.ParseFloat(number, 64)
		if n *= factor; err != nil || !(n >= 1e6 && n <= 1e15) {
			return 0, errors.New(`not a size from 1MB to 1000TB, such as "500MB" or "2GiB"`)
		}
		return int64(n), nil
	}, func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}}
}

func host(to *string) value[string] {
	return value[string]{to, "host", func(s string) (string, error) {
		s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
		if s == "" || net.ParseIP(s) == nil && strings.ContainsAny(s, ":/ ") {
			return "", errors.New("not a name or an IP address; ports have settings of their own")
		}
		return s, nil
	}, asIs}
}

// address reads a port, or host:port.
func address(to *string) value[string] {
	return value[string]{to, "[host:]port", func(s string) (string, error) {
		port := s
		if strings.Contains(s, ":") {
			var err error
			if _, port, err = net.SplitHostPort(s); err != nil {
				return "", errors.New("not a port, nor host:port")
			}
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil {
			return "", errors.New("port is not a number from 0 to 65535")
		} else if port = strconv.FormatUint(n, 10); !strings.Contains(s, ":") {
			return port, nil
		}
		return s, nil
	}, asIs}
}

// addressOrNone is an address that may be empty.
func addressOrNone(to *string) value[string] {
	v := address(to)
	parse := v.parse
	v.parse = func(s string) (string, error) {
		if s == "" {
			return "", nil
		}
		return parse(s)
	}
	return v
}

func path(to *string) value[string] {
	return value[string]{to, "path", func(s string) (string, error) {
		clean := urlpath.Clean(s)
		if !strings.HasPrefix(s, "/") || strings.ContainsAny(s, "?#{} ") || s != clean && s != clean+"/" {
			return "", errors.New("not the path of a URL, which begins with / and has no empty parts")
		}
		return s, nil
	}, asIs}
}

// list reads texts separated by commas.
func list(to *[]string) value[[]string] {
	return value[[]string]{to, "list", func(s string) (words []string, _ error) {
		for w := range strings.SplitSeq(s, ",") {
			if w = strings.TrimSpace(w); w != "" {
				words = append(words, w)
			}
		}
		return words, nil
	}, func(words []string) string { return strings.Join(words, ",") }}
}

// headers reads key=value,… whose values may be secret.
func headers(to *map[string]string) value[map[string]string] {
	return value[map[string]string]{to, secret, func(s string) (map[string]string, error) {
		got := map[string]string{}
		for pair := range strings.SplitSeq(s, ",") {
			if pair = strings.TrimSpace(pair); pair == "" {
				continue
			}
			k, v, ok := strings.Cut(pair, "=")
			k, v = strings.TrimSpace(k), strings.TrimSpace(v)
			badKey := func(r rune) bool {
				return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
			}
			badValue := func(r rune) bool { return r < ' ' || r > '~' }
			if !ok || k == "" || strings.ContainsFunc(k, badKey) || strings.ContainsFunc(v, badValue) {
				return nil, errors.New("not a list of key=value, with names of headers as keys and ASCII as values")
			}
			got[k] = v
		}
		return got, nil
	}, func(map[string]string) string { return "" }}
}

// hostNames are as they stand in a Host header, without a port.
func hostNames(to *[]string) value[[]string] {
	return value[[]string]{to, "list", func(s string) (words []string, _ error) {
		for w := range strings.SplitSeq(s, ",") {
			w = strings.TrimSpace(w)
			if strings.ContainsAny(w, ":/ ") {
				return nil, errors.New("not a list of names such as traces.example.org, without a port, or *")
			}
			if w != "" {
				words = append(words, w)
			}
		}
		return words, nil
	}, func(words []string) string { return strings.Join(words, ",") }}
}

func level(to *slog.Level) value[slog.Level] {
	return value[slog.Level]{to, "level", func(s string) (l slog.Level, err error) {
		if slices.Contains([]string{"dpanic", "panic", "fatal"}, strings.ToLower(s)) {
			return slog.LevelError, nil // Jaeger has these, too
		}
		if l.UnmarshalText([]byte(s)) != nil {
			err = errors.New("not one of debug, info, warn, error")
		}
		return l, err
	}, func(l slog.Level) string { return strings.ToLower(l.String()) }}
}

// shorten makes a value fit into a message.
func shorten(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	end := most
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
