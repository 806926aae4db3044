// The action mirror as a process, with rules for signers: a signed image is copied with its signature, which the action in the root finds at
// the mirror. An image without the required signature does not reach a target.

import {readFileSync} from 'node:fs'
import {cp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterEach, beforeAll, beforeEach, describe, expect, it} from '@jest/globals'
import {Ajv2020} from 'ajv/dist/2020.js'
import {type Digest, digestOf} from '../src/oci/digest.ts'
import type {JsonObject} from '../src/oci/json.ts'
import {type Authorities, cosignLayer, type Leaf, openAuthorities, workflow} from './support/authorities.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {type Index, makePublished} from './support/images.ts'
import {expectWhole, runMirrorAction, TARGET} from './support/mirror-fixture.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction, type RunActionOptions} from './support/run-action.ts'
import {type SignedRegistry, startSignedRegistry} from './support/signed-registry.ts'
import {
  bundleAbout,
  type Inputs,
  openSignedWorkspace,
  PATH,
  signedInputs,
  signedOptions
} from './support/signed-workspace.ts'

let authorities: Authorities
let leaf: Leaf
let source: SignedRegistry
let target: FaultRegistry
let workspace: string
let index: Index
let digest: Digest
let seed = 1300
const endings: (() => Promise<void>)[] = []

beforeAll(async () => {
  authorities = await openAuthorities()
  leaf = await authorities.issue(workflow())
})

beforeEach(async () => {
  const opened = await openSignedWorkspace(authorities, ++seed)
  ;({registry: source, workspace, index, digest} = opened)
  target = await startFaultRegistry({push: {}, expectsMissing: true})
  endings.push(opened.close, target.close)
})

afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

/** The line that fills the mirror, and uses it. */
function line(): string {
  return `${source.host}/${PATH}=${target.host}/${TARGET}`
}

function environment(): RunActionOptions {
  return signedOptions({registry: source, workspace})
}

function mirror(more: Inputs = {}, options: RunActionOptions = {}): Promise<ActionRun> {
  return runMirrorAction({...signedInputs(source), to: line(), ...more}, {...environment(), ...options})
}

/** The action in the root, with the mirror, and without the source. */
async function useMirror(more: Inputs = {}): Promise<ActionRun> {
  const inputs = {
    ...signedInputs(source),
    image: `${source.host}/${PATH}:1@${digest}`,
    mirrors: line(),
    attempts: '1',
    ...more
  }
  await source.close()
  return runAction(inputs, environment())
}

function bundleOf(subject = digest, more: JsonObject = {}): Promise<Buffer> {
  return bundleAbout(subject, {leaf, authorities, more})
}

const read = (path: string): object => JSON.parse(readFileSync(path, 'utf8')) as object
const isReport = new Ajv2020({strict: false, allErrors: true, formats: {'date-time': true}})
  .addSchema(read('report.schema.json'))
  .compile(read('mirror-report.schema.json'))

function expectReport({report}: ActionRun): void {
  expect([isReport(report), isReport.errors]).toEqual([true, null])
}

function expectCopied(result: ActionRun): void {
  expect(result).toMatchObject({exitCode: 0, stderr: '', annotations: []})
  expectReport(result)
  expect(result.report).toMatchObject({
    outcome: 'copied',
    images: [{outcome: 'copied', source: {signature: {outcome: 'signed'}}}]
  })
  expect(result.log.join('\n')).toContain('Signed by github:acme/images (refs/tags/v1)')
  expect(result.summary).toContain('✅ `github:acme/images refs/tags/v1`')
  expectWhole(target, TARGET, '1')
}

function expectServedByMirror(result: ActionRun): void {
  expect(result).toMatchObject({exitCode: 0, stderr: ''})
  expect(result.outputs['reference']).toBe(`${target.host}/${TARGET}@${digest}`)
  expect(Object.values(JSON.parse(result.outputs['signers'] ?? '{}') as object)).toMatchObject([
    {repository: 'acme/images', digest, foundAt: `${target.host}/${TARGET}`}
  ])
}

function expectRefused(result: ActionRun, problem: string): void {
  expect(result.exitCode).toBe(1)
  expectReport(result)
  expect([result.outputs['copied'], result.outputs['references']]).toEqual([undefined, undefined])
  expect(result.report).toMatchObject({
    outcome: 'failed',
    images: [
      {
        outcome: 'failed',
        targets: [],
        source: {failure: {kind: 'signature', problem}, signature: {outcome: problem, signers: []}}
      }
    ]
  })
  const [error, ...others] = result.annotations
  expect(others).toEqual([])
  expect(error?.title).toBe(`Could not copy ${source.host}/${PATH}:1`)
  expect(error?.message).toContain(`Cause: ${problem}.`)
  expect(error?.message).toContain('Fix: ')
  expect(error?.message).toContain('Nothing of it was copied.')
  expect(result.log.join('\n')).toContain(`was not copied: it is not signed as required: ${problem}`)
  expect(result.summary).toContain(`is not signed as required (${problem}), so nothing of it was copied.`)
  expect(result.summary).toContain('**Fix:** ')
  expectUntouched()
}

