// The judge of mirrors-from: containerd's and podman's own code read the same files, and say where they would pull an image from.
// Each line of standard input is a question in JSON; each line of standard output is its answer.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/containerd/v2/core/remotes/docker/config"
	"github.com/containers/image/v5/docker/reference"
	"github.com/containers/image/v5/pkg/sysregistriesv2"
	"github.com/containers/image/v5/types"
)

type question struct {
	// hosts or registries
	Kind string `json:"kind"`
	// The folder certs.d, or the folder with registries.conf and registries.conf.d.
	Folder string `json:"folder"`
	// A full name: docker.io/library/php, without a tag.
	Name string `json:"name"`
}

type source struct {
	// The repository, without a scheme: mirror.example.com/hub/library/php
	Repository string `json:"repository"`
	MayResolve bool   `json:"mayResolve"`
}

type answer struct {
	Sources []source `json:"sources"`
	Error   string   `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		ask := askHosts
		if asked.Kind == "registries" {
			ask = askRegistries
		}
		found, err := ask(asked)
		given := answer{Sources: found}
		if err != nil {
			given.Error = err.Error()
		}
		text, err := json.Marshal(given)
		if err != nil {
			panic(err)
		}
		fmt.Println(string(text))
	}
}

func askHosts(asked question) ([]source, error) {
	host, path, _ := strings.Cut(asked.Name, "/")
	hosts, err := config.ConfigureHosts(context.Background(), config.HostOptions{HostDir: config.HostDirFromRoot(asked.Folder)})(host)
	if err != nil {
		return nil, err
	}
	var sources []source
	for _, host := range hosts {
		if !host.Capabilities.Has(docker.HostCapabilityPull) {
			continue
		}
		sources = append(sources, source{
			Repository: host.Scheme + "://" + host.Host + host.Path + "/" + path,
			MayResolve: host.Capabilities.Has(docker.HostCapabilityResolve),
		})
	}
	return sources, nil
}

func askRegistries(asked question) ([]source, error) {
	system := &types.SystemContext{
		SystemRegistriesConfPath:    filepath.Join(asked.Folder, "registries.conf"),
		SystemRegistriesConfDirPath: filepath.Join(asked.Folder, "registries.conf.d"),
	}
	name, err := reference.ParseNormalizedNamed(asked.Name)
	if err != nil {
		return nil, err
	}
	found, err := sysregistriesv2.FindRegistry(system, name.Name())
	if err != nil {
		return nil, err
	}
	if found == nil {
		return []source{{Repository: name.Name(), MayResolve: true}}, nil
	}
	tagged, err := reference.WithTag(name, "1")
	if err != nil {
		return nil, err
	}
	digested, err := reference.WithDigest(name, "sha256:0000000000000000000000000000000000000000000000000000000000000000")
	if err != nil {
		return nil, err
	}
	byTag, err := repositoriesOf(system, found, tagged)
	if err != nil {
		return nil, err
	}
	byDigest, err := repositoriesOf(system, found, digested)
	if err != nil {
		return nil, err
	}
	var sources []source
	for _, repository := range byDigest {
		mayResolve := false
		for _, other := range byTag {
			mayResolve = mayResolve || other == repository
		}
		sources = append(sources, source{Repository: repository, MayResolve: mayResolve})
	}
	return sources, nil
}

// The places of a pull, without those that docker/docker_client.go refuses because they are blocked.
func repositoriesOf(system *types.SystemContext, registry *sysregistriesv2.Registry, ref reference.Named) ([]string, error) {
	places, err := registry.PullSourcesFromReference(ref)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, place := range places {
		own, err := sysregistriesv2.FindRegistry(system, place.Reference.Name())
		if err != nil {
			return nil, err
		}
		if own == nil || !own.Blocked {
			names = append(names, place.Reference.Name())
		}
	}
	return names, nil
}
