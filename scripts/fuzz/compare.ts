// The property: no document where we verify one image and an engine runs another. A refusal of ours is allowed where engines
// refuse too, and for the reasons that docs/differences.md lists.

import {chooseChildren} from '../../src/fetch/select-platforms.ts'
import {parseDigest} from '../../src/oci/digest.ts'
import {decodeConfig} from '../../src/oci/image-config.ts'
import {
  childrenOf,
  decodeManifest,
  type Descriptor,
  type ImageIndex,
  isIndexType,
  isManifestType
} from '../../src/oci/manifest.ts'
import {formatPlatform, parsePlatform, type Platform} from '../../src/oci/platform.ts'
import type {Case, Kind} from './cases.ts'
import type {GoReading} from './go-judge.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

export const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/arm/v6', 'linux/amd64/v3', 'linux/386']

export type Verdict =
  | {readonly verdict: 'same' | 'both refuse' | 'only they refuse'}
  | {readonly verdict: 'only we refuse'; readonly reason: string}
  /** A defect. */
  | {readonly verdict: 'another image' | 'refused without a row'; readonly ours: string; readonly theirs: string}

/** Why we refuse what Go decodes, by the row of docs/differences.md. */
export const REASONS: readonly (readonly [reason: string, pattern: RegExp])[] = [
  ['key in another case', /has the key .*, which Go reads as/],
  ['key twice', /has the key .* twice in one object/],
  ['long list', /has more than \d+ entries/],
  ['nested deep', /nested more than/],
  ['not UTF-8', /is not UTF-8/],
  ['schema version', /^its schemaVersion is|withdrawn schema 1/],
  ['media type', /media type .* is not one of an image|it is an artifact|mediaType is/],
  ['digest', /\.digest is|diff_ids\[\d+\] is/],
  ['size', /\.size is/],
  ['no config', /^config is (?:missing|null)/],
  ['no rootfs', /^rootfs is/],
  ['entry that is null', /is (?:null|missing), not a descriptor/],
  ['manifest and index at once', /also has/],
  ['other architecture', /^(?:it has no|no image for)/],
  // Docker's list has a field that the image specification's has not.
  ['features of a platform', /platform\.features/]
]

/** What the document is to us, and to an engine that is led to it by us; where we refuse it, what it was made as. */
export function kindOf({kind, bytes}: Case): Kind {
  if (kind === 'config') return kind
  const decoded = decodeManifest(bytes, undefined)
  return decoded.ok ? decoded.value.kind : kind
}

export function compare({kind, bytes}: Case, go: GoReading): readonly Verdict[] {
  if (kind === 'config') return [compareConfig(bytes, go)]
  const decoded = decodeManifest(bytes, undefined)
  if (!decoded.ok) return [refusal(decoded.reason, go.error === undefined)]
  if (go.error !== undefined) return [{verdict: 'only they refuse'}]
  const {value} = decoded
  if (value.kind === 'index') return compareIndex(value, go)
  const ours = JSON.stringify([plain(value.config), value.layers.map(plain)])
  const theirs = JSON.stringify([go.config, go.layers ?? []])
  return [ours === theirs ? {verdict: 'same'} : another(ours, go)]
}

function compareConfig(bytes: Buffer, go: GoReading): Verdict {
  const decoded = decodeConfig(bytes)
  if (!decoded.ok) return refusal(decoded.reason, go.error === undefined)
  // A config that Go does not decode runs nowhere. What it minds alone decides nothing here: a date, a list of words.
  if (go.error !== undefined) return {verdict: 'only they refuse'}
  const ours = JSON.stringify(decoded.value.diffIds)
  return ours === JSON.stringify(go.diffIds ?? []) && go.rootfs === true ? {verdict: 'same'} : another(ours, go)
}

function compareIndex(index: ImageIndex, go: GoReading): readonly Verdict[] {
  const all = chosen(index, {kind: 'all'})
  const attestations = childrenOf(index)
    .filter(({isAttestation}) => isAttestation)
    .map(({digest}) => digest)
  const known = new Set(all.ok ? [...all.digests, ...attestations] : attestations)
  // With all platforms, what has neither an image's type nor a machine's platform is left out.
  const leftOut = new Set<unknown>(
    childrenOf(index).flatMap(({mediaType, digest}) =>
      isManifestType(mediaType) || isIndexType(mediaType) ? [] : [digest]
    )
  )
  const hasBroken = index.entries.some(({kind}) => kind === 'broken')
  const hidden = (go.children ?? []).filter(
    ({digest}) =>
      !known.has(digest as Descriptor['digest']) && !leftOut.has(digest) && !(hasBroken && !parseDigest(digest).ok)
  )
  return [
    hidden.length === 0 || !all.ok ? {verdict: 'same'} : another(`hides ${JSON.stringify(hidden)}`, go),
    ...PLATFORMS.map((name, at) => {
      const platform = parsed(name)
      const ours = chosen(index, {kind: 'named', platforms: [platform]})
      const theirs = go.choices?.[at]
      const answers = [theirs?.containerd, theirs?.docker].filter(digest => digest !== undefined && digest !== '')
      if (!ours.ok) return refusal(ours.why, answers.length > 0)
      return answers.every(digest => digest !== undefined && ours.digests.includes(digest))
        ? ({verdict: 'same'} as const)
        : another(`${formatPlatform(platform)}: ${ours.digests.join(', ')}`, go)
    })
  ]
}

export function chosen(
  index: ImageIndex,
  choice: Parameters<typeof chooseChildren>[1]
): {readonly ok: true; readonly digests: readonly string[]} | {readonly ok: false; readonly why: string} {
  try {
    return {ok: true, digests: chooseChildren(index, choice).map(({child}) => child.digest)}
  } catch (error) {
    if (error instanceof VerifiedImageError) return {ok: false, why: error.message}
    throw error
  }
}

export function parsed(name: string): Platform {
  const platform = parsePlatform(name)
  if (!platform.ok) throw new TypeError(platform.reason)
  return platform.value
}

function refusal(why: string, theyRead: boolean): Verdict {
  if (!theyRead) return {verdict: 'both refuse'}
  const reason = REASONS.find(([, pattern]) => pattern.test(why))?.[0]
  return reason === undefined
    ? {verdict: 'refused without a row', ours: why, theirs: 'read'}
    : {verdict: 'only we refuse', reason}
}

function another(ours: string, go: GoReading): Verdict {
  return {verdict: 'another image', ours, theirs: JSON.stringify(go)}
}

function plain({mediaType, digest, size}: Descriptor): object {
  return {mediaType, digest, size}
}
