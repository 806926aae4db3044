// The judge of scripts/fuzz.ts: decodes documents as engines do, with the structs of the image specification and containerd's platforms.
// Reads one JSON request per line, and writes one JSON response per line.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"sort"

	"github.com/containerd/platforms"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
)

type request struct {
	Kind      string   `json:"kind"`
	Document  []byte   `json:"document"`
	Platforms []string `json:"platforms"`
}

// The chosen child for one platform. Empty without one.
type choice struct {
	// Containerd is images.Manifest of containerd 2, and so BuildKit and Docker Engine 29.
	Containerd string `json:"containerd"`
	// Docker is filterManifests of Docker Engine 28 and older: no os.features, and an empty platform counts as absent.
	Docker string `json:"docker"`
}

type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

type answer struct {
	Error    string       `json:"error,omitempty"`
	Config   *descriptor  `json:"config,omitempty"`
	Layers   []descriptor `json:"layers,omitempty"`
	Children []descriptor `json:"children,omitempty"`
	Choices  []choice     `json:"choices,omitempty"`
	DiffIDs  []string     `json:"diffIds,omitempty"`
	RootFS   bool         `json:"rootfs,omitempty"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	decoder, encoder := json.NewDecoder(in), json.NewEncoder(out)
	for decoder.More() {
		var asked request
		if err := decoder.Decode(&asked); err != nil {
			panic(err)
		}
		if err := encoder.Encode(read(asked)); err != nil {
			panic(err)
		}
		// The caller awaits batches of responses: the last one of a batch must be flushed.
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				panic(err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		panic(err)
	}
}

func read(asked request) answer {
	switch asked.Kind {
	case "manifest":
		return readManifest(asked.Document)
	case "index":
		return readIndex(asked.Document, asked.Platforms)
	default:
		return readConfig(asked.Document)
	}
}

// Tells a manifest from an index as containerd does (CVE-2021-41190): by the presence of keys, even with a null.
type parts struct {
	MediaType string          `json:"mediaType"`
	Config    json.RawMessage `json:"config"`
	Layers    json.RawMessage `json:"layers"`
	Manifests json.RawMessage `json:"manifests"`
	FSLayers  json.RawMessage `json:"fsLayers"`
}

func readManifest(document []byte) answer {
	var seen parts
	var manifest v1.Manifest
	if err := json.Unmarshal(document, &seen); err != nil {
		return answer{Error: err.Error()}
	}
	if len(seen.FSLayers) != 0 || len(seen.Manifests) != 0 || isIndexType(seen.MediaType) {
		return answer{Error: "not a manifest alone"}
	}
	if err := json.Unmarshal(document, &manifest); err != nil {
		return answer{Error: err.Error()}
	}
	config := describe(manifest.Config)
	return answer{Config: &config, Layers: describeAll(manifest.Layers)}
}

func readIndex(document []byte, wanted []string) answer {
	var seen parts
	var index v1.Index
	if err := json.Unmarshal(document, &seen); err != nil {
		return answer{Error: err.Error()}
	}
	if len(seen.FSLayers) != 0 || len(seen.Config) != 0 || len(seen.Layers) != 0 || isManifestType(seen.MediaType) {
		return answer{Error: "not an index alone"}
	}
	if err := json.Unmarshal(document, &index); err != nil {
		return answer{Error: err.Error()}
	}
	read := answer{Children: describeAll(index.Manifests)}
	for _, name := range wanted {
		matcher := platforms.Only(platforms.MustParse(name))
		read.Choices = append(read.Choices, choice{
			Containerd: choose(index.Manifests, matcher, func(p *v1.Platform) *v1.Platform { return p }),
			Docker:     choose(index.Manifests, matcher, dockerPlatform),
		})
	}
	return read
}

func readConfig(document []byte) answer {
	var config v1.Image
	var seen struct {
		RootFS *json.RawMessage `json:"rootfs"`
	}
	if err := json.Unmarshal(document, &config); err != nil {
		return answer{Error: err.Error()}
	}
	if err := json.Unmarshal(document, &seen); err != nil {
		return answer{Error: err.Error()}
	}
	read := answer{RootFS: seen.RootFS != nil}
	for _, id := range config.RootFS.DiffIDs {
		read.DiffIDs = append(read.DiffIDs, id.String())
	}
	return read
}

// Children that match, the best first. Children without a platform match and come last.
func choose(children []v1.Descriptor, matcher platforms.MatchComparer, of func(*v1.Platform) *v1.Platform) string {
	var matching []v1.Descriptor
	for _, child := range children {
		child.Platform = of(child.Platform)
		if child.Platform == nil || matcher.Match(*child.Platform) {
			matching = append(matching, child)
		}
	}
	sort.SliceStable(matching, func(i, j int) bool {
		a, b := matching[i].Platform, matching[j].Platform
		if a == nil || b == nil {
			return a != nil
		}
		return matcher.Less(*a, *b)
	})
	if len(matching) == 0 {
		return ""
	}
	return string(matching[0].Digest)
}

func dockerPlatform(p *v1.Platform) *v1.Platform {
	if p == nil || (p.OS == "" && p.Architecture == "" && p.Variant == "" && p.OSVersion == "" && p.OSFeatures == nil) {
		return nil
	}
	known := *p
	known.OSFeatures = nil
	return &known
}

func describeAll(descriptors []v1.Descriptor) []descriptor {
	described := make([]descriptor, 0, len(descriptors))
	for _, each := range descriptors {
		described = append(described, describe(each))
	}
	return described
}

func describe(each v1.Descriptor) descriptor {
	return descriptor{MediaType: each.MediaType, Digest: string(each.Digest), Size: each.Size}
}

func isIndexType(mediaType string) bool {
	return mediaType == v1.MediaTypeImageIndex || mediaType == "application/vnd.docker.distribution.manifest.list.v2+json"
}

func isManifestType(mediaType string) bool {
	return mediaType == v1.MediaTypeImageManifest || mediaType == "application/vnd.docker.distribution.manifest.v2+json"
}
