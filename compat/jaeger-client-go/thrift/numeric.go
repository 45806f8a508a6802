// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"math"
	"strconv"
)

// Numeric is a number of JSON: an integer, a floating-point number or null.
type Numeric interface {
	Int64() int64
	Int32() int32
	Int16() int16
	Byte() byte
	Int() int
	Float64() float64
	Float32() float32
	String() string
	isNull() bool
}

type numeric struct {
	integer int64
	float   float64
	text    string
	null    bool
}

// Numbers of their own.
var (
	INFINITY          Numeric = numeric{float: math.Inf(1), text: "Infinity"}
	NEGATIVE_INFINITY Numeric = numeric{float: math.Inf(-1), text: "-Infinity"}
	NAN               Numeric = numeric{float: math.NaN(), text: "NaN"}
	ZERO              Numeric = numeric{text: "0"}
	NUMERIC_NULL      Numeric = numeric{text: "0", null: true}
)

// NewNumericFromDouble returns dValue as a number. Its text has ten digits at most.
func NewNumericFromDouble(dValue float64) Numeric {
	switch {
	case math.IsInf(dValue, 1):
		return INFINITY
	case math.IsInf(dValue, -1):
		return NEGATIVE_INFINITY
	case math.IsNaN(dValue):
		return NAN
	}
	return numeric{integer: int64(dValue), float: dValue, text: strconv.FormatFloat(dValue, 'g', 10, 64)}
}

// NewNumericFromI64 returns iValue as a number.
func NewNumericFromI64(iValue int64) Numeric {
	return numeric{integer: iValue, float: float64(iValue), text: strconv.FormatInt(iValue, 10)}
}

// NewNumericFromI32 returns iValue as a number.
func NewNumericFromI32(iValue int32) Numeric { return NewNumericFromI64(int64(iValue)) }

// NewNumericFromString returns the number that sValue is: null if it is empty, 0 if it is
// none.
func NewNumericFromString(sValue string) Numeric {
	return NewNumericFromJSONString(sValue, sValue == "")
}

// NewNumericFromJSONString is like [NewNumericFromString], but null if isNull says so.
func NewNumericFromJSONString(sValue string, isNull bool) Numeric {
	if isNull {
		return NewNullNumeric()
	}
	return parseNumeric(sValue)
}

func parseNumeric(text string) Numeric {
	for _, special := range []Numeric{INFINITY, NEGATIVE_INFINITY, NAN} {
		if text == special.String() {
			return special
		}
	}
	n := numeric{text: text}
	n.integer, _ = strconv.ParseInt(text, 10, 64)
	n.float, _ = strconv.ParseFloat(text, 64)
	return n
}

// NewNullNumeric returns null.
func NewNullNumeric() Numeric { return numeric{null: true} }

func (n numeric) Int64() int64     { return n.integer }
func (n numeric) Int32() int32     { return int32(n.integer) }
func (n numeric) Int16() int16     { return int16(n.integer) }
func (n numeric) Byte() byte       { return byte(n.integer) }
func (n numeric) Int() int         { return int(n.integer) }
func (n numeric) Float64() float64 { return n.float }
func (n numeric) Float32() float32 { return float32(n.float) }
func (n numeric) String() string   { return n.text }
func (n numeric) isNull() bool     { return n.null }
