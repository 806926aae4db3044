// Reads the inputs about signatures: `signed-by` with the keys that it names, `signatures`, and `trusted-root`.
// Everything in them is checked before the first request. Sigstore's libraries are not loaded for it.

import type {KeyObject} from 'node:crypto'
import {resolve} from 'node:path'
import {describeErrno} from '../filesystem/errno.ts'
import {NotRegularFile, readRegularFileSync} from '../filesystem/regular-file.ts'
import type {JsonObject} from '../oci/json.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {MAX_KEY_BYTES, parsePublicKey} from '../signature/public-key.ts'
import {parseSignerRule, RULE_EXAMPLE, type SignerRule} from '../signature/signer-rule.ts'
import {MAX_TRUSTED_ROOT_BYTES, parseTrustedRoots} from '../signature/trusted-root.ts'
import type {InputReader} from './input-reader.ts'

export type SignatureInputs = {
  readonly rules: readonly SignerRule[]
  /** By the path in the rule. */
  readonly keys: ReadonlyMap<string, KeyObject>
  /** Documents of trust roots; undefined for the built-in one. */
  readonly trustedRoots: readonly JsonObject[] | undefined
  /** Whether an image that lacks the required signature fails. */
  readonly isEnforced: boolean
}

export function readSignatureInputs(reader: InputReader, workspace: string | undefined): SignatureInputs {
  const rules = reader.list('signed-by', parseSignerRule, RULE_EXAMPLE)
  return {
    rules,
    keys: readKeys(reader, rules, workspace),
    trustedRoots: readTrustedRoot(reader, workspace),
    isEnforced: reader.choice('signatures', ['enforce', 'warn']) === 'enforce'
  }
}

function readKeys(
  reader: InputReader,
  rules: readonly SignerRule[],
  workspace: string | undefined
): ReadonlyMap<string, KeyObject> {
  const keys = new Map<string, KeyObject>()
  for (const {signer, source} of rules) {
    if (signer.kind !== 'key' || keys.has(signer.path)) continue
    const bytes = readFile(signer.path, workspace, MAX_KEY_BYTES)
    const key = bytes.ok ? parsePublicKey(bytes.value.toString('utf8')) : bytes
    if (key.ok) keys.set(signer.path, key.value)
    else
      reader.reject({
        input: 'signed-by',
        value: source,
        reason: `${signer.path} ${key.reason}`,
        example: 'gcr.io/distroless=key:.github/keys/distroless.pub'
      })
  }
  return keys
}

function readTrustedRoot(reader: InputReader, workspace: string | undefined): readonly JsonObject[] | undefined {
  const path = reader.text('trusted-root')
  if (path === '') return undefined
  const bytes = readFile(path, workspace, MAX_TRUSTED_ROOT_BYTES)
  const roots = bytes.ok ? parseTrustedRoots(bytes.value) : bytes
  if (roots.ok) return roots.value
  reader.reject({
    input: 'trusted-root',
    value: path,
    reason: roots.reason,
    example: 'trusted-root.jsonl, as `gh attestation trusted-root` prints it'
  })
  return undefined
}

function readFile(path: string, workspace: string | undefined, maxBytes: number): Parsed<Buffer> {
  try {
    return valid(readRegularFileSync(resolve(workspace ?? '', path), {maxBytes}))
  } catch (error) {
    return invalid(`cannot be read: ${error instanceof NotRegularFile ? error.message : describeErrno(error)}`)
  }
}
