// Who signed an image, over a port in memory: what is asked, and what comes of it without a rule and with one.

import {describe, expect, it} from '@jest/globals'
import {parseImageRequest} from '../../src/acquire/plan.ts'
import {withSignatures} from '../../src/observe/observe-signatures.ts'
import {describeObservedFailure} from '../../src/findings/failure-class.ts'
import {judgeImage} from '../../src/findings/judge-image.ts'
import type {ImageObservation, PlaceObservation} from '../../src/findings/observation.ts'
import type {SignatureObservation, SignaturePort, SignatureRequest} from '../../src/findings/signature-port.ts'
import type {Digest} from '../../src/oci/digest.ts'

const DIGEST = `sha256:${'1'.repeat(64)}` as Digest
const {signal} = new AbortController()

function placeAt(registry: string, root: PlaceObservation['root']): PlaceObservation {
  const candidate = {role: 'primary', repository: {registry, path: 'acme/app'}, mayResolve: true} as const
  return {candidate, tag: {kind: 'digest', digest: DIGEST}, root, faults: [], objects: 1}
}

function observation(...places: readonly PlaceObservation[]): ImageObservation {
  const image = parseImageRequest('acme/app:1')
  if (!image.ok) throw new Error(image.reason)
  const expected = {digest: DIGEST, decidedBy: 'primary'} as const
  return {image: image.value, expected, platforms: [], places, level: 'manifest', isPartial: false}
}

function portWith(answer: SignatureObservation): {readonly port: SignaturePort; readonly requests: SignatureRequest[]} {
  const requests: SignatureRequest[] = []
  return {
    requests,
    port: {
      inspect: request => {
        requests.push(request)
        return Promise.resolve(answer)
      }
    }
  }
}

const SIGNERS = [{kind: 'github', identity: 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1'}]

describe('withSignatures', () => {
  it('asks about the digest at the registries that have it, and reports signers without a rule', async () => {
    const {port, requests} = portWith({verdict: 'reported', detail: '', signers: SIGNERS})
    const seen = await withSignatures(
      observation(placeAt('docker.io', 'present'), placeAt('ghcr.io', 'absent')),
      port,
      signal
    )
    expect(requests).toMatchObject([{digest: DIGEST, candidates: [{repository: {registry: 'docker.io'}}]}])
    expect(requests[0]?.candidates).toHaveLength(1)
    expect(seen.signatures?.signers).toEqual(SIGNERS)
    expect(judgeImage(seen, {signatures: 'enforce'})).toEqual([])
  })

  it('names the registries that did not answer, and no public mirror or registry without the image', async () => {
    const {port, requests} = portWith({verdict: 'reported', detail: '', signers: []})
    const failure = {kind: 'server-error', status: 503, detail: ''} as const
    const down = placeAt('down.example', 'not-requested')
    const publicMirror = placeAt('public.example', 'failed')
    const failed: PlaceObservation = {...down, tag: {kind: 'failed', failure}}
    await withSignatures(
      observation(placeAt('docker.io', 'present'), placeAt('ghcr.io', 'absent'), failed, {
        ...publicMirror,
        candidate: {...publicMirror.candidate, role: 'public-mirror'}
      }),
      port,
      signal
    )
    expect(requests[0]?.unanswered).toEqual([
      {repository: down.candidate.repository, detail: describeObservedFailure(failure)}
    ])
  })

  it('finds what a rule is not satisfied with', async () => {
    const {port} = portWith({verdict: 'unsigned', rule: 'github:acme/app', detail: 'no signature', signers: []})
    const seen = await withSignatures(observation(placeAt('docker.io', 'present')), port, signal)
    expect(judgeImage(seen, {signatures: 'enforce'}).map(({facts}) => facts.kind)).toEqual(['signature-missing'])
  })

  it('asks nothing about an image that no registry has', async () => {
    const {port, requests} = portWith({verdict: 'reported', detail: '', signers: []})
    const gone = observation(placeAt('docker.io', 'absent'))
    expect(await withSignatures(gone, port, signal)).toBe(gone)
    expect(requests).toEqual([])
  })
})
