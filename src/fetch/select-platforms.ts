// Chooses the children of an index for the requested platforms, and compares a config with the platform that it was chosen for.
// Pure.

import type {ImageIndex, IndexChild} from '../oci/manifest.ts'
import {
  chooseLiterally,
  chooseRunnable,
  formatPlatform,
  type Platform,
  satisfies,
  type PlatformChoice
} from '../oci/platform.ts'
import {fail} from '../failure/error.ts'

/** Returns the children for the requested platforms, each once. Fails with `platform-missing`. */
export function chooseChildren(index: ImageIndex, choice: PlatformChoice): readonly IndexChild[] {
  const images = index.children.filter(child => !child.isAttestation)
  if (choice.kind === 'all') return images.length === 0 ? failMissing('platform', images) : distinct(images)
  const chosen = requestedPlatforms(choice).map(
    platform => chooseChild(index.children, platform) ?? failMissing(formatPlatform(platform), images)
  )
  return distinct(chosen)
}

/** Returns the provenance and SBOMs of an index, each once. They run nowhere. */
export function attestationsOf(index: ImageIndex): readonly IndexChild[] {
  return distinct(index.children.filter(({isAttestation}) => isAttestation))
}

function distinct(children: readonly IndexChild[]): readonly IndexChild[] {
  return [...new Map(children.map(child => [child.digest, child])).values()]
}

function requestedPlatforms(choice: Exclude<PlatformChoice, {readonly kind: 'all'}>): readonly Platform[] {
  return choice.kind === 'machine' ? [choice.platform] : choice.platforms
}

/**
 * Returns the child that engines run on a platform. Attestations take part: engines do not know them, and only their platform,
 * unknown/unknown, keeps them from being chosen. A child without a platform comes last: it is a nested index, or a manifest whose
 * config names the platform. Fails with `unusable` where two programs would run two different images.
 */
function chooseChild(children: readonly IndexChild[], wanted: Platform): IndexChild | undefined {
  const offered = children.flatMap(child => (child.platform === undefined ? [] : [{child, platform: child.platform}]))
  const last = children.find(({platform}) => platform === undefined)
  const chosen = {
    containerd: chooseRunnable(wanted, offered)?.child ?? last,
    // Docker Engine before 29 ignores os.features, and its classic store treats an empty platform like none.
    docker:
      chooseRunnable(wanted, offered.map(withoutFeatures))?.child ??
      children.find(({platform, hasEmptyPlatform}) => platform === undefined || hasEmptyPlatform),
    // On Linux, these programs ignore os.version.
    ...(wanted.os === 'windows' ? {} : {skopeo: chooseLiterally(wanted, offered.map(asWritten))?.child ?? last})
  }
  const [first, ...others] = distinct(Object.values(chosen).filter(child => child !== undefined))
  if (others.length > 0) failAmbiguous(wanted, chosen)
  const {platform, hasEmptyPlatform = false} = first ?? {}
  return platform === undefined || hasEmptyPlatform || platform.architecture === wanted.architecture ? first : undefined
}

type Offered = {readonly child: IndexChild; readonly platform: Platform}

function withoutFeatures({child, platform}: Offered): Offered {
  return {child, platform: {...platform, osFeatures: []}}
}

function asWritten({child, platform}: Offered): Offered {
  return {child, platform: child.writtenPlatform ?? platform}
}

function failAmbiguous(wanted: Platform, chosen: Readonly<Record<string, IndexChild | undefined>>): never {
  fail(
    {
      kind: 'unusable',
      detail: `programs disagree on which of its children is for ${formatPlatform(wanted)}: ${Object.entries(chosen)
        .map(([program, child]) => `${program} takes ${child?.digest ?? 'none'}`)
        .join(', ')}`
    },
    {object: 'manifest'}
  )
}

function failMissing(wanted: string, children: readonly IndexChild[]): never {
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
