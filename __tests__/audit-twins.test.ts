// The audit as a process, against registries that behave in ways of their own: what is right must not be found, and what is ill behind the
// same behavior must be.

import {afterEach, describe, expect, it, jest} from '@jest/globals'
import {runAuditAction, type AuditRun} from './support/audit-run.ts'
import {type Fault, htmlPage, ociError} from './support/fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from './support/fault-registry.ts'
import {type Image, type Index, isIndex, makeImage, makePublished} from './support/images.ts'
import {publish} from './support/registry-content.ts'

jest.setTimeout(60_000)

const NAME = 'acme/app'
const TAG = '1.2.3'
const PUBLISHED = makePublished({seed: 970})
const OTHER = makePublished({seed: 971})
const SINGLE = makeImage({layers: [{content: {seed: 972, size: 500}}]})
const SHA512 = makePublished({seed: 973, algorithm: 'sha512'})
const FOREIGN = makeImage({
  layers: [
    {content: {seed: 974, size: 500}},
    {content: {seed: 975, size: 500}, mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'}
  ]
})

const started: FaultRegistry[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map(registry => registry.close()))
})

async function start(what: Image | Index | undefined, options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  const content = what === undefined ? [] : [publish(NAME, TAG, what)]
  const registry = await startFaultRegistry({content, ...options})
  started.push(registry)
  return registry
}

function digestOf(what: Image | Index): string {
  return isIndex(what) ? what.index.digest : what.manifest.digest
}

type World = {readonly primary: FaultRegistry; readonly mirror: FaultRegistry}
type Inputs = Readonly<Record<string, string>>

function audit({primary, mirror}: World, inputs: Inputs = {}): Promise<AuditRun> {
  return runAuditAction({
    image: `${primary.host}/${NAME}:${TAG}`,
    mirrors: `${primary.host}=${mirror.host}`,
    ...inputs
  })
}

/** `primary` or `mirror` instead of a host. */
function foundBy({found}: AuditRun, {primary, mirror}: World): readonly string[] {
  return found.map(text =>
    text.replace(`${primary.host}/${NAME}`, 'primary').replace(`${mirror.host}/${NAME}`, 'mirror')
  )
}

type Row = {
  readonly name: string
  readonly what?: Image | Index
  readonly primaryFaults?: readonly Fault[]
  readonly mirrorFaults?: readonly Fault[]
  readonly inputs?: (world: World) => Inputs
  readonly make?: (world: World) => void
  readonly found: readonly string[]
}

