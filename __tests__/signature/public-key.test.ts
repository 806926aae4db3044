// Files of public keys: what cosign and OpenSSL write, and each file that must not be used as one.

import {generateKeyPairSync} from 'node:crypto'
import {describe, expect, it} from '@jest/globals'
import {parsePublicKey} from '../../src/signature/public-key.ts'
import {newKey} from '../support/authorities.ts'

function reason(text: string): string {
  const key = parsePublicKey(text)
  return key.ok ? '' : key.reason
}

describe('parsePublicKey', () => {
  it.each(['P-256', 'P-384', 'rsa', 'ed25519'] as const)('reads a key of the kind %s', kind => {
    expect(parsePublicKey(newKey(kind).pem).ok).toBe(true)
    expect(parsePublicKey(`a comment\n${newKey(kind).pem}\n`).ok).toBe(true)
  })

  it.each<readonly [string, () => string, string]>([
    ['nothing', () => '', 'is not a public key in PEM'],
    ['text', () => 'ssh-ed25519 AAAA', 'is not a public key in PEM'],
    ['a private key', () => newKey().privateKey.export({format: 'pem', type: 'pkcs8'}).toString(), 'has a private key'],
    ['the encrypted key of cosign', () => '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----', 'has a private key'],
    ['two keys', () => newKey().pem + newKey().pem, 'has several PEM blocks'],
    [
      'a certificate',
      () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      'is not a public key in PEM'
    ],
    ['half a key', () => newKey().pem.slice(0, 80), 'cannot be read'],
    ['a short RSA key', () => pemOf(generateKeyPairSync('rsa', {modulusLength: 1024}).publicKey), '1024 bits'],
    ['another curve', () => pemOf(generateKeyPairSync('ec', {namedCurve: 'secp256k1'}).publicKey), 'secp256k1'],
    ['another kind', () => pemOf(generateKeyPairSync('x25519').publicKey), 'x25519']
  ])('refuses %s', (_name, text, expected) => {
    expect(reason(text())).toContain(expected)
  })
})

function pemOf(key: ReturnType<typeof newKey>['publicKey']): string {
  return key.export({format: 'pem', type: 'spki'}).toString()
}
