// What may be a signature: a Sigstore bundle, or a layer of cosign's older format, which is turned into a bundle here.
// Pure. Everything in it is the claim of someone who can push to a registry.

import {type Digest, digestOf} from '../oci/digest.ts'
import {decodeJsonObject, isObject, type JsonObject, stringAt} from '../oci/json.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {quotePrintable} from './printable.ts'
import {checkPayload, readStatement} from './statement.ts'

export type CandidateSignature =
  | {readonly kind: 'bundle'; readonly json: Uint8Array}
  /** A layer of a `.sig` tag: the payload is its blob, and the signature is among its annotations. */
  | {
      readonly kind: 'cosign'
      readonly payload: Uint8Array
      readonly annotations: Readonly<Record<string, string>>
    }

/** A bundle about the requested digest, to be verified. */
export type ReadSignature = {
  readonly bundle: JsonObject
  /** The predicate type of a statement; undefined for a signature of the image itself. */
  readonly predicate: string | undefined
  /** The bytes that are signed. `manifest`: those of the image's manifest. */
  readonly artifact: Uint8Array | 'manifest' | undefined
}

/** `signature-broken`: it is about something else. `signature-unusable`: it cannot be read. */
export type SignatureFlaw = {
  readonly outcome: 'signature-broken' | 'signature-unusable'
  readonly detail: string
}

export type ReadResult = {readonly ok: true; readonly value: ReadSignature} | ({readonly ok: false} & SignatureFlaw)

/** Reads a candidate for this digest. */
export function readCandidate(candidate: CandidateSignature, digest: Digest): ReadResult {
  return candidate.kind === 'bundle' ? readBundle(candidate.json, digest) : readCosign(candidate, digest)
}

// The library accepts every version (v9.9) that has this form, and would verify a later one by the rules of today.
const MEDIA_TYPES = [1, 2, 3].flatMap(minor => [
  `application/vnd.dev.sigstore.bundle+json;version=0.${String(minor)}`,
  `application/vnd.dev.sigstore.bundle.v0.${String(minor)}+json`
])

function readBundle(json: Uint8Array, digest: Digest): ReadResult {
  const decoded = decodeJsonObject(json)
  if (!decoded.ok) return unusable(`the bundle is not valid: ${decoded.reason}`)
  const bundle = decoded.value
  const mediaType = stringAt(bundle, 'mediaType') ?? ''
  if (!MEDIA_TYPES.includes(mediaType))
    return unusable(`the bundle has the type ${quotePrintable(mediaType)}; v0.1, v0.2, and v0.3 are supported`)
  const {dsseEnvelope: envelope, messageSignature: message} = bundle
  if (isObject(envelope) && message === undefined) return readEnvelope(bundle, envelope, digest)
  if (isObject(message) && envelope === undefined)
    return {ok: true, value: {bundle, predicate: undefined, artifact: 'manifest'}}
  return unusable('the bundle has no content, or more than one')
}

function readEnvelope(bundle: JsonObject, envelope: JsonObject, digest: Digest): ReadResult {
  const signatures = envelope['signatures']
  // The library verifies the first one alone.
  if (!Array.isArray(signatures) || signatures.length !== 1)
    return unusable('the envelope does not have exactly one signature')
  const payload = decodeBase64(stringAt(envelope, 'payload') ?? '')
  if (!payload.ok) return unusable(`the payload of the envelope is not valid: ${payload.reason}`)
  const statement = readStatement(stringAt(envelope, 'payloadType') ?? '', payload.value, digest)
  return statement.ok
    ? {ok: true, value: {bundle, predicate: statement.value, artifact: undefined}}
    : {ok: false, outcome: 'signature-broken', detail: statement.reason}
}

// The library decodes with Buffer.from, which skips what is not base64. Both have to see the same bytes.
function decodeBase64(text: string): Parsed<Buffer> {
  const bytes = Buffer.from(text, 'base64')
  const isCanonical = bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')
  return isCanonical ? valid(bytes) : invalid('it is not base64')
}

// cosign's specs/SIGNATURE_SPEC.md.
const SIGNATURE = 'dev.cosignproject.cosign/signature'
const CERTIFICATE = 'dev.sigstore.cosign/certificate'
const LOG_ENTRY = 'dev.sigstore.cosign/bundle'
const TIMESTAMP = 'dev.sigstore.cosign/rfc3161timestamp'

