// Every kind of signature, and every forgery, against authorities of the tests' own. A forgery differs from a good one in one point.

import {beforeAll, describe, expect, it} from '@jest/globals'
import {digestOf} from '../../src/oci/digest.ts'
import type {JsonObject} from '../../src/oci/json.ts'
import {type CandidateSignature} from '../../src/signature/candidate-signature.ts'
import {judge, type Requirement} from '../../src/signature/judge.ts'
import {type Verdict} from '../../src/signature/outcome.ts'
import {parsePublicKey} from '../../src/signature/public-key.ts'
import {parseSignerRule} from '../../src/signature/signer-rule.ts'
import {openTrustRoot, type TrustRoot} from '../../src/signature/sigstore.ts'
import {
  type Authorities,
  cosignLayer,
  dsseBundle,
  GITHUB,
  type Identity,
  type Leaf,
  messageBundle,
  newKey,
  openAuthorities,
  statementOf,
  workflow
} from '../support/authorities.ts'

const MANIFEST = Buffer.from('{"schemaVersion":2}')
const DIGEST = digestOf(MANIFEST)
const OTHER = digestOf(Buffer.from('another image'))

let ours: Authorities
let theirs: Authorities
let leaf: Leaf
let root: TrustRoot
/** Authorities without logs, as GitHub's own. */
let github: Authorities
let githubLeaf: Leaf
let githubRoot: TrustRoot

beforeAll(async () => {
  ours = await openAuthorities()
  theirs = await openAuthorities()
  leaf = await ours.issue(workflow())
  root = rootOf(ours.root())
  github = await openAuthorities({withoutSct: true})
  githubLeaf = await github.issue(workflow())
  githubRoot = rootOf(github.root('github'))
})

function rootOf(document: JsonObject): TrustRoot {
  const opened = openTrustRoot(document)
  if (!opened.ok) throw new Error(opened.reason)
  return opened.value
}

function requirement(lines: readonly string[], more: Partial<Requirement> = {}): Requirement {
  const rules = lines.map(line => {
    const rule = parseSignerRule(line)
    if (!rule.ok) throw new Error(rule.reason)
    return rule.value
  })
  return {rules, keys: new Map(), roots: [root], ...more}
}

const RULE = 'github:acme/images'

function judged(
  signature: CandidateSignature,
  rules: readonly string[] = [RULE],
  more: Partial<Requirement> = {}
): Promise<Verdict> {
  return judge(signature, {digest: DIGEST, manifest: () => Promise.resolve(MANIFEST)}, requirement(rules, more))
}

function bundle(json: JsonObject): CandidateSignature {
  return {kind: 'bundle', json: Buffer.from(JSON.stringify(json))}
}

function keyed(pem: string): Partial<Requirement> {
  const key = parsePublicKey(pem)
  if (!key.ok) throw new Error(key.reason)
  return {keys: new Map([['our.pub', key.value]])}
}

const KEY_RULE = ['key:our.pub']

