// The sentences that a reader sees first: what happened to an image, what registries did, and what a cause means.

import {describe, expect, it} from '@jest/globals'
import type {Failure} from '../../src/failure/failure.ts'
import type {Cause} from '../../src/report/cause.ts'
import {causeSentence, failureSentence, imageSentence} from '../../src/report/wording.ts'
import type {ImageReport} from '../../src/report/report-document.ts'
import {digestBytes} from '../support/images.ts'

const LOST: ImageReport = {
  image: 'acme/app:1.2.3',
  name: 'docker.io/acme/app:1.2.3',
  outcome: 'failed',
  platforms: [],
  elapsedMs: 10,
  registries: [
    {
      ...{registry: 'docker.io', repository: 'acme/app', role: 'primary', outcome: 'failed', did: '', attempts: []},
      failure: {kind: 'not-found', status: 404, detail: '', message: 'not found (HTTP 404)'}
    }
  ]
}

const digest = digestBytes(Buffer.from('x'))

describe('failureSentence', () => {
  const limit = {input: 'timeout', afterMs: 1} as const
  const rows: readonly (readonly [failure: Failure, sentence: string, object?: string])[] = [
    [{kind: 'corrupt', wanted: digest, got: digest, gotBytes: 0, firstBytes: ''}, 'returned no data'],
    [
      {kind: 'corrupt', wanted: digest, got: digest, gotBytes: 1, firstBytes: ''},
      'served data that failed verification'
    ],
    [{kind: 'truncated', gotBytes: 1}, 'closed the connection early'],
    [{kind: 'too-large', limitBytes: 1, detail: ''}, 'sent more data than expected'],
    [{kind: 'throttled', status: 429, detail: ''}, 'is rate limiting this runner (HTTP 429)'],
    [{kind: 'server-error', status: 503, detail: ''}, 'returned a server error (HTTP 503)'],
    [{kind: 'unreachable', reason: 'tls-identity', detail: ''}, 'failed the TLS certificate check'],
    [{kind: 'unreachable', reason: 'dns', detail: ''}, 'could not be found (DNS lookup failed)'],
    [{kind: 'unreachable', reason: 'proxy', detail: ''}, 'could not be reached through the proxy'],
    [{kind: 'unreachable', reason: 'reset', detail: ''}, 'could not be reached'],
    [{kind: 'timed-out', phase: 'everything', limit}, 'did not finish in time'],
    [{kind: 'timed-out', phase: 'headers', limit}, 'did not respond in time'],
    [{kind: 'timed-out', phase: 'body', limit}, 'was too slow'],
    [{kind: 'unauthorized', status: 401, detail: '', credentials: 'none'}, 'requires authentication (HTTP 401)'],
    [{kind: 'unauthorized', status: 401, detail: '', credentials: 'refused'}, 'rejected the credentials (HTTP 401)'],
    [{kind: 'denied', status: 403, detail: '', credentials: 'none'}, 'denied access (HTTP 403)'],
    [{kind: 'not-found', status: 404, detail: ''}, 'does not have the image (HTTP 404)', 'manifest'],
    [{kind: 'not-found', status: 404, detail: ''}, 'does not have layer 2 (HTTP 404)', 'layer[1]'],
    [{kind: 'protocol', detail: '', isHtml: true}, 'returned a web page'],
    [{kind: 'protocol', detail: '', isHtml: false}, 'returned an invalid response'],
    [{kind: 'unusable', detail: ''}, 'has an image that cannot be used'],
    [{kind: 'platform-missing', wanted: 'linux/s390x', offered: []}, 'has no image for linux/s390x'],
    [{kind: 'digest-disagrees', wanted: digest, got: digest, decidedBy: ''}, 'has a different image under this tag'],
    [{kind: 'invalid-input', faults: []}, 'could not be queried'],
    [{kind: 'local-io', detail: ''}, 'could not be queried'],
    [{kind: 'docker', detail: ''}, 'could not be queried'],
    [{kind: 'bug', detail: ''}, 'could not be queried']
  ]

  // Jest passes a callback as the third argument of a row with two.
  it.each(rows.map(([failure, sentence, object]) => ({failure, sentence, object})))(
    'has words for $failure',
    ({failure, sentence, object}) => {
      expect(failureSentence(failure, object)).toBe(sentence)
    }
  )
})

