// SPDX-License-Identifier: Apache-2.0

// Package store is where traces are kept: the interface that every engine has,
// and the errors they return. Engines are folders of their own; package
// store/open chooses one by name, and package store/storetest is what all of
// them must pass.
package store
