// The public key in the entry of a transparency log. @sigstore/verify compares signature and digest with the entry, and not the key:
// an entry that another key made would then vouch for the time of this signature (GHSA-whqx-f9j3-ch6m is the same gap in cosign).

import {createPublicKey, X509Certificate} from 'node:crypto'
import {isObject, type JsonObject, stringAt} from '../oci/json.ts'

/** The keys in an entry as DER of SubjectPublicKeyInfo. Empty where there is none that can be read. */
export function keysInLogEntry(body: JsonObject): readonly Buffer[] {
  return verifiersIn(body).flatMap(text => keyOf(text) ?? [])
}

/** The PEM or DER of each key or certificate, in base64. */
function verifiersIn(body: JsonObject): readonly string[] {
  const spec = objectAt(body, 'spec')
  const content = objectAt(spec, 'content')
  return [
    // hashedrekord 0.0.1
    stringAt(objectAt(objectAt(spec, 'signature'), 'publicKey'), 'content'),
    // dsse 0.0.1
    ...listAt(spec, 'signatures').map(signature => stringAt(signature, 'verifier')),
    // intoto 0.0.2
    ...listAt(objectAt(content, 'envelope'), 'signatures').map(signature => stringAt(signature, 'publicKey')),
    // hashedrekord and dsse 0.0.2
    ...[objectAt(objectAt(spec, 'hashedRekordV002'), 'signature'), ...listAt(objectAt(spec, 'dsseV002'), 'signatures')]
      .map(signature => objectAt(signature, 'verifier'))
      .flatMap(verifier => [
        stringAt(objectAt(verifier, 'x509Certificate'), 'rawBytes'),
        stringAt(objectAt(verifier, 'publicKey'), 'rawBytes')
      ])
  ].filter(text => text !== undefined)
}

function keyOf(base64: string): Buffer | undefined {
  try {
    const bytes = Buffer.from(base64, 'base64')
    const text = bytes.toString('latin1')
    // The log stores a PEM as it was sent, a certificate or a key.
    const isPem = text.includes('-----BEGIN ')
    if (isPem && !text.includes('CERTIFICATE')) return spkiOf(createPublicKey(text))
    return isPem ? spkiOf(new X509Certificate(bytes).publicKey) : keyOfDer(bytes)
  } catch {
    return undefined
  }
}

function keyOfDer(der: Buffer): Buffer {
  try {
    return spkiOf(createPublicKey({key: der, format: 'der', type: 'spki'}))
  } catch {
    return spkiOf(new X509Certificate(der).publicKey)
  }
}

function spkiOf(key: ReturnType<typeof createPublicKey>): Buffer {
  return key.export({format: 'der', type: 'spki'})
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isObject(value) ? value : {}
}

function listAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = object[key]
  return Array.isArray(value) ? value.filter(isObject) : []
}
