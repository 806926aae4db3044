import {beforeAll, describe, expect, it} from '@jest/globals'
import {certificatesIn} from '../../src/http/pem.ts'
import {makePki} from '../support/ca-locations.ts'

let first: string
let second: string
beforeAll(async () => {
  ;[first, second] = await Promise.all([makePki('first').then(({ca}) => ca), makePki('second').then(({ca}) => ca)])
})

describe('certificatesIn', () => {
  it('finds several, with text around them', () => {
    expect(certificatesIn(`# first\n${first}\nsubject=second\n${second}`)).toEqual(
      [first, second].map(pem => `${pem.trim().replace(/\r\n/g, '\n')}\n`)
    )
  })

  it('returns equal certificates in one form', () => {
    const [one] = certificatesIn(first)
    const [other] = certificatesIn(first.replaceAll(/\r?\n/g, '\r\n'))
    expect(other).toBe(one)
  })

  it.each([
    {name: 'an empty file', pem: ''},
    {name: 'text', pem: 'no certificate'},
    {name: 'a certificate without an end', pem: '-----BEGIN CERTIFICATE-----\nMIIB'},
    {name: 'a certificate that is none', pem: '-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----'},
    {name: 'a private key', pem: '-----BEGIN PRIVATE KEY-----\nbm8=\n-----END PRIVATE KEY-----'}
  ])('finds none in $name', ({pem}) => {
    expect(certificatesIn(pem)).toEqual([])
  })

  it('skips what is broken between two', () => {
    const broken = '-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----'
    expect(certificatesIn(`${first}\n${broken}\n${second}`)).toHaveLength(2)
  })

  it('takes linear time for a file of beginnings', () => {
    expect(certificatesIn('-----BEGIN CERTIFICATE-----'.repeat(40_000))).toEqual([])
  })
})
