// Where each image is copied to: the rules of the input `to`, applied to its name as `mirrors` applies them.
// Pure. A rule that would copy an image onto itself, or images of two repositories onto one tag, is an invalid input.

import {applyMirrorRule, type ImageRequest, type MirrorRule} from '../acquire/plan.ts'
import type {InputIssue} from '../failure/failure.ts'
import {formatRepository, type Repository} from '../oci/reference.ts'

/** An image, and the repositories that it is copied to: in the order of the rules, at least one. */
export type CopyRequest = {
  readonly image: ImageRequest
  readonly repositories: readonly Repository[]
  /** Another image of the run has the tag: this one gets a tag with its digest. */
  readonly isTagTaken: boolean
}

export type TargetPlan = {
  readonly copies: readonly CopyRequest[]
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
  const copies: CopyRequest[] = []
  const owners = new Map<string, ImageRequest>()
  const notes: string[] = rules.flatMap(describeLowerCase)
  for (const image of images) {
    const {input, locations} = image
    const own = formatRepository(image.reference)
    const found = targetsOf(image, rules)
    const repositories = found.filter(target => formatRepository(target) !== own)
    const isFromFile = locations !== undefined
    if (repositories.length < found.length && !isFromFile)
      reject(own, `is where ${input} is from: an image cannot be copied to itself`)
    if (found.length === 0 && !isFromFile) reject('', `has no rule for ${input}, which is ${own}`)
    if (repositories.length === 0) {
      if (isFromFile)
        notes.push(
          `${input} is not copied: ${found.length === 0 ? `no rule of to is for ${own}` : 'it is at the mirror itself'}`
        )
      continue
    }
    const taken = claimTags(image, repositories, owners)
    for (const [name, owner] of taken)
      if (formatRepository(owner.reference) !== own)
        reject(name, `is the target of both ${owner.input} and ${input}: give each a prefix of its own`)
    if (taken.length > 0)
      notes.push(`${input} gets a tag with its digest: its tag is that of ${taken[0]?.[1].input ?? ''}`)
    copies.push({image, repositories, isTagTaken: taken.length > 0})
  }
  return {copies, faults, notes}
}

/** Names at the targets that an image before has, which it keeps. An image without a tag is named by its digest, as no other one. */
function claimTags(
  image: ImageRequest,
  repositories: readonly Repository[],
  owners: Map<string, ImageRequest>
): readonly (readonly [string, ImageRequest])[] {
  const {tag} = image
  if (tag === undefined) return []
  return repositories.flatMap(repository => {
    const name = `${formatRepository(repository)}:${tag}`
    const owner = owners.get(name)
    if (owner === undefined) owners.set(name, image)
    return owner === undefined ? [] : [[name, owner] as const]
  })
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
