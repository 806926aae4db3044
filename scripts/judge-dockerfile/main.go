// The judge of src/files/dockerfile: prints the images that BuildKit's own parser finds in a Dockerfile.
//
// For each JSON line {"text": "..."}, it writes {"images": [...]}, or {"error": "..."} for a text that BuildKit refuses.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

type question struct {
	Text string `json:"text"`
}

type answer struct {
	Images []string `json:"images"`
	Error  string   `json:"error,omitempty"`
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var asked question
		if err := json.Unmarshal(in.Bytes(), &asked); err != nil {
			panic(err)
		}
		images, err := judge(asked.Text)
		said := answer{Images: images}
		if err != nil {
			said = answer{Error: err.Error()}
		}
		if err := out.Encode(said); err != nil {
			panic(err)
		}
	}
}

// The steps of dockerfile2llb/convert.go that decide what is looked up, without building anything.
func judge(text string) ([]string, error) {
	parsed, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	stages, metaArgs, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return nil, err
	}
	if len(stages) == 0 {
		return nil, fmt.Errorf("no stages")
	}
	seen := map[string]bool{}
	images := []string{}
	if syntax, _, _, ok := parser.DetectSyntax([]byte(text)); ok {
		seen[syntax] = true
		images = append(images, syntax)
	}
	add := func(name string) {
		if name != "" && name != "scratch" && !seen[name] {
			seen[name] = true
			images = append(images, name)
		}
	}
	lex := shell.NewLex(parsed.EscapeToken)
	env := []string{
		"BUILDPLATFORM=linux/amd64", "BUILDOS=linux", "BUILDARCH=amd64", "BUILDVARIANT=",
		"TARGETPLATFORM=linux/amd64", "TARGETOS=linux", "TARGETARCH=amd64", "TARGETVARIANT=",
		"BUILDOSVERSION=", "TARGETOSVERSION=", "TARGETSTAGE=default",
	}
	for _, cmd := range metaArgs {
		for _, arg := range cmd.Args {
			if arg.Value == nil {
				continue
			}
			value, _, err := lex.ProcessWord(*arg.Value, shell.EnvsFromSlice(env))
			if err != nil {
				return nil, err
			}
			env = append(env, arg.Key+"="+value)
		}
	}
	names := map[string]int{}
	isBase := make([]bool, len(stages))
	for i, stage := range stages {
		base, _, err := lex.ProcessWord(stage.BaseName, shell.EnvsFromSlice(env))
		if err != nil {
			return nil, err
		}
		if base == "" {
			return nil, fmt.Errorf("no base")
		}
		if at, ok := names[strings.ToLower(base)]; ok {
			isBase[at] = true
		} else {
			add(base)
		}
		if stage.Name != "" {
			names[stage.Name] = i
		}
	}
	named := func(name string) {
		if _, ok := names[strings.ToLower(name)]; !ok {
			add(name)
		}
	}
	var look func(cmd instructions.Command, triggers bool) error
	look = func(cmd instructions.Command, triggers bool) error {
		switch c := cmd.(type) {
		case *instructions.CopyCommand:
			if c.From == "" {
				return nil
			}
			expanded, _, err := lex.ProcessWord(c.From, shell.EnvsFromSlice(nil))
			if err != nil || expanded != c.From {
				return fmt.Errorf("variables in --from")
			}
			index, err := strconv.Atoi(c.From)
			if err != nil {
				named(c.From)
			} else if index < 0 || index >= len(stages) {
				return fmt.Errorf("no stage %d", index)
			}
		case *instructions.RunCommand:
			for _, mount := range instructions.GetMounts(c) {
				named(mount.From)
			}
		case *instructions.OnbuildCommand:
			if !triggers {
				return nil
			}
			ast, err := parser.Parse(strings.NewReader(c.Expression))
			if err != nil {
				return err
			}
			for _, node := range ast.AST.Children {
				parsed, err := instructions.ParseCommand(node)
				if err != nil {
					return err
				}
				if err := look(parsed, false); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for i, stage := range stages {
		for _, cmd := range stage.Commands {
			if err := look(cmd, isBase[i]); err != nil {
				return nil, err
			}
		}
	}
	return images, nil
}
