// The grammar of `signed-by`: what each line means, and each mistake in it.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {parseRepository} from '../../src/oci/reference.ts'
import {parseSignerRule, rulesFor, type SignerRule, unusedSignerRules} from '../../src/signature/signer-rule.ts'

const GITHUB = 'https://token.actions.githubusercontent.com'

function rule(line: string): SignerRule {
  const parsed = parseSignerRule(line)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
}

function reason(line: string): string {
  const parsed = parseSignerRule(line)
  return parsed.ok ? '' : parsed.reason
}

describe('parseSignerRule', () => {
  it.each<readonly [string, Partial<SignerRule>]>([
    [
      'github:acme/images',
      {
        signer: {kind: 'github', host: 'github.com', issuer: GITHUB, owner: 'acme', repository: 'images'},
        predicates: []
      }
    ],
    ['github:acme', {signer: {kind: 'github', host: 'github.com', issuer: GITHUB, owner: 'acme'}}],
    [
      'ghcr.io/acme=github:acme/images  signer=acme/ci/.github/workflows/build.yml ref=refs/tags/v*',
      {
        prefix: 'ghcr.io/acme',
        signer: {
          kind: 'github',
          host: 'github.com',
          issuer: GITHUB,
          owner: 'acme',
          repository: 'images',
          workflow: 'acme/ci/.github/workflows/build.yml',
          ref: 'refs/tags/v*'
        }
      }
    ],
    [
      'github:acme/images issuer=https://token.actions.octo.ghe.com',
      {
        signer: {
          kind: 'github',
          host: 'octo.ghe.com',
          issuer: 'https://token.actions.octo.ghe.com',
          owner: 'acme',
          repository: 'images'
        }
      }
    ],
    [
      'registry.k8s.io=identity:krel-trust@k8s-releng-prod.iam.gserviceaccount.com issuer=https://accounts.google.com',
      {
        prefix: 'registry.k8s.io',
        signer: {
          kind: 'identity',
          pattern: 'krel-trust@k8s-releng-prod.iam.gserviceaccount.com',
          issuer: 'https://accounts.google.com'
        }
      }
    ],
    [
      'gcr.io/distroless=key:.github/keys/distroless.pub log=required',
      {prefix: 'gcr.io/distroless', signer: {kind: 'key', path: '.github/keys/distroless.pub', requiresLog: true}}
    ],
    [
      '127.0.0.1:5000/a=key:a=b.pub at=registry.example.com/signatures predicate=https://a.example/1 predicate=https://a.example/2',
      {
        prefix: '127.0.0.1:5000/a',
        signer: {kind: 'key', path: 'a=b.pub', requiresLog: false},
        at: {registry: 'registry.example.com', path: 'signatures'},
        predicates: ['https://a.example/1', 'https://a.example/2']
      }
    ]
  ])('reads %s', (line, expected) => {
    expect(rule(line)).toMatchObject({source: line, ...expected})
  })

  it.each<readonly [string, string]>([
    ['acme/images', 'is not a signer'],
    ['docker.io=acme/images', '"acme/images" is not a signer'],
    ['=github:acme/images', 'is not a signer'],
    ['docker.io/ACME=github:acme/images', 'the prefix'],
    ['acme=github:acme/images', 'the prefix'],
    ['github:', 'is not github:OWNER/REPO'],
    ['github:acme/images/more', 'is not github:OWNER/REPO'],
    ['github:acme/*', 'is not github:OWNER/REPO'],
    ['github:acme/..', 'is not github:OWNER/REPO'],
    ['github:https://github.com/acme/images', 'is not github:OWNER/REPO'],
    ['github:acme/images issuer=https://accounts.google.com', "is not one of GitHub's"],
    [`github:acme/images issuer=${GITHUB}.evil.test`, "is not one of GitHub's"],
    ['github:acme/images issuer=https://token.actions.ghe.com.evil.test', "is not one of GitHub's"],
    ['github:acme/images signer=build.yml', 'is not a workflow'],
    ['github:acme/images ref=main', 'is not a full ref'],
    ['github:acme/images ref=refs/tags/.*', 'regular expression'],
    ['github:acme/images log=required', 'log= is not for github:'],
    ['identity:', 'has no name'],
    ['identity:robot@example.com', 'needs issuer='],
    ['identity:robot@example.com issuer=accounts.google.com', 'is not an https URL'],
    ['identity:robot@example.com issuer=http://accounts.google.com', 'is not an https URL'],
    ['identity:robot@example.com issuer=https://*.google.com', 'is not an https URL'],
    ['identity:.*@example.com issuer=https://a.test', 'regular expression'],
    ['identity:^robot@example.com$ issuer=https://a.test', 'regular expression'],
    ['identity:https://github.com/(a|b)/c issuer=https://a.test', 'regular expression'],
    ['identity:* issuer=https://a.test', 'matches every name'],
    ['identity:*@* issuer=https://a.test', 'matches every name'],
    ['identity:robot@*.com issuer=https://a.test', 'no fixed domain'],
    ['identity:https://*/acme issuer=https://a.test', 'no fixed host'],
    ['identity:https://github.com/** issuer=https://a.test', '"**"'],
    ['identity:robot@example.com issuer=https://a.test ref=refs/heads/main', 'ref= is not for identity:'],
    ['key:', 'has no file'],
    ['key:https://example.com/cosign.pub', 'is not a file'],
    ['key:a.pub issuer=https://a.test', 'issuer= is not for key:'],
    ['key:a.pub log=optional', 'is unknown'],
    ['key:a.pub at=docker.io', 'is not registry/repository'],
    ['key:a.pub at=signatures', 'is not registry/repository'],
    ['key:a.pub predicate=slsa', 'is not a URI'],
    ['key:a.pub pattern=x', 'is unknown'],
    ['key:a.pub at', 'is unknown'],
    ['key:a.pub at=', 'has no value'],
    ['key:a.pub log=required log=required', 'twice']
  ])('refuses %s', (line, expected) => {
    expect(reason(line)).toContain(expected)
  })

  it('never throws, and keeps the line', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('', 'github:', 'identity:', 'key:'), (text, kind) => {
        const parsed = parseSignerRule(`${kind}${text}`)
        expect(parsed.ok ? parsed.value.source : `${kind}${text}`).toBe(`${kind}${text}`)
      })
    )
  })
})

