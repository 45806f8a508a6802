// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	goversion "go/version"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// code is what the module at hand imports.
type code struct {
	Module   string    `json:"module"` // "" where there is none
	Packages int       `json:"packages"`
	Status   status    `json:"status"`
	Findings []finding `json:"findings"`
	Imports  []found   `json:"imports"`
}

func (c *code) add(s status, subject, text string) {
	c.Findings = append(c.Findings, newFinding(s, subject, text))
}

// imports reports whether something of a library is imported.
func (c *code) imports(path string) bool {
	return slices.ContainsFunc(c.Imports, func(f found) bool { return f.library.path == path })
}

// inspect looks at the packages that the patterns name, in a directory. Without
// patterns it looks at the module there, if there is one.
func inspect(ctx context.Context, dir string, patterns []string) code {
	c := code{Findings: []finding{}, Imports: []found{}}
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole // as the go command prints it
	}
	g := goCommand{dir}
	var files struct{ GOMOD, GOWORK string }
	switch err := g.one(ctx, &files, "env", "-json", "GOMOD", "GOWORK"); {
	case errors.Is(err, exec.ErrNotFound):
		c.add(orOK(len(patterns) > 0, fail), "go", "not looked at: there is no go command here")
		return c
	case err != nil:
		c.add(fail, "go", "not looked at: "+err.Error())
		return c
	case files.GOMOD == "" || filepath.Base(files.GOMOD) != "go.mod":
		c.add(orOK(len(patterns) > 0, fail), "go.mod", "not looked at: this directory is in no module")
		return c
	}
	mod, err := g.modules(ctx, files.GOMOD, files.GOWORK)
	if err != nil {
		c.add(fail, "go.mod", err.Error())
	}
	c.Module = mod.Module.Path
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	packages, err := g.packages(ctx, patterns)
	if err != nil {
		c.add(fail, "packages", err.Error())
	}
	c.look(packages, dir)
	c.adviseOnClient(&mod)
	c.adviseOnOthers()
	return c
}

func orOK(wrong bool, s status) status {
	if wrong {
		return s
	}
	return ok
}

// modules reads go.mod, and adds what go.work replaces.
func (g goCommand) modules(ctx context.Context, modFile, workFile string) (mod goMod, err error) {
	err = g.one(ctx, &mod, "mod", "edit", "-json", modFile)
	if err == nil && workFile != "" && workFile != "off" {
		var work goMod
		err = g.one(ctx, &work, "work", "edit", "-json", workFile)
		mod.Replace = append(work.Replace, mod.Replace...) // go.work's win
	}
	return mod, err
}

// look collects the imports.
func (c *code) look(packages []goPackage, dir string) {
	broken := 0
	for i := range packages {
		p := &packages[i]
		c.Packages++
		if p.Error != nil {
			if broken++; broken <= maxFindings {
				c.add(warn, p.ImportPath, "looked at as far as it can be: "+p.Error.Err)
			}
		}
		c.Imports = append(c.Imports, importsOf(p, dir)...)
		if len(c.Imports) > maxImports {
			c.Imports = c.Imports[:maxImports]
			c.add(warn, "packages", fmt.Sprintf("more than %d imports: not looked at further", maxImports))
			break
		}
	}
	if broken > maxFindings {
		c.add(warn, "packages", plural(broken-maxFindings, "more broken package"))
	}
}

// adviseOnClient says whether jaeger-client-go is replaced, and by what.
func (c *code) adviseOnClient(mod *goMod) {
	required := slices.ContainsFunc(mod.Require, func(r struct{ Path, Version string }) bool { return r.Path == client })
	imported := c.imports(client)
	if !required && !imported {
		c.add(ok, client, "not imported")
		return
	}
	how := "required by go.mod, for a dependency"
	if imported {
		how = "imported"
	}
	i := slices.IndexFunc(mod.Replace, func(r replacement) bool { return r.Old.Path == client })
	switch {
	case i < 0:
		c.add(warn, client, how+", and archived; this line in go.mod, and then go mod tidy, put spur in its place:")
		c.Findings[len(c.Findings)-1].Line = "replace " + client + " => " + compat + " " + version()
		c.adviseOnGo(cmp.Or(mod.Go, "1.16"))
	case mod.Replace[i].New.Path == compat:
		c.add(ok, client, how+", and replaced by "+compat+" "+mod.Replace[i].New.Version+itsDefaults)
	case strings.HasSuffix(filepath.ToSlash(mod.Replace[i].New.Path), "compat/jaeger-client-go"):
		c.add(ok, client, how+", and replaced by the directory "+mod.Replace[i].New.Path+itsDefaults)
	default:
		c.add(warn, client, how+", and replaced by something else than spur: "+mod.Replace[i].New.Path+" "+mod.Replace[i].New.Version)
	}
}

// itsDefaults are those that the configuration of spur's own API, which is shown, has otherwise.
const itsDefaults = "; with its API the defaults are its own: trace ids of 64 bits, the header uber-trace-id alone, tag values of 256 bytes"

// compatGo is the version of Go in the go.mod of compat.
const compatGo = "1.23"

// adviseOnGo says what the replace line does to the version of Go in go.mod.
func (c *code) adviseOnGo(says string) {
	if goversion.Compare("go"+says, "go"+compatGo) >= 0 {
		return
	}
	text := "go " + says + " becomes go " + compatGo + " with that line"
	if goversion.Compare("go"+says, "go1.22") < 0 {
		text += ": variables of a loop are then new in each iteration, and defaults of the runtime change"
	} else {
		text += ": defaults of the runtime change"
	}
	c.add(warn, "go.mod", text)
}

// adviseOnOthers names what goes on working and what to write instead.
func (c *code) adviseOnOthers() {
	for i := range libraries {
		if l := &libraries[i]; l.path != client && c.imports(l.path) {
			c.add(ok, l.path, l.works+"; instead: "+l.instead)
		}
	}
}
