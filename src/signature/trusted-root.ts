// Documents of trust roots: the format of the input `trusted-root`, one JSON document or one in each line.
// `gh attestation trusted-root` prints one line for Sigstore's public-good instance, and one for GitHub's own.

import {X509Certificate} from 'node:crypto'
import {decodeJsonObject, isObject, type JsonObject} from '../oci/json.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'

/** GitHub's root has 29 kB. */
export const MAX_TRUSTED_ROOT_BYTES = 4 * 1024 * 1024

const MAX_ROOTS = 16

/** Splits a file into its documents, each of which is a root. */
export function parseTrustedRoots(bytes: Uint8Array): Parsed<readonly JsonObject[]> {
  const whole = decodeJsonObject(bytes)
  if (whole.ok) return checkRoots([whole.value])
  const lines = Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
  const roots: JsonObject[] = []
  for (const line of lines) {
    const root = decodeJsonObject(Buffer.from(line))
    // The reason for a file of one document is the one for the whole.
    if (!root.ok) return lines[0]?.startsWith('{"') === true && lines.length > 1 ? root : whole
    roots.push(root.value)
  }
  return checkRoots(roots)
}

function checkRoots(roots: readonly JsonObject[]): Parsed<readonly JsonObject[]> {
  if (roots.length === 0) return invalid('it is empty')
  if (roots.length > MAX_ROOTS) return invalid(`it has more than ${String(MAX_ROOTS)} roots`)
  const reason = roots.map(checkRoot).find(found => found !== undefined)
  return reason === undefined ? valid(roots) : invalid(reason)
}

/** Why a document is not a root. Its other parts are checked when it is opened, which is while the first requests are under way. */
function checkRoot(root: JsonObject): string | undefined {
  if (objectsIn(root['certificateAuthorities']).length === 0)
    return 'it has no certificate authority; `gh attestation trusted-root` prints one that has'
  const authorities = ['certificateAuthorities', 'timestampAuthorities'].flatMap(name => objectsIn(root[name]))
  const chains = authorities.map(({certChain}) =>
    objectsIn(isObject(certChain) ? certChain['certificates'] : undefined)
  )
  if (!chains.every(chain => chain.length > 0 && chain.every(isCertificate)))
    return 'it has an authority without a certificate that can be read'
  const logs = ['tlogs', 'ctlogs'].flatMap(name => objectsIn(root[name]))
  // Sigstore's library reads a missing start as "always": entries from before the log was trusted would count.
  return logs.every(hasStart) ? undefined : 'a log in it has no start of its validity'
}

function isCertificate({rawBytes}: JsonObject): boolean {
  try {
    return typeof rawBytes === 'string' && new X509Certificate(Buffer.from(rawBytes, 'base64')).raw.length > 0
  } catch {
    return false
  }
}

function hasStart({publicKey}: JsonObject): boolean {
  const validFor = isObject(publicKey) ? publicKey['validFor'] : undefined
  return isObject(validFor) && typeof validFor['start'] === 'string'
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