function readCosign({payload, annotations}: Extract<CandidateSignature, {kind: 'cosign'}>, digest: Digest): ReadResult {
  const reason = checkPayload(payload, digest)
  if (reason !== undefined) return {ok: false, outcome: 'signature-broken', detail: reason}
  const signature = decodeBase64(annotations[SIGNATURE] ?? '')
  if (!signature.ok || signature.value.length === 0) return unusable(`the layer has no signature in ${SIGNATURE}`)
  const key = keyMaterial(annotations[CERTIFICATE])
  if (key === undefined) return unusable(`the certificate in ${CERTIFICATE} is not PEM`)
  const entries = logEntries(annotations[LOG_ENTRY])
  if (!entries.ok) return unusable(`the log entry in ${LOG_ENTRY} is not valid: ${entries.reason}`)
  const timestamps = timestampData(annotations[TIMESTAMP])
  if (!timestamps.ok) return unusable(`the timestamp in ${TIMESTAMP} is not valid: ${timestamps.reason}`)
  const bundle = {
    mediaType: MEDIA_TYPES[0],
    verificationMaterial: {...key, tlogEntries: entries.value, ...timestamps.value},
    messageSignature: {
      messageDigest: {algorithm: 'SHA2_256', digest: sha256(payload).toString('base64')},
      signature: signature.value.toString('base64')
    }
  }
  return {ok: true, value: {bundle, predicate: undefined, artifact: payload}}
}

export function sha256(bytes: Uint8Array): Buffer {
  return Buffer.from(digestOf(bytes).slice('sha256:'.length), 'hex')
}

/** The first certificate; a public key, which is known from the rule alone, where there is none. */
function keyMaterial(pem: string | undefined): JsonObject | undefined {
  if (pem === undefined || pem === '') return {publicKey: {hint: ''}}
  const [, base64 = ''] = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(pem) ?? []
  const rawBytes = base64.replace(/\s+/g, '')
  return rawBytes === '' ? undefined : {x509CertificateChain: {certificates: [{rawBytes}]}}
}

function logEntries(annotation: string | undefined): Parsed<readonly JsonObject[]> {
  if (annotation === undefined || annotation === '') return valid([])
  const json = decodeJsonObject(Buffer.from(annotation))
  if (!json.ok) return json
  const {Payload: payload} = json.value as {readonly Payload?: unknown}
  const promise = stringAt(json.value, 'SignedEntryTimestamp')
  if (!isObject(payload) || promise === undefined) return invalid('it has no payload or no timestamp')
  const canonicalizedBody = stringAt(payload, 'body') ?? ''
  const body = decodeJsonObject(Buffer.from(canonicalizedBody, 'base64'))
  const {integratedTime, logIndex} = payload as {readonly integratedTime?: unknown; readonly logIndex?: unknown}
  if (!body.ok || !Number.isSafeInteger(integratedTime) || !Number.isSafeInteger(logIndex))
    return invalid('its payload has no entry')
  return valid([
    {
      logIndex: String(logIndex),
      logId: {keyId: Buffer.from(stringAt(payload, 'logID') ?? '', 'hex').toString('base64')},
      kindVersion: {kind: stringAt(body.value, 'kind') ?? '', version: stringAt(body.value, 'apiVersion') ?? ''},
      integratedTime: String(integratedTime),
      inclusionPromise: {signedEntryTimestamp: promise},
      canonicalizedBody
    }
  ])
}

function timestampData(annotation: string | undefined): Parsed<JsonObject> {
  if (annotation === undefined || annotation === '') return valid({})
  const json = decodeJsonObject(Buffer.from(annotation))
  if (!json.ok) return json
  const signedTimestamp = stringAt(json.value, 'SignedRFC3161Timestamp')
  return signedTimestamp === undefined
    ? invalid('it has no timestamp')
    : valid({timestampVerificationData: {rfc3161Timestamps: [{signedTimestamp}]}})
}

function unusable(detail: string): ReadResult {
  return {ok: false, outcome: 'signature-unusable', detail}
}
