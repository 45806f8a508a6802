// SPDX-License-Identifier: Apache-2.0

package archtest

import (
	"slices"
	"strings"
	"testing"
)

func TestPackageDocs(t *testing.T) { report(t, checkPackageDocs(tree(t))) }

// checkPackageDocs wants exactly one doc comment in every package that has more
// than tests: "Package x …", or anything for a command. Several would be run
// together by go doc in the order of their files' names.
func checkPackageDocs(files []*file) []string {
	docs := make(map[string][]string) // directory → files with a doc comment
	for _, f := range files {
		if !f.isGo() || f.isTest() || f.generated {
			continue
		}
		dir := f.dir()
		in := docs[dir]
		if documents(f) {
			in = append(in, f.path)
		}
		docs[dir] = in // also when nobody has documented it yet
	}
	var problems []string
	for dir, in := range docs {
		switch len(in) {
		case 0:
			problems = append(problems, dir+": the package has no doc comment that says what it is for")
		case 1:
		default:
			problems = append(problems, dir+": several doc comments, in "+strings.Join(in, ", "))
		}
	}
	slices.Sort(problems)
	return problems
}

func documents(f *file) bool {
	if f.syntax.Doc == nil {
		return false
	}
	text, name := f.syntax.Doc.Text(), f.syntax.Name.Name
	if name == "main" {
		return !strings.Contains(text, "SPDX")
	}
	return strings.HasPrefix(text, "Package "+name+" ")
}

func TestPackageDocsSelf(t *testing.T) {
	documented := fixture{"a/doc.go", "// Package a is fine.\npackage a"}
	for _, tc := range []struct {
		name  string
		files []fixture
		want  []string
	}{
		{"one", []fixture{documented, {"a/x.go", "package a"}, {"a/x_test.go", "package a"}}, nil},
		{"none", []fixture{{"a/x.go", "package a"}}, []string{"a: the package has no doc comment"}},
		{"the licence is no doc comment", []fixture{{"a/x.go", "// " + spdx + "\npackage a"}}, []string{"no doc comment"}},
		{"nor of a command", []fixture{{"a/main.go", "// " + spdx + "\npackage main"}}, []string{"no doc comment"}},
		{"another package's", []fixture{{"a/x.go", "// Package b is elsewhere.\npackage a"}}, []string{"no doc comment"}},
		{"two", []fixture{documented, {"a/x.go", "// Package a too.\npackage a"}}, []string{"several doc comments, in a/doc.go, a/x.go"}},
		{"command", []fixture{{"examples/http/main.go", "// This example serves HTTP.\npackage main"}}, nil},
		{"tests only", []fixture{{"a/x_test.go", "package a"}}, nil},
		{"two packages", []fixture{documented, {"b/x.go", "package b"}}, []string{"b: the package has no doc comment"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var files []*file
			for _, x := range tc.files {
				files = append(files, x.parse(t))
			}
			expect(t, checkPackageDocs(files), tc.want...)
		})
	}
}
