// Chooses the children of an index for the requested platforms, and compares a config with the platform that it was chosen for.
// Pure.

import {quoteLine} from '../oci/quote-line.ts'
import {childrenOf, type ImageIndex, type IndexChild, isIndexType, isManifestType} from '../oci/manifest.ts'
import {
  chooseLiterally,
  chooseRunnable,
  formatPlatform,
  type Platform,
  satisfies,
  type PlatformChoice
} from '../oci/platform.ts'
import {fail} from '../failure/error.ts'

/** A child of an index, and what is unusual about the choice. */
export type ChosenChild = {readonly child: IndexChild; readonly warning: string | undefined}

/**
 * Returns the children for the requested platforms, each once. Fails with `platform-missing`, or with `unusable` for a child whose
 * descriptor cannot be followed. With `all`, children that are not images are left out.
 */
export function chooseChildren(index: ImageIndex, choice: PlatformChoice): readonly ChosenChild[] {
  const chosen =
    choice.kind === 'all'
      ? allImages(index)
      : requestedPlatforms(choice).flatMap(platform => chooseForPlatform(index, platform, choice.kind))
  return [...new Map(chosen.map(each => [each.child.digest, each])).values()]
}

/** Returns the provenance and SBOMs of an index, each once. They run nowhere. */
export function attestationsOf(index: ImageIndex): readonly IndexChild[] {
  return distinct(childrenOf(index).filter(({isAttestation}) => isAttestation))
}

function distinct(children: readonly IndexChild[]): readonly IndexChild[] {
  return [...new Map(children.map(child => [child.digest, child])).values()]
}

function requestedPlatforms(choice: Exclude<PlatformChoice, {readonly kind: 'all'}>): readonly Platform[] {
  return choice.kind === 'machine' ? [choice.platform] : choice.platforms
}

function allImages(index: ImageIndex): readonly ChosenChild[] {
  const images = index.entries.filter(
    entry => (mayBeImage(entry) || namesMachine(entry)) && !(entry.kind === 'child' && entry.isAttestation)
  )
  if (images.length === 0) failMissing('platform', index)
  return images.map(entry => ({child: usable(entry), warning: undefined}))
}

function mayBeImage(entry: Entry): boolean {
  return isManifestType(entry.mediaType) || isIndexType(entry.mediaType) || (entry.kind === 'broken' && entry.isUntyped)
}

/** Docker's classic image store chooses a child by its platform, whatever its type is. An absent os is the engine's own. */
function namesMachine({platform}: Entry): boolean {
  return platform !== undefined && platform.os !== 'unknown' && !['', 'unknown'].includes(platform.architecture)
}

function usable(entry: Entry): IndexChild {
  if (entry.kind === 'child') return entry
  return fail({kind: 'unusable', detail: entry.reason}, {object: 'manifest'})
}

type Entry = ImageIndex['entries'][number]

/**
 * Returns the child that containerd runs on a platform, and then those that other programs run there instead: all of them are
 * verified, so that no program runs what was not. Attestations take part: engines do not know them, and only their platform,
 * unknown/unknown, keeps them from being chosen. A child without a platform comes last: it is a nested index, or a manifest whose
 * config names the platform.
 */
