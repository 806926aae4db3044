// Which children of an index are for the wanted platforms, and whether what came is for them.
// Pure: nothing is fetched here.

import {type ImageIndex, type IndexChild, isIndexType} from '../oci/manifest.ts'
import {choosePlatform, formatPlatform, type Platform, satisfies} from '../oci/platform.ts'
import {fail} from './failure.ts'
import type {PlatformChoice} from './image.ts'

const distinct = (children: readonly IndexChild[]): readonly IndexChild[] => [
  ...new Map(children.map(child => [child.digest, child])).values()
]

/** What an index has for the wanted platforms, each child once. Rejects with 'platform-missing'. */
export const chooseChildren = (index: ImageIndex, choice: PlatformChoice): readonly IndexChild[] =>
  distinct(chosenFrom(index, choice))

/** Provenance and SBOMs, which run nowhere. */
export const attestationsOf = (index: ImageIndex): readonly IndexChild[] =>
  distinct(index.children.filter(({isAttestation}) => isAttestation))

const platformsOf = (choice: Exclude<PlatformChoice, {readonly kind: 'all'}>): readonly Platform[] =>
  choice.kind === 'machine' ? [choice.platform] : choice.platforms

const chosenFrom = (index: ImageIndex, choice: PlatformChoice): readonly IndexChild[] => {
  const children = index.children.filter(child => !child.isAttestation)
  if (choice.kind === 'all') {
    if (children.length === 0) failMissing('platform', children)
    return children
  }
  const offered = children.flatMap(child =>
    child.platform === undefined ? [] : [{...child, platform: child.platform}]
  )
  return platformsOf(choice).map(platform => {
    // A child without a platform may still be the one: a nested index, or a manifest whose config tells.
    const chosen: IndexChild | undefined =
      choosePlatform(platform, offered) ??
      children.find(child => child.platform === undefined || isIndexType(child.mediaType))
    return chosen ?? failMissing(formatPlatform(platform), children)
  })
}

const failMissing = (wanted: string, children: readonly IndexChild[]): never =>
  fail(
    {
      kind: 'platform-missing',
      wanted,
      offered: [
        ...new Set(children.flatMap(child => (child.platform === undefined ? [] : [formatPlatform(child.platform)])))
      ]
    },
    {object: 'manifest'}
  )

/** Notes, or for a platform that was asked for by name fails, when a config is for another one than was wanted. */
export const checkPlatform = (
  named: Platform | undefined,
  has: Platform,
  choice: PlatformChoice,
  notes: string[]
): void => {
  if (named !== undefined) {
    if (!satisfies(named, has) && !satisfies(has, named))
      notes.push(`the index says ${formatPlatform(named)}, its config says ${formatPlatform(has)}`)
    return
  }
  if (choice.kind === 'all') return
  const missing = platformsOf(choice).find(platform => !satisfies(platform, has))
  if (missing === undefined) return
  if (choice.kind === 'named')
    fail(
      {kind: 'platform-missing', wanted: formatPlatform(missing), offered: [formatPlatform(has)]},
      {object: 'config'}
    )
  notes.push(`the image is for ${formatPlatform(has)}, this machine is ${formatPlatform(missing)}`)
}
