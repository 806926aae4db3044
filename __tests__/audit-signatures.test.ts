// The audit as a process, against signatures of an authority of its own: each finding about a signature, and its healthy twin; and who
// signed an image that no rule is for.

import {readFileSync} from 'node:fs'
import {cp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterEach, beforeAll, beforeEach, describe, expect, it, jest} from '@jest/globals'
import {Ajv2020} from 'ajv/dist/2020.js'
import type {AuditedImageReport} from '../src/audit-report/audit-document.ts'
import {type Digest, digestOf} from '../src/oci/digest.ts'
import type {JsonObject} from '../src/oci/json.ts'
import {runAuditAction, type AuditRun} from './support/audit-run.ts'
import {type Authorities, cosignLayer, type Leaf, newKey, openAuthorities, workflow} from './support/authorities.ts'
import {type Index} from './support/images.ts'
import type {RunActionOptions} from './support/run-action.ts'
import {type SignedRegistry, startSignedRegistry} from './support/signed-registry.ts'
import {bundleAbout, type Inputs, openSignedWorkspace, PATH, signedOptions} from './support/signed-workspace.ts'

// A test is an audit or two, each a process.
jest.setTimeout(60_000)

const SIGNER = 'https://github.com/acme/images/.github/workflows/release.yml@refs/tags/v1'
let authorities: Authorities
let leaf: Leaf
let registry: SignedRegistry
let workspace: string
let index: Index
let digest: Digest
let seed = 700
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

async function openRegistry(): Promise<SignedRegistry> {
  const opened = await startSignedRegistry()
  endings.push(opened.close)
  return opened
}

const RULE = {'signed-by': 'github:acme/images', 'trusted-root': 'root.json'}
const NO_RULE = {'signed-by': '', 'trusted-root': 'root.json'}

async function audit(inputs: Inputs = RULE, options: RunActionOptions = {}): Promise<AuditRun> {
  const run = await runAuditAction(
    {image: `${registry.host}/${PATH}:1`, ...inputs},
    signedOptions({registry, workspace}, options)
  )
  expect([isReport(run.report), isReport.errors]).toEqual([true, null])
  return run
}

const isReport = new Ajv2020({strict: false, validateFormats: false}).compile(
  JSON.parse(readFileSync('audit.schema.json', 'utf8')) as object
)

function bundleOf(subject = digest, more: JsonObject = {}): Promise<Buffer> {
  return bundleAbout(subject, {leaf, authorities, more})
}

function signaturesOf({report}: AuditRun): AuditedImageReport['signatures'] {
  return report.images[0]?.signatures
}

type Case = {
  readonly kind: string
  readonly name: string
  readonly exitCode: number
  readonly severity: 'error' | 'warning' | 'notice'
  readonly make: () => Promise<void> | void
  readonly inputs?: Inputs
  /** What the finding says. */
  readonly says: string
  /** What makes the image right; a right signature beside it unless given. */
  readonly twin?: Inputs
}

const CASES: readonly Case[] = [
  {
    kind: 'signature-missing',
    name: 'no signature',
    severity: 'error',
    exitCode: 1,
    make: () => undefined,
    says: 'no signature by github:acme/images was found'
  },
  {
    kind: 'signed-by-another',
    name: 'a signature of another repository',
    severity: 'error',
    exitCode: 1,
    make: async () => {
      registry.attach(PATH, digest, {bytes: await bundleOf()})
    },
    inputs: {'signed-by': 'github:acme/other'},
    says: 'github:acme/images',
    twin: RULE
  },
  {
    kind: 'signature-broken',
    name: 'a signature of another image',
    severity: 'error',
    exitCode: 1,
    make: async () => {
      registry.attach(PATH, digest, {bytes: await bundleOf(digestOf(Buffer.from('another')))})
    },
    says: 'is not valid'
  },
  {
    kind: 'signature-unusable',
    name: 'a signature that is no JSON',
    severity: 'error',
    exitCode: 1,
    make: () => {
      registry.attach(PATH, digest, {bytes: Buffer.from('not json')})
    },
    says: 'cannot be read'
  },
  {
    kind: 'signature-unreachable',
    name: 'a list of signatures that is not answered',
    severity: 'warning',
    exitCode: 0,
    make: () => {
      registry.put(`/v2/${PATH}/manifests/${digest.replace(':', '-')}.sig`, {status: 503})
    },
    says: 'HTTP 503'
  },
  {
    kind: 'root-stale',
    name: 'a signature of an authority that the roots lack',
    severity: 'notice',
    exitCode: 0,
    make: async () => {
      registry.attach(PATH, digest, {bytes: await bundleOf()})
    },
    inputs: {'trusted-root': ''},
    says: 'cannot be verified',
    twin: RULE
  }
]

