// The one file that imports Sigstore's libraries: verifies a bundle against trust roots, or with a public key, without any request.
// They are loaded only for a run with rules. Each throw becomes an outcome here: a malformed bundle makes them throw any error.

import {createHash, type KeyObject, X509Certificate} from 'node:crypto'
import {bundleFromJSON} from '@sigstore/bundle'
import {HashAlgorithm, TrustedRoot} from '@sigstore/protobuf-specs'
import {
  type SignedEntity,
  type Signer,
  toSignedEntity,
  toTrustMaterial,
  VerificationError,
  Verifier
} from '@sigstore/verify'
import {decodeJsonObject, type JsonObject} from '../oci/json.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {keysInLogEntry} from './log-entry-key.ts'
import {quoteLine} from '../oci/quote-line.ts'
import {type CertificateIdentity, type FoundSigner} from './signer.ts'

/** An authority that issues certificates, with the logs and timestamp authorities that belong to it. */
export type TrustRoot = {
  readonly root: TrustedRoot
  readonly authorities: readonly X509Certificate[]
}

export function openTrustRoot(document: JsonObject): Parsed<TrustRoot> {
  try {
    const root = TrustedRoot.fromJSON(document)
    // Fails for keys and certificates that cannot be read.
    toTrustMaterial(root)
    const authorities = root.certificateAuthorities.flatMap(
      ({certChain}) => certChain?.certificates.map(({rawBytes}) => new X509Certificate(rawBytes)) ?? []
    )
    if (authorities.length === 0) return invalid('it has no certificate authority')
    // The library reads a missing start as "always": entries from before the log was trusted would count.
    const isDated = [...root.tlogs, ...root.ctlogs].every(({publicKey}) => publicKey?.validFor?.start !== undefined)
    return isDated ? valid({root, authorities}) : invalid('a log in it has no start of its validity')
  } catch (error) {
    return invalid(`it is not a Sigstore trust root: ${messageOf(error)}`)
  }
}

export type VerifyRequest = {
  readonly bundle: JsonObject
  /** The signed bytes, unless the bundle has them. */
  readonly artifact: Uint8Array | undefined
  readonly roots: readonly TrustRoot[]
  readonly key: RequiredKey | undefined
}

/** The key to verify with. A bundle with a certificate is not signed with a key. */
export type RequiredKey = {readonly key: KeyObject; readonly requiresLog: boolean}

export type Verified = {
  readonly ok: true
  /** Undefined for a key. */
  readonly certificate: CertificateIdentity | undefined
  readonly when: Pick<FoundSigner, 'signedAt' | 'logIndex'>
}

export type NotVerified = {
  readonly ok: false
  /** `other-key`: it is signed with a key, and not with the required one. */
  readonly outcome: 'other-key' | 'signature-broken' | 'signature-unusable' | 'root-stale'
  readonly detail: string
  /** The organization of the authority that the roots lack. */
  readonly organization?: string
}

/** Verifies a bundle: certificate chain or key, log entries, timestamps, and signature. */
export function verifyBundle(request: VerifyRequest): Verified | NotVerified {
  try {
    return verifyEntity(request)
  } catch (error) {
    if (error instanceof Stale) return stale(error.message, error.organization)
    if (error instanceof VerificationError) return broken(quoteLine(error.message))
    return {ok: false, outcome: 'signature-unusable', detail: `the bundle cannot be read: ${messageOf(error)}`}
  }
}

