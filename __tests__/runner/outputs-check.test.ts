// The gate before the outputs: what does not fit is named, whatever it looks like.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {type VerifiedOutput, contextNameOf, checkOutputs} from '../../src/runner/outputs-check.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`
const OTHER = `sha256:${'b'.repeat(64)}`
const REFERENCE = `docker.io/library/php@${DIGEST}`
const LAYOUT = `oci-layout:///runner/image@${DIGEST}`

const EVIDENCE: VerifiedOutput = {
  requested: new Set(['php:8']),
  digests: new Set([DIGEST]),
  imageIds: new Set([OTHER]),
  references: new Set([
    REFERENCE,
    'docker.io/library/php:8',
    LAYOUT,
    OTHER,
    'not a reference',
    `oci-layout:///a@b@${DIGEST}`
  ]),
  contexts: new Set([
    `docker-image://${REFERENCE}`,
    LAYOUT,
    `oci-layout://C:\\work@${DIGEST}`,
    'docker-image://not one',
    'type=local'
  ]),
  layout: '/runner/image',
  signers: new Map([['php:8', JSON.stringify({kind: 'key', key: 'a.pub'})]])
}

function why(outputs: Readonly<Record<string, string>>): string | undefined {
  return checkOutputs(outputs, EVIDENCE)
}
const context = `docker-image://${REFERENCE}`

describe('checkOutputs', () => {
  it.each<Record<string, string>>([
    {reference: REFERENCE, digest: DIGEST, 'image-id': OTHER, registry: 'docker.io', source: 'primary', tag: '8'},
    {references: JSON.stringify({'php:8': REFERENCE}), verified: 'full', size: '0', layout: '/runner/image'},
    {reference: 'docker.io/library/php:8', registry: '[::1]:5000', source: 'mirror', size: '123456789012345'},
    {reference: LAYOUT, 'build-contexts': `php:8=${LAYOUT}`},
    {reference: OTHER},
    {'build-contexts': `php:8=${context}\nbase=oci-layout://C:\\work@${DIGEST}`},
    {}
  ])('lets through what was verified: %j', outputs => {
    expect(why(outputs)).toBeUndefined()
  })

  it.each<{readonly name: string; readonly values: readonly string[]}>([
    {
      name: 'reference',
      values: ['', `evil.example.com/x@${DIGEST}`, `${REFERENCE}\n`, 'not a reference', `oci-layout:///a@b@${DIGEST}`]
    },
    {
      name: 'references',
      values: [
        JSON.stringify({'evil:1': REFERENCE}),
        JSON.stringify({'php:8': 'evil:1'}),
        JSON.stringify({'php:8': [REFERENCE]}),
        JSON.stringify({'php:8': REFERENCE, a: REFERENCE})
      ]
    },
    {name: 'digest', values: [OTHER, DIGEST.slice(0, -1), DIGEST.toUpperCase(), '']},
    {name: 'image-id', values: [DIGEST, 'a']},
    {name: 'registry', values: ['', 'a b', 'https://docker.io', 'docker.io/library']},
    {name: 'source', values: ['cache', '', 'Primary']},
    {name: 'tag', values: ['', 'a b', '8@sha256', '-a', 'a'.repeat(129), '8/9']},
    {name: 'verified', values: ['all', '', 'FULL']},
    {name: 'size', values: ['', '-1', '1.5', '1e3', '01', '12345678901234567', 'NaN']},
    {name: 'layout', values: ['/runner/other', '/runner/image/', '/runner/image\n']},
    {
      name: 'build-contexts',
      values: [
        '',
        `php:8=docker-image://evil.example.com/x:1`,
        `php:8=${context}\n`,
        `php:8=${context}\nevil`,
        `php:8=${context}\nphp:8=${LAYOUT}`,
        `php:8=${context}\ndocker.io/library/php:8=${LAYOUT}`,
        `php=${context}\nphp:latest=${LAYOUT}`,
        `php:8=${context}\r\nfoo=${LAYOUT}`,
        `=${context}`,
        `a b=${context}`,
        `PHP:8=${context}`,
        `php:8=x=${context}`,
        'php:8=type=local',
        'php:8=docker-image://not one'
      ]
    },
    {name: 'Reference', values: [REFERENCE]},
    {name: '__proto__', values: [REFERENCE]},
    {name: 'constructor', values: [REFERENCE]}
  ])('lets no other value of $name through', ({name, values}) => {
    for (const value of values) {
      const outputs = Object.fromEntries([[name, value]])
      expect([value, why(outputs)]).toEqual([value, expect.stringContaining(`output ${name} is not set: `)])
    }
  })

  it('lets nothing through with a control character in it', () => {
    const control = fc.constantFrom('\0', '\t', '\r', '\u001b', '\u007f', '\u0085', '\u2028', '\u2029')
    fc.assert(
      fc.property(control, fc.nat(context.length), (text, at) => {
        const line = `php:8=${context}`
        expect(why({'build-contexts': line.slice(0, at) + text + line.slice(at)})).toContain('control characters')
        expect(why({reference: REFERENCE.slice(0, at) + text + REFERENCE.slice(at)})).toContain('control characters')
      })
    )
  })
})

describe('familiarName', () => {
  it.each([
    {name: 'docker.io/library/php:latest', familiar: 'php'},
    {name: 'php', familiar: 'php'},
    {name: 'ghcr.io/acme/app:1', familiar: 'ghcr.io/acme/app:1'},
    {name: 'Base', familiar: undefined},
    {name: 'a\nb', familiar: undefined}
  ])('of $name is $familiar', ({name, familiar}) => {
    expect(contextNameOf(name)).toBe(familiar)
  })
})
