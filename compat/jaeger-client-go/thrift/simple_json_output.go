// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
)

// OutputPreValue writes what stands before a value: a comma, a colon or nothing.
func (p *TSimpleJSONProtocol) OutputPreValue() error {
	place, err := p.written.place()
	if err != nil {
		return err
	}
	switch place {
	case jsonList, jsonKey:
		return p.OutputStringData(",")
	case jsonValue:
		return p.OutputStringData(":")
	default:
		return nil
	}
}

// OutputPostValue goes on behind a value.
func (p *TSimpleJSONProtocol) OutputPostValue() error { return p.written.advance() }

// OutputStringData writes s as it is.
func (p *TSimpleJSONProtocol) OutputStringData(s string) error {
	_, err := p.writer.WriteString(s)
	if err != nil {
		p.writer.Reset(p.trans) // or it would fail for good
	}
	return NewTProtocolException(err)
}

// output writes a value, quoted if it is a key and not yet.
func (p *TSimpleJSONProtocol) output(text string, quoted bool) error {
	if err := p.OutputPreValue(); err != nil {
		return err
	}
	if place, _ := p.written.place(); place.isKey() && !quoted {
		text = `"` + text + `"`
	}
	if err := p.OutputStringData(text); err != nil {
		return err
	}
	return p.OutputPostValue()
}

// OutputBool writes true or false.
func (p *TSimpleJSONProtocol) OutputBool(value bool) error {
	return p.output(strconv.FormatBool(value), false)
}

// OutputNull writes null.
func (p *TSimpleJSONProtocol) OutputNull() error { return p.output("null", true) }

// OutputI64 writes a number.
func (p *TSimpleJSONProtocol) OutputI64(value int64) error {
	return p.output(strconv.FormatInt(value, 10), false)
}

// OutputF64 writes a number, or the name of one that JSON does not have.
func (p *TSimpleJSONProtocol) OutputF64(value float64) error {
	switch {
	case math.IsNaN(value):
		return p.output(`"NaN"`, true)
	case math.IsInf(value, 1):
		return p.output(`"Infinity"`, true)
	case math.IsInf(value, -1):
		return p.output(`"-Infinity"`, true)
	default:
		return p.output(strconv.FormatFloat(value, 'g', -1, 64), false)
	}
}

// OutputString writes a string.
func (p *TSimpleJSONProtocol) OutputString(s string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return NewTProtocolException(err)
	}
	return p.output(string(text), true)
}

func (p *TSimpleJSONProtocol) outputBase64(b []byte) error {
	return p.output(`"`+base64.StdEncoding.EncodeToString(b)+`"`, true)
}

// OutputObjectBegin begins an object.
func (p *TSimpleJSONProtocol) OutputObjectBegin() error { return p.begin("{", jsonKeyFirst) }

// OutputObjectEnd ends an object.
func (p *TSimpleJSONProtocol) OutputObjectEnd() error { return p.end("}") }

// OutputListBegin begins an array.
func (p *TSimpleJSONProtocol) OutputListBegin() error { return p.begin("[", jsonListFirst) }

// OutputListEnd ends an array.
func (p *TSimpleJSONProtocol) OutputListEnd() error { return p.end("]") }

// OutputElemListBegin begins an array of the type and the number of elements.
func (p *TSimpleJSONProtocol) OutputElemListBegin(elemType TType, size int) error {
	if err := p.OutputListBegin(); err != nil {
		return err
	}
	if err := p.OutputI64(int64(elemType)); err != nil {
		return err
	}
	return p.OutputI64(int64(size))
}

func (p *TSimpleJSONProtocol) begin(bracket string, first jsonPlace) error {
	if err := p.OutputPreValue(); err != nil {
		return err
	}
	p.written = append(p.written, first)
	return p.OutputStringData(bracket)
}

func (p *TSimpleJSONProtocol) end(bracket string) error {
	if err := p.OutputStringData(bracket); err != nil {
		return err
	}
	return p.written.leave()
}
