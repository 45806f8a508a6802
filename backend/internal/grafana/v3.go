// SPDX-License-Identifier: Apache-2.0

package grafana

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

type services struct {
	Services []string
}

func readServices(body []byte) ([]string, error) {
	var a services
	err := json.Unmarshal(body, &a)
	return a.Services, err
}

type operations struct {
	Operations []struct{ Name, SpanKind string }
}

func readOperations(body []byte) (found []string, err error) {
	var a operations
	err = json.Unmarshal(body, &a)
	for _, o := range a.Operations {
		found = append(found, o.Name)
	}
	return found, err
}

// otlp is a result with attributes' values of type V and events' times of type T.
type otlp[V, T any] struct {
	Result struct {
		ResourceSpans []struct {
			Resource   object[V]
			ScopeSpans []struct {
				Scope     object[V]
				Spans     []span[V, T]
				SchemaURL string
			}
			SchemaURL string
		}
	}
	Error struct {
		GRPCCode            int32
		HTTPCode            int
		Message, HTTPStatus string
		Details             []struct{ TypeURL, Value string }
	}
}

// object is a resource, or a scope.
type object[V any] struct {
	Name, Version          string
	Attributes             []attribute[V]
	DroppedAttributesCount int64
}

type attribute[V any] struct {
	Key   string
	Value V
}

type span[V, T any] struct {
	TraceID, SpanID, TraceState, ParentSpanID string
	Flags, Kind                               int64
	Name                                      string
	StartTimeUnixNano, EndTimeUnixNano        string
	Attributes                                []attribute[V]
	DroppedAttributesCount                    int64
	DroppedEventsCount                        int64
	DroppedLinksCount                         int64
	Events                                    []struct {
		TimeUnixNano           T
		Name                   string
		Attributes             []attribute[V]
		DroppedAttributesCount int64
	}
	Links []struct {
		TraceID, SpanID, TraceState string
		Attributes                  []attribute[V]
		DroppedAttributesCount      int64
		Flags                       int64
	}
	Status struct {
		Message string
		Code    int64
	}
}

// value is an attribute's as OTLP's JSON has it.
type value struct {
	StringValue, IntValue, BytesValue string
	BoolValue                         bool
	DoubleValue                       float64
	KvlistValue                       struct{ Values []attribute[value] }
}

func (v value) text() string { return v.StringValue }

// textValue is an attribute's where booleans and doubles are text.
type textValue struct {
	StringValue, IntValue, BytesValue, BoolValue, DoubleValue string
	KvlistValue                                               struct{ Values []attribute[textValue] }
}

func (v textValue) text() string { return v.StringValue }

func readOTLP[V interface{ text() string }, T any](body []byte) ([]string, error) {
	var a otlp[V, T]
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, err
	}
	if a.Error.HTTPCode != 0 {
		return nil, errors.New(a.Error.Message)
	}
	var s spans
	for _, rs := range a.Result.ResourceSpans {
		if len(rs.ScopeSpans) == 0 || len(rs.ScopeSpans[0].Spans) == 0 {
			return nil, errors.New("a resource without spans")
		}
		service := ""
		for _, a := range rs.Resource.Attributes {
			if a.Key == "service.name" {
				service = a.Value.text()
			}
		}
		for _, ss := range rs.ScopeSpans {
			for _, span := range ss.Spans {
				if _, err := strconv.ParseInt(span.StartTimeUnixNano, 10, 64); err != nil {
					return nil, fmt.Errorf("span %s has no time", span.SpanID)
				}
				s.add(span.TraceID, span.SpanID, span.Name, service)
			}
		}
	}
	return s.found(), nil
}