function verifyEntity({bundle: json, artifact, roots, key}: VerifyRequest): Verified | NotVerified {
  const bundle = bundleFromJSON(json)
  const {content, tlogEntries} = bundle.verificationMaterial
  const {content: signed} = bundle
  if (signed.$case === 'messageSignature' && artifact !== undefined) {
    // The log entry is compared with this digest, and the signature with the bytes.
    const {algorithm, digest} = signed.messageSignature.messageDigest
    const computed = createHash('sha256').update(artifact).digest()
    if (algorithm !== HashAlgorithm.SHA2_256 || !computed.equals(digest))
      return broken('it is about other bytes than the manifest of this image')
  }
  const entity = toSignedEntity(bundle, artifact === undefined ? undefined : Buffer.from(artifact))
  const hasKey = content.$case === 'publicKey'
  if (hasKey !== (key !== undefined))
    return {
      ok: false,
      outcome: 'other-key',
      detail: hasKey ? 'it is signed with a key' : 'it is signed with a certificate'
    }
  if (key !== undefined && !isSignedWith(entity, key.key))
    return {ok: false, outcome: 'other-key', detail: 'it does not verify with this key'}
  const signer = key === undefined ? verifyCertificate(entity, leafOf(content), roots) : verifyKey(entity, key, roots)
  checkLogKeys(entity, signer.key)
  return {
    ok: true,
    certificate: key === undefined ? identityOf(signer) : undefined,
    when: whenOf(entity, tlogEntries[0]?.logIndex)
  }
}

// A key of another kind than the signature makes OpenSSL throw.
function isSignedWith(entity: SignedEntity, key: KeyObject): boolean {
  try {
    return entity.signature.verifySignature(key)
  } catch {
    return false
  }
}

type KeyContent = ReturnType<typeof bundleFromJSON>['verificationMaterial']['content']

function leafOf(content: KeyContent): X509Certificate {
  if (content.$case === 'certificate') return new X509Certificate(content.certificate.rawBytes)
  const [leaf] = content.$case === 'x509CertificateChain' ? content.x509CertificateChain.certificates : []
  if (leaf === undefined) throw new TypeError('it has no certificate')
  return new X509Certificate(leaf.rawBytes)
}

/** The root decides how many log entries and timestamps are enough: it is the one that the certificate comes from. */
function verifyCertificate(entity: SignedEntity, leaf: X509Certificate, roots: readonly TrustRoot[]): Signer {
  const issuing = roots.filter(({authorities}) =>
    authorities.some(authority => leaf.checkIssued(authority) && leaf.verify(authority.publicKey))
  )
  if (issuing.length === 0) {
    throw new Stale(
      `the certificate authority ${quoteLine(leaf.issuer.replaceAll('\n', ', ').replaceAll('\\', ''))} is not in the trust roots`,
      organizationOf(leaf.issuer)
    )
  }
  return firstSuccess(issuing, root => {
    checkAuthorities(entity, root)
    const {ctlogs, tlogs} = root.root
    const verifier = new Verifier(toTrustMaterial(root.root), {
      ctlogThreshold: ctlogs.length > 0 ? 1 : 0,
      tlogThreshold: tlogs.length > 0 ? 1 : 0,
      timestampThreshold: 1
    })
    return verifier.verify(entity)
  })
}

/** The organization in a name as OpenSSL prints it, with a backslash before a comma: `O=GitHub\\, Inc.`. */
export function organizationOf(name: string): string | undefined {
  return /^O=(.*)$/m.exec(name)?.[1]?.replace(/\\(.)/g, '$1')
}

/** A key proves the signature by itself. Log entries and timestamps that are there have to be right, too. */
function verifyKey(entity: SignedEntity, {key, requiresLog}: RequiredKey, roots: readonly TrustRoot[]): Signer {
  return firstSuccess(roots, root => {
    checkAuthorities(entity, root)
    const material = toTrustMaterial(root.root, () => ({publicKey: key, validFor: () => true}))
    const thresholds = {ctlogThreshold: 0, tlogThreshold: requiresLog ? 1 : 0, timestampThreshold: 0}
    return new Verifier(material, thresholds).verify(entity)
  })
}

/** The first root that verifies; or else the error that says most: one that is not about a root that lacks an authority. */
function firstSuccess(roots: readonly TrustRoot[], verify: (root: TrustRoot) => Signer): Signer {
  const errors: unknown[] = []
  for (const root of roots) {
    try {
      return verify(root)
    } catch (error) {
      errors.push(error)
    }
  }
  throw errors.find(error => !(error instanceof Stale)) ?? errors[0]
}

/** A log or a timestamp authority that the root lacks says nothing about the signature: the root may be too old. */
class Stale extends Error {
  readonly organization: string | undefined
  constructor(message: string, organization: string | undefined) {
    super(message)
    this.organization = organization
  }
}