/** No request reached the target, and no layer was downloaded for it. */
function expectUntouched(): void {
  expect(target.journal).toEqual([])
  const layers = index.children.flatMap(child => child.layers.map(layer => layer.digest))
  expect(layers.length).toBeGreaterThan(0)
  expect(source.requests.filter(({path}) => layers.some(layer => path.endsWith(layer)))).toEqual([])
}

describe('a signed image', () => {
  it('is copied with its bundle, and the same rule is satisfied at the mirror', async () => {
    source.attach(PATH, digest, {bytes: await bundleOf()})
    expectCopied(await mirror())
    expectServedByMirror(await useMirror())
  })

  it('is copied with the signature of its .sig tag, and the same rule is satisfied at the mirror', async () => {
    source.sign(PATH, digest, [await cosignLayer(digest, {leaf, authorities})])
    expectCopied(await mirror())
    expect(Object.keys(target.contentOf(TARGET).tags)).toContain(`${digest.replace(':', '-')}.sig`)
    expectServedByMirror(await useMirror())
  })

  it('is copied where each platform has a signature, and its index has none', async () => {
    for (const {manifest} of index.children)
      source.attach(PATH, manifest.digest, {bytes: await bundleOf(manifest.digest)})
    const result = await mirror()
    expectCopied(result)
    expect(result.report).toMatchObject({
      images: [{source: {signature: {signers: index.children.map(({manifest}) => ({digest: manifest.digest}))}}}]
    })
    const served = await useMirror()
    expect(served.outputs['reference']).toBe(`${target.host}/${TARGET}@${digest}`)
  })

  it("is copied with an attestation in GitHub's API", async () => {
    source.attest('acme/images', digest, {bundle: JSON.parse((await bundleOf()).toString()) as JsonObject})
    const result = await mirror()
    expectCopied(result)
    expect(result.report).toMatchObject({images: [{source: {signature: {signers: [{foundAt: source.host}]}}}]})
  })

  it('that the target has already is looked up again', async () => {
    source.attach(PATH, digest, {bytes: await bundleOf()})
    await mirror()
    const second = await mirror()
    expectCopied(second)
    expect(second.report).toMatchObject({images: [{targets: [{outcome: 'present'}]}]})
  })

  it('whose layer is corrupt is not copied, and the report has both', async () => {
    source.attach(PATH, digest, {bytes: await bundleOf()})
    const layer = index.children[0]?.layers[0]?.digest ?? ''
    source.put(`/v2/${PATH}/blobs/${layer}`, {status: 200, body: 'other bytes'})
    const result = await mirror()
    expectReport(result)
    expect(result).toMatchObject({
      exitCode: 1,
      report: {images: [{outcome: 'failed', source: {outcome: 'failed', signature: {outcome: 'signed'}}}]}
    })
    expect(result.log.join('\n')).toContain('was not copied: ')
    expect(target.contentOf(TARGET)).toMatchObject({tags: {}, manifests: [], blobs: []})
  })
})

describe('an image does not reach the target', () => {
  it('without any signature: unsigned', async () => {
    expectRefused(await mirror(), 'unsigned')
  })

  it('by another signer: signed-by-another, with who it is', async () => {
    source.attach(PATH, digest, {bytes: await bundleOf()})
    const result = await mirror({'signed-by': 'github:acme/other'})
    expectRefused(result, 'signed-by-another')
    expect(result.stdout).toContain('github:acme/images ref=refs/tags/v1')
  })

  it('with a signature of another image: signature-broken', async () => {
    source.attach(PATH, digest, {bytes: await bundleOf(digestOf(Buffer.from('another')))})
    expectRefused(await mirror(), 'signature-broken')
  })

  it('where the lists cannot be read: signature-unreachable', async () => {
    source.put(`/v2/${PATH}/referrers/${digest}`, {status: 503})
    expectRefused(await mirror(), 'signature-unreachable')
  })

  it('by an authority that the roots lack: root-stale, with what to do', async () => {
    source.attach(PATH, digest, {bytes: await bundleOf()})
    const result = await mirror({'trusted-root': ''})
    expectRefused(result, 'root-stale')
    expect(result.stdout).toContain('trusted-root')
  })

  it('with a candidate that cannot be read: signature-unusable', async () => {
    source.attach(PATH, digest, {bytes: Buffer.from('not json')})
    expectRefused(await mirror(), 'signature-unusable')
  })

  it('with one platform of two that is not signed', async () => {
    const first = index.children[0]?.manifest.digest ?? digest
    source.attach(PATH, first, {bytes: await bundleOf(first)})
    expectRefused(await mirror(), 'unsigned')
  })

  it('with dry-run, which says so', async () => {
    expectRefused(await mirror({'dry-run': 'true'}), 'unsigned')
  })

  it('and a signature at the target does not count', async () => {
    const other = await startSignedRegistry()
    endings.push(other.close)
    other.publish(PATH, '1', index)
    other.attach(PATH, digest, {bytes: await bundleOf()})
    expectRefused(await mirror({to: `${source.host}=${other.host}`}), 'unsigned')
    expect(other.requests).toEqual([])
  })

  it('and one that the target has from before fails, and is not an output', async () => {
    target.addContent(publish(TARGET, '1', index))
    expectRefused(await mirror(), 'unsigned')
  })

  it('and the other images of the run are copied', async () => {
    const signed = makePublished({seed: ++seed})
    const good = source.publish(PATH, '2', signed)
    source.attach(PATH, good, {bytes: await bundleOf(good)})
    const result = await mirror({image: `${source.host}/${PATH}:1\n${source.host}/${PATH}:2`})
    expect(result.exitCode).toBe(1)
    expect(Object.keys(JSON.parse(result.outputs['copied'] ?? '{}') as object)).toEqual([`${source.host}/${PATH}:2`])
    expectWhole(target, TARGET, '2')
    expect(Object.keys(target.contentOf(TARGET).tags)).not.toContain('1')
    expect(target.contentOf(TARGET).manifests).not.toContain(digest)
  })
})

