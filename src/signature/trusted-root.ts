// Documents of trust roots: the format of the input `trusted-root`, one JSON document or one in each line.
// `gh attestation trusted-root` prints one line for Sigstore's public-good instance, and one for GitHub's own.

import {decodeJsonObject, isObject, type JsonObject} from '../oci/json.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'

/** GitHub's root has 29 kB. */
export const MAX_TRUSTED_ROOT_BYTES = 4 * 1024 * 1024

const MAX_ROOTS = 16

/** Splits a file into its documents. Each has a certificate authority, or it would trust no signer. */
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
  const isRoot = roots.every(root => {
    const authorities = root['certificateAuthorities']
    return Array.isArray(authorities) && authorities.some(isObject)
  })
  return isRoot
    ? valid(roots)
    : invalid('it has no certificate authority; `gh attestation trusted-root` prints one that has')
}