describe('a keyless signature', () => {
  it.each([
    'application/vnd.dev.sigstore.bundle+json;version=0.1',
    'application/vnd.dev.sigstore.bundle+json;version=0.2',
    'application/vnd.dev.sigstore.bundle+json;version=0.3',
    'application/vnd.dev.sigstore.bundle.v0.3+json'
  ])('in a bundle of the type %s is accepted', async mediaType => {
    const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(DIGEST), mediaType})
    expect(await judged(bundle(json))).toMatchObject({
      outcome: 'signed',
      rule: RULE,
      signer: {
        kind: 'github',
        issuer: GITHUB,
        repository: 'acme/images',
        ref: 'refs/tags/v1',
        commit: 'f'.repeat(40),
        workflow: 'https://github.com/acme/images/.github/workflows/release.yml@refs/tags/v1',
        runUrl: 'https://github.com/acme/images/actions/runs/1/attempts/1',
        signedAt: expect.stringMatching(/^20\d\d-.*Z$/),
        logIndex: expect.stringMatching(/^\d+$/)
      }
    })
  })

  it('of the bytes of the manifest is accepted', async () => {
    const json = await messageBundle({leaf, authorities: ours, bytes: MANIFEST})
    expect(await judged(bundle(json))).toMatchObject({outcome: 'signed'})
  })

  it('dated by a timestamp authority alone is accepted under a root without logs, and not under one with logs', async () => {
    const options = {leaf: githubLeaf, authorities: github, payload: statementOf(DIGEST), proof: 'timestamp'} as const
    const json = await dsseBundle(options)
    expect(await judged(bundle(json), [RULE], {roots: [root, githubRoot]})).toMatchObject({outcome: 'signed'})
    expect(await judged(bundle(json), [RULE], {roots: [rootOf(github.root())]})).toMatchObject({
      outcome: 'signature-broken'
    })
  })

  it('of the older format is accepted, wherever its payload says that the image is', async () => {
    const layer = await cosignLayer(DIGEST, {leaf, authorities: ours})
    expect(await judged({kind: 'cosign', ...layer})).toMatchObject({outcome: 'signed', signer: {kind: 'github'}})
  })

  it('of the older format with a timestamp is accepted under a root without logs', async () => {
    const layer = await cosignLayer(DIGEST, {leaf: githubLeaf, authorities: github, proof: 'timestamp'})
    expect(await judged({kind: 'cosign', ...layer}, [RULE], {roots: [githubRoot]})).toMatchObject({outcome: 'signed'})
  })

  it('is verified with the root that its certificate comes from', async () => {
    const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(DIGEST)})
    const others = rootOf(theirs.root())
    expect(await judged(bundle(json), [RULE], {roots: [others, root]})).toMatchObject({outcome: 'signed'})
  })

  it('is found by the second of several subjects', async () => {
    const [subject] = statementOf(DIGEST)['subject'] as readonly JsonObject[]
    const [another] = statementOf(OTHER)['subject'] as readonly JsonObject[]
    const payload = statementOf(DIGEST, {subject: [another, subject]})
    expect(await judged(bundle(await dsseBundle({leaf, authorities: ours, payload})))).toMatchObject({
      outcome: 'signed'
    })
  })
})

describe('a signature with a key', () => {
  it.each(['P-256', 'P-384', 'rsa', 'ed25519'] as const)('of the kind %s is accepted, in both formats', async type => {
    const key = newKey(type)
    const json = await dsseBundle({leaf: key, authorities: ours, payload: statementOf(DIGEST), proof: 'none'})
    expect(await judged(bundle(json), KEY_RULE, keyed(key.pem))).toMatchObject({
      outcome: 'signed',
      signer: {kind: 'key', key: 'our.pub', keyDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/)}
    })
    const layer = await cosignLayer(DIGEST, {leaf: key, authorities: ours, proof: 'none'})
    // The library verifies a payload with SHA-256, which Ed25519 does not use.
    const outcome = type === 'ed25519' ? 'signed-by-another' : 'signed'
    expect(await judged({kind: 'cosign', ...layer}, KEY_RULE, keyed(key.pem))).toMatchObject({outcome})
  })

  it('with an entry of the log is accepted, and dated by it', async () => {
    const key = newKey()
    const layer = await cosignLayer(DIGEST, {leaf: key, authorities: ours})
    expect(await judged({kind: 'cosign', ...layer}, ['key:our.pub log=required'], keyed(key.pem))).toMatchObject({
      outcome: 'signed',
      signer: {logIndex: expect.any(String), signedAt: expect.any(String)}
    })
  })

  it('without an entry of the log is broken where the rule requires one', async () => {
    const key = newKey()
    const layer = await cosignLayer(DIGEST, {leaf: key, authorities: ours, proof: 'none'})
    expect(await judged({kind: 'cosign', ...layer}, ['key:our.pub log=required'], keyed(key.pem))).toMatchObject({
      outcome: 'signature-broken'
    })
  })

  it('by another key is one by another signer', async () => {
    const layer = await cosignLayer(DIGEST, {leaf: newKey(), authorities: ours, proof: 'none'})
    expect(await judged({kind: 'cosign', ...layer}, KEY_RULE, keyed(newKey().pem))).toMatchObject({
      outcome: 'signed-by-another',
      signer: {kind: 'key'}
    })
  })

  it('by a key of another kind is one by another signer', async () => {
    const layer = await cosignLayer(DIGEST, {leaf: newKey('rsa'), authorities: ours, proof: 'none'})
    expect(await judged({kind: 'cosign', ...layer}, KEY_RULE, keyed(newKey('ed25519').pem))).toMatchObject({
      outcome: 'signed-by-another'
    })
  })

  it('does not satisfy a rule for an identity, nor a certificate one for a key', async () => {
    const layer = await cosignLayer(DIGEST, {leaf: newKey(), authorities: ours, proof: 'none'})
    expect(await judged({kind: 'cosign', ...layer})).toMatchObject({
      outcome: 'signed-by-another',
      signer: {kind: 'key'}
    })
    const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(DIGEST)})
    expect(await judged(bundle(json), KEY_RULE, keyed(newKey().pem))).toMatchObject({
      outcome: 'signed-by-another',
      signer: {kind: 'github', repository: 'acme/images'}
    })
  })
})