describe('causeSentence', () => {
  const of = (cause: Cause, rateLimit?: Readonly<Record<string, string>>): string =>
    causeSentence(
      {
        ...{cause, what: '', advice: ''},
        evidence: {
          ...{registry: 'docker.io', object: 'config', requestIds: {}, gotDigests: []},
          ...(rateLimit === undefined ? {} : {rateLimit})
        }
      },
      name => `<${name}>`
    )

  it.each<readonly [Cause, string]>([
    ['publisher', 'The published image cannot be used.'],
    ['registry', '<docker.io> serves this image incorrectly.'],
    ['transit', 'Data from <docker.io> arrives damaged, each time differently.'],
    ['interception', 'A proxy or captive portal may answer in place of <docker.io>.'],
    ['throttling', '<docker.io> is rate limiting this runner.'],
    ['access', '<docker.io> denies access to the image.'],
    ['missing', '<docker.io> does not have this container image.'],
    ['outage', '<docker.io> is down or unreachable.'],
    ['network', 'This runner cannot connect to the registry.'],
    ['tag-moved', 'The tag points to a different image at <docker.io>.']
  ])('explains %s', (cause, sentence) => {
    expect(of(cause)).toBe(sentence)
  })

  it.each([
    {
      rateLimit: {
        'ratelimit-remaining': '0;w=21600',
        'ratelimit-limit': '100;w=21600',
        'docker-ratelimit-source': '203.0.113.7'
      },
      says: ' 0 of 100 pulls left for <203.0.113.7>.'
    },
    {rateLimit: {'ratelimit-remaining': '7'}, says: ' 7 pulls left.'},
    {rateLimit: {'ratelimit-limit': '100'}, says: ''},
    {rateLimit: {'ratelimit-remaining': 'https://evil.example/'}, says: ''},
    {rateLimit: {'ratelimit-remaining': '7', 'ratelimit-limit': '[x](y)'}, says: ' 7 pulls left.'},
    {rateLimit: {'ratelimit-remaining': '7', 'docker-ratelimit-source': '[x](y)'}, says: ' 7 pulls left for <[x](y)>.'}
  ])('says what is left of a pull limit: $says', ({rateLimit, says}) => {
    expect(of('throttling', rateLimit)).toBe(`<docker.io> is rate limiting this runner.${says}`)
  })
})

