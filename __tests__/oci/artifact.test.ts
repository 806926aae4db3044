// What an artifact is called.

import {describe, expect, it} from '@jest/globals'
import {type ArtifactTypes, describeArtifact} from '../../src/oci/artifact.ts'

const EMPTY = 'application/vnd.oci.empty.v1+json'
const NONE: ArtifactTypes = {artifactType: undefined, config: undefined, firstLayer: undefined}

describe('describeArtifact', () => {
  it.each<[Partial<ArtifactTypes>, string]>([
    [{config: 'application/vnd.cncf.helm.config.v1+json'}, 'a Helm chart'],
    [{config: 'application/vnd.wasm.config.v0+json'}, 'a WebAssembly module'],
    [{artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json', config: EMPTY}, 'a Sigstore bundle'],
    [{config: EMPTY, firstLayer: 'application/vnd.dev.sigstore.bundle.v0.3+json'}, 'a Sigstore bundle'],
    [{config: 'application/vnd.cncf.notary.signature'}, 'a signature'],
    [{config: 'application/vnd.docker.plugin.v1+json'}, 'a Docker plugin'],
    [{config: 'application/vnd.buildkit.cacheconfig.v0'}, 'a BuildKit cache'],
    [{artifactType: 'application/spdx+json', config: EMPTY}, 'a software bill of materials (SBOM)'],
    [{config: 'application/vnd.example.config.v1+json'}, 'an artifact ("application/vnd.example.config.v1+json")']
  ])('of %j is %s', (types, name) => {
    expect(describeArtifact({...NONE, ...types})).toContain(`it is ${name}`)
  })

  it.each([
    'application/vnd.cncf.helm.config.v1+json',
    'application/wasm',
    'application/vnd.dev.sigstore.bundle.v0.3+json',
    'application/vnd.cncf.notary.signature',
    'application/vnd.docker.plugin.v1+json',
    'application/vnd.buildkit.cacheconfig.v0',
    'application/vnd.in-toto+json',
    'application/spdx+json'
  ])('knows %s at the beginning of a type alone', type => {
    expect(describeArtifact({...NONE, config: type})).not.toContain('it is an artifact')
    expect(describeArtifact({...NONE, config: `text/x-${type}`})).toContain('it is an artifact')
  })

  it('quotes little of a type that is long', () => {
    expect(describeArtifact({...NONE, artifactType: 'x'.repeat(100_000)}).length).toBeLessThan(200)
  })
})
