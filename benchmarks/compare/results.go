// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
)

// results are the measurements of a file.
type results struct {
	head   map[string]string
	values map[string][]float64 // by name, peer and unit, as key makes it; one for each round
	rounds int
}

func key(name, peer, unit string) string { return name + "|" + peer + "|" + unit }

func readResults(file string) (*results, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	r := &results{head: map[string]string{}, values: map[string][]float64{}}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 {
			continue
		}
		if name, ok := strings.CutSuffix(fields[0], ":"); ok {
			r.head[name] = strings.Join(fields[1:], " ")
			continue
		}
		name, peer, ok := strings.Cut(strings.TrimPrefix(fields[0], "Benchmark"), "/peer=")
		if !ok || len(fields)%2 != 0 {
			return nil, fmt.Errorf("%s: %q is no measurement", file, lines.Text())
		}
		for i := 2; i+1 < len(fields); i += 2 {
			v, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			k := key(name, peer, fields[i+1])
			r.values[k] = append(r.values[k], v)
			r.rounds = max(r.rounds, len(r.values[k]))
		}
	}
	r.derive()
	return r, lines.Err()
}

// derive computes what tracing adds to requests over loopback.
func (r *results) derive() {
	for k, values := range r.values {
		name, rest, _ := strings.Cut(k, "|")
		peer, unit, _ := strings.Cut(rest, "|")
		without := r.values[key(name, plain.name, unit)]
		if !strings.HasPrefix(name, "Loopback/") || peer == plain.name || len(without) != len(values) {
			continue
		}
		added := make([]float64, len(values))
		for i, v := range values {
			added[i] = v - without[i]
		}
		r.values[key(name, peer, "added-"+unit)] = added
	}
}

// median returns NaN when nothing was measured.
func (r *results) median(name, peer, unit string) float64 {
	return quantile(r.values[key(name, peer, unit)], 0.5)
}

// ratio returns the quartiles of the ratios of one round each; NaN when something was
// not measured.
func (r *results) ratio(name, peer, otherName, other, unit string) (low, middle, high float64) {
	a, b := r.values[key(name, peer, unit)], r.values[key(otherName, other, unit)]
	var ratios []float64
	if len(a) == len(b) {
		for i := range a {
			if b[i] > 0 {
				ratios = append(ratios, a[i]/b[i])
			}
		}
	}
	return quantile(ratios, 0.25), quantile(ratios, 0.5), quantile(ratios, 0.75)
}

// quantile interpolates between the two nearest values.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