describe('a rule', () => {
  it.each(CASES)('finds $kind: $name, and not in its twin', async test => {
    await test.make()
    const ill = await audit({...RULE, ...test.inputs})
    expect([ill.exitCode, ill.findings]).toEqual([test.exitCode, {[test.kind]: 1}])
    const [finding] = ill.report.findings
    expect(finding).toMatchObject({kind: test.kind, severity: test.severity, image: `${registry.host}/${PATH}:1`})
    expect(finding?.message).toContain(test.says)
    expect(finding?.advice).toMatch(/^[A-Z][a-z]+ /)
    expect(ill.summary).toContain(test.kind)

    if (test.twin === undefined) registry.attach(PATH, digest, {bytes: await bundleOf()})
    const healthy = await audit({...RULE, ...test.twin})
    expect([healthy.exitCode, healthy.findings]).toEqual([0, {}])
    expect(signaturesOf(healthy)).toMatchObject({verdict: 'signed', signers: [{identity: SIGNER}]})
  })

  it('is a warning with signatures: warn, and does not fail the step', async () => {
    const {exitCode, report} = await audit({...RULE, signatures: 'warn'})
    expect(exitCode).toBe(0)
    expect(report.findings).toMatchObject([{kind: 'signature-missing', severity: 'warning'}])
  })

  it('is satisfied by a signature of each platform, and not by one of two', async () => {
    const [first, second] = index.children.map(({manifest}) => manifest.digest)
    if (first === undefined || second === undefined) throw new Error('the image has two platforms')
    registry.attach(PATH, first, {bytes: await bundleOf(first)})
    expect((await audit()).findings).toEqual({'signature-missing': 1})
    registry.attach(PATH, second, {bytes: await bundleOf(second)})
    expect((await audit()).findings).toEqual({})
  })

  it("is satisfied at GitHub's API, which gets the token, and is in the report with its requests", async () => {
    registry.attest('acme/images', digest, {bundle: JSON.parse((await bundleOf()).toString()) as JsonObject})
    const run = await audit({...RULE, 'github-token': 'the-token'})
    expect(run.findings).toEqual({})
    const [asked] = registry.requests.filter(({path}) => path.startsWith('/repos/'))
    expect(asked).toEqual({path: `/repos/acme/images/attestations/${digest}`, authorization: 'Bearer the-token'})
  })

  it('is satisfied by a key, and by a signature in the repository of at=', async () => {
    const key = newKey()
    await writeFile(join(workspace, 'cosign.pub'), key.pem)
    const elsewhere = await openRegistry()
    elsewhere.sign('signatures/all', digest, [await cosignLayer(digest, {leaf: key, authorities, proof: 'none'})])
    const inputs = {...RULE, 'signed-by': `key:cosign.pub at=${elsewhere.host}/signatures/all`}
    const run = await audit(inputs)
    expect(run.findings).toEqual({})
    expect(signaturesOf(run)).toMatchObject({signers: [{kind: 'key', key: 'cosign.pub'}]})
  })

  it('does not miss a signature that may be at the registry that does not answer', async () => {
    const mirror = await openRegistry()
    mirror.publish(PATH, '1', index)
    const mirrors = `${registry.host}=${mirror.host}`
    for (const reference of ['1', digest]) registry.put(`/v2/${PATH}/manifests/${reference}`, {status: 503})
    const down = await audit({...RULE, mirrors})
    expect(down.findings).toMatchObject({'signature-unreachable': 1})
    expect(down.findings).not.toHaveProperty('signature-missing')
    expect(registry.requests.some(({path}) => path.includes('referrers'))).toBe(false)
    mirror.attach(PATH, digest, {bytes: await bundleOf()})
    expect((await audit({...RULE, mirrors})).findings).not.toHaveProperty('signature-unreachable')
  })

  it('that is invalid, and a trust root that is, end the audit before the first request', async () => {
    await writeFile(join(workspace, 'empty.json'), '{}')
    for (const inputs of [{'signed-by': 'key:missing.pub'}, {'trusted-root': 'empty.json'}, {signatures: 'off'}]) {
      const run = await audit({...RULE, ...inputs})
      expect([run.exitCode, run.report.outcome]).toEqual([1, 'failed'])
    }
    expect(registry.requests).toEqual([])
  })
})