describe('an identity', () => {
  async function judgedAs(identity: Identity, ...rules: readonly string[]): Promise<Verdict['outcome']> {
    const signer = await ours.issue(identity)
    const json = await dsseBundle({leaf: signer, authorities: ours, payload: statementOf(DIGEST)})
    return (await judged(bundle(json), rules)).outcome
  }

  it.each([
    {name: 'the same repository in another case', rule: 'github:Acme/Images', accepted: true},
    {name: 'the owner', rule: 'github:acme', accepted: true},
    {name: 'the repository at a ref', rule: 'github:acme/images ref=refs/tags/v*', accepted: true},
    {name: 'the repository at another ref', rule: 'github:acme/images ref=refs/heads/main', accepted: false},
    {name: 'a ref that only begins so', rule: 'github:acme/images ref=refs/tags/v', accepted: false},
    {name: 'a repository whose name goes on', rule: 'github:acme/image', accepted: false},
    {name: 'an owner whose name goes on', rule: 'github:acm', accepted: false},
    {name: 'another issuer of GitHub', rule: `github:acme/images issuer=${GITHUB}/acme`, accepted: false},
    {
      name: 'the workflow by its name',
      rule: 'github:acme/images signer=acme/images/.github/workflows/release.yml',
      accepted: true
    },
    {
      name: 'the workflow at its ref',
      rule: 'github:acme/images signer=acme/images/.github/workflows/release.yml@refs/tags/v1',
      accepted: true
    },
    {
      name: 'a workflow whose name goes on',
      rule: 'github:acme/images signer=acme/images/.github/workflows/release.y',
      accepted: false
    },
    {
      name: 'the whole name',
      rule: `identity:https://github.com/acme/images/.github/workflows/release.yml@refs/tags/v1 issuer=${GITHUB}`,
      accepted: true
    },
    {
      name: 'a pattern',
      rule: `identity:https://github.com/acme/*/.github/workflows/release.yml@refs/tags/* issuer=${GITHUB}`,
      accepted: true
    },
    {
      name: 'a part of the name',
      rule: `identity:https://github.com/acme/images issuer=${GITHUB}`,
      accepted: false
    },
    {
      name: 'the whole name by another issuer',
      rule: 'identity:https://github.com/acme/images/.github/workflows/release.yml@refs/tags/v1 issuer=https://accounts.google.com',
      accepted: false
    }
  ])('required as $name: $accepted', async ({rule, accepted}) => {
    expect(await judgedAs(workflow(), rule)).toBe(accepted ? 'signed' : 'signed-by-another')
  })

  it('of a workflow in another repository needs signer=', async () => {
    const reusable = workflow({signer: 'acme/ci/.github/workflows/build.yml'})
    expect(await judgedAs(reusable, RULE)).toBe('signed-by-another')
    expect(await judgedAs(reusable, `${RULE} signer=acme/ci/.github/workflows/build.yml`)).toBe('signed')
  })

  it('of a workflow of this repository in the run of another one is another', async () => {
    const abused = workflow({owner: 'evil', repository: 'fork', signer: 'acme/images/.github/workflows/release.yml'})
    expect(await judgedAs(abused, RULE, 'github:acme')).toBe('signed-by-another')
  })

  it('that names GitHub, from another issuer, is no workflow', async () => {
    expect(await judgedAs({...workflow(), issuer: 'https://evil.test'}, RULE, 'github:acme')).toBe('signed-by-another')
  })

  it('is shown when it is another, without control characters', async () => {
    const signer = await ours.issue({name: 'https://evil.test/\n::error::x', issuer: 'https://evil.test'})
    const json = await dsseBundle({leaf: signer, authorities: ours, payload: statementOf(DIGEST)})
    const verdict = await judged(bundle(json))
    expect(verdict).toMatchObject({outcome: 'signed-by-another'})
    expect(JSON.stringify(verdict)).not.toMatch(/\\n/)
  })

  it('satisfies any of several rules', async () => {
    expect(await judgedAs(workflow(), 'github:other/one', RULE)).toBe('signed')
  })
})