function chooseForPlatform(index: ImageIndex, wanted: Platform, kind: 'machine' | 'named'): readonly ChosenChild[] {
  const {entries} = index
  const offered = entries.flatMap(entry => (entry.platform === undefined ? [] : [{entry, platform: entry.platform}]))
  const last = entries.find(({platform}) => platform === undefined)
  // Docker Engine before 29 ignores os.features, and its classic store treats an empty platform like none.
  const withoutFeatures = offered.map(({entry, platform}) => ({entry, platform: {...platform, osFeatures: []}}))
  const lastOfDocker = entries.find(({platform, hasEmptyPlatform}) => platform === undefined || hasEmptyPlatform)
  const chosen = {
    containerd: chooseRunnable(wanted, offered)?.entry ?? last,
    docker: chooseRunnable(wanted, withoutFeatures)?.entry ?? lastOfDocker,
    // On Linux, containers/image ignores os.version.
    skopeo: wanted.os === 'windows' ? undefined : (chooseLiterally(wanted, offered.map(asWritten))?.entry ?? last)
  }
  const first = chosen.containerd ?? chosen.docker ?? chosen.skopeo
  if (first === undefined || !runsAs(wanted, first, kind)) return failMissing(formatPlatform(wanted), index)
  const others = [chosen.docker, chosen.skopeo, ...choicesOfProcessors(wanted, withoutFeatures)]
  const alternatives = distinct(others.filter(entry => entry?.kind === 'child')).filter(
    ({digest}) => first.kind === 'broken' || digest !== first.digest
  )
  return [
    {child: usable(first), warning: warningFor(wanted, first, alternatives)},
    ...alternatives.map(child => ({child, warning: undefined}))
  ]
}

/** A child of another architecture, as 386 on amd64, is only taken where no platform was requested by name. */
function runsAs({architecture}: Platform, {platform, hasEmptyPlatform}: Entry, kind: 'machine' | 'named'): boolean {
  return platform === undefined || hasEmptyPlatform || platform.architecture === architecture || kind === 'machine'
}

// The classic image store prefers the variant of the processor that it runs on, where a platform names none.
const AMD64_VARIANTS = ['v2', 'v3', 'v4']

function choicesOfProcessors(wanted: Platform, offered: readonly Offered[]): readonly (Entry | undefined)[] {
  if (wanted.architecture !== 'amd64' || wanted.variant !== undefined) return []
  return AMD64_VARIANTS.map(variant => chooseRunnable({...wanted, variant}, offered)?.entry)
}

function warningFor(wanted: Platform, {platform}: Entry, alternatives: readonly IndexChild[]): string | undefined {
  if (alternatives.length > 0)
    return `programs choose different images of the index for ${formatPlatform(wanted)}; containerd's choice is used, and ${String(alternatives.length)} more verified: ${alternatives.map(({digest}) => digest).join(', ')}`
  if (platform === undefined || platform.architecture === wanted.architecture || platform.architecture === '')
    return undefined
  return `the index has no ${formatPlatform(wanted)}; its ${formatPlatform(platform)} image runs on this machine and is used`
}

type Offered = {readonly entry: Entry; readonly platform: Platform}

function asWritten({entry, platform}: Offered): Offered {
  return {entry, platform: entry.writtenPlatform ?? platform}
}

function failMissing(wanted: string, {entries}: ImageIndex): never {
  const images = entries.filter(entry => entry.kind === 'broken' || !entry.isAttestation)
  const offered = images.flatMap(({platform}) => (platform === undefined ? [] : [quoteLine(formatPlatform(platform))]))
  return fail({kind: 'platform-missing', wanted, offered: [...new Set(offered)]}, {object: 'manifest'})
}

/**
 * Returns a warning when a config is for another platform than the index says, or, without an index, than was requested. Fails
 * with `platform-missing` when that platform was requested by name.
 */
export function checkConfigPlatform(
  described: Platform | undefined,
  configured: Platform,
  choice: PlatformChoice
): string | undefined {
  if (described !== undefined) {
    return satisfies(described, configured) || satisfies(configured, described)
      ? undefined
      : `the index says ${formatPlatform(described)}, its config says ${formatPlatform(configured)}`
  }
  if (choice.kind === 'all') return undefined
  const missing = requestedPlatforms(choice).find(platform => !satisfies(platform, configured))
  if (missing === undefined) return undefined
  if (choice.kind === 'named') {
    fail(
      {kind: 'platform-missing', wanted: formatPlatform(missing), offered: [formatPlatform(configured)]},
      {object: 'config'}
    )
  }
  return `the image is for ${formatPlatform(configured)}, this machine is ${formatPlatform(missing)}`
}
