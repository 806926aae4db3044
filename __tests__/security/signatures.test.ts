// Attacks on signatures: a registry, a mirror, or GitHub's API that lies, floods, or redirects. No attack makes an unsigned image pass,
// and none makes the token or the memory of the runner theirs.

import {afterEach, beforeAll, beforeEach, describe, expect, it} from '@jest/globals'
import {type Digest, digestOf} from '../../src/oci/digest.ts'
import type {JsonObject} from '../../src/oci/json.ts'
import {
  type Authorities,
  cosignLayer,
  dsseBundle,
  type Leaf,
  newKey,
  openAuthorities,
  statementOf,
  workflow
} from '../support/authorities.ts'
import {makePublished} from '../support/images.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'
import {type SignedRegistry, snappyOf, startSignedRegistry} from '../support/signed-registry.ts'
import {type Inputs, openSignedWorkspace, PATH, runSigned} from '../support/signed-workspace.ts'

const TOKEN = 'ghs_token0123456789'
let ours: Authorities
let theirs: Authorities
let leaf: Leaf
let registry: SignedRegistry
let attacker: SignedRegistry
let workspace: string
let digest: Digest
let seed = 900
const endings: (() => Promise<void>)[] = []

beforeAll(async () => {
  ours = await openAuthorities()
  theirs = await openAuthorities()
  leaf = await ours.issue(workflow())
})

beforeEach(async () => {
  const opened = await openSignedWorkspace(ours, ++seed)
  ;({registry, workspace, digest} = opened)
  attacker = await startSignedRegistry()
  endings.push(opened.close, attacker.close)
})

afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

function run(more: Inputs = {}): Promise<ActionRun> {
  return runSigned({registry, workspace}, {'github-token': TOKEN, attempts: '1', ...more})
}

async function bundleOf(more: Partial<Parameters<typeof dsseBundle>[0]> = {}): Promise<Buffer> {
  const json = await dsseBundle({leaf, authorities: ours, payload: statementOf(digest), ...more})
  return Buffer.from(JSON.stringify(json))
}

function attach(bytes: Uint8Array): void {
  registry.attach(PATH, digest, {bytes})
}

/** What the attacker does. The image is never signed by acme/images. */
const ATTACKS: readonly (readonly [string, () => Promise<void>])[] = [
  [
    'a good signature of another image',
    async () => {
      attach(await bundleOf({payload: statementOf(digestOf(Buffer.from('another')))}))
    }
  ],
  [
    'a signature of a repository whose name begins so',
    async () => {
      attach(await bundleOf({leaf: await ours.issue(workflow({repository: 'images-evil'}))}))
    }
  ],
  [
    'a signature of an owner whose name begins so',
    async () => {
      attach(await bundleOf({leaf: await ours.issue(workflow({owner: 'acme-evil'}))}))
    }
  ],
  [
    "a run of the attacker's fork that calls the reusable workflow",
    async () => {
      const abused = workflow({owner: 'evil', signer: 'acme/images/.github/workflows/release.yml'})
      attach(await bundleOf({leaf: await ours.issue(abused)}))
    }
  ],
  [
    'the right name from another issuer',
    async () => {
      attach(await bundleOf({leaf: await ours.issue({...workflow(), issuer: 'https://evil.test'})}))
    }
  ],
  [
    'the right name from an authority of the attacker',
    async () => {
      attach(await bundleOf({leaf: await theirs.issue(workflow()), authorities: theirs}))
    }
  ],
  [
    'a log entry of another key',
    async () => {
      attach(await bundleOf({loggedKey: await ours.issue(workflow({owner: 'evil'}))}))
    }
  ],
  [
    'a signed text that is no statement',
    async () => {
      attach(await bundleOf({payload: Buffer.from(JSON.stringify(statementOf(digest))), payloadType: 'text/plain'}))
    }
  ],
  [
    'a signed SBOM',
    async () => {
      attach(await bundleOf({payload: statementOf(digest, {predicateType: 'https://cyclonedx.org/bom'})}))
    }
  ],
  [
    'a bundle of a later version',
    async () => {
      const json = JSON.parse((await bundleOf()).toString()) as JsonObject
      attach(Buffer.from(JSON.stringify({...json, mediaType: 'application/vnd.dev.sigstore.bundle.v0.9+json'})))
    }
  ],
  [
    'a second signature in the envelope',
    async () => {
      const json = JSON.parse((await bundleOf()).toString()) as {dsseEnvelope: {signatures: unknown[]}}
      json.dsseEnvelope.signatures.push(json.dsseEnvelope.signatures[0])
      attach(Buffer.from(JSON.stringify(json)))
    }
  ],
  [
    'a statement with two lists of subjects',
    async () => {
      const text = JSON.stringify(statementOf(digestOf(Buffer.from('another'))))
      const twice = text.replace('{', `{"subject":${JSON.stringify(statementOf(digest)['subject'])},`)
      attach(await bundleOf({payload: Buffer.from(twice)}))
    }
  ],
  [
    'a signature without log and timestamp',
    async () => {
      attach(await bundleOf({proof: 'none'}))
    }
  ],
  [
    'a signature by a key, of the older format',
    async () => {
      registry.sign(PATH, digest, [await cosignLayer(digest, {leaf: newKey(), authorities: ours, proof: 'none'})])
    }
  ],
  [
    'bytes that are not those of their digest',
    async () => {
      const good = await bundleOf({payload: statementOf(digest)})
      attach(Buffer.from(' '.repeat(good.length)))
      registry.put(`/v2/${PATH}/blobs/${digestOf(Buffer.from(' '.repeat(good.length)))}`, {status: 200, body: good})
    }
  ],
  [
    'an attestation in the answer of GitHub for another repository',
    async () => {
      const json = JSON.parse(
        (await bundleOf({leaf: await ours.issue(workflow({owner: 'evil'}))})).toString()
      ) as JsonObject
      registry.attest('acme/images', digest, {bundle: json})
    }
  ],
  [
    'a block of Snappy that claims four gigabytes',
    () => {
      attacker.put('/bundle', {status: 200, body: Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x61])})
      registry.attest('acme/images', digest, {bundle: null, bundle_url: `http://${attacker.host}/bundle`})
      return Promise.resolve()
    }
  ],
  [
    'a list of referrers of twenty megabytes',
    () => {
      registry.put(`/v2/${PATH}/referrers/${digest}`, {status: 200, body: Buffer.alloc(20 << 20, ' ')})
      return Promise.resolve()
    }
  ],
  [
    'a list of a thousand referrers',
    () => {
      const manifests = Array.from({length: 1000}, (_, at) => ({
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: digestOf(Buffer.from(String(at))),
        size: 2
      }))
      const body = JSON.stringify({schemaVersion: 2, manifests})
      registry.put(`/v2/${PATH}/referrers/${digest}`, {status: 200, body})
      return Promise.resolve()
    }
  ],
  [
    'a referrer that is nested ten thousand deep',
    () => {
      attach(Buffer.from(`{"mediaType":${'['.repeat(10_000)}${']'.repeat(10_000)}}`))
      return Promise.resolve()
    }
  ],
  [
    'workflow commands in a name',
    async () => {
      const name = 'https://evil.test/%0A::set-output name=reference::evil'
      attach(await bundleOf({leaf: await ours.issue({name, issuer: 'https://evil.test/::add-mask::x'})}))
    }
  ]
]