describe('a forgery', () => {
  it('about another image is broken', async () => {
    const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(OTHER)})
    expect(await judged(bundle(json))).toMatchObject({
      outcome: 'signature-broken',
      detail: expect.stringContaining('another image')
    })
    const layer = await cosignLayer(OTHER, {leaf, authorities: ours})
    expect(await judged({kind: 'cosign', ...layer})).toMatchObject({outcome: 'signature-broken'})
    const message = await messageBundle({leaf, authorities: ours, bytes: Buffer.from('another image')})
    expect(await judged(bundle(message))).toMatchObject({outcome: 'signature-broken'})
  })

  it.each(['text/plain', 'application/json', 'application/vnd.in-toto+json '])(
    'with the payload type %j is broken, though it is signed',
    async payloadType => {
      const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(DIGEST), payloadType})
      expect(await judged(bundle(json))).toMatchObject({
        outcome: 'signature-broken',
        detail: expect.stringContaining('payload type')
      })
    }
  )

  it.each<readonly [string, Uint8Array | JsonObject]>([
    ['that is not JSON', Buffer.from('signed text')],
    ['of another type', statementOf(DIGEST, {_type: 'https://example.com/Statement/v1'})],
    ['without subjects', statementOf(DIGEST, {subject: []})],
    ['with the digest as a name', statementOf(DIGEST, {subject: [{name: DIGEST, digest: {}}]})],
    ['with the digest under another algorithm', statementOf(DIGEST, {subject: [{digest: {sha512: DIGEST.slice(7)}}]})],
    ['without a predicate type', statementOf(DIGEST, {predicateType: ''})],
    ['with two subjects under one key', Buffer.from(JSON.stringify(statementOf(DIGEST)).replace('{', '{"subject":[],'))]
  ])('with a signed statement %s is broken', async (_name, payload) => {
    expect(await judged(bundle(await dsseBundle({leaf, authorities: ours, payload})))).toMatchObject({
      outcome: 'signature-broken'
    })
  })

  it('of a payload with another type is broken', async () => {
    const layer = await cosignLayer(DIGEST, {leaf, authorities: ours}, {type: 'atomic container signature'})
    expect(await judged({kind: 'cosign', ...layer})).toMatchObject({outcome: 'signature-broken'})
  })

  it('that calls an SBOM a signature is not counted, unless predicate= names it', async () => {
    const json = await dsseBundle({
      leaf,
      authorities: ours,
      payload: statementOf(DIGEST, {predicateType: 'https://spdx.dev/Document'})
    })
    expect(await judged(bundle(json))).toMatchObject({outcome: 'not-counted'})
    expect(await judged(bundle(json), [`${RULE} predicate=https://spdx.dev/Document`])).toMatchObject({
      outcome: 'signed'
    })
  })

  it.each(['https://slsa.dev/provenance/v1', 'https://slsa.dev/provenance/v0.2'])('%s counts', async predicateType => {
    const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(DIGEST, {predicateType})})
    expect(await judged(bundle(json))).toMatchObject({outcome: 'signed'})
  })

  it('with a log entry for another key is broken, though the library accepts it', async () => {
    const another = await ours.issue(workflow({owner: 'evil'}))
    const json = await messageBundle({leaf, authorities: ours, bytes: MANIFEST, loggedKey: another})
    expect(await judged(bundle(json))).toMatchObject({
      outcome: 'signature-broken',
      detail: expect.stringContaining('another key')
    })
    const dsse = await dsseBundle({leaf, authorities: ours, payload: statementOf(DIGEST), loggedKey: another})
    expect(await judged(bundle(dsse))).toMatchObject({outcome: 'signature-broken'})
    const key = newKey()
    const layer = await cosignLayer(DIGEST, {leaf: key, authorities: ours, loggedKey: newKey()})
    expect(await judged({kind: 'cosign', ...layer}, KEY_RULE, keyed(key.pem))).toMatchObject({
      outcome: 'signature-broken'
    })
  })

  it.each([
    'application/vnd.dev.sigstore.bundle.v9.9+json',
    'application/vnd.dev.sigstore.bundle.v0.4+json',
    'application/vnd.dev.sigstore.bundle+json;version=0.9',
    'application/vnd.dev.sigstore.bundle+json',
    'application/json',
    ''
  ])('of the unknown type %j is unusable', async mediaType => {
    const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(DIGEST)})
    expect(await judged(bundle({...json, mediaType}))).toMatchObject({outcome: 'signature-unusable'})
  })

  it('with two signatures, or none, is unusable', async () => {
    const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(DIGEST)})
    const envelope = json['dsseEnvelope'] as JsonObject & {signatures: readonly JsonObject[]}
    for (const signatures of [[], [...envelope.signatures, ...envelope.signatures]])
      expect(await judged(bundle({...json, dsseEnvelope: {...envelope, signatures}}))).toMatchObject({
        outcome: 'signature-unusable'
      })
  })

  it('with an envelope and a message is unusable', async () => {
    const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(DIGEST)})
    const message = await messageBundle({leaf, authorities: ours, bytes: MANIFEST})
    expect(await judged(bundle({...json, messageSignature: message['messageSignature']}))).toMatchObject({
      outcome: 'signature-unusable'
    })
  })

  it('with a changed signature is broken', async () => {
    const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(DIGEST)})
    const envelope = json['dsseEnvelope'] as JsonObject
    const other = await dsseBundle({leaf, authorities: ours, payload: statementOf(OTHER)})
    const {signatures} = other['dsseEnvelope'] as JsonObject
    expect(await judged(bundle({...json, dsseEnvelope: {...envelope, signatures}}))).toMatchObject({
      outcome: 'signature-broken'
    })
  })

  it('with a message digest of other bytes is broken', async () => {
    const json = await messageBundle({leaf, authorities: ours, bytes: MANIFEST})
    const message = json['messageSignature'] as JsonObject
    const forged = {...message, messageDigest: {algorithm: 'SHA2_256', digest: Buffer.alloc(32).toString('base64')}}
    expect(await judged(bundle({...json, messageSignature: forged}))).toMatchObject({outcome: 'signature-broken'})
  })

  it('signed after its certificate expired is broken', async () => {
    const past = await openAuthorities({clock: new Date(Date.now() - 3_600_000)})
    const expired = await past.issue(workflow())
    const mixed = {...past.root(), tlogs: ours.root()['tlogs']}
    const json = await dsseBundle({leaf: expired, authorities: ours, payload: statementOf(DIGEST)})
    expect(await judged(bundle(json), [RULE], {roots: [rootOf(mixed)]})).toMatchObject({outcome: 'signature-broken'})
  })

  it('with a certificate that no certificate log has seen is broken', async () => {
    const secret = await openAuthorities({withoutSct: true})
    const json = await dsseBundle({
      leaf: await secret.issue(workflow()),
      authorities: secret,
      payload: statementOf(DIGEST)
    })
    expect(await judged(bundle(json), [RULE], {roots: [rootOf(secret.root())]})).toMatchObject({
      outcome: 'signature-broken'
    })
  })

  it('without a log entry and without a timestamp is broken', async () => {
    const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(DIGEST), proof: 'none'})
    expect(await judged(bundle(json))).toMatchObject({outcome: 'signature-broken'})
    const undated = await dsseBundle({
      leaf: githubLeaf,
      authorities: github,
      payload: statementOf(DIGEST),
      proof: 'none'
    })
    expect(await judged(bundle(undated), [RULE], {roots: [githubRoot]})).toMatchObject({outcome: 'signature-broken'})
  })

  it('by another authority with the same names says that the roots lack it', async () => {
    const json = await dsseBundle({
      leaf: await theirs.issue(workflow()),
      authorities: theirs,
      payload: statementOf(DIGEST)
    })
    expect(await judged(bundle(json))).toMatchObject({outcome: 'root-stale', organization: 'sigstore.mock'})
  })

  it('with an entry of another log says that the roots lack it', async () => {
    const json = await dsseBundle({leaf, authorities: theirs, payload: statementOf(DIGEST)})
    expect(await judged(bundle(json))).toMatchObject({outcome: 'root-stale', detail: expect.stringContaining('log')})
  })

  it('with a timestamp of another authority is broken', async () => {
    const json = await dsseBundle({
      leaf: githubLeaf,
      authorities: theirs,
      payload: statementOf(DIGEST),
      proof: 'timestamp'
    })
    const {outcome} = await judged(bundle(json), [RULE], {roots: [githubRoot]})
    // Authorities of the mock have one name and one number, so only the signature tells them apart.
    expect(outcome).toBe('signature-broken')
  })
})

