// Verifies a bundle against trust roots, or with a public key, by Sigstore's libraries, without any request. They are loaded only for a
// run with rules, by this file and sigstore-root.ts. Each throw becomes an outcome here: a malformed bundle makes them throw any error.

import {createHash, type KeyObject, X509Certificate} from 'node:crypto'
import {type Bundle, bundleFromJSON} from '@sigstore/bundle'
import {HashAlgorithm} from '@sigstore/protobuf-specs'
import {
  type SignedEntity,
  type Signer,
  toSignedEntity,
  toTrustMaterial,
  VerificationError,
  Verifier
} from '@sigstore/verify'
import {messageOf} from '../failure/error.ts'
import {decodeJsonObject, type JsonObject} from '../oci/json.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {quoteLine} from '../oci/quote-line.ts'
import {readFulcioExtensions} from './fulcio-extensions.ts'
import {keysInLogEntry} from './log-entry-key.ts'
import {type CertificateIdentity, type FoundSigner} from './signer.ts'
import {checkAuthorities, checkCertificateLogs, issuingRoots, StaleRoot, type TrustRoot} from './sigstore-root.ts'

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
    if (error instanceof StaleRoot) return stale(error.message, error.organization)
    if (error instanceof VerificationError) return broken(quoteLine(error.message))
    return {
      ok: false,
      outcome: 'signature-unusable',
      detail: `the bundle cannot be read: ${quoteLine(messageOf(error))}`
    }
  }
}

function verifyEntity({bundle: json, artifact, roots, key}: VerifyRequest): Verified | NotVerified {
  const bundle = bundleFromJSON(json)
  const {content, tlogEntries} = bundle.verificationMaterial
  const {content: signed} = bundle
  if (artifact !== undefined && !isDigestOf(signed, artifact))
    return broken('it is about other bytes than the manifest of this image')
  // The library hashes what a message signature is of, and Ed25519 signs the bytes themselves.
  const mayBeEd25519 = signed.$case === 'messageSignature' && signed.messageSignature.signature.length === ED25519_BYTES
  if (mayBeEd25519 && key?.key.asymmetricKeyType === 'ed25519')
    return {
      ok: false,
      outcome: 'signature-unusable',
      detail: 'it is a signature of the image itself, and with an Ed25519 key only statements (DSSE) are verified'
    }
  const hasKey = content.$case === 'publicKey'
  if (hasKey !== (key !== undefined))
    return {
      ok: false,
      outcome: 'other-key',
      detail: hasKey ? 'it is signed with a key' : 'it is signed with a certificate'
    }
  const publicKey = key?.key ?? leafOf(content).publicKey
  const entities = entitiesOf(bundle, artifact)
  const signedEntity = entities.find(each => isSignedWith(each, publicKey))
  if (key !== undefined && signedEntity === undefined)
    return {ok: false, outcome: 'other-key', detail: 'it does not verify with this key'}
  // The library says what is wrong with one that is not signed.
  const entity = signedEntity ?? entities[0]
  const signer = key === undefined ? verifyCertificate(entity, leafOf(content), roots) : verifyKey(entity, key, roots)
  checkLogKeys(entity, signer.key)
  return {
    ok: true,
    certificate: key === undefined ? identityOf(signer) : undefined,
    when: whenOf(entity, tlogEntries[0]?.logIndex)
  }
}

// cosign hashes with SHA-256 unless --signature-digest-algorithm names another, and older formats do not say which.
const HASHES = [
  [HashAlgorithm.SHA2_256, 'sha256'],
  [HashAlgorithm.SHA2_512, 'sha512'],
  [HashAlgorithm.SHA2_384, 'sha384']
] as const

/** Whether the digest in a message signature is that of the artifact. The log entry is compared with this digest. */
function isDigestOf(content: Bundle['content'], artifact: Uint8Array): boolean {
  if (content.$case !== 'messageSignature') return true
  const {algorithm, digest} = content.messageSignature.messageDigest
  const [, hash] = HASHES.find(([known]) => known === algorithm) ?? []
  return hash !== undefined && createHash(hash).update(artifact).digest().equals(digest)
}

/** What may have been signed: a message signature over each hash. */
function entitiesOf(bundle: Bundle, artifact: Uint8Array | undefined): readonly [SignedEntity, ...SignedEntity[]] {
  const {content} = bundle
  if (content.$case !== 'messageSignature' || artifact === undefined) return [toSignedEntity(bundle)]
  const bytes = Buffer.from(artifact)
  const {messageSignature: message} = content
  function entityOf([algorithm, hash]: (typeof HASHES)[number]): SignedEntity {
    const messageDigest = {algorithm, digest: createHash(hash).update(bytes).digest()}
    const messageSignature = {...message, messageDigest}
    return toSignedEntity({...bundle, content: {$case: 'messageSignature', messageSignature}}, bytes)
  }
  const [first, ...others] = HASHES
  return [entityOf(first), ...others.map(entityOf)]
}

// RFC 8032 §5.1.6. Those of ECDSA and RSA are longer.
const ED25519_BYTES = 64

// A key of another kind than the signature makes OpenSSL throw.
function isSignedWith(entity: SignedEntity, key: KeyObject): boolean {
  try {
    return entity.signature.verifySignature(key)
  } catch {
    return false
  }
}

type KeyContent = Bundle['verificationMaterial']['content']

function leafOf(content: KeyContent): X509Certificate {
  if (content.$case === 'certificate') return new X509Certificate(content.certificate.rawBytes)
  const [leaf] = content.$case === 'x509CertificateChain' ? content.x509CertificateChain.certificates : []
  if (leaf === undefined) throw new TypeError('it has no certificate')
  return new X509Certificate(leaf.rawBytes)
}

/** The root decides how many log entries and timestamps are enough: it is the one that the certificate comes from. */
function verifyCertificate(entity: SignedEntity, leaf: X509Certificate, roots: readonly TrustRoot[]): Signer {
  return firstSuccess(issuingRoots(leaf, roots), root => {
    checkAuthorities(entity, root)
    checkCertificateLogs(leaf, root)
    const {ctlogs, tlogs} = root.root
    const verifier = new Verifier(toTrustMaterial(root.root), {
      ctlogThreshold: ctlogs.length > 0 ? 1 : 0,
      tlogThreshold: tlogs.length > 0 ? 1 : 0,
      timestampThreshold: 1
    })
    return verifier.verify(entity)
  })
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
  throw errors.find(error => !(error instanceof StaleRoot)) ?? errors[0]
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

function identityOf({identity}: Signer): CertificateIdentity {
  const {subjectAlternativeName, extensions, oids = []} = identity ?? {}
  return {
    name: subjectAlternativeName ?? '',
    issuer: extensions?.issuer ?? '',
    extensions: readFulcioExtensions(oids.map(({oid, value}) => ({id: oid?.id ?? [], value})))
  }
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