describe('rulesFor', () => {
  const rules = [
    'github:everyone/all',
    'docker.io=github:hub/all',
    'docker.io/acme=github:acme/images',
    'docker.io/acme=key:acme.pub'
  ].map(rule)

  function sources(name: string): readonly string[] {
    const image = parseRepository(name)
    if (!image.ok) throw new Error(image.reason)
    return rulesFor(image.value, rules).map(({source}) => source)
  }

  it.each<readonly [string, readonly string[]]>([
    ['acme/app', ['docker.io/acme=github:acme/images', 'docker.io/acme=key:acme.pub']],
    ['acme-evil/app', ['docker.io=github:hub/all']],
    ['php', ['docker.io=github:hub/all']],
    ['quay.io/acme/app', ['github:everyone/all']]
  ])('of %s are those with the longest prefix: %j', (name, expected) => {
    expect(sources(name)).toEqual(expected)
  })

  it('are none where no rule matches', () => {
    expect(rulesFor({registry: 'ghcr.io', path: 'a'}, [rule('docker.io=github:a/b')])).toEqual([])
  })

  it('are unused where no image has the prefix', () => {
    expect(unusedSignerRules([{registry: 'docker.io', path: 'acme/app'}], rules)).toEqual([])
    expect(unusedSignerRules([{registry: 'ghcr.io', path: 'a'}], rules)).toHaveLength(3)
  })
})