describe('signatures: warn', () => {
  it('copies the image, and warns with the problem and the advice', async () => {
    const result = await mirror({signatures: 'warn'})
    expect(result).toMatchObject({exitCode: 0, stderr: ''})
    expectReport(result)
    expect(result.annotations).toEqual([
      expect.objectContaining({
        level: 'warning',
        title: `${source.host}/${PATH}:1 is not signed as required`,
        message: expect.stringMatching(/is not signed as required: unsigned: .*\nCheck that the publisher signs/)
      })
    ])
    expect(result.report).toMatchObject({
      outcome: 'copied',
      images: [{outcome: 'copied', source: {signature: {outcome: 'unsigned', signers: []}}}],
      warnings: [expect.stringContaining('is not signed as required: unsigned')]
    })
    expect(result.summary).toMatch(/^### ⚠️ verified-image mirror: 1 image up to date at the mirror/)
    expect(result.summary).toContain('❌ unsigned')
    expect(result.summary).toContain('**Fix:** ')
    expectWhole(target, TARGET, '1')
  })
})

describe('a rule', () => {
  it('does not reach an image with another prefix, which is not looked up', async () => {
    const result = await mirror({'signed-by': 'docker.io/acme=github:acme/images', attachments: 'false'})
    expect(result.exitCode).toBe(0)
    expect(result.annotations.map(({message}) => message)).toEqual([
      expect.stringContaining('matches none of the images')
    ])
    expect(source.requests.some(({path}) => /referrers|attestations|\.sig/.test(path))).toBe(false)
    expect(result.report).not.toMatchObject({images: [{source: {signature: {}}}]})
  })

  it('that cannot be read is an invalid input, and nothing is requested', async () => {
    const result = await mirror({'signed-by': 'acme/images', signatures: 'perhaps', 'trusted-root': 'missing.json'})
    expect(result.exitCode).toBe(1)
    expect((result.report as {inputFaults: {input: string}[]}).inputFaults.map(({input}) => input)).toEqual([
      'signed-by',
      'signatures',
      'trusted-root'
    ])
    expect([source.requests, target.journal]).toEqual([[], []])
  })

  it('with a trust root that is not one fails, and every connection is closed', async () => {
    await writeFile(
      join(workspace, 'root.json'),
      '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}'
    )
    const result = await mirror()
    expect(result).toMatchObject({exitCode: 1, stderr: ''})
    expect(result.report).toMatchObject({images: [], inputFaults: [{input: 'trusted-root'}]})
    expect(target.journal).toEqual([])
  })
})

describe("Sigstore's libraries", () => {
  it('are in one chunk of mirror, which only a run with a rule loads', async () => {
    const folder = join('dist', 'mirror')
    const scripts = (await readdir(folder)).filter(name => name.endsWith('.js'))
    const texts = await Promise.all(
      scripts.map(async name => ({name, text: await readFile(join(folder, name), 'utf8')}))
    )
    const having = texts.filter(({text}) => text.includes('class RFC3161Timestamp')).map(({name}) => name)
    expect(having).toEqual([expect.stringMatching(/^\d+\.index\.js$/)])
    const without = join(workspace, 'dist')
    await cp(folder, without, {recursive: true})
    await rm(join(without, having[0] ?? ''))
    const options = {entry: join(without, 'index.js')}
    expect(await mirror({'signed-by': '', 'trusted-root': ''}, options)).toMatchObject({exitCode: 0, stderr: ''})
    expect((await mirror({}, options)).stdout).toContain(having[0])
  })
})