describe('without a rule, the audit', () => {
  it('says who signed an image, and finds nothing', async () => {
    registry.attach(PATH, digest, {bytes: await bundleOf()})
    const other = await authorities.issue({name: 'a@example.com', issuer: 'https://accounts.example.com'})
    registry.sign(PATH, digest, [await cosignLayer(digest, {leaf: other, authorities})])
    const run = await audit(NO_RULE)
    expect([run.exitCode, run.findings]).toEqual([0, {}])
    expect(signaturesOf(run)).toMatchObject({
      verdict: 'reported',
      signers: [
        {kind: 'github', repository: 'acme/images', identity: SIGNER, foundAt: `${registry.host}/${PATH}`},
        {kind: 'identity', identity: 'a@example.com', issuer: 'https://accounts.example.com'}
      ]
    })
    for (const text of [SIGNER, 'a@example.com', 'no rule']) expect(run.summary).toContain(text)
  })

  it('says that an image is not signed, and asks nobody but its registry', async () => {
    const mirror = await openRegistry()
    mirror.publish(PATH, '1', index)
    const run = await audit({...NO_RULE, mirrors: `${registry.host}=${mirror.host}`, 'github-token': 'the-token'})
    expect([run.exitCode, run.findings]).toEqual([0, {}])
    expect(signaturesOf(run)).toEqual({verdict: 'reported', detail: 'no signature was found', signers: []})
    expect(run.summary).toContain('no signature was found')
    const lookups = (of: SignedRegistry): readonly string[] =>
      of.requests.map(({path}) => path).filter(path => /referrers|\/sha256-|attestations/.test(path))
    expect(lookups(mirror)).toEqual([])
    expect(lookups(registry)).toEqual([
      `/v2/${PATH}/referrers/${digest}`,
      `/v2/${PATH}/manifests/${digest.replace(':', '-')}`,
      `/v2/${PATH}/manifests/${digest.replace(':', '-')}.sig`
    ])
  })

  it('does not call an image signed by what does not verify, nor unsigned where nothing answered', async () => {
    registry.attach(PATH, digest, {bytes: await bundleOf(digestOf(Buffer.from('another')))})
    const broken = await audit(NO_RULE)
    expect(broken.findings).toEqual({})
    expect(signaturesOf(broken)).toMatchObject({verdict: 'reported', signers: []})
    expect(signaturesOf(broken)?.detail).toContain('is not valid')
    registry.put(`/v2/${PATH}/referrers/${digest}`, {status: 503})
    const down = await audit(NO_RULE)
    expect(down.findings).toEqual({})
    expect(signaturesOf(down)?.detail).toContain('could not be looked up')
    expect(down.summary).toContain('could not be looked up')
  })
})

describe('the cost of signatures', () => {
  it('is in the log before the first request, and the requests are counted', async () => {
    const run = await audit({...RULE, 'signed-by': `${registry.host}/acme=github:acme/images`})
    const text = run.log.join('\n')
    expect(text).toContain(`${registry.host}: signatures of 1 image: 3 requests for each`)
    expect(text).toContain("GitHub's API: attestations of 1 image")
    // One server is the registry and GitHub's API.
    expect(run.report.registries).toMatchObject([{registry: registry.host, requests: registry.requests.length}])
  })

  it('is three requests at the first registry, and two for each signature that is there', async () => {
    const content = [index, ...index.children, ...index.attestations].flatMap(part =>
      'index' in part ? [part.index] : [part.manifest, part.config, ...part.layers]
    )
    const isOfImage = ({path}: {readonly path: string}): boolean =>
      path.endsWith('/manifests/1') || content.some(each => path.endsWith(each.digest) && !path.includes('/referrers/'))
    const lookupsOf = async (): Promise<number> => {
      const from = registry.requests.length
      await audit(NO_RULE)
      return registry.requests.slice(from).filter(request => !isOfImage(request)).length
    }
    expect(await lookupsOf()).toBe(3)
    registry.attach(PATH, digest, {bytes: await bundleOf()})
    expect(await lookupsOf()).toBe(5)
    registry.attach(PATH, digest, {bytes: await bundleOf(digestOf(Buffer.from('another')))})
    expect(await lookupsOf()).toBe(7)
  })
})

describe('a pull limit', () => {
  it('counts the manifests of signatures', async () => {
    const downloadsOf = async (): Promise<number> => (await audit(NO_RULE)).report.registries[0]?.downloads ?? 0
    const before = await downloadsOf()
    registry.attach(PATH, digest, {bytes: await bundleOf()})
    expect(await downloadsOf()).toBe(before + 1)
  })

  it('that is low ends the lookup of signatures: signature-unreachable with a rule', async () => {
    const headers = {'content-type': index.index.mediaType, 'ratelimit-limit': '100;w=21600'}
    const low = {...headers, 'ratelimit-remaining': '7;w=21600', 'docker-content-digest': digest}
    registry.attach(PATH, digest, {bytes: await bundleOf()})
    for (const reference of ['1', digest])
      registry.put(`/v2/${PATH}/manifests/${reference}`, {status: 200, body: index.index.bytes, headers: low})
    const {findings, report} = await audit()
    expect(findings).toEqual({'limit-low': 1, 'signature-unreachable': 1})
    expect(report.images[0]?.signatures?.detail).toContain('pull limit')
    expect(registry.requests.some(({path}) => path.includes('referrers'))).toBe(false)
  })
})

describe("Sigstore's libraries", () => {
  it('are in one chunk of dist/audit, which the audit loads when it looks at images', async () => {
    const chunks = (await readdir('dist/audit')).filter(name => name.endsWith('.js'))
    const having = await Promise.all(
      chunks.map(async name =>
        (await readFile(join('dist/audit', name), 'utf8')).includes('class RFC3161Timestamp') ? [name] : []
      )
    )
    const [chunk = '', ...others] = having.flat()
    expect(others).toEqual([])
    expect(chunk).toMatch(/^\d+\.index\.js$/)
    const without = join(workspace, 'dist')
    await cp('dist/audit', without, {recursive: true})
    await rm(join(without, chunk))
    const options = {entry: join(without, 'index.js')}
    // Invalid inputs are found without it.
    expect((await audit({...RULE, issue: 'maybe'}, options)).report.outcome).toBe('failed')
    expect((await audit(RULE, options)).exitCode).not.toBe(0)
  })
})
