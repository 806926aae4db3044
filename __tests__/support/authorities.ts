// A certificate authority, a certificate log, a signature log, and a timestamp authority for tests, with the trust root that names them.
// They sign whatever a test asks for, so that each forgery differs from a good signature in one point.

import {createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, X509Certificate} from 'node:crypto'
import {initializeCA, initializeCTLog, initializeTLog, initializeTSA} from '@sigstore/mock'
import {type Digest, digestOf} from '../../src/oci/digest.ts'
import type {JsonObject} from '../../src/oci/json.ts'

export const GITHUB = 'https://token.actions.githubusercontent.com'
const FULCIO = '1.3.6.1.4.1.57264.1'

/** Who a certificate is for: a name, its issuer, and more extensions by their last number. */
export type Identity = {
  readonly name: string
  readonly issuer: string
  readonly extensions?: Readonly<Record<number, string>>
}

/** The workflow `release.yml` of acme/images, at tag v1. */
export function workflow(
  more: Partial<{owner: string; repository: string; signer: string; ref: string}> = {}
): Identity {
  const {owner = 'acme', repository = 'images', ref = 'refs/tags/v1'} = more
  const source = `https://github.com/${owner}/${repository}`
  const signer = more.signer ?? `${owner}/${repository}/.github/workflows/release.yml`
  return {
    name: `https://github.com/${signer}@${ref}`,
    issuer: GITHUB,
    extensions: {
      12: source,
      13: 'f'.repeat(40),
      14: ref,
      16: `https://github.com/${owner}`,
      18: `${source}/.github/workflows/release.yml@${ref}`,
      21: `${source}/actions/runs/1/attempts/1`
    }
  }
}

export type Signed = {readonly bytes: Uint8Array; readonly signature: Buffer; readonly leaf: Leaf}
export type Leaf = {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly certificate: Buffer | undefined
}

export type Authorities = {
  /** The document of the trust root; `github`: without logs, as GitHub's own. */
  readonly root: (kind?: 'public' | 'github') => JsonObject
  readonly issue: (identity: Identity) => Promise<Leaf>
  /** An entry of the log in the form of a bundle. */
  readonly log: (entry: JsonObject) => Promise<JsonObject>
  /** A timestamp of a signature, in base64. */
  readonly timestamp: (signature: Buffer) => Promise<string>
}

export type AuthoritiesOptions = {readonly clock?: Date; readonly withoutSct?: boolean}

/** What the mock returns; its package has no types for it. */
type LogEntry = {
  readonly body: string
  readonly integratedTime: number
  readonly logID: string
  readonly logIndex: number
  readonly verification?: {
    readonly signedEntryTimestamp: string
    readonly inclusionProof?: {
      readonly logIndex: number
      readonly rootHash: string
      readonly treeSize: number
      readonly hashes: readonly string[]
      readonly checkpoint: string
    }
  }
}

function keyPair(): {privateKey: KeyObject; publicKey: KeyObject} {
  return generateKeyPairSync('ec', {namedCurve: 'P-256'})
}

