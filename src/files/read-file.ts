// Reads one file that a pattern matches, as a file of its kind.
// What it builds is not followed here.

import type {Platform, PlatformChoice} from '../oci/platform.ts'
import {findInBake} from './bake/bake.ts'
import type {RunBake} from './bake/run-bake.ts'
import type {ReadVariables} from './compose-variables.ts'
import {findInCompose} from './compose/compose.ts'
import {findInDevcontainer} from './configuration/devcontainer.ts'
import {findInAction, findInWorkflow} from './configuration/github.ts'
import {findInGitlab} from './configuration/gitlab.ts'
import {readJsonc} from './configuration/jsonc-tree.ts'
import {findInManifests} from './configuration/kubernetes.ts'
import {isTemplate} from './configuration/named-image.ts'
import {fileKindOf, fileKindOfName} from './file-kind.ts'
import type {Variables} from './file-variables.ts'
import {buildOfDockerfile} from './follow-build.ts'
import {type FileEntry, type IssueEntry, rejectFile} from './language/file-entry.ts'
import type {Lookup} from './language/variables.ts'
import {readTrees, type Tree} from './language/yaml-tree.ts'
import type {MatchedFile} from './match-files.ts'
import {mergedFiles} from './merged-files.ts'
import type {Workspace} from './workspace.ts'

export type ReadDeps = {
  readonly workspace: Workspace
  readonly lookup: Lookup
  readonly variables: Variables['given']
  readonly readVariables: ReadVariables
  readonly hostPlatform: Platform
  readonly platforms: PlatformChoice
  readonly runBake: RunBake
}

/** Rejects with 'invalid-input' for a file that is not what its name or its text says. */
export async function readFile(deps: ReadDeps, {file, isExplicit}: MatchedFile): Promise<readonly FileEntry[]> {
  const {workspace} = deps
  // A large file of unknown kind that a glob matches by chance is not read.
  if (!isExplicit && fileKindOfName(file) === undefined && workspace.isLarge(file)) return []
  const peeked = workspace.peek(file) ?? ''
  if (typeof peeked !== 'string')
    return [{type: 'skipped', text: file, reason: peeked.blocked, location: {file, line: 1}}]
  const kind = fileKindOf(file, peeked)
  if (kind === undefined) return isExplicit ? [unknownKind(file)] : []
  const text = workspace.read(file)
  if (typeof text !== 'string') return []
  const {read} = workspace
  switch (kind) {
    case 'dockerfile':
      return [buildOfDockerfile(file)]
    case 'compose':
      return readCompose(deps, mergedFiles(read, file, text))
    case 'bake': {
      const usesOwnPlatforms = deps.platforms.kind === 'machine'
      return findInBake({...deps, sources: mergedFiles(read, file, text), usesOwnPlatforms})
    }
    case 'devcontainer':
      return readDevcontainer(deps, file, text)
    default:
      return readYaml(text, file, FINDERS[kind])
  }
}

const FINDERS = {workflow: findInWorkflow, action: findInAction, gitlab: findInGitlab, kubernetes: findInManifests}

function unknownKind(file: string): IssueEntry {
  const reason = 'not a file of a kind that names images, neither by its name nor by its text'
  const example = 'Dockerfile, compose.yaml or docker-bake.hcl'
  return {type: 'issue', issue: {input: 'files', value: file, reason, example, location: {file, line: 1}}}
}

function readYaml(
  text: string,
  file: string,
  find: (trees: readonly Tree[], file: string) => readonly FileEntry[]
): readonly FileEntry[] {
  try {
    return find(readTrees(text, file), file)
  } catch (error) {
    if (!isTemplate(text)) throw error
    const line = text.slice(0, text.search(/\{\{|\{%|<%/)).split('\n').length
    const reason = 'It is a template. Its images are known after it is rendered. List them in the `image` input.'
    return [{type: 'skipped', text: file, reason, location: {file, line}}]
  }
}

function readCompose(
  deps: ReadDeps,
  sources: readonly {readonly file: string; readonly text: string}[]
): readonly FileEntry[] {
  return findInCompose({
    ...deps,
    sources,
    read: deps.workspace.read,
    usesOwnPlatforms: deps.platforms.kind === 'machine'
  })
}

function readDevcontainer(deps: ReadDeps, file: string, text: string): readonly FileEntry[] {
  const {entries, composeFiles} = findInDevcontainer(readJsonc(text, file), file)
  const sources: {readonly file: string; readonly text: string}[] = []
  for (const path of composeFiles) {
    const found = deps.workspace.read(path)
    const location = {file, line: 1}
    if (typeof found === 'object') return [...entries, {type: 'skipped', text: path, reason: found.blocked, location}]
    if (found === undefined)
      return rejectFile({
        value: path,
        reason: 'file not found in the workspace',
        example: '"dockerComposeFile": "../compose.yaml"',
        location
      })
    sources.push({file: path, text: found})
  }
  return sources.length === 0 ? entries : [...entries, ...readCompose(deps, sources)]
}