describe('a malformed candidate', () => {
  it.each<readonly [string, string]>([
    ['empty', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['text', 'not json'],
    ['half a document', '{"mediaType":'],
    ['a bundle without content', JSON.stringify({mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json'})],
    ['deeply nested', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`]
  ])('%s is unusable, and nothing is thrown', async (_name, json) => {
    expect(await judged({kind: 'bundle', json: Buffer.from(json)})).toMatchObject({outcome: 'signature-unusable'})
  })

  it('with each part of its material removed or replaced is never accepted, and nothing is thrown', async () => {
    const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(DIGEST)})
    const text = JSON.stringify(json)
    const paths = pathsOf(json)
    expect(paths.length).toBeGreaterThan(20)
    for (const path of paths)
      for (const value of [undefined, null, '', 0, [], {}, 'AAAA']) {
        const changed = replaced(JSON.parse(text) as JsonObject, path, value)
        const {outcome} = await judged(bundle(changed))
        if (JSON.stringify(changed) !== text && !isRedundant(path))
          expect([path, value, outcome]).not.toContain('signed')
      }
  }, 120_000)

  it.each<readonly [string, Record<string, string>]>([
    ['without a signature', {'dev.cosignproject.cosign/signature': ''}],
    ['with a signature that is not base64', {'dev.cosignproject.cosign/signature': '***'}],
    ['with a certificate that is not PEM', {'dev.sigstore.cosign/certificate': 'x'}],
    [
      'with a certificate of nothing',
      {'dev.sigstore.cosign/certificate': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'}
    ],
    ['with a log entry that is not JSON', {'dev.sigstore.cosign/bundle': '{'}],
    ['with a log entry without a payload', {'dev.sigstore.cosign/bundle': '{}'}],
    ['with a timestamp that is not JSON', {'dev.sigstore.cosign/rfc3161timestamp': 'x'}],
    ['with a timestamp of nothing', {'dev.sigstore.cosign/rfc3161timestamp': '{"SignedRFC3161Timestamp":"AAAA"}'}]
  ])('of the older format %s is unusable', async (_name, more) => {
    const layer = await cosignLayer(DIGEST, {leaf, authorities: ours})
    expect(
      await judged({kind: 'cosign', payload: layer.payload, annotations: {...layer.annotations, ...more}})
    ).toMatchObject({
      outcome: 'signature-unusable'
    })
  })
})

// Nothing is decided by these: the checkpoint has the tree's size and hash, and the promise alone proves the entry.
function isRedundant(path: readonly (string | number)[]): boolean {
  return /(?:logIndex|rootHash|treeSize|hashes|inclusionProof|predicate)$/.test(path.join('.'))
}

function pathsOf(value: unknown, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  const own = path.length === 0 ? [] : [path]
  if (Array.isArray(value)) return [...own, ...value.flatMap((item, at) => pathsOf(item, [...path, at]))]
  if (typeof value !== 'object' || value === null) return own
  return [...own, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))]
}

function replaced(json: JsonObject, path: readonly (string | number)[], value: unknown): JsonObject {
  const parent = path
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>((object, key) => object[key] as Record<string | number, unknown>, json)
  parent[path.at(-1) ?? ''] = value
  return json
}
