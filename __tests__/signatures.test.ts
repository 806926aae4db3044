// The action as a process, with rules for signers: where signatures are found, what is reported, and what is never set without one.

import {readFileSync} from 'node:fs'
import {cp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterEach, beforeAll, beforeEach, describe, expect, it} from '@jest/globals'
import {Ajv2020} from 'ajv/dist/2020.js'
import {type Digest, digestOf} from '../src/oci/digest.ts'
import type {JsonObject} from '../src/oci/json.ts'
import {
  type Authorities,
  cosignLayer,
  type Leaf,
  messageBundle,
  newKey,
  openAuthorities,
  workflow
} from './support/authorities.ts'
import {type Index, makePublished} from './support/images.ts'
import {type ActionRun, type RunActionOptions} from './support/run-action.ts'
import {type SignedRegistry, snappyOf, startSignedRegistry} from './support/signed-registry.ts'
import {bundleAbout, type Inputs, openSignedWorkspace, PATH, runSigned} from './support/signed-workspace.ts'

let authorities: Authorities
let leaf: Leaf
let registry: SignedRegistry
let workspace: string
let index: Index
let digest: Digest
let seed = 100
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

function bundleOf(subject = digest, more: JsonObject = {}): Promise<Buffer> {
  return bundleAbout(subject, {leaf, authorities, more})
}

function signersOf({outputs}: ActionRun): unknown {
  return Object.values(JSON.parse(outputs['signers'] ?? '{}') as Record<string, unknown>)[0]
}

const isReport = new Ajv2020({strict: false, validateFormats: false}).compile(
  JSON.parse(readFileSync('report.schema.json', 'utf8')) as object
)

function expectReport({report}: ActionRun): void {
  expect([isReport(report), isReport.errors]).toEqual([true, null])
}

function expectSigned(result: ActionRun, signer: Readonly<Record<string, unknown>> = {}): void {
  expect(result).toMatchObject({exitCode: 0, stderr: ''})
  expectReport(result)
  expect(result.outputs['reference']).toMatch(/@sha256:/)
  expect(signersOf(result)).toMatchObject({kind: 'github', repository: 'acme/images', digest, ...signer})
}

function expectFailed(result: ActionRun, problem: string): void {
  expect(result.exitCode).toBe(1)
  expectReport(result)
  for (const name of ['reference', 'references', 'build-contexts', 'digest', 'signers', 'verified'])
    expect(result.outputs[name]).toBeUndefined()
  const [error, ...others] = result.annotations.filter(({level}) => level === 'error')
  expect(others).toEqual([])
  expect(error?.message).toContain(`Cause: ${problem}.`)
  expect(error?.message).toContain(`Fix: `)
  expect(result.summary).toContain(problem)
  expect(result.report).toMatchObject({
    outcome: 'failed',
    images: [{outcome: 'failed', failure: {kind: 'signature', problem}, signature: {outcome: problem, signers: []}}]
  })
}

