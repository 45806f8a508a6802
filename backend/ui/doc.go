// SPDX-License-Identifier: Apache-2.0

// Package ui holds the pages that people look at: what the browser gets, and the
// handlers that serve it. The pages ask the addresses of package query for
// everything they show.
//
// The sources are ES modules with JSDoc types, in folders of these names. [New]
// writes those that the page needs into one module, and serves all files under
// /ui/<hash of all files>/, where they never change, and one HTML page that loads
// them.
//
//	lib search trace   no DOM, tested in Node
//	app                state, URL, requests, frames, keys
//	parts              elements
//	pages              one for each kind of address
//	vendor             lit
//	test               what checks all this; not served
package ui
