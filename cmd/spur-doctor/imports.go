// SPDX-License-Identifier: Apache-2.0

package main

import (
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// found is an import of one of the libraries.
type found struct {
	Path    string `json:"path"`
	Package string `json:"package"`
	File    string `json:"file"` // from the directory that was asked about, if it is below
	Line    int    `json:"line"`
	Instead string `json:"instead"`

	library *library
}

// importsOf looks into the files of a package, those for other platforms and the
// tests among them. What cannot be parsed is read as far as it can.
func importsOf(p *goPackage, dir string) (all []found) {
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles, p.IgnoredGoFiles, p.TestGoFiles, p.XTestGoFiles) {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(p.Dir, name)
		}
		source, err := readSource(path)
		if err != nil {
			continue // the go command would say so
		}
		files := token.NewFileSet()
		file, _ := parser.ParseFile(files, path, source, parser.ImportsOnly)
		if file == nil {
			continue
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue
			}
			if l := libraryOf(imported); l != nil {
				all = append(all, found{imported, p.ImportPath, below(dir, path), files.Position(spec.Pos()).Line, l.instead, l})
			}
		}
	}
	return all
}

// readSource reads the beginning of a file, where imports stand.
func readSource(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, os.ErrInvalid // a pipe would not end
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, maxSource))
}

// below is the path from a directory, if it leads down.
func below(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}
