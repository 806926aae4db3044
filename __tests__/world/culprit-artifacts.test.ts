// What is no image, under a name that was thought to be one's: charts, modules, signatures, caches. Its publisher did nothing wrong, and
// nothing in it contradicts anything. The error says what it is.

import {afterEach, describe, expect, it} from '@jest/globals'
import {blobOf, jsonBlob, type StoredBlob} from '../support/images.ts'
import {type HostileServer, startHostileServer} from '../support/hostile-server.ts'
import {runAction} from '../support/run-action.ts'
import {verdictOf} from '../support/verdict.ts'

const OCI = 'application/vnd.oci.image.manifest.v1+json'
const INDEX = 'application/vnd.oci.image.index.v1+json'
const EMPTY = 'application/vnd.oci.empty.v1+json'

function descriptor({mediaType, digest, size}: StoredBlob): object {
  return {mediaType, digest, size}
}
function manifest(config: StoredBlob, layers: readonly StoredBlob[], more: object = {}): StoredBlob {
  return jsonBlob(OCI, {
    ...{schemaVersion: 2, mediaType: OCI, ...more},
    ...{config: descriptor(config), layers: layers.map(descriptor)}
  })
}

type Artifact = {
  readonly name: string
  readonly top: StoredBlob
  readonly parts: readonly StoredBlob[]
  readonly says: RegExp
}

function artifact(name: string, configType: string, layerType: string, says: RegExp, more: object = {}): Artifact {
  const config = jsonBlob(configType, {})
  const layer = blobOf(layerType, Buffer.from(`content of ${name}`))
  return {name, top: manifest(config, [layer], more), parts: [config, layer], says}
}

function ofArtifactType(name: string, artifactType: string, says: RegExp): Artifact {
  return artifact(name, EMPTY, 'application/octet-stream', says, {artifactType})
}

const CACHE = jsonBlob('application/vnd.buildkit.cacheconfig.v0', {layers: [], records: []})

const ARTIFACTS: readonly Artifact[] = [
  artifact(
    'a Helm chart',
    'application/vnd.cncf.helm.config.v1+json',
    'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    /helm/i
  ),
  artifact('a WebAssembly module', 'application/vnd.wasm.config.v0+json', 'application/wasm', /wasm/i),
  artifact(
    'an older WebAssembly module',
    'application/vnd.wasm.config.v1+json',
    'application/vnd.wasm.content.layer.v1+wasm',
    /wasm/i
  ),
  artifact(
    'a Singularity image',
    'application/vnd.sylabs.sif.config.v1+json',
    'application/vnd.sylabs.sif.layer.v1.sif',
    /sif/i
  ),
  artifact(
    'a policy',
    'application/vnd.cncf.openpolicyagent.config.v1+json',
    'application/vnd.cncf.openpolicyagent.policy.layer.v1+rego',
    /openpolicyagent|rego/i
  ),
  artifact('what oras pushed', 'application/vnd.unknown.config.v1+json', 'text/plain', /vnd\.unknown\.config/i),
  ofArtifactType('what oras pushed with a type', 'application/vnd.acme.rocket.config', /vnd\.acme\.rocket/),
  ofArtifactType('a Sigstore bundle', 'application/vnd.dev.sigstore.bundle.v0.3+json', /sigstore/i),
  ofArtifactType('a bill of materials', 'application/spdx+json', /spdx/i),
  {
    name: 'a cache of BuildKit',
    top: jsonBlob(INDEX, {schemaVersion: 2, mediaType: INDEX, manifests: [descriptor(CACHE)]}),
    parts: [CACHE],
    says: /cache/i
  },
  {
    name: 'an artifact manifest of an earlier draft',
    top: jsonBlob('application/vnd.oci.artifact.manifest.v1+json', {
      ...{
        mediaType: 'application/vnd.oci.artifact.manifest.v1+json',
        artifactType: 'application/vnd.acme.sbom',
        blobs: []
      }
    }),
    parts: [],
    says: /artifact/i
  }
]

let server: HostileServer | undefined
afterEach(() => server?.close())

describe('an artifact that is asked for as an image', () => {
  it.each(ARTIFACTS)('is called what it is: $name', async ({top, parts, says}) => {
    server = await startHostileServer(({url}, response) => {
      const found =
        [top, ...parts].find(({digest}) => url.endsWith(digest)) ?? (url.endsWith('/manifests/1') ? top : undefined)
      if (found === undefined) response.writeHead(404).end()
      else
        response
          .writeHead(200, {'content-type': found.mediaType, 'docker-content-digest': found.digest})
          .end(found.bytes)
    })
    const ran = await runAction({
      image: `${server.host}/acme/app:1`,
      mirrors: '',
      platform: 'linux/amd64',
      attempts: '1'
    })
    const {kind, advice, said, headline} = verdictOf(ran)
    expect(ran.exitCode).toBe(1)
    expect(kind).toBe('unusable')
    expect(said).toMatch(says)
    expect(`${headline} ${advice}`).toMatch(/artifact|not (?:a|an) (?:container )?image|no (?:container )?image|cache/i)
    expect(`${headline} ${advice}`).not.toMatch(
      /contradict|broken|tell its publisher|report it to (?:its|the) publisher/i
    )
  })
})
