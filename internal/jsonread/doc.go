// SPDX-License-Identifier: Apache-2.0

// Package jsonread reads JSON that others wrote, without reflection and without the
// decoder of encoding/json, which is a tenth of a megabyte in every program.
//
// [Parse] checks a whole document by RFC 8259's grammar, and allocates nothing. A
// [Value] is then a piece of that document: its members and elements are found when
// they are asked for, so that an answer of a megabyte costs no more memory than
// what is taken out of it. Documents and nesting are bounded.
//
// What is accepted, and what it means, is as in encoding/json: names of members
// match whatever their case, of several members with one name the last one counts
// (objects are not merged, though), null stands for nothing, and what is not
// Unicode in a string becomes U+FFFD.
package jsonread