describe('a signature is found', () => {
  it('as a referrer, and its signer is in the outputs, the report, the summary, and the log', async () => {
    registry.attach(PATH, digest, {bytes: await bundleOf()})
    const result = await run()
    expectSigned(result, {
      foundAt: `${registry.host}/${PATH}`,
      ref: 'refs/tags/v1',
      commit: 'f'.repeat(40),
      run: 'https://github.com/acme/images/actions/runs/1/attempts/1'
    })
    expect(result.report).toMatchObject({
      images: [{signature: {outcome: 'signed', rules: ['github:acme/images'], signers: [{kind: 'github'}]}}]
    })
    expect(result.summary).toContain('github:acme/images')
    expect(result.summary).toContain('f'.repeat(40))
    expect(result.log.join('\n')).toContain('Signed by github:acme/images (refs/tags/v1)')
  })

  it('under the referrers tag, where its type in the list is that of the empty config', async () => {
    const old = await startSignedRegistry({hasApi: false})
    endings.push(old.close)
    old.publish(PATH, '1', index)
    old.attach(PATH, digest, {bytes: await bundleOf(), listedType: 'application/vnd.oci.empty.v1+json'})
    expectSigned(await run({image: `${old.host}/${PATH}:1`}))
  })

  it('under the .sig tag, the second of two', async () => {
    const another = await cosignLayer(digest, {leaf: newKey(), authorities, proof: 'none'})
    registry.sign(PATH, digest, [another, await cosignLayer(digest, {leaf, authorities})])
    expectSigned(await run())
  })

  it("with a key of the workspace, and the output has the key's file", async () => {
    const key = newKey()
    await writeFile(join(workspace, 'cosign.pub'), key.pem)
    registry.sign(PATH, digest, [await cosignLayer(digest, {leaf: key, authorities, proof: 'none'})])
    const result = await run({'signed-by': `${registry.host}/acme=key:cosign.pub`, 'trusted-root': ''})
    expect(result).toMatchObject({exitCode: 0, stderr: ''})
    expect(signersOf(result)).toMatchObject({kind: 'key', key: 'cosign.pub', digest})
  })

  it("at GitHub's API, which gets the token", async () => {
    registry.attest('acme/images', digest, {bundle: JSON.parse((await bundleOf()).toString()) as JsonObject})
    expectSigned(await run({'github-token': 'the-token'}), {foundAt: registry.host})
    const [asked] = registry.requests.filter(({path}) => path.startsWith('/repos/'))
    expect(asked).toEqual({path: `/repos/acme/images/attestations/${digest}`, authorization: 'Bearer the-token'})
  })

  it("behind an address that GitHub's API returns, which does not get the token", async () => {
    const storage = await startSignedRegistry()
    endings.push(storage.close)
    storage.put('/bundle', {status: 200, body: snappyOf(await bundleOf())})
    registry.attest('acme/images', digest, {bundle: null, bundle_url: `http://${storage.host}/bundle?sig=secret`})
    const result = await run({'github-token': 'the-token'})
    expectSigned(result)
    expect(storage.requests).toEqual([{path: '/bundle', authorization: undefined}])
    expect(JSON.stringify([result.stdout, result.report, result.summary])).not.toContain('sig=secret')
  })

  it('of the manifest itself, which is requested again', async () => {
    const json = await messageBundle({leaf, authorities, bytes: index.index.bytes})
    registry.attach(PATH, digest, {bytes: Buffer.from(JSON.stringify(json))})
    expectSigned(await run())
  })

  it('for each platform, where the index has none', async () => {
    for (const child of index.children)
      registry.attach(PATH, child.manifest.digest, {bytes: await bundleOf(child.manifest.digest)})
    const result = await run({platform: 'all'})
    expectSigned(result, {digest: index.children[0]?.manifest.digest})
    expect(result.report).toMatchObject({
      images: [{signature: {signers: index.children.map(() => ({kind: 'github'}))}}]
    })
  })

  it('at the primary, for an image that a mirror serves', async () => {
    const mirror = await startSignedRegistry()
    endings.push(mirror.close)
    mirror.publish(PATH, '1', index)
    registry.attach(PATH, digest, {bytes: await bundleOf()})
    const result = await run({mirrors: `${registry.host}=${mirror.host}`, prefer: 'mirrors'})
    expectSigned(result, {foundAt: `${registry.host}/${PATH}`})
    expect(result.outputs).toMatchObject({registry: mirror.host})
  })

  it('in the repository that at= names', async () => {
    const elsewhere = await startSignedRegistry()
    endings.push(elsewhere.close)
    elsewhere.attach('signatures/all', digest, {bytes: await bundleOf()})
    expectSigned(await run({'signed-by': `github:acme/images at=${elsewhere.host}/signatures/all`}))
    expect(registry.requests.some(({path}) => path.includes('referrers'))).toBe(false)
  })

  it('among bad ones of every kind, which do not hide it', async () => {
    for (const bytes of [
      Buffer.from('not json'),
      await bundleOf(digestOf(Buffer.from('another'))),
      await bundleOf(digest, {predicateType: 'https://spdx.dev/Document'}),
      Buffer.alloc(9 * 1024 * 1024, ' ')
    ])
      registry.attach(PATH, digest, {bytes, annotations: {'org.opencontainers.image.created': '2030-01-01T00:00:00Z'}})
    registry.attach(PATH, digest, {bytes: Buffer.from('{}'), artifactType: 'application/vnd.cncf.notary.signature'})
    registry.attach(PATH, digest, {bytes: await bundleOf()})
    expectSigned(await run())
  })

  it('in the .sig tag, beside a list of referrers that is broken', async () => {
    registry.put(`/v2/${PATH}/referrers/${digest}`, {status: 500})
    registry.sign(PATH, digest, [await cosignLayer(digest, {leaf, authorities})])
    expectSigned(await run())
  })
})

