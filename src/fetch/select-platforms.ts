// Which children of an index are for the wanted platforms, and whether what came is for them.
// Pure: nothing is fetched here.

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

function distinct(children: readonly IndexChild[]): readonly IndexChild[] {
  return [...new Map(children.map(child => [child.digest, child])).values()]
}

/** What an index has for the wanted platforms, each child once. Rejects with 'platform-missing'. */
export function chooseChildren(index: ImageIndex, choice: PlatformChoice): readonly IndexChild[] {
  return distinct(chosenFrom(index, choice))
}

/** Provenance and SBOMs, which run nowhere. */
export function attestationsOf(index: ImageIndex): readonly IndexChild[] {
  return distinct(index.children.filter(({isAttestation}) => isAttestation))
}

function platformsOf(choice: Exclude<PlatformChoice, {readonly kind: 'all'}>): readonly Platform[] {
  return choice.kind === 'machine' ? [choice.platform] : choice.platforms
}

function chosenFrom(index: ImageIndex, choice: PlatformChoice): readonly IndexChild[] {
  const ordinary = index.children.filter(child => !child.isAttestation)
  if (choice.kind === 'all') return ordinary.length === 0 ? failMissing('platform', ordinary) : ordinary
  return platformsOf(choice).map(
    platform => chooseChild(index.children, platform) ?? failMissing(formatPlatform(platform), ordinary)
  )
}

/**
 * The child that engines run on a platform. Attestations are not left out, since engines do not know of them: their platform
 * alone keeps them from being chosen. A child without a platform comes last: a nested index, or a manifest whose config tells.
 * Rejects with `unusable` where two programs would run two images.
 */
function chooseChild(children: readonly IndexChild[], wanted: Platform): IndexChild | undefined {
  const offered = children.flatMap(child => (child.platform === undefined ? [] : [{child, platform: child.platform}]))
  const last = children.find(({platform}) => platform === undefined)
  const chosen = {
    containerd: chooseRunnable(wanted, offered)?.child ?? last,
    // Docker Engine before 29 knows no os.features, and an empty platform is none to its classic store.
    docker:
      chooseRunnable(wanted, offered.map(withoutFeatures))?.child ??
      children.find(({platform, hasEmptyPlatform}) => platform === undefined || hasEmptyPlatform),
    // Linux programs, which leave os.version out of account.
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
      detail: `programs disagree which of its children is for ${formatPlatform(wanted)}: ${Object.entries(chosen)
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

/** Notes, or for a platform that was asked for by name fails, when a config is for another one than was wanted. */
export function checkConfigPlatform(
  named: Platform | undefined,
  has: Platform,
  choice: PlatformChoice,
  notes: string[]
): void {
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
