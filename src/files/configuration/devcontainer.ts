// The image of devcontainer.json, or the Dockerfile that it builds, or the Compose files that it starts.
// https://containers.dev/implementors/json_reference/

import {posix} from 'node:path'
import {type BuildEntry, excerpt, type FileEntry} from '../language/file-entry.ts'
import {childOf, entriesOf, itemsOf, type Tree} from '../language/yaml-tree.ts'
import {namedImage} from './named-image.ts'

export type Devcontainer = {
  readonly entries: readonly FileEntry[]
  /** Paths of Compose files, in the order in which they are merged. */
  readonly composeFiles: readonly string[]
}

/** Paths are relative to the folder of the file. */
export function findInDevcontainer(tree: Tree, file: string): Devcontainer {
  const folder = posix.dirname(file)
  const compose = childOf(tree, 'dockerComposeFile')
  const paths = compose?.kind === 'list' ? itemsOf(compose) : compose === undefined ? [] : [compose]
  return {
    entries: [...namedImage(childOf(tree, 'image'), file, 'image'), ...builds(tree, file, folder)],
    composeFiles: paths.flatMap(path => (path.kind === 'text' ? [posix.join(folder, path.text)] : []))
  }
}

function builds(tree: Tree, file: string, folder: string): readonly FileEntry[] {
  const build = childOf(tree, 'build')
  // `dockerFile` at the top is its older form.
  const named = childOf(build, 'dockerfile') ?? childOf(tree, 'dockerFile')
  if (named?.kind !== 'text') return []
  const location = {file, line: named.line}
  const {args, unknownArgs} = argsOf(childOf(build, 'args'))
  if (named.text.includes('${')) {
    const reason = 'It has a variable, whose value is known where the file is used.'
    return [{type: 'skipped', text: excerpt(`dockerfile: ${named.text}`), reason, location}]
  }
  const path = posix.join(folder, named.text)
  return [
    {
      type: 'build',
      location,
      dockerfile: {path: posix.basename(path)},
      context: posix.dirname(path),
      contextRoots: ['.'],
      args,
      unknownArgs,
      contexts: new Set(),
      platforms: [],
      ifMissing: 'skip'
    }
  ]
}

function argsOf(args: Tree | undefined): Pick<BuildEntry, 'args' | 'unknownArgs'> {
  const texts = entriesOf(args).flatMap(([name, value]) =>
    value.kind === 'text' ? [{name, text: value.text, isKnown: !value.text.includes('${')}] : []
  )
  return {
    args: new Map(texts.filter(({isKnown}) => isKnown).map(({name, text}) => [name, text])),
    unknownArgs: new Map(
      texts
        .filter(({isKnown}) => !isKnown)
        .map(({name}) => [name, `The argument ${name} has a variable of the machine that builds.`])
    )
  }
}
