// The services of Compose files beside a Bake file. Without `--file`, Bake takes those that have `build` for targets, under the others of
// their names (buildx bake/bake.go and bake/compose.go).
// Bake is not given the files: they could name others of the machine, with `include` or `env_file`.

import {VerifiedImageError} from '../../failure/error.ts'
import {childOf, entriesOf, readTrees, type Tree} from '../language/yaml-tree.ts'
import {findAttribute} from './inheritance.ts'
import type {BakeSource, PlacedBlock} from './outline.ts'

/** Services with `build`, by the names of their targets. */
export type ComposeServices = ReadonlyMap<string, ComposeService>

/** `isDefault`: it builds what a target without attributes does. */
export type ComposeService = {readonly file: string; readonly isDefault: boolean}

export function servicesIn(composeFiles: readonly BakeSource[]): ComposeServices {
  return new Map(
    composeFiles.flatMap(({file, text}) =>
      treesIn(text, file).flatMap(tree =>
        entriesOf(childOf(tree, 'services')).flatMap(([name, service]) => {
          const build = childOf(service, 'build')
          const target = name.replaceAll('.', '_')
          return build === undefined ? [] : [[target, {file, isDefault: isDefault(build)}] as const]
        })
      )
    )
  )
}

const DEFAULTS: Readonly<Record<string, RegExp>> = {context: /^\.?\/?$/, dockerfile: /^(?:\.\/)?Dockerfile$/}
const OTHERS = ['dockerfile_inline', 'args', 'additional_contexts', 'platforms', 'target'] as const

function isDefault(build: Tree): boolean {
  if (build.kind === 'text') return DEFAULTS['context']?.test(build.text) === true
  return (
    OTHERS.every(key => childOf(build, key) === undefined) &&
    Object.entries(DEFAULTS).every(([key, pattern]) => {
      const value = childOf(build, key)
      return value === undefined || (value.kind === 'text' && pattern.test(value.text))
    })
  )
}

/** The reason why it is not known what a target builds; undefined when that does not depend on a service. */
export function mergedReason(
  name: string,
  blocks: readonly PlacedBlock[],
  services: ComposeServices
): string | undefined {
  if (services.size === 0 || OWN.some(key => findAttribute(blocks, key) !== undefined)) return undefined
  const bases = blocks.flatMap(block => findAttribute([block], 'inherits')?.source.match(/[A-Za-z0-9_-]+/g) ?? [])
  const base = [name, ...bases].find(it => services.get(it)?.isDefault === false)
  if (base === undefined) return undefined
  const file = services.get(base)?.file ?? ''
  return (
    `Without --file, Bake builds the service ${base} of ${file} for it, with the arguments of both. ` +
    `List ${file} in \`files\` for the images of that service.`
  )
}

// With one of these, a target builds something of its own.
const OWN = ['context', 'dockerfile', 'dockerfile-inline'] as const

function treesIn(text: string, file: string): readonly Tree[] {
  try {
    return readTrees(text, file)
  } catch (error) {
    // The file itself is not among those to read. Bake would refuse it.
    if (error instanceof VerifiedImageError) return []
    throw error
  }
}
