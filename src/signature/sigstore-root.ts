// A Sigstore trust root: certificate authorities, with the logs and timestamp authorities that belong to them, and whether it has those
// that a signature names. A root that lacks one says nothing about the signature: the root may be too old.

import {X509Certificate} from 'node:crypto'
import {X509Certificate as SigstoreCertificate} from '@sigstore/core'
import {TrustedRoot} from '@sigstore/protobuf-specs'
import {type SignedEntity, toTrustMaterial} from '@sigstore/verify'
import {messageOf} from '../failure/error.ts'
import type {JsonObject} from '../oci/json.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {quoteLine} from '../oci/quote-line.ts'

/** An authority that issues certificates, with the logs and timestamp authorities that belong to it. */
export type TrustRoot = {
  readonly root: TrustedRoot
  readonly authorities: readonly X509Certificate[]
}

/** Opens a document of one root. Its keys and certificates are read here, and its validity is checked. */
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
    return invalid(`it is not a Sigstore trust root: ${quoteLine(messageOf(error))}`)
  }
}

/** The roots whose authorities have issued a certificate. Throws StaleRoot without any. */
export function issuingRoots(leaf: X509Certificate, roots: readonly TrustRoot[]): readonly TrustRoot[] {
  const issuing = roots.filter(({authorities}) =>
    authorities.some(authority => leaf.checkIssued(authority) && leaf.verify(authority.publicKey))
  )
  if (issuing.length === 0) {
    throw new StaleRoot(
      `the certificate authority ${quoteLine(leaf.issuer.replaceAll('\n', ', ').replaceAll('\\', ''))} is not in the trust roots`,
      organizationOf(leaf.issuer)
    )
  }
  return issuing
}

/** Throws StaleRoot for a log or a timestamp authority of a signature that the root lacks. */
export function checkAuthorities({tlogEntries, timestamps}: SignedEntity, {root}: TrustRoot): void {
  for (const {logId} of tlogEntries)
    if (!hasLog(root.tlogs, logId.keyId))
      throw new StaleRoot(`the log ${quoteLine(logId.keyId.toString('hex'))} is not in the trust roots`, undefined)
  const material = toTrustMaterial(root)
  for (const timestamp of timestamps) {
    if (timestamp.$case !== 'timestamp-authority') continue
    const {signerSerialNumber, signerIssuer} = timestamp.timestamp
    const isKnown = material.timestampAuthorities.some(
      ({certChain: [leaf]}) =>
        leaf?.serialNumber.equals(signerSerialNumber) === true && leaf.issuer.equals(signerIssuer)
    )
    if (!isKnown)
      throw new StaleRoot('the timestamp authority that dates the signature is not in the trust roots', undefined)
  }
}

function hasLog(logs: TrustedRoot['tlogs'], id: Buffer): boolean {
  return logs.some(({logId, checkpointKeyId}) =>
    [logId, checkpointKeyId].some(known => known !== undefined && Buffer.from(known.keyId).equals(id))
  )
}

/** A certificate that only an unknown log has seen, from a known authority: the authority has begun to use a new log. */
export function checkCertificateLogs(leaf: X509Certificate, {root}: TrustRoot): void {
  const {extSCT} = SigstoreCertificate.parse(leaf.raw)
  for (const {logID} of extSCT?.signedCertificateTimestamps ?? [])
    if (!hasLog(root.ctlogs, logID))
      throw new StaleRoot(
        `the certificate log ${quoteLine(logID.toString('hex'))} is not in the trust roots`,
        undefined
      )
}

/** The organization in a name as OpenSSL prints it, with a backslash before a comma: `O=GitHub\\, Inc.`. */
export function organizationOf(name: string): string | undefined {
  return /^O=(.*)$/m.exec(name)?.[1]?.replace(/\\(.)/g, '$1')
}

/** A log or a timestamp authority that the root lacks says nothing about the signature: the root may be too old. */
export class StaleRoot extends Error {
  readonly organization: string | undefined
  constructor(message: string, organization: string | undefined) {
    super(message)
    this.organization = organization
  }
}
