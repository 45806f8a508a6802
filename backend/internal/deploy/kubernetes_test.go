// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/go-spur/spur/backend/config"
)

// object is what the tests look at of the objects in the manifests.
type object struct {
	Kind     string
	Metadata struct{ Name string }
	Spec     struct {
		Selector yaml.Node
		Ports    []struct { // of a Service
			Port       int
			TargetPort string `yaml:"targetPort"`
			Protocol   string
		}
		Replicas       *int
		MaxUnavailable int                   `yaml:"maxUnavailable"` // of a PodDisruptionBudget
		Target         struct{ Name string } `yaml:"scaleTargetRef"` // of a HorizontalPodAutoscaler
		Least          int                   `yaml:"minReplicas"`
		Most           int                   `yaml:"maxReplicas"`
		Template       podTemplate
		Job            struct {
			Spec struct {
				Backoff  *int `yaml:"backoffLimit"`
				Template podTemplate
			}
		} `yaml:"jobTemplate"` // of a CronJob

		Schedule    string // of a CronJob, too
		TimeZone    string `yaml:"timeZone"`
		Deadline    int    `yaml:"startingDeadlineSeconds"`
		Concurrency string `yaml:"concurrencyPolicy"`
	}
}

type podTemplate struct {
	Metadata struct{ Labels map[string]string }
	Spec     struct {
		SecurityContext struct {
			RunAsNonRoot bool `yaml:"runAsNonRoot"`
			FSGroup      int  `yaml:"fsGroup"`
		} `yaml:"securityContext"`
		Containers []kubernetesContainer
		Restart    string `yaml:"restartPolicy"`
	}
}

// pods returns what the pods of o are made of.
func (o *object) pods() *podTemplate {
	if o.Kind == "CronJob" {
		return &o.Spec.Job.Spec.Template
	}
	return &o.Spec.Template
}

type kubernetesContainer struct {
	Name, Image string
	Args        []string
	Env         []kubernetesVariable
	Ports       []struct {
		Name          string
		ContainerPort int `yaml:"containerPort"`
		Protocol      string
	}
	Readiness probe `yaml:"readinessProbe"`
	Liveness  probe `yaml:"livenessProbe"`
	Resources struct{ Requests map[string]string }
	Security  struct {
		ReadOnly   bool `yaml:"readOnlyRootFilesystem"`
		Escalation bool `yaml:"allowPrivilegeEscalation"`
	} `yaml:"securityContext"`
	Mounts []struct {
		Path     string `yaml:"mountPath"`
		ReadOnly bool   `yaml:"readOnly"`
	} `yaml:"volumeMounts"`
}

type kubernetesVariable struct {
	Name  string
	Value yaml.Node
	From  any `yaml:"valueFrom"`
}

type probe struct {
	HTTP struct{ Path, Port string } `yaml:"httpGet"`
	TCP  struct{ Port string }       `yaml:"tcpSocket"`
}

// objects returns those of a file.
func objects(t *testing.T, path string) (all []object) {
	t.Helper()
	decode(t, path, func(d *yaml.Decoder) error {
		var o object
		if err := d.Decode(&o); err != nil {
			return err
		}
		all = append(all, o)
		return nil
	})
	return all
}

// kubernetes returns the containers of the manifests.
func kubernetes(t *testing.T) (all []container) {
	t.Helper()
	i := dockerfile(t)
	for _, path := range glob(t, "kubernetes/*.yaml") {
		for _, o := range objects(t, path) {
			for _, k := range o.pods().Spec.Containers {
				c := container{where: path + " " + k.Name, command: commandOf(t, k.Image), args: k.Args, env: slices.Clone(i.env)}
				for _, e := range k.Env {
					if e.From == nil && e.Value.Tag != "!!str" {
						t.Errorf("%s: the value of %s is no text", c.where, e.Name)
					}
					c.env = append(c.env, e.Name+"="+e.Value.Value)
				}
				for _, p := range k.Ports {
					c.ports = append(c.ports, kubernetesPort(p.ContainerPort, p.Protocol))
				}
				for _, m := range k.Mounts {
					if !m.ReadOnly {
						c.folders = append(c.folders, m.Path)
					}
				}
				all = append(all, c)
			}
		}
	}
	return all
}

func kubernetesPort(port int, protocol string) string {
	if protocol == "" {
		protocol = "TCP"
	}
	return fmt.Sprintf("%d/%s", port, strings.ToLower(protocol))
}

