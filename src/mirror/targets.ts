// Where each image is copied to: the rules of the input `to`, applied to its name as `mirrors` applies them.
// Pure. A rule that would copy an image onto itself, or two images onto one tag, is an invalid input.

import {applyMirrorRule, type ImageRequest, type MirrorRule} from '../acquire/plan.ts'
import type {InputIssue} from '../failure/failure.ts'
import {formatRepository, type Repository} from '../oci/reference.ts'

export type TargetPlan = {
  /** The targets of each image, in the order of the rules; empty for an image of a file that no rule is for. */
  readonly targets: ReadonlyMap<ImageRequest, readonly Repository[]>
  readonly faults: readonly InputIssue[]
  /** Lines for the log. */
  readonly notes: readonly string[]
}

const EXAMPLE = 'docker.io=registry.example.com/hub'

export function planTargets(images: readonly ImageRequest[], rules: readonly MirrorRule[]): TargetPlan {
  const faults: InputIssue[] = []
  function reject(value: string, reason: string): void {
    if (!faults.some(fault => fault.value === value && fault.reason === reason))
      faults.push({input: 'to', value, reason, example: EXAMPLE})
  }
  for (const rule of rules) {
    const reason = faultOf(rule, images.length)
    if (reason !== undefined) reject(rule.source, reason)
  }
  const targets = new Map<ImageRequest, readonly Repository[]>()
  const notes: string[] = rules.flatMap(describeLowerCase)
  for (const image of images) {
    const found = targetsOf(image, rules)
    targets.set(image, found)
    const own = formatRepository(image.reference)
    if (found.some(target => formatRepository(target) === own))
      reject(own, `is where ${image.input} is from: an image cannot be copied to itself`)
    if (found.length > 0) continue
    if (image.locations === undefined) reject('', `has no rule for ${image.input}, which is ${own}`)
    else notes.push(`${image.input} is not copied: no rule of to is for ${own}`)
  }
  for (const [name, [first, second]] of collisions(targets))
    reject(name, `is the target of both ${first ?? ''} and ${second ?? ''}: give each a prefix of its own`)
  return {targets, faults, notes}
}

function targetsOf({reference}: ImageRequest, rules: readonly MirrorRule[]): readonly Repository[] {
  const all = rules.flatMap(rule => applyMirrorRule(rule, reference) ?? [])
  return [...new Map(all.map(target => [formatRepository(target), target])).values()]
}

function faultOf({prefix, target, appendsPath}: MirrorRule, imageCount: number): string | undefined {
  if (prefix === undefined)
    return appendsPath || imageCount < 2
      ? undefined
      : 'needs a prefix: a target with a path is one repository, and there are several images'
  if (target === prefix) return 'copies images to themselves'
  return target.startsWith(`${prefix}/`) ? 'has a target inside its own prefix, which it would copy again' : undefined
}

function describeLowerCase({source}: MirrorRule): readonly string[] {
  const lower = source.toLowerCase()
  return source === lower ? [] : [`${source} is read as ${lower}: registries need lower case, and mirrors must have it`]
}

function collisions(
  targets: ReadonlyMap<ImageRequest, readonly Repository[]>
): readonly (readonly [string, readonly string[]])[] {
  const names = new Map<string, string[]>()
  for (const [{input, tag, reference}, repositories] of targets) {
    for (const repository of repositories) {
      const name = `${formatRepository(repository)}${tag === undefined ? `@${reference.digest ?? ''}` : `:${tag}`}`
      names.set(name, [...(names.get(name) ?? []), input])
    }
  }
  return [...names].filter(([, inputs]) => inputs.length > 1)
}