const ROWS: readonly Row[] = [
  {
    name: 'a registry and a mirror that refuse HEAD (HTTP 405)',
    primaryFaults: [{on: 'any', method: 'HEAD', times: 'always', do: ociError(405, 'UNSUPPORTED')}],
    mirrorFaults: [{on: 'any', method: 'HEAD', times: 'always', do: ociError(405, 'UNSUPPORTED')}],
    found: []
  },
  {
    name: 'a pull-through cache that answers HEAD with HTTP 404 until an object was pulled',
    mirrorFaults: [{on: 'any', method: 'HEAD', times: 'always', do: ociError(404, 'MANIFEST_UNKNOWN')}],
    found: []
  },
  {
    name: 'responses without Docker-Content-Digest',
    primaryFaults: [{on: 'manifest', times: 'always', do: {kind: 'headers', drop: ['docker-content-digest']}}],
    mirrorFaults: [{on: 'manifest', times: 'always', do: {kind: 'headers', drop: ['docker-content-digest']}}],
    found: []
  },
  {
    name: 'a pinned digest of sha512 beside a tag',
    what: SHA512,
    inputs: ({primary}) => ({image: `${primary.host}/${NAME}:${TAG}@${digestOf(SHA512)}`}),
    found: []
  },
  {name: 'a tag of an image in sha512', what: SHA512, found: []},
  {
    name: 'a registry that names the digest of a tag in sha256, while sha512 is pinned',
    what: SHA512,
    primaryFaults: [{on: 'manifest', times: 'always', do: {kind: 'headers', drop: ['docker-content-digest']}}],
    mirrorFaults: [{on: 'manifest', times: 'always', do: {kind: 'headers', drop: ['docker-content-digest']}}],
    inputs: ({primary}) => ({image: `${primary.host}/${NAME}:${TAG}@${digestOf(SHA512)}`}),
    found: []
  },
  {name: 'a single manifest', what: SINGLE, found: []},
  {
    name: 'a foreign layer that no registry has',
    what: FOREIGN,
    make: world => {
      for (const registry of Object.values(world)) registry.remove(NAME, FOREIGN.layers[1]?.digest ?? '')
    },
    found: []
  },
  {
    name: 'HTTP 429 that ends after one attempt',
    primaryFaults: [{on: 'child', do: ociError(429, 'TOOMANYREQUESTS', 'slow down', {'retry-after': '0'})}],
    mirrorFaults: [{on: 'config', do: ociError(429, 'TOOMANYREQUESTS')}],
    found: []
  },
  ...[
    {'ratelimit-limit': 'none', 'ratelimit-remaining': 'lots'},
    {'ratelimit-limit': '-5', 'ratelimit-remaining': '-1'},
    {'ratelimit-remaining': ''},
    {'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '99999999999999999999;w=21600'},
    // A limit of requests, which is over before the next run.
    {'ratelimit-limit': '10;w=1', 'ratelimit-remaining': '1;w=1'}
  ].map((set): Row => ({
    name: `headers that are no pull limit: ${JSON.stringify(set)}`,
    primaryFaults: [{on: 'any', times: 'always', do: {kind: 'headers', set}}],
    inputs: () => ({mirrors: ''}),
    found: []
  })),
  {
    name: 'a public mirror without a copy',
    inputs: ({primary, mirror}) => ({mirrors: '', 'public-mirrors': `${primary.host}=${mirror.host}`}),
    make: ({mirror}) => {
      for (const digest of mirror.contentOf(NAME).manifests) mirror.remove(NAME, digest)
    },
    found: []
  },
  ...[401, 403].map((status): Row => ({
    name: `a public mirror that says HTTP ${String(status)} for what it does not have`,
    mirrorFaults: [{on: 'any', times: 'always', do: ociError(status, 'DENIED')}],
    inputs: ({primary, mirror}) => ({mirrors: '', 'public-mirrors': `${primary.host}=${mirror.host}`}),
    found: []
  })),
  {
    name: 'a public mirror whose tag is another image',
    inputs: ({primary, mirror}) => ({mirrors: '', 'public-mirrors': `${primary.host}=${mirror.host}`}),
    make: ({mirror}) => {
      mirror.addContent(publish(NAME, TAG, OTHER))
    },
    found: []
  },
  {
    name: 'a mirror with the pinned digest and without its tag',
    inputs: ({primary}) => ({image: `${primary.host}/${NAME}:${TAG}@${digestOf(PUBLISHED)}`}),
    make: ({mirror}) => {
      mirror.setTag(NAME, TAG, `sha256:${'0'.repeat(64)}`)
    },
    found: []
  },
  {
    name: 'a mirror without the tag, while nothing pins the digest',
    make: ({mirror}) => {
      mirror.setTag(NAME, TAG, `sha256:${'0'.repeat(64)}`)
    },
    found: ['mirror-lacks warning mirror']
  },
  {
    name: 'a mirror without the attestations',
    make: ({mirror}) => {
      for (const {manifest} of PUBLISHED.attestations) mirror.remove(NAME, manifest.digest)
    },
    found: ['child-gone warning mirror']
  },
  {
    name: 'a platform that the mirror lost, and that is not audited',
    inputs: () => ({platform: 'linux/amd64'}),
    make: ({mirror}) => {
      mirror.remove(NAME, PUBLISHED.children[1]?.manifest.digest ?? '')
    },
    found: []
  },
  ...[401, 403].map((status): Row => ({
    name: `a mirror that says HTTP ${String(status)}, which may stand for 404`,
    mirrorFaults: [{on: 'any', times: 'always', do: ociError(status, 'DENIED')}],
    found: ['denied warning mirror']
  })),
  {
    name: 'a captive portal in front of a mirror: HTTP 200 and HTML for every request',
    mirrorFaults: [{on: 'any', times: 'always', do: htmlPage()}],
    found: ['unreachable warning mirror']
  },
  {
    name: 'a mirror whose Content-Type no engine takes',
    mirrorFaults: [
      {on: 'index', times: 'always', do: {kind: 'headers', set: {'content-type': 'application/octet-stream'}}}
    ],
    inputs: ({primary}) => ({image: `${primary.host}/${NAME}:${TAG}`}),
    found: ['image-unusable error mirror']
  },
  {
    name: 'a registry whose Content-Type no engine takes, where the mirror is right',
    primaryFaults: [
      {on: 'child', times: 'always', do: {kind: 'headers', set: {'content-type': 'application/octet-stream'}}}
    ],
    found: ['image-unusable error primary']
  },
  {
    name: 'a pinned digest that is gone after its tag moved',
    inputs: ({primary}) => ({image: `${primary.host}/${NAME}:${TAG}@${digestOf(PUBLISHED)}`, mirrors: ''}),
    make: ({primary}) => {
      primary.addContent(publish(NAME, TAG, OTHER))
      primary.remove(NAME, digestOf(PUBLISHED))
    },
    found: ['digest-gone error primary', 'tag-moved notice primary']
  },
  {
    name: 'a single manifest of another platform than the named one',
    what: SINGLE,
    inputs: () => ({platform: 'linux/arm64'}),
    found: ['platform-missing error image']
  },
  {
    name: 'a named platform that is missing, beside one that lost its config',
    inputs: () => ({platform: 'linux/amd64, linux/s390x, linux/riscv64', mirrors: ''}),
    make: ({primary}) => {
      primary.remove(NAME, PUBLISHED.children[0]?.config.digest ?? '')
    },
    found: ['child-gone error primary', 'platform-missing error image']
  },
  {
    name: 'a tag without a digest in the header, whose bytes are a manifest of schema 1',
    primaryFaults: [
      {
        on: 'manifest',
        times: 'always',
        do: {
          kind: 'replace',
          body: Buffer.from('{"schemaVersion":1,"fsLayers":[{"blobSum":"sha256:1"}],"history":[],"signatures":[]}')
        }
      },
      {on: 'manifest', method: 'HEAD', times: 'always', do: {kind: 'headers', drop: ['docker-content-digest']}}
    ],
    inputs: () => ({mirrors: ''}),
    found: ['image-unusable error primary']
  },
  {
    name: 'a tag without a digest for HEAD, whose bytes are others than the header of GET says',
    primaryFaults: [
      {on: 'manifest', times: 'always', do: {kind: 'corrupt'}},
      {on: 'manifest', method: 'HEAD', times: 'always', do: {kind: 'headers', drop: ['docker-content-digest']}}
    ],
    inputs: () => ({mirrors: ''}),
    found: ['content-corrupt error primary']
  },
  {
    name: 'a digest without a tag, whose bytes are wrong at its only registry',
    primaryFaults: [{on: 'manifest', times: 'always', do: {kind: 'corrupt'}}],
    inputs: ({primary}) => ({image: `${primary.host}/${NAME}@${digestOf(PUBLISHED)}`, mirrors: ''}),
    found: ['content-corrupt error primary']
  },
  {
    name: 'an exhausted pull limit, of which this audit takes nothing',
    primaryFaults: [
      {
        on: 'manifest',
        times: 'always',
        do: {kind: 'headers', set: {'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600'}}
      }
    ],
    found: ['limit-low notice primary']
  }
]

describe('the audit', () => {
  it.each(ROWS)('$name: $found', async ({what = PUBLISHED, primaryFaults, mirrorFaults, inputs, make, found}) => {
    const world = {
      primary: await start(what, {faults: primaryFaults ?? []}),
      mirror: await start(what, {faults: mirrorFaults ?? []})
    }
    make?.(world)
    const run = await audit(world, inputs?.(world))
    expect(foundBy(run, world).map(text => text.replace(world.primary.host, 'primary'))).toEqual(found)
    expect(run.report.outcome).toBe(found.length === 0 ? 'clean' : 'findings')
  })
})
