// The action as a process, with images that are signed in odd but honest ways, and with registries and APIs that answer oddly.

import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterEach, beforeAll, beforeEach, describe, expect, it} from '@jest/globals'
import {type Digest, digestOf} from '../src/oci/digest.ts'
import type {JsonObject} from '../src/oci/json.ts'
import {
  type Authorities,
  type Identity,
  cosignLayer,
  dsseBundle,
  type Leaf,
  messageBundle,
  newKey,
  openAuthorities,
  statementOf,
  workflow
} from './support/authorities.ts'
import {type Index, makePublished} from './support/images.ts'
import {type ActionRun, type RunActionOptions} from './support/run-action.ts'
import {type SignedRegistry, snappyOf, startSignedRegistry} from './support/signed-registry.ts'
import {type Inputs, openSignedWorkspace, PATH, runSigned} from './support/signed-workspace.ts'

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
let authorities: Authorities
let leaf: Leaf
let registry: SignedRegistry
let workspace: string
let index: Index
let digest: Digest
let seed = 3000
const endings: (() => Promise<void>)[] = []

beforeAll(async () => {
  authorities = await openAuthorities()
  leaf = await authorities.issue(workflow())
})

beforeEach(async () => {
  const opened = await openSignedWorkspace(authorities, ++seed)
  ;({registry, workspace, index, digest} = opened)
  endings.push(opened.close)
})

afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

function run(more: Inputs = {}, options: RunActionOptions = {}): Promise<ActionRun> {
  return runSigned({registry, workspace}, more, options)
}

type BundleChoice = {
  readonly subject?: Digest
  readonly more?: JsonObject
  readonly by?: Leaf
  readonly mediaType?: string
}

async function bundle({
  subject = digest,
  more = {},
  by = leaf,
  mediaType = BUNDLE
}: BundleChoice = {}): Promise<Buffer> {
  const json = await dsseBundle({leaf: by, authorities, payload: statementOf(subject, more), mediaType})
  return Buffer.from(JSON.stringify(json))
}

function issue(identity: Identity): Promise<Leaf> {
  return authorities.issue(identity)
}

async function attach(choice: BundleChoice = {}): Promise<void> {
  registry.attach(PATH, choice.subject ?? digest, {bytes: await bundle(choice)})
}

function expectSigned(result: ActionRun): void {
  expect([result.exitCode, result.stderr, result.annotations]).toEqual([0, '', []])
  expect(result.outputs['reference']).toMatch(/@sha(?:256|512):/)
  expect(Object.keys(JSON.parse(result.outputs['signers'] ?? '{}') as object)).toHaveLength(1)
}

function expectFailed(result: ActionRun, problem: string, ...words: readonly string[]): void {
  expect(result.report).toMatchObject({images: [{failure: {kind: 'signature', problem}}]})
  expect([result.exitCode, Object.keys(result.outputs)]).toEqual([1, ['report']])
  const [error = {message: ''}, ...others] = result.annotations.filter(({level}) => level === 'error')
  expect(others).toEqual([])
  for (const word of words) expect(error.message).toContain(word)
}

/** A list of referrers, as a registry without the API keeps it. */
function listUnderTag(manifests: readonly JsonObject[]): void {
  registry.put(`/v2/${PATH}/manifests/${digest.replace(':', '-')}`, {
    status: 200,
    body: JSON.stringify({schemaVersion: 2, mediaType: OCI_INDEX, manifests}),
    headers: {'content-type': OCI_INDEX}
  })
}

/** Stores a blob, and a manifest with these fields, and returns its descriptor. */
function store(fields: (layer: JsonObject) => JsonObject, bytes: Uint8Array): JsonObject {
  const blob = digestOf(bytes)
  registry.put(`/v2/${PATH}/blobs/${blob}`, {status: 200, body: bytes})
  const layer = {mediaType: BUNDLE, digest: blob, size: bytes.length}
  const manifest = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: OCI_MANIFEST, ...fields(layer)}))
  const own = digestOf(manifest)
  registry.put(`/v2/${PATH}/manifests/${own}`, {status: 200, body: manifest, headers: {'content-type': OCI_MANIFEST}})
  return {mediaType: OCI_MANIFEST, digest: own, size: manifest.length}
}