// TestPods: probes ask the admin port, and only readiness asks for health; nothing
// runs as root or writes beside its volumes.
func TestPods(t *testing.T) {
	for _, path := range glob(t, "kubernetes/*.yaml") {
		for _, o := range objects(t, path) {
			pod := o.pods().Spec
			if len(pod.Containers) > 0 && (!pod.SecurityContext.RunAsNonRoot || pod.SecurityContext.FSGroup == 0) {
				t.Errorf("%s: %+v", path, pod.SecurityContext)
			}
			for _, c := range pod.Containers {
				if !c.Security.ReadOnly || c.Security.Escalation {
					t.Errorf("%s %s: %+v", path, c.Name, c.Security)
				}
				if o.Kind == "CronJob" {
					continue
				}
				admin := config.Default(commandOf(t, c.Image)).AdminHTTP
				ports := map[string]string{}
				for _, p := range c.Ports {
					ports[p.Name] = fmt.Sprint(p.ContainerPort)
				}
				if ports[c.Readiness.HTTP.Port] != admin || c.Readiness.HTTP.Path != "/" || ports[c.Liveness.TCP.Port] != admin || c.Liveness.HTTP.Path != "" {
					t.Errorf("%s %s: probes %+v, %+v", path, c.Name, c.Readiness, c.Liveness)
				}
			}
		}
	}
}

// TestServices: a service leads to ports of the pods that it selects, of the same
// number.
func TestServices(t *testing.T) {
	seen := 0
	for _, path := range glob(t, "kubernetes/*.yaml") {
		all := objects(t, path)
		for _, service := range all {
			if service.Kind != "Service" {
				continue
			}
			var selector map[string]string
			if err := service.Spec.Selector.Decode(&selector); err != nil {
				t.Fatal(err)
			}
			ports := map[string]string{}
			for _, o := range all {
				if len(selector) > 0 && maps.Equal(o.Spec.Template.Metadata.Labels, selector) {
					for _, c := range o.Spec.Template.Spec.Containers {
						for _, p := range c.Ports {
							ports[p.Name] = kubernetesPort(p.ContainerPort, p.Protocol)
						}
					}
				}
			}
			for _, p := range service.Spec.Ports {
				seen++
				if got := ports[p.TargetPort]; got != kubernetesPort(p.Port, p.Protocol) {
					t.Errorf("%s: port %d leads to %s, which is %q", path, p.Port, p.TargetPort, got)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no service")
	}
}

// TestScaling: budgets and autoscalers are of deployments in the same file. Those that
// are scaled say how much CPU a pod asks for, and not how many pods there are.
func TestScaling(t *testing.T) {
	seen := 0
	for _, path := range glob(t, "kubernetes/*.yaml") {
		all := objects(t, path)
		for _, o := range all {
			switch o.Kind {
			case "PodDisruptionBudget":
				var selector struct {
					MatchLabels map[string]string `yaml:"matchLabels"`
				}
				if err := o.Spec.Selector.Decode(&selector); err != nil {
					t.Fatal(err)
				}
				d := deployment(t, all, o.Metadata.Name)
				if !maps.Equal(selector.MatchLabels, d.Spec.Template.Metadata.Labels) || o.Spec.MaxUnavailable != 1 {
					t.Errorf("%s: the budget %s is of %v, and allows %d", path, o.Metadata.Name, selector.MatchLabels, o.Spec.MaxUnavailable)
				}
			case "HorizontalPodAutoscaler":
				d := deployment(t, all, o.Spec.Target.Name)
				if d.Spec.Replicas != nil || d.Spec.Template.Spec.Containers[0].Resources.Requests["cpu"] == "" || o.Spec.Least < 2 || o.Spec.Most < o.Spec.Least {
					t.Errorf("%s: %s has from %d to %d pods: %+v", path, o.Spec.Target.Name, o.Spec.Least, o.Spec.Most, d.Spec)
				}
			default:
				continue
			}
			seen++
		}
	}
	if seen == 0 {
		t.Error("nothing scales")
	}
}

func deployment(t *testing.T, all []object, name string) object {
	t.Helper()
	for _, o := range all {
		if o.Kind == "Deployment" && o.Metadata.Name == name {
			return o
		}
	}
	t.Fatalf("no deployment is called %s", name)
	return object{}
}
