// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/go-spur/spur/backend/config"
)

const folder = "../../../deploy/"

// container is a command as a file starts it.
type container struct {
	where   string // the file, and the container's name in it
	command config.Command
	args    []string
	env     []string
	ports   []string // as 6831/udp
	folders []string // that can be written to
}

// image is what the Dockerfile says of each image.
type image struct {
	env    []string
	ports  []string
	volume string
}

func commands() (all []config.Command) {
	for c := config.Command(1); c.String() != ""; c <<= 1 {
		all = append(all, c)
	}
	return all
}

// commandOf returns the command in an image that is called spur-NAME.
func commandOf(t *testing.T, name string) config.Command {
	t.Helper()
	for _, c := range commands() {
		if name == "spur-"+c.String() {
			return c
		}
	}
	t.Fatalf("no command is called as the image %q", name)
	return 0
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(folder + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func dockerfile(t *testing.T) (i image) {
	t.Helper()
	_, last, _ := strings.Cut(read(t, "Dockerfile"), "FROM scratch\n")
	for line := range strings.SplitSeq(last, "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "ENV":
			i.env = append(i.env, strings.Fields(rest)...)
		case "EXPOSE":
			for _, p := range strings.Fields(rest) {
				i.ports = append(i.ports, withProtocol(p))
			}
		case "VOLUME":
			i.volume = rest
		}
	}
	if i.volume == "" || len(i.env) == 0 || len(i.ports) == 0 {
		t.Fatalf("the Dockerfile is not read rightly: %+v", i)
	}
	return i
}

func withProtocol(port string) string {
	if strings.Contains(port, "/") {
		return strings.ToLower(port)
	}
	return port + "/tcp"
}

type composeFile struct {
	Name     string
	Common   any `yaml:"x-common"`
	Services map[string]struct {
		Build struct {
			Context, Dockerfile string
			Args                map[string]string
		}
		Image       string
		Command     []string
		Environment map[string]string
		Ports       []string
		Volumes     []string
		DependsOn   []string `yaml:"depends_on"`
		ReadOnly    bool     `yaml:"read_only"`
		CapDrop     []string `yaml:"cap_drop"`
		SecurityOpt []string `yaml:"security_opt"`
		Restart     string
		Grace       string `yaml:"stop_grace_period"`
	}
	Volumes map[string]any
}

// composed returns the containers of the compose files.
func composed(t *testing.T) (all []container) {
	t.Helper()
	i := dockerfile(t)
	published := regexp.MustCompile(`^127\.0\.0\.1:(\d+):(\d+(?:/udp)?)$`)
	for _, path := range glob(t, "compose*.yaml") {
		var f composeFile
		decode(t, path, func(d *yaml.Decoder) error { d.KnownFields(true); return d.Decode(&f) })
		for name, s := range f.Services {
			c := container{where: path + " " + name, command: commandOf(t, s.Image), args: s.Command, env: slices.Clone(i.env)}
			if made := s.Build.Args["COMMAND"]; made != name && made+name != "all-in-one" {
				t.Errorf("%s: its image has the command %q", c.where, made)
			}
			if _, err := os.Stat(folder + "../" + s.Build.Dockerfile); err != nil || s.Build.Context != ".." {
				t.Errorf("%s: built from %+v", c.where, s.Build)
			}
			for k, v := range s.Environment {
				c.env = append(c.env, k+"="+v)
			}
			for _, p := range s.Ports {
				m := published.FindStringSubmatch(p)
				if m == nil || m[1] != strings.TrimSuffix(m[2], "/udp") {
					t.Fatalf("%s: port %s", c.where, p)
				}
				c.ports = append(c.ports, withProtocol(m[2]))
			}
			for _, v := range s.Volumes {
				volume, at, _ := strings.Cut(v, ":")
				if _, ok := f.Volumes[volume]; !ok {
					t.Errorf("%s: no volume %s", c.where, volume)
				}
				c.folders = append(c.folders, at)
			}
			if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || s.Restart == "" {
				t.Errorf("%s: read-only %v, drops %v, restart %q", c.where, s.ReadOnly, s.CapDrop, s.Restart)
			}
			all = append(all, c)
		}
	}
	return all
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(folder + pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no file is called %s: %v", pattern, err)
	}
	return paths
}

// decode calls next for each document of a file.
func decode(t *testing.T, path string, next func(*yaml.Decoder) error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	d := yaml.NewDecoder(f)
	for {
		if err := next(d); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
}