export async function openAuthorities({
  clock = new Date(),
  withoutSct = false
}: AuthoritiesOptions = {}): Promise<Authorities> {
  // The mock cuts the time to seconds in some places.
  const now = new Date(Math.floor(clock.getTime() / 1000) * 1000)
  const ctLog = await initializeCTLog(keyPair(), now)
  const ca = await initializeCA(keyPair(), withoutSct ? undefined : ctLog, now)
  const tlog = await initializeTLog('https://rekor.test', keyPair(), now)
  const tsa = await initializeTSA(keyPair(), now)
  const validFor = {start: '2000-01-01T00:00:00Z'}
  const certificate = (raw: ArrayBufferView): JsonObject => ({rawBytes: base64(raw)})
  const logOf = (key: Buffer, keyId: Uint8Array): JsonObject => ({
    // The origin of the log's checkpoints.
    baseUrl: 'https://rekor.test',
    hashAlgorithm: 'SHA2_256',
    publicKey: {rawBytes: base64(key), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor},
    logId: {keyId: base64(keyId)}
  })
  return {
    root: (kind = 'public') => ({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: [
        {
          subject: {organization: 'test', commonName: 'ca'},
          certChain: {certificates: [certificate(ca.rootCertificate)]},
          validFor
        }
      ],
      timestampAuthorities: [
        {
          subject: {organization: 'test', commonName: 'tsa'},
          certChain: {certificates: [certificate(tsa.intCertificate), certificate(tsa.rootCertificate)]},
          validFor
        }
      ],
      tlogs: kind === 'github' ? [] : [logOf(tlog.publicKey, sha256(tlog.publicKey))],
      ctlogs: kind === 'github' ? [] : [logOf(ctLog.publicKey, Buffer.from(base64(ctLog.logID), 'base64'))]
    }),
    issue: async ({name, issuer, extensions = {}}) => {
      const {privateKey, publicKey} = keyPair()
      const der = await ca.issueCertificate({
        publicKey: publicKey.export({format: 'der', type: 'spki'}),
        subjectAltName: name,
        extensions: [
          {oid: `${FULCIO}.8`, value: issuer},
          ...Object.entries(extensions).map(([number, value]) => ({oid: `${FULCIO}.${number}`, value}))
        ]
      })
      return {privateKey, publicKey, certificate: Buffer.from(base64(der), 'base64')}
    },
    log: async entry => {
      const [logged] = Object.values((await tlog.log(entry)) as Readonly<Record<string, LogEntry>>)
      if (logged?.verification?.inclusionProof === undefined) throw new TypeError('the log returned no proof')
      const {inclusionProof, signedEntryTimestamp} = logged.verification
      return {
        logIndex: String(logged.logIndex),
        logId: {keyId: Buffer.from(logged.logID, 'hex').toString('base64')},
        kindVersion: {kind: entry['kind'], version: entry['apiVersion']},
        integratedTime: String(logged.integratedTime),
        inclusionPromise: {signedEntryTimestamp},
        inclusionProof: {
          logIndex: String(inclusionProof.logIndex),
          rootHash: Buffer.from(inclusionProof.rootHash, 'hex').toString('base64'),
          treeSize: String(inclusionProof.treeSize),
          hashes: inclusionProof.hashes,
          checkpoint: {envelope: inclusionProof.checkpoint}
        },
        canonicalizedBody: logged.body
      }
    },
    timestamp: async signature => {
      const response = await tsa.timestamp({
        artifactHash: sha256(signature),
        hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
        nonce: 1,
        policyOID: '1.2.3.4.1',
        certReq: false
      })
      return base64(response)
    }
  }
}

/** A key of its own, as `cosign generate-key-pair` makes one. */
export function newKey(type: 'P-256' | 'P-384' | 'rsa' | 'ed25519' = 'P-256'): Leaf & {readonly pem: string} {
  const {privateKey, publicKey} =
    type === 'rsa'
      ? generateKeyPairSync('rsa', {modulusLength: 2048})
      : type === 'ed25519'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', {namedCurve: type})
  return {
    privateKey,
    publicKey,
    certificate: undefined,
    pem: publicKey.export({format: 'pem', type: 'spki'}).toString()
  }
}

export const SIGN_PREDICATE = 'https://sigstore.dev/cosign/sign/v1'

export function statementOf(digest: Digest, more: JsonObject = {}): JsonObject {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{name: 'app', digest: {sha256: digest.slice('sha256:'.length)}}],
    predicateType: SIGN_PREDICATE,
    predicate: {},
    ...more
  }
}

export type BundleOptions = {
  readonly leaf: Leaf
  readonly authorities: Authorities
  readonly payload: Uint8Array | JsonObject
  readonly payloadType?: string
  /** What dates the signature. `none` is for keys. */
  readonly proof?: 'log' | 'timestamp' | 'none'
  readonly mediaType?: string
  /** The key that the log entry names, if it is not the one that signed. */
  readonly loggedKey?: Leaf
}

export const BUNDLE_V03 = 'application/vnd.dev.sigstore.bundle.v0.3+json'

/** A bundle with a statement in a DSSE envelope. */
export async function dsseBundle(options: BundleOptions): Promise<JsonObject> {
  const {
    leaf,
    authorities,
    payloadType = 'application/vnd.in-toto+json',
    proof = 'log',
    mediaType = BUNDLE_V03
  } = options
  const payload = options.payload instanceof Uint8Array ? options.payload : Buffer.from(JSON.stringify(options.payload))
  const signature = signWith(leaf, preAuthEncoding(payloadType, payload))
  const entry = {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      payloadHash: {algorithm: 'sha256', value: sha256(payload).toString('hex')},
      signatures: [{signature: signature.toString('base64'), verifier: pemOf(options.loggedKey ?? leaf)}]
    }
  }
  return {
    mediaType,
    verificationMaterial: await materialOf({leaf, authorities, proof, entry, signature, mediaType}),
    dsseEnvelope: {payload: base64(payload), payloadType, signatures: [{sig: base64(signature)}]}
  }
}

