// Public keys in PEM files, for rules with `key:`. Parses what `cosign public-key` and `openssl pkey -pubout` write.
// Pure. The key decides who may sign, so a file with two keys, or with a private key, is an error.

import {createPublicKey, type KeyObject} from 'node:crypto'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'

/** Far more than a key of 16,384 bits takes. */
export const MAX_KEY_BYTES = 64 * 1024

const MIN_RSA_BITS = 2048

/** Parses the one public key of a PEM file. */
export function parsePublicKey(text: string): Parsed<KeyObject> {
  const labels = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label = '']) => label)
  if (labels.some(label => label.includes('PRIVATE KEY')))
    return invalid('has a private key: keep it secret, and use the public key')
  if (labels.length > 1) return invalid('has several PEM blocks; write one rule for each key')
  if (labels[0] !== 'PUBLIC KEY')
    return invalid('is not a public key in PEM: it needs a line -----BEGIN PUBLIC KEY-----')
  try {
    const key = createPublicKey(text)
    const reason = checkKey(key)
    return reason === undefined ? valid(key) : invalid(reason)
  } catch {
    return invalid('has a public key that cannot be read')
  }
}

// What cosign makes and accepts. OpenSSL knows more kinds, and does not say which hash they sign.
function checkKey({asymmetricKeyType, asymmetricKeyDetails}: KeyObject): string | undefined {
  switch (asymmetricKeyType) {
    case 'ed25519':
      return undefined
    case 'rsa':
      return (asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS
        ? undefined
        : `has an RSA key of ${String(asymmetricKeyDetails?.modulusLength)} bits; at least ${String(MIN_RSA_BITS)} are required`
    case 'ec':
      return ['prime256v1', 'secp384r1', 'secp521r1'].includes(asymmetricKeyDetails?.namedCurve ?? '')
        ? undefined
        : `has a key on the curve ${String(asymmetricKeyDetails?.namedCurve)}; P-256, P-384, and P-521 are supported`
    default:
      return `has a key of the kind ${String(asymmetricKeyType)}; ECDSA, RSA, and Ed25519 are supported`
  }
}
