// The gate before the outputs: each value is parsed again by what it claims to be, and held to what this run verified.
// A later step believes an output without looking. What does not fit here is a defect or an attack, and then nothing is put out.
import type {ExportResult} from '../report/build-report.ts'
import {parseDigest} from '../oci/digest.ts'
import {formatFamiliar, formatReference, parseReference, parseRegistry} from '../oci/reference.ts'
import {VERIFY_LEVELS} from '../fetch/verify-level.ts'
import {type Acquisition} from '../acquire/acquisition.ts'

/** What this run verified, from the acquisitions themselves and not from the report. */
export type VerifiedOutput = {
  /** Images as they were asked for. */
  readonly asked: ReadonlySet<string>
  readonly digests: ReadonlySet<string>
  readonly imageIds: ReadonlySet<string>
  readonly references: ReadonlySet<string>
  /** Values of build contexts. */
  readonly contexts: ReadonlySet<string>
  readonly layout: string | undefined
}

export function evidenceOf(
  acquisitions: readonly Acquisition[],
  exportOf: (acquisition: Acquisition) => ExportResult | undefined,
  layout: string | undefined
): VerifiedOutput {
  const verified = acquisitions.flatMap(acquisition => {
    const {image} = acquisition
    const exported = exportOf(acquisition)
    if (image === undefined || exported === 'not-exported') return []
    const pulled = formatReference({...image.candidate.repository, digest: image.digest})
    return [{image, ...(exported ?? {reference: pulled, context: `docker-image://${pulled}`})}]
  })
  return {
    asked: new Set(acquisitions.map(({request}) => request.image.input)),
    digests: new Set(verified.map(({image}) => image.digest)),
    imageIds: new Set(verified.flatMap(({image}) => image.platforms.map(({imageId}) => imageId))),
    references: new Set(verified.map(({reference}) => reference)),
    contexts: new Set(verified.map(({context}) => context)),
    layout
  }
}

/** Why these values may not become outputs, the first reason; undefined when they may. */
export function whyNotOutputs(outputs: Readonly<Record<string, string>>, evidence: VerifiedOutput): string | undefined {
  for (const [name, value] of Object.entries(outputs)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined
    const why =
      check === undefined
        ? 'it is no output of this action'
        : CONTROLS.test(name === 'build-contexts' ? value.replaceAll('\n', '') : value)
          ? 'it holds control characters'
          : check(value, evidence)
    if (why !== undefined) return `the output ${name} is not set: ${why}`
  }
  return undefined
}

const CONTROLS = /[\p{Cc}\u2028\u2029]/u

const CHECKS: Readonly<Record<string, (value: string, evidence: VerifiedOutput) => string | undefined>> = {
  reference: (value, {references}) => whyNotReference(value, references),
  references: whyNotReferences,
  digest: (value, {digests}) => whyNotDigest(value, digests),
  'image-id': (value, {imageIds}) => whyNotDigest(value, imageIds),
  registry: value => (parseRegistry(value).ok ? undefined : 'it is no registry'),
  source: value => (value === 'primary' || value === 'mirror' ? undefined : 'it is neither primary nor mirror'),
  tag: value => (parseReference(`registry.example.com/name:${value}`).ok ? undefined : 'it is no tag'),
  verified: value => (VERIFY_LEVELS.some(level => level === value) ? undefined : 'it is no level'),
  size: value => (/^(?:0|[1-9]\d{0,15})$/.test(value) ? undefined : 'it is no number of bytes'),
  'build-contexts': whyNotContexts,
  layout: (value, {layout}) => (value === layout ? undefined : 'it is not the folder that the layout was written to')
}

/** Why a path of this machine may not be an output. */
export function whyNotPath(path: string): string | undefined {
  return CONTROLS.test(path) ? 'the path holds control characters' : undefined
}

function whyNotReference(value: string, verified: ReadonlySet<string>): string | undefined {
  if (!verified.has(value)) return 'it is no reference that this run verified'
  const isImageId = parseDigest(value).ok
  return isImageId || isLayout(value) || parseReference(value).ok ? undefined : 'it is no reference'
}

/** `oci-layout://folder@digest`. */
function isLayout(value: string): boolean {
  const [, digest] = /^oci-layout:\/\/[^@:]*(?::[\\/][^@:]*)?@([^@]+)$/.exec(value) ?? []
  return digest !== undefined && parseDigest(digest).ok
}

function whyNotReferences(value: string, {asked, references}: VerifiedOutput): string | undefined {
  const entries = Object.entries(JSON.parse(value) as Record<string, unknown>)
  for (const [image, reference] of entries) {
    if (!asked.has(image)) return 'it has an image that was not asked for'
    const why = typeof reference === 'string' ? whyNotReference(reference, references) : 'a value is no text'
    if (why !== undefined) return `a value does not fit: ${why}`
  }
  return undefined
}

function whyNotDigest(value: string, verified: ReadonlySet<string>): string | undefined {
  if (!parseDigest(value).ok) return 'it is no digest'
  return verified.has(value) ? undefined : 'it is no digest that this run verified'
}

function whyNotContexts(value: string, {contexts}: VerifiedOutput): string | undefined {
  const names = new Set<string>()
  for (const line of value.split('\n')) {
    const equals = line.indexOf('=')
    const name = contextNameOf(line.slice(0, Math.max(0, equals)))
    const context = line.slice(equals + 1)
    if (name === undefined) return 'a line does not begin with the name of an image'
    if (names.has(name)) return `it has two lines with the name ${name}`
    if (!contexts.has(context)) return `the line of ${name} leads to no image that this run verified`
    if (!isLayout(context) && !(context.startsWith('docker-image://') && parseReference(context.slice(15)).ok))
      return `the line of ${name} is no build context`
    names.add(name)
  }
  return undefined
}

/** As BuildKit compares names of contexts; undefined for one that it does not take. */
export function contextNameOf(name: string): string | undefined {
  const reference = parseReference(name)
  return reference.ok ? formatFamiliar(reference.value) : undefined
}