const EMPTY_CONFIG = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: digestOf(Buffer.from('{}')),
  size: 2
}

describe('an image is signed', () => {
  it('by several signers, of whom one is required', async () => {
    await attach({by: await issue(workflow({owner: 'other'}))})
    await attach({by: await issue({name: 'robot@example.com', issuer: 'https://accounts.example.com'})})
    await attach()
    expectSigned(await run())
  })

  it('with a statement about a thousand subjects, of which it is the last', async () => {
    const others = Array.from({length: 1000}, (_, at) => ({
      name: String(at),
      digest: {sha256: digestOf(Buffer.from(String(at))).slice('sha256:'.length)}
    }))
    await attach({more: {subject: [...others, ...(statementOf(digest)['subject'] as JsonObject[])]}})
    expectSigned(await run())
  })

  it('where its digest is of sha512', async () => {
    const image = makePublished({seed, algorithm: 'sha512'})
    const subject = registry.publish(PATH, '512', image)
    const hex = subject.slice('sha512:'.length)
    await attach({subject, more: {subject: [{name: 'app', digest: {sha512: hex}}]}})
    expectSigned(await run({image: `${registry.host}/${PATH}@${subject}`}))
    // A statement about another digest, which has this one as its sha256, is about another image.
    const other = registry.publish(PATH, '513', makePublished({seed: ++seed, algorithm: 'sha512'}))
    const wrong = [{name: 'app', digest: {sha256: other.slice('sha512:'.length)}}]
    await attach({subject: other, more: {subject: wrong}})
    expectFailed(await run({image: `${registry.host}/${PATH}@${other}`}), 'signature-broken')
  })

  it.each([
    'application/vnd.dev.sigstore.bundle+json;version=0.1',
    'application/vnd.dev.sigstore.bundle+json;version=0.2',
    'application/vnd.dev.sigstore.bundle+json; version=0.3'
  ])('in a layer of the type %s, which has a parameter', async type => {
    const bytes = await bundle({mediaType: type.replace(' ', '')})
    registry.attach(PATH, digest, {bytes, mediaType: type, artifactType: type})
    expectSigned(await run())
  })

  it('on the second page of its referrers', async () => {
    const path = `/v2/${PATH}/referrers/${digest}`
    await attach()
    // The list of the registry becomes its second page.
    const good = store(layer => ({artifactType: BUNDLE, config: EMPTY_CONFIG, layers: [layer]}), await bundle())
    const page = (manifests: readonly JsonObject[]): string => JSON.stringify({schemaVersion: 2, manifests})
    registry.put(path, {
      status: 200,
      body: page([]),
      headers: {'content-type': OCI_INDEX, link: `<${path}?last=1>; rel="next"`}
    })
    registry.put(`${path}?last=1`, {status: 200, body: page([good]), headers: {'content-type': OCI_INDEX}})
    expectSigned(await run())
  })

  it.each(['application/octet-stream', 'application/spdx+json', '', 'application/vnd.unknown.config.v1+json'])(
    'in a list under the referrers tag that calls it %j',
    async artifactType => {
      const other = store(layer => ({config: EMPTY_CONFIG, layers: [layer]}), Buffer.from('not json'))
      const good = store(layer => ({artifactType: BUNDLE, config: EMPTY_CONFIG, layers: [layer]}), await bundle())
      listUnderTag([other, {...good, artifactType}])
      expectSigned(await run())
    }
  )

  it.each<readonly [string, (layer: JsonObject) => JsonObject]>([
    ['the type of its config', layer => ({config: {...EMPTY_CONFIG, mediaType: BUNDLE}, layers: [layer]})],
    ['the type of its layer alone', layer => ({layers: [layer]})],
    [
      'the type of the artifact, and a layer without one',
      layer => ({artifactType: BUNDLE, config: EMPTY_CONFIG, layers: [{...layer, mediaType: 'application/json'}]})
    ]
  ])('in a manifest that says so in %s', async (_name, fields) => {
    listUnderTag([store(fields, await bundle())])
    expectSigned(await run())
  })

  it.each([400, 401, 403, 405, 406, 501])('where the referrers API answers %d, under the .sig tag', async status => {
    registry.put(`/v2/${PATH}/referrers/${digest}`, {status, body: 'no such API'})
    registry.sign(PATH, digest, [await cosignLayer(digest, {leaf, authorities})])
    expectSigned(await run())
  })

  it('in the last layer of a .sig tag, after ones whose annotations are missing or broken', async () => {
    const good = await cosignLayer(digest, {leaf, authorities})
    const without = (name: string): typeof good => ({
      ...good,
      annotations: Object.fromEntries(Object.entries(good.annotations).filter(([key]) => !key.endsWith(name)))
    })
    registry.sign(PATH, digest, [
      {...good, annotations: {}},
      without('/signature'),
      without('/certificate'),
      without('/bundle'),
      {...good, annotations: {...good.annotations, 'dev.sigstore.cosign/bundle': 'not json'}},
      {...good, annotations: {...good.annotations, 'dev.sigstore.cosign/certificate': 'not PEM'}},
      {...good, payload: Buffer.from('{}')},
      good
    ])
    expectSigned(await run())
  })

  it('as a referrer of the older format', async () => {
    const {payload, annotations} = await cosignLayer(digest, {leaf, authorities})
    const type = 'application/vnd.dev.cosign.artifact.sig.v1+json'
    const signed = store(
      layer => ({
        artifactType: type,
        config: EMPTY_CONFIG,
        layers: [{...layer, mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json', annotations}]
      }),
      payload
    )
    listUnderTag([{...signed, artifactType: type}])
    expectSigned(await run())
  })

  it('at the requested platform alone, and not at the index', async () => {
    const [amd64] = index.children
    await attach({subject: amd64?.manifest.digest ?? digest})
    const result = await run()
    expectSigned(result)
    expect(result.outputs['signers']).toContain(amd64?.manifest.digest ?? 'missing')
    expect(result.outputs['reference']).toContain(digest)
  })

  it('with a tag and a digest in its reference', async () => {
    await attach()
    expectSigned(await run({image: `${registry.host}/${PATH}:1@${digest}`}))
  })

  it.each(['manifest', 'config', 'layers'])('with verify: %s', async verify => {
    await attach()
    expectSigned(await run({verify}))
  })

  it('in the repository of at=, under its .sig tag', async () => {
    registry.sign('signatures/all', digest, [await cosignLayer(digest, {leaf, authorities})])
    expectSigned(await run({'signed-by': `github:acme/images at=${registry.host}/signatures/all`}))
  })

  it('with a key whose file has Windows line ends', async () => {
    const key = newKey()
    await writeFile(join(workspace, 'cosign.pub'), `\uFEFF${key.pem.replaceAll('\n', '\r\n')}`)
    registry.sign(PATH, digest, [await cosignLayer(digest, {leaf: key, authorities})])
    expectSigned(await run({'signed-by': 'key:cosign.pub log=required'}))
  })

  it('and its layout is written', async () => {
    await attach()
    const result = await run({layout: 'image'})
    expect(result.exitCode).toBe(0)
    expect(JSON.parse(await readFile(join(workspace, 'image/index.json'), 'utf8'))).toMatchObject({schemaVersion: 2})
  })
})

const IN_TOTO = 'application/vnd.in-toto+json'

/** Attaches a statement to a digest as Docker Hardened Images have it: a plain artifact, whose manifest can be signed. */
function attachStatement(subject: Digest, more: JsonObject = {}, repository = PATH): Digest {
  const statement = statementOf(subject, {predicateType: 'https://slsa.dev/provenance/v1', ...more})
  const annotations = {'in-toto.io/predicate-type': String(statement['predicateType'])}
  const bytes = Buffer.from(JSON.stringify(statement))
  return registry.attach(repository, subject, {bytes, mediaType: IN_TOTO, artifactType: IN_TOTO, annotations})
}

/** Signs a manifest with a key, as `cosign sign --registry-referrers-mode=oci-1-1` does. */
async function attachSignature(subject: Digest, key: Leaf, repository = PATH): Promise<void> {
  const {payload, annotations} = await cosignLayer(subject, {leaf: key, authorities, proof: 'none'})
  registry.attach(repository, subject, {
    bytes: payload,
    mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json',
    layerAnnotations: annotations
  })
}

describe('a statement that is an artifact of its own, and signed as one', () => {
  let key: ReturnType<typeof newKey>
  let platform: Digest

  beforeEach(async () => {
    key = newKey()
    platform = index.children[0]?.manifest.digest ?? digest
    await writeFile(join(workspace, 'dhi.pub'), key.pem)
  })

  it('is a signature of each platform, as of a Docker Hardened Image', async () => {
    await attachSignature(attachStatement(platform, {predicateType: 'https://cyclonedx.org/bom'}), key)
    await attachSignature(attachStatement(platform), key)
    const result = await run({'signed-by': 'key:dhi.pub'})
    expectSigned(result)
    expect(result.outputs['signers']).toContain(platform)
  })

  it('is found in the repository of at=', async () => {
    await attachSignature(attachStatement(platform, {}, 'scout/app'), key, 'scout/app')
    expectSigned(await run({'signed-by': `key:dhi.pub at=${registry.host}/scout/app`}))
  })

  it.each<readonly [string, string, () => Promise<void>]>([
    [
      'that nobody signed',
      'unsigned',
      () => {
        attachStatement(platform)
        return Promise.resolve()
      }
    ],
    ['that another key signed', 'signed-by-another', () => attachSignature(attachStatement(platform), newKey())],
    [
      'about another image',
      'signature-broken',
      () =>
        attachSignature(attachStatement(platform, {subject: statementOf(digestOf(Buffer.from('x')))['subject']}), key)
    ],
    [
      'that is an SBOM',
      'unsigned',
      () => attachSignature(attachStatement(platform, {predicateType: 'https://cyclonedx.org/bom'}), key)
    ],
    [
      'whose signature is of another manifest',
      'signature-broken',
      async () => {
        const attestation = attachStatement(platform)
        const {payload, annotations} = await cosignLayer(digest, {leaf: key, authorities, proof: 'none'})
        registry.attach(PATH, attestation, {
          bytes: payload,
          mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
          artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json',
          layerAnnotations: annotations
        })
      }
    ],
    [
      'that the right key attested about, and did not sign',
      'signature-broken',
      async () => {
        const attestation = attachStatement(platform)
        const payload = statementOf(attestation, {predicateType: 'https://slsa.dev/provenance/v1'})
        const json = await dsseBundle({leaf: key, authorities, payload, proof: 'none'})
        registry.attach(PATH, attestation, {bytes: Buffer.from(JSON.stringify(json))})
      }
    ],
    [
      'whose bytes are not those that the signed manifest names',
      'signature-unusable',
      async () => {
        const attestation = attachStatement(platform)
        await attachSignature(attestation, key)
        const statement = statementOf(platform, {predicateType: 'https://slsa.dev/provenance/v1'})
        const blob = digestOf(Buffer.from(JSON.stringify(statement)))
        registry.put(`/v2/${PATH}/blobs/${blob}`, {status: 200, body: JSON.stringify(statement).replace('app', 'bad')})
      }
    ]
  ])('does not count if it is one %s', async (_name, problem, prepare) => {
    await prepare()
    expectFailed(await run({'signed-by': 'key:dhi.pub'}), problem)
  })
})

describe('ghcr.io', () => {
  it('that answers a request for its missing referrers tag with the image itself has no list', async () => {
    registry.put(`/v2/${PATH}/manifests/${digest.replace(':', '-')}`, {
      status: 200,
      body: index.index.bytes,
      headers: {'content-type': OCI_INDEX}
    })
    registry.sign(PATH, digest, [await cosignLayer(digest, {leaf, authorities})])
    expectSigned(await run())
    const [, arm64] = index.children
    expect(registry.requests.filter(({path}) => path.endsWith(arm64?.manifest.digest ?? 'missing'))).toEqual([])
  })
})

describe('a rule is chosen', () => {
  it('by the longest prefix, whichever line is first', async () => {
    await attach()
    const narrow = `${registry.host}/acme/app=github:acme/images`
    const wide = `${registry.host}/acme=github:other/one`
    const every = 'github:other/two'
    expectSigned(await run({'signed-by': `${every}\n${narrow}\n${wide}`}))
    const wrong = `${registry.host}/acme/app=github:other/one`
    expectFailed(
      await run({'signed-by': `github:acme/images\n${wrong}\n${registry.host}/acme=github:acme/images`}),
      'signed-by-another',
      'github:acme/images',
      'github:other/one'
    )
  })

  it('by whole components, so that a prefix does not reach a longer name', async () => {
    const result = await run({'signed-by': `${registry.host}/acme/ap=github:other/one`})
    expect(result.exitCode).toBe(0)
    expect(result.outputs['signers']).toBeUndefined()
  })

  it('of several with one prefix, the one that is satisfied', async () => {
    await attach()
    expectSigned(
      await run({'signed-by': 'github:other/one\nidentity:robot@example.com issuer=https://a.test\ngithub:acme'})
    )
  })

  it.each([
    ['ref=refs/tags/v*', true],
    ['ref=refs/tags/V*', false],
    ['ref=refs/tags/*', true],
    ['ref=refs/heads/*', false],
    ['signer=acme/images/.github/workflows/release.yml', true],
    ['signer=acme/images/.github/workflows/release.yml@refs/tags/v*', true],
    ['signer=acme/images/.github/workflows/other.yml', false],
    ['predicate=https://slsa.dev/verification_summary/v1', true]
  ])('with the word %s: %s', async (word, isSigned) => {
    await attach()
    const result = await run({'signed-by': `github:acme/images ${word}`})
    if (isSigned) expectSigned(result)
    else expectFailed(result, 'signed-by-another', word)
  })

  it('with predicate=, which makes that type count', async () => {
    await attach({more: {predicateType: 'https://example.com/release/v1'}})
    expectFailed(await run(), 'unsigned', 'https://example.com/release/v1', 'predicate=')
    expectSigned(await run({'signed-by': 'github:acme/images predicate=https://example.com/release/v1'}))
  })

  it('with log=required, which a signature without an entry does not satisfy', async () => {
    const key = newKey()
    await writeFile(join(workspace, 'cosign.pub'), key.pem)
    registry.sign(PATH, digest, [await cosignLayer(digest, {leaf: key, authorities, proof: 'none'})])
    expectSigned(await run({'signed-by': 'key:cosign.pub'}))
    expectFailed(await run({'signed-by': 'key:cosign.pub log=required'}), 'signature-broken', 'log')
  })
})

describe('an image that is not signed as required fails', () => {
  it('where its digest is that of a platform, and the index is signed', async () => {
    await attach()
    const [amd64] = index.children
    const image = `${registry.host}/${PATH}@${amd64?.manifest.digest ?? ''}`
    expectFailed(await run({image}), 'unsigned', 'pin the index')
  })

  it('where a manifest has more signatures than are read, with a bounded number of requests', async () => {
    for (let at = 0; at < 70; at++) {
      const bytes = Buffer.from(`{"at":${String(at)}}`)
      registry.attach(PATH, digest, {bytes})
    }
    const layer = (at: number): JsonObject => {
      const bytes = Buffer.from(`{"layer":${String(at)}}`)
      registry.put(`/v2/${PATH}/blobs/${digestOf(bytes)}`, {status: 200, body: bytes})
      return {mediaType: BUNDLE, digest: digestOf(bytes), size: bytes.length}
    }
    const layers = Array.from({length: 500}, (_, at) => layer(at))
    listUnderTag([store(() => ({artifactType: BUNDLE, layers}), Buffer.from('{}'))])
    const before = registry.requests.length
    expectFailed(await run(), 'signature-unusable', '(64)')
    expect(registry.requests.length - before).toBeLessThan(230)
  })

  it('where many signatures are of the manifest itself, which is requested once more', async () => {
    const other = await authorities.issue(workflow({owner: 'evil'}))
    for (let at = 0; at < 10; at++) {
      const json = await messageBundle({leaf: other, authorities, bytes: index.index.bytes})
      registry.attach(PATH, digest, {bytes: Buffer.from(`${JSON.stringify(json)}${' '.repeat(at)}`)})
    }
    expectFailed(await run(), 'signed-by-another', 'github:evil/images')
    const pulls = registry.requests.filter(({path}) => path === `/v2/${PATH}/manifests/${digest}`)
    expect(pulls.length).toBeLessThanOrEqual(2)
  })

  it('where the registry never answers for its signatures, when the step is out of time', async () => {
    const silent = await startSilentReferrers()
    const result = await run({image: `${silent}/${PATH}:1`, timeout: '3s'})
    expect([result.exitCode, result.outputs['reference'], result.outputs['signers']]).toEqual([1, undefined, undefined])
    expect(result.elapsedMs).toBeLessThan(20_000)
    expect(result.annotations.map(({message}) => message).join()).toMatch(/in time|timeout/)
  })

  it('where the registry stalls for its signatures, after stall-timeout', async () => {
    const silent = await startSilentReferrers()
    const result = await run({image: `${silent}/${PATH}:1`, 'stall-timeout': '500ms', attempts: '1'})
    expectFailed(result, 'signature-unreachable', silent)
  })
})

/** The registry, which never answers a request for referrers. */
async function startSilentReferrers(): Promise<string> {
  const silent = await startSignedRegistry({neverAnswers: /referrers/})
  endings.push(silent.close)
  silent.publish(PATH, '1', index)
  return silent.host
}

describe("GitHub's API", () => {
  const path = (): string => `/repos/acme/images/attestations/${digest}`

  it.each([
    [404, 'unsigned'],
    [422, 'unsigned'],
    [401, 'signature-unreachable'],
    [403, 'signature-unreachable'],
    [429, 'signature-unreachable'],
    [500, 'signature-unreachable'],
    [200, 'signature-unreachable']
  ] as const)('that answers %d leaves an image without a signature %s', async (status, problem) => {
    registry.put(path(), {status, body: '<html>no</html>'})
    expectFailed(await run({'github-token': 'token', 'backoff-max': '1s'}), problem)
  })

  it.each([401, 403, 404, 429, 500])('is not asked where the registry has the signature (%d)', async status => {
    registry.put(path(), {status})
    await attach()
    expectSigned(await run())
    expect(registry.requests.filter(request => request.path === path())).toEqual([])
  })

  it('is named with its rate limit, and with what the token lacks', async () => {
    registry.put(path(), {status: 403, headers: {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9999999999'}})
    expectFailed(await run(), 'signature-unreachable', 'rate limited (HTTP 403)')
    registry.put(path(), {status: 403, body: '{"message":"Resource not accessible by integration"}'})
    expectFailed(await run({'github-token': 'token'}), 'signature-unreachable', 'attestations: read')
  })

  it('is not blamed for another host that keeps its bundle', async () => {
    const storage = await startSignedRegistry()
    endings.push(storage.close)
    storage.put('/bundle', {status: 403})
    registry.attest('acme/images', digest, {bundle: null, bundle_url: `http://${storage.host}/bundle?sig=secret`})
    const result = await run({'github-token': 'token'})
    expectFailed(result, 'signature-unreachable', `the bundle at ${storage.host}: access denied (HTTP 403)`)
    expect(result.stdout).not.toContain('attestations: read')
    expect(JSON.stringify([result.stdout, result.report, result.summary])).not.toContain('sig=secret')
  })

  it('has a good attestation after bad ones of every kind', async () => {
    for (const status of [404, 403, 500]) {
      registry.put(`/bundle-${String(status)}`, {status})
      registry.attest('acme/images', digest, {
        bundle: null,
        bundle_url: `http://${registry.host}/bundle-${String(status)}`
      })
    }
    registry.put('/html', {status: 200, body: '<html></html>'})
    registry.attest('acme/images', digest, {bundle: null, bundle_url: `http://${registry.host}/html`})
    registry.attest('acme/images', digest, {bundle: {mediaType: BUNDLE}})
    registry.put('/good', {status: 200, body: snappyOf(await bundle())})
    registry.attest('acme/images', digest, {bundle: null, bundle_url: `http://${registry.host}/good`})
    expectSigned(await run())
  })

  it('is asked for an organization, and then for a user', async () => {
    registry.put(`/users/acme/attestations/${digest}`, {
      status: 200,
      body: JSON.stringify({attestations: [{bundle: JSON.parse((await bundle()).toString()) as JsonObject}]})
    })
    expectSigned(await run({'signed-by': 'github:acme'}))
  })

  it('has the attestation of each platform, where the index has none', async () => {
    for (const {manifest} of index.children)
      registry.attest('acme/images', manifest.digest, {
        bundle: JSON.parse((await bundle({subject: manifest.digest})).toString()) as JsonObject
      })
    expectSigned(await run({platform: 'all'}))
  })
})

describe('the lock file', () => {
  it('shows in its diff that the signer changed', async () => {
    await attach()
    await run({lock: 'update'})
    const before = await readFile(join(workspace, 'image-lock.json'), 'utf8')
    const result = await run({
      lock: 'update',
      'signed-by':
        'identity:https://github.com/acme/images/.github/workflows/release.yml@refs/tags/v1 issuer=https://token.actions.githubusercontent.com'
    })
    expect(await readFile(join(workspace, 'image-lock.json'), 'utf8')).toBe(before)
    expect(result.exitCode).toBe(0)
    const other = await startSignedRegistry()
    endings.push(other.close)
    registry.put(`/v2/${PATH}/referrers/${digest}`, {status: 404})
    registry.attach('elsewhere/signatures', digest, {bytes: await bundle({by: await issue(workflow({owner: 'new'}))})})
    const changed = await run({
      lock: 'update',
      'signed-by': `github:new at=${registry.host}/elsewhere/signatures`
    })
    expect(changed.exitCode).toBe(0)
    expect(changed.report).toMatchObject({lock: {changes: [{change: 'signer'}]}})
    const after = await readFile(join(workspace, 'image-lock.json'), 'utf8')
    expect(after).toContain('"signer": "github:new/images"')
    expect(changed.summary).toContain('github:new/images')
  })
})

describe('signatures: warn', () => {
  it.each([
    ['signed-by-another', async () => attach({by: await issue(workflow({owner: 'other'}))})],
    [
      'signature-broken',
      async () => {
        registry.attach(PATH, digest, {bytes: await bundle({subject: digestOf(Buffer.from('x'))})})
      }
    ],
    [
      'signature-unusable',
      () => {
        registry.attach(PATH, digest, {bytes: Buffer.from('x')})
        return Promise.resolve()
      }
    ],
    [
      'signature-unreachable',
      () => {
        registry.put(`/v2/${PATH}/referrers/${digest}`, {status: 500})
        return Promise.resolve()
      }
    ]
  ] as const)('uses the image, and says %s', async (problem, prepare) => {
    await prepare()
    const result = await run({signatures: 'warn'})
    expect(result.exitCode).toBe(0)
    expect(result.outputs['signers']).toBeUndefined()
    expect(result.annotations).toEqual([
      expect.objectContaining({level: 'warning', message: expect.stringContaining(problem)})
    ])
    expect(result.summary).toContain(problem)
  })

  it('does not write a signer into the lock file', async () => {
    await run({signatures: 'warn', lock: 'update'})
    expect(await readFile(join(workspace, 'image-lock.json'), 'utf8')).not.toContain('signer')
  })
})

describe('invalid inputs', () => {
  it('are reported together, before the first request', async () => {
    const result = await run({
      'signed-by':
        'github:acme/images ref=main\nidentity:*://*/x issuer=https://a.test\nkey:missing.pub\ndocker.io/x=acme',
      'trusted-root': 'missing.json',
      signatures: 'maybe'
    })
    expect(result.exitCode).toBe(1)
    for (const word of ['ref=main', '*://*/x', 'missing.pub', 'acme', 'missing.json', 'maybe'])
      expect(result.stdout).toContain(word)
    expect(registry.requests).toEqual([])
  })

  it.each([
    ['a private key', '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n', 'private key'],
    ['two keys', `${newKey().pem}${newKey().pem}`, 'several'],
    ['no key', 'hello', 'not a public key']
  ])('have the reason for %s', async (_name, text, reason) => {
    await writeFile(join(workspace, 'cosign.pub'), text)
    const result = await run({'signed-by': 'key:cosign.pub'})
    expect([result.exitCode, registry.requests]).toEqual([1, []])
    expect(result.stdout).toContain(reason)
  })

  it('have a trusted root without an authority among them', async () => {
    await writeFile(join(workspace, 'root.json'), '{"certificateAuthorities":[{}]}')
    const result = await run()
    expect([result.exitCode, registry.requests]).toEqual([1, []])
    expect(result.stdout).toContain('trusted-root')
  })
})