function checkAuthorities({tlogEntries, timestamps}: SignedEntity, {root}: TrustRoot): void {
  const logs = root.tlogs.flatMap(({logId, checkpointKeyId}) => [logId, checkpointKeyId].flatMap(id => id?.keyId ?? []))
  for (const {logId} of tlogEntries)
    if (!logs.some(known => Buffer.from(known).equals(logId.keyId)))
      throw new Stale(`the log ${quoteLine(logId.keyId.toString('hex'))} is not in the trust roots`, undefined)
  const material = toTrustMaterial(root)
  for (const timestamp of timestamps) {
    if (timestamp.$case !== 'timestamp-authority') continue
    const {signerSerialNumber, signerIssuer} = timestamp.timestamp
    const isKnown = material.timestampAuthorities.some(
      ({certChain: [leaf]}) =>
        leaf?.serialNumber.equals(signerSerialNumber) === true && leaf.issuer.equals(signerIssuer)
    )
    if (!isKnown)
      throw new Stale('the timestamp authority that dates the signature is not in the trust roots', undefined)
  }
}

/** Each log entry has the key that verified the signature. The library does not compare them. */
function checkLogKeys({tlogEntries}: SignedEntity, key: KeyObject): void {
  const spki = key.export({format: 'der', type: 'spki'})
  for (const {canonicalizedBody} of tlogEntries) {
    const body = decodeJsonObject(canonicalizedBody)
    const keys = body.ok ? keysInLogEntry(body.value) : []
    if (keys.length === 0 || !keys.every(found => found.equals(spki)))
      throw new VerificationError({
        code: 'TLOG_BODY_ERROR',
        message: 'the log entry is of another key than the signature'
      })
  }
}

// 1.3.6.1.4.1.57264.1: Fulcio's extensions. The first six are text, the later ones a UTF8String in DER.
const FULCIO = [1, 3, 6, 1, 4, 1, 57264, 1]
const LAST_RAW = 6

function identityOf({identity}: Signer): CertificateIdentity {
  const {subjectAlternativeName, extensions, oids = []} = identity ?? {}
  const fulcio = oids.flatMap(({oid, value}): readonly (readonly [number, string])[] => {
    const number = oid?.id.at(-1) ?? 0
    const isFulcio = oid?.id.length === FULCIO.length + 1 && FULCIO.every((part, at) => oid.id[at] === part)
    const text = isFulcio ? (number <= LAST_RAW ? value.toString('utf8') : utf8String(value)) : undefined
    return text === undefined ? [] : [[number, text]]
  })
  return {
    name: subjectAlternativeName ?? '',
    issuer: extensions?.issuer ?? '',
    extensions: new Map(fulcio)
  }
}

/** The text of a DER UTF8String; undefined for anything else. */
function utf8String(der: Buffer): string | undefined {
  const [tag, first = 0] = der
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (tag !== 0x0c || lengthBytes > 3 || der.length < 2 + lengthBytes) return undefined
  const length = lengthBytes === 0 ? first : der.readUIntBE(2, lengthBytes)
  const text = der.subarray(2 + lengthBytes)
  return text.length === length ? text.toString('utf8') : undefined
}

/** The time that a log or a timestamp authority vouches for. */
function whenOf({timestamps}: SignedEntity, logIndex: string | undefined): Pick<FoundSigner, 'signedAt' | 'logIndex'> {
  const times = timestamps.flatMap(timestamp =>
    timestamp.$case === 'timestamp-authority'
      ? [timestamp.timestamp.signingTime]
      : timestamp.tlogEntry.inclusionPromise === undefined
        ? []
        : [new Date(Number(timestamp.tlogEntry.integratedTime) * 1000)]
  )
  return omitUndefined({signedAt: times[0]?.toISOString(), logIndex})
}

function broken(detail: string): NotVerified {
  return {ok: false, outcome: 'signature-broken', detail}
}

function stale(detail: string, organization: string | undefined): NotVerified {
  return omitUndefined({ok: false, outcome: 'root-stale', detail, organization})
}

function messageOf(error: unknown): string {
  return quoteLine(error instanceof Error ? error.message : String(error))
}
