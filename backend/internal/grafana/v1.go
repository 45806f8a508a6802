// SPDX-License-Identifier: Apache-2.0

package grafana

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// readers return what the data source finds in an answer of a shape; by the name of
// its types where it has several.
var readers = map[string]map[string]func([]byte) ([]string, error){
	"names":         {"": readNames},
	"traces":        {"": readTraces},
	"dependencies":  {"": readDependencies},
	"v3 services":   {"": readServices},
	"v3 operations": {"": readOperations},
	"v3 traces":     {"current": readOTLP[textValue, string], "older": readOTLP[value, int64]},
}

type names struct {
	Data   []string
	Errors any
	Limit  int
	Offset int
	Total  int
}

func readNames(body []byte) ([]string, error) {
	var a names
	err := json.Unmarshal(body, &a)
	return a.Data, err
}

type dependencies struct {
	Data []struct {
		Parent, Child string
		CallCount     int
	}
	Errors []struct {
		Code int
		Msg  string
	}
}

func readDependencies(body []byte) (found []string, err error) {
	var a dependencies
	err = json.Unmarshal(body, &a)
	for _, d := range a.Data {
		found = append(found, fmt.Sprintf("%s to %s: %d", d.Parent, d.Child, d.CallCount))
	}
	if err == nil && len(a.Errors) > 0 {
		err = errors.New(a.Errors[0].Msg)
	}
	return found, err
}

type traces struct {
	Data   []trace
	Errors any
	Limit  int
	Offset int
	Total  int
}

type trace struct {
	TraceID   string
	Warnings  []string
	Processes map[string]struct {
		ServiceName string
		Tags        []tag
	}
	Spans []struct {
		TraceID, SpanID, ProcessID, OperationName string
		StartTime, Duration                       int64
		Logs                                      []struct {
			Timestamp int64
			Fields    []tag
			Name      string
		}
		References  []struct{ RefType, SpanID, TraceID string }
		Tags        []tag
		Warnings    []string
		Flags       int
		StackTraces []string
	}
}

type tag struct {
	Key, Type string
	Value     any
}

func readTraces(body []byte) ([]string, error) {
	var a traces
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, err
	}
	var s spans
	for _, t := range a.Data {
		if len(t.Spans) == 0 {
			return nil, errors.New("a trace without spans")
		}
		for _, span := range t.Spans {
			process, ok := t.Processes[span.ProcessID]
			if !ok || span.StartTime == 0 {
				return nil, fmt.Errorf("span %s has no process, or no time", span.SpanID)
			}
			s.add(t.TraceID, span.SpanID, span.OperationName, process.ServiceName)
		}
	}
	return s.found(), nil
}

// spans are what an answer has, by their trace.
type spans map[string][]string

func (s *spans) add(trace, span, name, service string) {
	if *s == nil {
		*s = spans{}
	}
	trace = strings.TrimLeft(trace, "0")
	(*s)[trace] = append((*s)[trace], fmt.Sprintf("%s %s of %s", span, name, service))
}

func (s *spans) found() (all []string) {
	for trace, list := range *s {
		slices.Sort(list)
		all = append(all, trace+": "+strings.Join(list, ", "))
	}
	return all
}
