// Checks the outputs before they are set: each value is parsed again, and compared with what this run verified.
// Later steps trust an output without a check. A value that does not pass is a bug or an attack, and no output is set then.

import {parseDigest} from '../oci/digest.ts'
import {formatFamiliar, formatPulled, parseReference, parseRegistry} from '../oci/reference.ts'
import type {ExportResult} from '../report/build-report.ts'
import {VERIFY_LEVELS} from '../fetch/verify-level.ts'
import {type Acquisition} from '../acquire/acquisition.ts'
import {reportSigner} from '../report/report-fields.ts'

/** What this run verified, from the acquisitions themselves and not from the report. */
export type VerifiedOutput = {
  /** Images as they were requested. */
  readonly requested: ReadonlySet<string>
  readonly digests: ReadonlySet<string>
  readonly imageIds: ReadonlySet<string>
  readonly references: ReadonlySet<string>
  /** Values of build contexts. */
  readonly contexts: ReadonlySet<string>
  readonly layout: string | undefined
  /** The JSON of each signer, by image. */
  readonly signers: ReadonlyMap<string, string>
}

export function verifiedOutputOf(
  acquisitions: readonly Acquisition[],
  exportOf: (acquisition: Acquisition) => ExportResult | undefined,
  layout: string | undefined
): VerifiedOutput {
  const verified = acquisitions.flatMap(acquisition => {
    const {image} = acquisition
    const exported = exportOf(acquisition)
    if (image === undefined || exported === 'not-exported') return []
    const pulled = formatPulled(image.candidate.repository, image.digest, acquisition.request.image.reference)
    return [{image, ...(exported ?? {reference: pulled, context: `docker-image://${pulled}`})}]
  })
  return {
    requested: new Set(acquisitions.map(({request}) => request.image.input)),
    digests: new Set(verified.map(({image}) => image.digest)),
    imageIds: new Set(verified.flatMap(({image}) => image.platforms.map(({imageId}) => imageId))),
    references: new Set(verified.map(({reference}) => reference)),
    contexts: new Set(verified.map(({context}) => context)),
    layout,
    signers: new Map(
      acquisitions.flatMap(({request, image, signature}) => {
        const [signer] = signature?.outcome === 'signed' && image !== undefined ? signature.signers : []
        return signer === undefined ? [] : [[request.image.input, JSON.stringify(reportSigner(signer))] as const]
      })
    )
  }
}

/** The first reason why these outputs must not be set; undefined if there is none. */
export function checkOutputs(outputs: Readonly<Record<string, string>>, evidence: VerifiedOutput): string | undefined {
  for (const [name, value] of Object.entries(outputs)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined
    const reason =
      check === undefined
        ? 'this action has no such output'
        : CONTROLS.test(name === 'build-contexts' ? value.replaceAll('\n', '') : value)
          ? 'it contains control characters'
          : check(value, evidence)
    if (reason !== undefined) return `output ${name} is not set: ${reason}`
  }
  return undefined
}

const CONTROLS = /[\p{Cc}\u2028\u2029]/u

const CHECKS: Readonly<Record<string, (value: string, evidence: VerifiedOutput) => string | undefined>> = {
  reference: (value, {references}) => checkReference(value, references),
  references: checkReferences,
  digest: (value, {digests}) => checkDigest(value, digests),
  'image-id': (value, {imageIds}) => checkDigest(value, imageIds),
  registry: value => (parseRegistry(value).ok ? undefined : 'it is not a registry'),
  source: value => (value === 'primary' || value === 'mirror' ? undefined : 'it is neither primary nor mirror'),
  tag: value => (parseReference(`registry.example.com/name:${value}`).ok ? undefined : 'it is not a tag'),
  verified: value => (VERIFY_LEVELS.some(level => level === value) ? undefined : 'it is not a verification level'),
  size: value => (/^(?:0|[1-9]\d{0,15})$/.test(value) ? undefined : 'it is not a number of bytes'),
  'build-contexts': checkContexts,
  signers: checkSigners,
  layout: (value, {layout}) => (value === layout ? undefined : 'it is not the directory that the layout was written to')
}

/** Why a path on this machine must not be an output. */
export function checkPath(path: string): string | undefined {
  return CONTROLS.test(path) ? 'the path contains control characters' : undefined
}

function checkReference(value: string, verified: ReadonlySet<string>): string | undefined {
  if (!verified.has(value)) return 'this run did not verify that reference'
  const isImageId = parseDigest(value).ok
  return isImageId || isLayout(value) || parseReference(value).ok ? undefined : 'it is not a reference'
}

/** `oci-layout://folder@digest`. */
function isLayout(value: string): boolean {
  const [, digest] = /^oci-layout:\/\/[^@:]*(?::[\\/][^@:]*)?@([^@]+)$/.exec(value) ?? []
  return digest !== undefined && parseDigest(digest).ok
}

function checkReferences(value: string, {requested, references}: VerifiedOutput): string | undefined {
  const entries = Object.entries(JSON.parse(value) as Record<string, unknown>)
  for (const [image, reference] of entries) {
    if (!requested.has(image)) return 'it has an image that was not requested'
    const reason = typeof reference === 'string' ? checkReference(reference, references) : 'a value is not a string'
    if (reason !== undefined) return `a value is wrong: ${reason}`
  }
  return undefined
}

function checkSigners(value: string, {signers}: VerifiedOutput): string | undefined {
  const isVerified = Object.entries(JSON.parse(value) as Record<string, unknown>).every(
    ([image, signer]) => signers.get(image) === JSON.stringify(signer)
  )
  return isVerified ? undefined : 'it has a signer that this run did not verify'
}

function checkDigest(value: string, verified: ReadonlySet<string>): string | undefined {
  if (!parseDigest(value).ok) return 'it is not a digest'
  return verified.has(value) ? undefined : 'this run did not verify that digest'
}

function checkContexts(value: string, {contexts}: VerifiedOutput): string | undefined {
  const names = new Set<string>()
  for (const line of value.split('\n')) {
    const equals = line.indexOf('=')
    const name = contextNameOf(line.slice(0, Math.max(0, equals)))
    const context = line.slice(equals + 1)
    if (name === undefined) return 'a line does not begin with an image name'
    if (names.has(name)) return `it has two lines with the name ${name}`
    if (!contexts.has(context)) return `the line for ${name} has an image that this run did not verify`
    if (!isLayout(context) && !(context.startsWith('docker-image://') && parseReference(context.slice(15)).ok))
      return `the line for ${name} is not a build context`
    names.add(name)
  }
  return undefined
}

/** The name as BuildKit compares it; undefined for a name that BuildKit does not accept. */
export function contextNameOf(name: string): string | undefined {
  const reference = parseReference(name)
  return reference.ok ? formatFamiliar(reference.value) : undefined
}
