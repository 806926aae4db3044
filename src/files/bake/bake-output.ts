// The output of `docker buildx bake --print`: targets after everything that Bake evaluates.
// https://docs.docker.com/reference/cli/docker/buildx/bake/#print

import {isObject, listOf, mapOf, readAsGo, structOf} from '../../oci/go-json.ts'

export type PrintedBake = {
  readonly targets: ReadonlyMap<string, PrintedTarget>
  /** The targets of each group. A target with a matrix is a group of its combinations. */
  readonly groups: ReadonlyMap<string, readonly string[]>
}

export type PrintedTarget = {
  readonly context: string
  readonly dockerfile: string
  readonly inline: string | undefined
  readonly target: string | undefined
  readonly args: ReadonlyMap<string, string>
  readonly contexts: ReadonlyMap<string, string>
  readonly platforms: readonly string[]
}

const ESCAPES = 'verified-image-escapes'

/** The group of all targets to print. */
export const PRINTED_GROUP = 'verified-image-targets'

// buildx 0.14 and later escape `${` and `%{` in arguments and inline Dockerfiles, so that the output is a Bake file itself. Older ones
// do not. One target more is printed, and shows which of them it is.
/** One more file for Bake, with a group of these targets. A command line could not hold the names of all. */
export function printingFile(targets: readonly string[]): string {
  return JSON.stringify({
    target: {[ESCAPES]: {args: {probe: '$${'}}},
    group: {[PRINTED_GROUP]: {targets: [...targets, ESCAPES]}}
  })
}

/** The output for files with that of printingFile among them. Undefined for text that is no such output. */
export function parsePrintedBake(text: string): PrintedBake | undefined {
  const json = readAsGo(new TextEncoder().encode(text), PRINTED, 'as-go')
  if (!json.ok) return undefined
  const printed = new Map(entriesOf(json.value['target']).map(([name, target]) => [name, targetOf(target)]))
  const isEscaped = printed.get(ESCAPES)?.args.get('probe') === '$${'
  printed.delete(ESCAPES)
  return {
    targets: isEscaped ? new Map([...printed].map(([name, target]) => [name, unescaped(target)])) : printed,
    groups: new Map(
      entriesOf(json.value['group']).map(([name, group]) => [name, isObject(group) ? textsIn(group['targets']) : []])
    )
  }
}

const PRINTED = structOf({
  group: mapOf(structOf({targets: listOf('string')})),
  target: mapOf(
    structOf({
      context: 'string',
      dockerfile: 'string',
      'dockerfile-inline': 'string',
      target: 'string',
      args: mapOf('string'),
      contexts: mapOf('string'),
      platforms: listOf('string')
    })
  )
})

function targetOf(target: unknown): PrintedTarget {
  const fields = isObject(target) ? target : {}
  const text = (name: string): string | undefined => (typeof fields[name] === 'string' ? fields[name] : undefined)
  return {
    context: text('context') ?? '.',
    dockerfile: text('dockerfile') ?? 'Dockerfile',
    inline: text('dockerfile-inline'),
    target: text('target'),
    args: textsByName(fields['args']),
    contexts: textsByName(fields['contexts']),
    platforms: textsIn(fields['platforms'])
  }
}

function unescaped(target: PrintedTarget): PrintedTarget {
  const plain = (text: string): string => text.replaceAll('$${', '${').replaceAll('%%{', '%{')
  return {
    ...target,
    inline: target.inline === undefined ? undefined : plain(target.inline),
    args: new Map([...target.args].map(([name, value]) => [name, plain(value)]))
  }
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isObject(value) ? Object.entries(value) : []
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}

/** An argument that is null keeps the default of the Dockerfile. */
function textsByName(value: unknown): ReadonlyMap<string, string> {
  return new Map(entriesOf(value).filter((entry): entry is readonly [string, string] => typeof entry[1] === 'string'))
}