describe('imageSentence', () => {
  const NOT_THERE = {kind: 'not-found', status: 404, detail: '', message: 'not found (HTTP 404)'} as const
  type Registry = ImageReport['registries'][number]
  const of = (registry: string, role: Registry['role']): Omit<Registry, 'outcome'> => ({
    ...{registry, repository: 'acme/app', role, did: '', attempts: []}
  })
  const [primary, mirror] = [of('docker.io', 'primary'), of('ghcr.io', 'mirror')]
  const refused: ImageReport['registries'] = [
    {...primary, outcome: 'failed', failure: NOT_THERE},
    {...mirror, outcome: 'verified'}
  ]
  const served: ImageReport['registries'] = [{...primary, outcome: 'verified'}]
  const VERIFIED: ImageReport = {
    ...{image: 'acme/app:1.2.3', name: 'docker.io/acme/app:1.2.3', outcome: 'verified', elapsedMs: 10},
    ...{platforms: [], registries: served, registry: 'docker.io', source: 'primary', verified: 'full'},
    decidedBy: 'primary'
  }
  const ELSEWHERE: ImageReport = {...VERIFIED, registry: 'ghcr.io', source: 'mirror', registries: refused}
  const older: ImageReport = {...VERIFIED, image: 'acme/app:1.2.2'}
  const moved = {registry: 'docker.io', digest}
  const gone: ImageReport['registries'] = [
    {
      ...primary,
      outcome: 'failed',
      failure: {kind: 'digest-disagrees', wanted: digest, got: digest, decidedBy: '', message: ''}
    },
    {...mirror, outcome: 'verified'}
  ]
  const without = (key: 'registry' | 'source', facts: ImageReport): ImageReport => {
    const copy: Record<string, unknown> = {...facts}
    Reflect.deleteProperty(copy, key)
    return copy as ImageReport
  }

  const transit: ImageReport['registries'] = [
    {
      ...{...primary, outcome: 'failed', object: 'config'},
      failure: {kind: 'corrupt', wanted: digest, got: digest, gotBytes: 1, firstBytes: '', message: ''}
    }
  ]
  const diagnosisOf = (cause: Cause): NonNullable<ImageReport['diagnosis']> => ({
    ...{cause, what: '', advice: ''},
    evidence: {registry: 'docker.io', object: 'config', requestIds: {}, gotDigests: []}
  })

  type Row = {readonly name: string; readonly facts: ImageReport; readonly says: string}

  it.each<Row>([
    {
      name: 'from the primary',
      facts: VERIFIED,
      says: '<acme/app:1.2.3> was taken from <docker.io>. Every byte verified.'
    },
    {
      name: 'from the primary, as locked',
      facts: {...VERIFIED, decidedBy: 'lock', verified: 'layers'},
      says: '<acme/app:1.2.3> was taken from <docker.io>. Every byte verified. It matches the lock file.'
    },
    {
      name: 'from the primary, though a mirror failed',
      facts: {
        ...VERIFIED,
        verified: 'config',
        registries: [{...mirror, outcome: 'failed', failure: NOT_THERE}, ...served]
      },
      says: '<acme/app:1.2.3> was taken from <docker.io>. Manifest and config verified, layers not checked. Not used: <ghcr.io> does not have the image (HTTP 404).'
    },
    {
      name: 'from the cache',
      facts: without('source', without('registry', VERIFIED)),
      says: "<acme/app:1.2.3> was taken from this runner's cache. Every byte verified."
    },
    {
      name: 'from a preferred mirror',
      facts: {...ELSEWHERE, verified: 'manifest', registries: [{...mirror, outcome: 'verified'}]},
      says: '<acme/app:1.2.3> was taken from the preferred mirror <ghcr.io>. Manifest verified, layers not checked.'
    },
    {
      name: 'from a mirror with the same digest',
      facts: ELSEWHERE,
      says: '<acme/app:1.2.3> was taken from <ghcr.io> because <docker.io> does not have the image (HTTP 404). Same digest; every byte verified.'
    },
    {
      name: 'from a mirror, as locked',
      facts: {...ELSEWHERE, decidedBy: 'lock'},
      says: '<acme/app:1.2.3> was taken from <ghcr.io> because <docker.io> does not have the image (HTTP 404). Same digest as in the lock file; every byte verified.'
    },
    {
      name: 'from a mirror that resolved the tag, whose digest is not known to be the same',
      facts: {...ELSEWHERE, decidedBy: 'mirror'},
      says: '<acme/app:1.2.3> was taken from <ghcr.io> because <docker.io> does not have the image (HTTP 404). Every byte verified.'
    },
    {
      name: 'from a third registry after two failed in the same way',
      facts: {
        ...ELSEWHERE,
        registry: 'quay.io',
        registries: [...refused.slice(0, 1), {...mirror, outcome: 'failed', failure: NOT_THERE}]
      },
      says: '<acme/app:1.2.3> was taken from <quay.io> because <docker.io> and <ghcr.io> do not have the image (HTTP 404). Same digest; every byte verified.'
    },
    {
      name: 'from a mirror, since the registry stores corrupt data',
      facts: {...ELSEWHERE, registries: transit, diagnosis: diagnosisOf('registry')},
      says: '<acme/app:1.2.3> was taken from <ghcr.io> because <docker.io> served a corrupt config. Same digest; every byte verified.'
    },
    {
      name: 'from a mirror, and the registry is not blamed for the network',
      facts: {...ELSEWHERE, registries: transit, diagnosis: diagnosisOf('transit')},
      says: '<acme/app:1.2.3> was taken from <ghcr.io> because <docker.io> served data that failed verification. Same digest; every byte verified.'
    },
    {
      name: 'as a fallback tag',
      facts: {...VERIFIED, registries: refused.slice(0, 1), fallbacks: [{...older, image: 'acme/app:1.2.4'}, older]},
      says: 'Used fallback tag <acme/app:1.2.2> instead of <acme/app:1.2.3> because <docker.io> does not have the image (HTTP 404). Taken from <docker.io>; every byte verified.'
    },
    {
      name: 'whose tag has moved',
      facts: {...VERIFIED, decidedBy: 'lock', moved},
      says: '<acme/app:1.2.3> points to a different image at <docker.io> than in the lock file. The locked image was used. Every byte verified.'
    },
    {
      name: 'whose tag has moved, from a mirror',
      facts: {...ELSEWHERE, decidedBy: 'lock', moved, registries: gone},
      says: '<acme/app:1.2.3> points to a different image at <docker.io> than in the lock file. The locked image was used. <docker.io> no longer has the locked image. It was taken from <ghcr.io>. Every byte verified.'
    },
    {
      name: 'whose tag has moved, while another registry failed',
      facts: {
        ...VERIFIED,
        ...{decidedBy: 'lock', moved},
        registries: [...served, {...mirror, outcome: 'failed', failure: NOT_THERE}]
      },
      says: '<acme/app:1.2.3> points to a different image at <docker.io> than in the lock file. The locked image was used. Every byte verified. Not used: <ghcr.io> does not have the image (HTTP 404).'
    }
  ])('describes an image $name', ({facts, says}) => {
    expect(imageSentence(facts, name => `<${name}>`)).toBe(says)
  })

  const FAILED: ImageReport = {...LOST, registries: refused.slice(0, 1)}
  const failed = (registry: string): Registry => ({...mirror, registry, outcome: 'failed', failure: NOT_THERE})

  it.each<Row>([
    {
      name: 'from one registry',
      facts: FAILED,
      says: 'Could not verify <acme/app:1.2.3>: <docker.io> does not have the image (HTTP 404).'
    },
    {
      name: 'from several registries',
      facts: {...FAILED, registries: [failed('a.io'), failed('b.io')]},
      says: 'Could not verify <acme/app:1.2.3>: no registry returned a valid copy.'
    },
    {
      name: 'in time',
      facts: {
        ...LOST,
        failure: {kind: 'timed-out', phase: 'everything', limit: {input: 'timeout', afterMs: 60_000}, message: ''}
      },
      says: 'Could not verify <acme/app:1.2.3> in time: the step is limited to 1 min (input timeout).'
    },
    {
      name: 'without a Docker Engine, whatever registries did',
      facts: {...FAILED, failure: {kind: 'docker', detail: '', message: 'load: true needs a Docker Engine.'}},
      says: 'Could not verify <acme/app:1.2.3>: <load: true needs a Docker Engine>.'
    },
    {
      name: 'before the job was canceled',
      facts: {...FAILED, registries: [{...primary, outcome: 'aborted'}]},
      says: 'Canceled before <acme/app:1.2.3> was verified.'
    },
    {
      name: 'because it is broken, which also ends the request to another registry',
      facts: {
        ...LOST,
        registries: [
          {
            ...primary,
            did: 'it has no layers',
            outcome: 'failed',
            failure: {kind: 'unusable', detail: '', message: ''}
          },
          {...mirror, outcome: 'aborted'}
        ]
      },
      says: 'Could not verify <acme/app:1.2.3>: <it has no layers>.'
    },
    {
      name: 'as locked, nor with a fallback tag',
      facts: {...FAILED, registries: [failed('a.io'), failed('b.io')], decidedBy: 'lock', fallbacks: [older]},
      says: 'Could not verify <acme/app:1.2.3>: no registry returned a valid copy of the locked image. No fallback tag is available either.'
    },
    {
      name: 'although no registry failed',
      facts: {...LOST, registries: []},
      says: 'Could not verify <acme/app:1.2.3>: no registry returned a valid copy.'
    },
    {
      name: 'because its locked image is gone',
      facts: {...LOST, moved, registries: gone.slice(0, 1)},
      says: 'Could not verify <acme/app:1.2.3>: no registry has the image in the lock file, and the tag now points to a different one.'
    },
    {
      name: 'for export, which blames no registry',
      facts: {
        ...{...LOST, registries: []},
        platforms: [{digest, mediaType: '', imageId: digest, layers: [], notes: [], verified: 'full', size: 10}]
      },
      says: 'Verified <acme/app:1.2.3>, but did not export it: load and layout export all images or none.'
    }
  ])('says that an image is not available $name', ({facts, says}) => {
    expect(imageSentence(facts, name => `<${name}>`)).toBe(says)
  })
})