/** A bundle with a signature of the bytes themselves. */
export async function messageBundle(
  options: Omit<BundleOptions, 'payload' | 'payloadType'> & {readonly bytes: Uint8Array}
): Promise<JsonObject> {
  const {leaf, authorities, bytes, proof = 'log', mediaType = BUNDLE_V03} = options
  const signature = signWith(leaf, bytes)
  const entry = hashedRekord(bytes, signature, options.loggedKey ?? leaf)
  return {
    mediaType,
    verificationMaterial: await materialOf({leaf, authorities, proof, entry, signature, mediaType}),
    messageSignature: {
      messageDigest: {algorithm: 'SHA2_256', digest: base64(sha256(bytes))},
      signature: base64(signature)
    }
  }
}

/** What cosign before version 3 writes: the payload, and the annotations of its layer. */
export async function cosignLayer(
  digest: Digest,
  {leaf, authorities, proof = 'log', loggedKey = leaf}: Omit<BundleOptions, 'payload'>,
  critical: JsonObject = {}
): Promise<{readonly payload: Buffer; readonly annotations: Record<string, string>}> {
  const payload = Buffer.from(
    JSON.stringify({
      critical: {
        identity: {'docker-reference': 'example.com/other'},
        image: {'docker-manifest-digest': digest},
        type: 'cosign container image signature',
        ...critical
      },
      optional: null
    })
  )
  const signature = signWith(leaf, payload)
  const annotations: Record<string, string> = {'dev.cosignproject.cosign/signature': base64(signature)}
  if (leaf.certificate !== undefined)
    annotations['dev.sigstore.cosign/certificate'] = pemOfCertificate(leaf.certificate)
  if (proof === 'log') {
    const entry = await authorities.log(hashedRekord(payload, signature, loggedKey))
    annotations['dev.sigstore.cosign/bundle'] = JSON.stringify({
      SignedEntryTimestamp: (entry['inclusionPromise'] as {signedEntryTimestamp: string}).signedEntryTimestamp,
      Payload: {
        body: entry['canonicalizedBody'],
        integratedTime: Number(entry['integratedTime']),
        logIndex: Number(entry['logIndex']),
        logID: Buffer.from((entry['logId'] as {keyId: string}).keyId, 'base64').toString('hex')
      }
    })
  }
  if (proof === 'timestamp')
    annotations['dev.sigstore.cosign/rfc3161timestamp'] = JSON.stringify({
      SignedRFC3161Timestamp: await authorities.timestamp(signature)
    })
  return {payload, annotations}
}

function hashedRekord(bytes: Uint8Array, signature: Buffer, leaf: Leaf): JsonObject {
  return {
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: {hash: {algorithm: 'sha256', value: sha256(bytes).toString('hex')}},
      signature: {content: base64(signature), publicKey: {content: pemOf(leaf)}}
    }
  }
}

type MaterialOptions = {
  readonly leaf: Leaf
  readonly authorities: Authorities
  readonly proof: 'log' | 'timestamp' | 'none'
  readonly entry: JsonObject
  readonly signature: Buffer
  readonly mediaType: string
}

async function materialOf({
  leaf,
  authorities,
  proof,
  entry,
  signature,
  mediaType
}: MaterialOptions): Promise<JsonObject> {
  const isV03 = mediaType.includes('v0.3') || mediaType.endsWith('=0.3')
  const certificate = leaf.certificate === undefined ? undefined : {rawBytes: base64(leaf.certificate)}
  const key =
    certificate === undefined
      ? {publicKey: {hint: 'a key'}}
      : isV03
        ? {certificate}
        : {x509CertificateChain: {certificates: [certificate]}}
  return {
    ...key,
    tlogEntries: proof === 'log' ? [await authorities.log(entry)] : [],
    ...(proof === 'timestamp'
      ? {timestampVerificationData: {rfc3161Timestamps: [{signedTimestamp: await authorities.timestamp(signature)}]}}
      : {})
  }
}

export function preAuthEncoding(type: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${String(Buffer.byteLength(type))} ${type} ${String(payload.length)} `
  return Buffer.concat([Buffer.from(head), payload])
}

function signWith({privateKey}: Leaf, bytes: Uint8Array): Buffer {
  return sign(privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256', bytes, privateKey)
}

/** As the log stores it: the PEM of the certificate, or of the key, in base64. */
function pemOf({certificate, publicKey}: Leaf): string {
  return base64(
    Buffer.from(
      certificate === undefined ? publicKey.export({format: 'pem', type: 'spki'}) : pemOfCertificate(certificate)
    )
  )
}

export function pemOfCertificate(der: Buffer): string {
  return new X509Certificate(der).toString()
}

export function keyOfCertificate(der: Buffer): KeyObject {
  return createPublicKey(pemOfCertificate(der))
}

function base64(bytes: ArrayBufferView): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

export function sha256(bytes: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.from(createHash('sha256').update(bytes).digest())
}

export function digestOfManifest(bytes: Uint8Array): Digest {
  return digestOf(bytes)
}