describe('an image fails, and no output has it', () => {
  it('without any signature: unsigned', async () => {
    expectFailed(await run(), 'unsigned')
  })

  it('with an attestation that does not count: unsigned, with the type', async () => {
    registry.attach(PATH, digest, {bytes: await bundleOf(digest, {predicateType: 'https://spdx.dev/Document'})})
    const result = await run()
    expectFailed(result, 'unsigned')
    expect(result.stdout).toContain('https://spdx.dev/Document')
  })

  it('with a signature of notation: unsigned, and named', async () => {
    registry.attach(PATH, digest, {bytes: Buffer.from('{}'), artifactType: 'application/vnd.cncf.notary.signature'})
    const result = await run()
    expectFailed(result, 'unsigned')
    expect(result.stdout).toContain('notation')
  })

  it('by another signer: signed-by-another, with who it is', async () => {
    registry.attach(PATH, digest, {bytes: await bundleOf()})
    const result = await run({'signed-by': 'github:acme/other'})
    expectFailed(result, 'signed-by-another')
    expect(result.stdout).toContain('github:acme/images ref=refs/tags/v1')
  })

  it('with a signature of another image: signature-broken', async () => {
    registry.attach(PATH, digest, {bytes: await bundleOf(digestOf(Buffer.from('another')))})
    expectFailed(await run(), 'signature-broken')
  })

  it('where the lists cannot be read: signature-unreachable, with the place', async () => {
    registry.put(`/v2/${PATH}/referrers/${digest}`, {status: 503})
    const result = await run()
    expectFailed(result, 'signature-unreachable')
    expect(result.stdout).toContain(`${registry.host}/${PATH}: server error (HTTP 503)`)
  })

  it("where GitHub's API refuses: signature-unreachable", async () => {
    registry.put(`/repos/acme/images/attestations/${digest}`, {status: 403})
    expectFailed(await run(), 'signature-unreachable')
  })

  it('by an authority that the roots lack: root-stale, with what to do', async () => {
    registry.attach(PATH, digest, {bytes: await bundleOf()})
    const result = await run({'trusted-root': ''})
    expectFailed(result, 'root-stale')
    expect(result.stdout).toContain('trusted-root')
  })

  it('with a candidate that cannot be read: signature-unusable', async () => {
    registry.attach(PATH, digest, {bytes: Buffer.from('not json')})
    expectFailed(await run(), 'signature-unusable')
  })

  it('with one platform of two that is not signed', async () => {
    const [first] = index.children
    const signed = first?.manifest.digest ?? digest
    registry.attach(PATH, signed, {bytes: await bundleOf(signed)})
    expectFailed(await run({platform: 'all'}), 'unsigned')
  })

  it('and is not loaded into a layout', async () => {
    const result = await run({layout: 'image'})
    expect(result.exitCode).toBe(1)
    expect(result.outputs['layout']).toBeUndefined()
    await expect(readFile(join(workspace, 'image/index.json'))).rejects.toThrow()
  })

  it('and is not written to the lock file', async () => {
    await run({lock: 'update'})
    await expect(readFile(join(workspace, 'image-lock.json'))).rejects.toThrow()
  })

  it('and no fallback tag hides it', async () => {
    const fallback = makePublished({seed: ++seed})
    const other = registry.publish(PATH, '0', fallback)
    registry.attach(PATH, other, {bytes: await bundleOf(other)})
    expectFailed(await run({'fallback-tags': '0'}), 'unsigned')
  })
})

describe('signatures: warn', () => {
  it('uses the image, and warns with the problem', async () => {
    const result = await run({signatures: 'warn'})
    expect(result).toMatchObject({exitCode: 0})
    expect(result.outputs['reference']).toMatch(/@sha256:/)
    expect(result.outputs['signers']).toBeUndefined()
    expect(result.annotations).toEqual([
      expect.objectContaining({level: 'warning', message: expect.stringContaining('unsigned')})
    ])
    expect(result.report).toMatchObject({outcome: 'verified', images: [{signature: {outcome: 'unsigned'}}]})
  })
})