describe('an image that is not signed as required fails', () => {
  it.each(ATTACKS)('with %s', async (_name, attack) => {
    await attack()
    const result = await run()
    expect(result.exitCode).toBe(1)
    expect(Object.keys(result.outputs)).toEqual(['report'])
    expect(result.report).toMatchObject({images: [{outcome: 'failed', failure: {kind: 'signature'}}]})
    expect(result.annotations.filter(({level}) => level === 'error')).toHaveLength(1)
    // A bounded number of candidates is read.
    expect(registry.requests.length).toBeLessThan(120)
  })
})

describe('the token', () => {
  it("does not follow a redirect of GitHub's API", async () => {
    const location = `http://${attacker.host}/stolen`
    registry.put(`/repos/acme/images/attestations/${digest}`, {status: 302, headers: {location}})
    expect((await run()).exitCode).toBe(1)
    expect(attacker.requests).toEqual([])
    const ofRegistry = registry.requests.filter(({path}) => path.startsWith('/v2/'))
    expect(ofRegistry.length).toBeGreaterThan(0)
    expect(ofRegistry.every(({authorization}) => authorization === undefined)).toBe(true)
  })

  it('is not sent to the address of a bundle, which may redirect as well', async () => {
    attacker.put('/first', {status: 302, headers: {location: `http://${registry.host}/second`}})
    registry.put('/second', {status: 200, body: snappyOf(await bundleOf())})
    registry.attest('acme/images', digest, {bundle: null, bundle_url: `http://${attacker.host}/first`})
    expect((await run()).exitCode).toBe(0)
    expect(attacker.requests).toEqual([{path: '/first', authorization: undefined}])
    expect(registry.requests.filter(({path}) => path === '/second')).toEqual([
      {path: '/second', authorization: undefined}
    ])
  })

  it('is not sent to an API without TLS on another machine: its address is an invalid input', async () => {
    const result = await runAction(
      {
        image: `${registry.host}/${PATH}:1`,
        'signed-by': 'github:acme/images',
        'github-token': TOKEN,
        attempts: '1',
        'public-mirrors': ''
      },
      {cwd: workspace, env: {GITHUB_API_URL: 'http://192.0.2.1:1', HTTPS_PROXY: `http://${attacker.host}`}}
    )
    expect(result.exitCode).toBe(1)
    expect(result.annotations).toEqual([expect.objectContaining({message: expect.stringContaining('GITHUB_API_URL')})])
    expect(registry.requests).toEqual([])
    expect(attacker.requests.every(({authorization}) => authorization === undefined)).toBe(true)
  })
})

describe('a good signature passes', () => {
  it('beside a mirror that has forged ones, whichever serves the image', async () => {
    const published = makePublished({seed})
    attacker.publish(PATH, '1', published)
    attacker.attach(PATH, digest, {bytes: await bundleOf({leaf: await theirs.issue(workflow()), authorities: theirs})})
    attach(await bundleOf())
    for (const prefer of ['primary', 'mirrors'])
      expect(await run({mirrors: `${registry.host}=${attacker.host}`, prefer})).toMatchObject({exitCode: 0})
  })

  it('behind sixty forged ones', async () => {
    const forged = await bundleOf({payload: statementOf(digestOf(Buffer.from('another')))})
    for (let at = 0; at < 60; at++) attach(Buffer.concat([forged, Buffer.alloc(at, ' ')]))
    attach(await bundleOf())
    expect(await run()).toMatchObject({exitCode: 0})
  })
})