describe('a rule', () => {
  it('does not reach an image with another prefix, which is not looked up', async () => {
    const result = await run({'signed-by': 'docker.io/acme=github:acme/images'})
    expect(result.exitCode).toBe(0)
    expect(result.annotations).toEqual([
      expect.objectContaining({message: expect.stringContaining('matches none of the images')})
    ])
    expect(registry.requests.some(({path}) => /referrers|attestations|\.sig/.test(path))).toBe(false)
    expect(result.report).not.toMatchObject({images: [{signature: {}}]})
  })

  it('of a fallback tag is that of the image', async () => {
    const other = registry.publish(PATH, '0', makePublished({seed: ++seed}))
    const inputs = {image: `${registry.host}/${PATH}:gone`, 'fallback-tags': '0'}
    expect((await run(inputs)).exitCode).toBe(1)
    registry.attach(PATH, other, {bytes: await bundleOf(other)})
    const result = await run(inputs)
    expect(result.exitCode).toBe(0)
    expect(signersOf(result)).toMatchObject({repository: 'acme/images', digest: other})
  })

  it('holds for images of files and of the lock file', async () => {
    await writeFile(join(workspace, 'Dockerfile'), `FROM ${registry.host}/${PATH}:1\n`)
    expectFailed(await run({image: '', files: 'Dockerfile'}), 'unsigned')
    registry.attach(PATH, digest, {bytes: await bundleOf()})
    const updated = await run({lock: 'update'})
    expectSigned(updated)
    const lock = JSON.parse(await readFile(join(workspace, 'image-lock.json'), 'utf8')) as {
      images: Record<string, unknown>
    }
    expect(lock.images[`${registry.host}/${PATH}:1`]).toMatchObject({digest, signer: 'github:acme/images'})
    expectSigned(await run({image: '', files: 'Dockerfile'}))
  })

  it.each([
    {inputs: {'signed-by': 'github:acme'.replace('acme', '')}, input: 'signed-by'},
    {inputs: {'signed-by': 'identity:a@b.c'}, input: 'signed-by'},
    {inputs: {'signed-by': 'key:missing.pub'}, input: 'signed-by'},
    {inputs: {'signed-by': 'key:root.json'}, input: 'signed-by'},
    {inputs: {'trusted-root': 'missing.json'}, input: 'trusted-root'},
    {inputs: {'trusted-root': 'empty.json'}, input: 'trusted-root'},
    {inputs: {signatures: 'off'}, input: 'signatures'}
  ])('that is invalid ends the run before the first request: $inputs', async ({inputs, input}) => {
    await writeFile(join(workspace, 'empty.json'), '{}')
    const result = await run(inputs)
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toContain(input)
    expect(registry.requests).toEqual([])
  })
})

describe('real signatures of cosign', () => {
  async function publishReal(name: string): Promise<string> {
    const read = (kind: string): Promise<Buffer> => readFile(`__tests__/corpus/signatures/${name}.${kind}.json`)
    const manifest = await read('manifest')
    const {payload, annotations} = JSON.parse((await read('signature')).toString()) as {
      payload: string
      annotations: Record<string, string>
    }
    const subject = digestOf(manifest)
    const {mediaType} = JSON.parse(manifest.toString()) as {mediaType: string}
    registry.put(`/v2/real/image/manifests/${subject}`, {
      status: 200,
      body: manifest,
      headers: {'content-type': mediaType}
    })
    registry.sign('real/image', subject, [{payload: Buffer.from(payload, 'base64'), annotations}])
    return `${registry.host}/real/image@${subject}`
  }

  it.each([
    {name: 'key-without-log', key: 'cosign.pub', signed: true},
    {name: 'key-without-log', key: 'cosign2.pub', signed: false},
    {name: 'key-with-log', key: 'cosign2.pub', signed: true},
    {name: 'key-with-log', key: 'cosign.pub', signed: false}
  ])('$name with $key: $signed', async ({name, key, signed}) => {
    await writeFile(join(workspace, key), await readFile(`__tests__/corpus/signatures/${key}`))
    const image = await publishReal(name)
    const result = await run({image, verify: 'manifest', 'signed-by': `key:${key}`, 'trusted-root': ''})
    if (signed) {
      expect(result).toMatchObject({exitCode: 0, stderr: ''})
      expect(signersOf(result)).toMatchObject({kind: 'key', key})
    } else expectFailed(result, 'signed-by-another')
  })
})

describe("Sigstore's libraries", () => {
  it('are in one chunk, which only a run with a rule loads', async () => {
    const chunks = (await readdir('dist')).filter(name => name.endsWith('.js'))
    const having = await Promise.all(
      chunks.map(async name =>
        (await readFile(join('dist', name), 'utf8')).includes('class RFC3161Timestamp') ? [name] : []
      )
    )
    const [chunk = '', ...others] = having.flat()
    expect(others).toEqual([])
    expect(chunk).toMatch(/^\d+\.index\.js$/)
    const without = join(workspace, 'dist')
    await cp('dist', without, {recursive: true})
    await rm(join(without, chunk))
    const options = {entry: join(without, 'index.js')}
    expect(await run({'signed-by': '', 'trusted-root': ''}, options)).toMatchObject({exitCode: 0, stderr: ''})
    expect((await run({}, options)).stdout).toContain(chunk)
  })
})
