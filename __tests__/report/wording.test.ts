// The first sentence that somebody with a red build reads.

import {describe, expect, it} from '@jest/globals'
import type {Cause} from '../../src/report/diagnose.ts'
import type {Failure} from '../../src/failure/failure.ts'
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
      failure: {kind: 'not-found', status: 404, detail: '', message: 'not there'}
    }
  ]
}

const digest = digestBytes(Buffer.from('x'))

describe('sayImage', () => {
  it('says of an image that nobody has that no registry could serve it, and why', () => {
    expect(imageSentence(LOST, name => name)).toBe(
      'No registry could serve acme/app:1.2.3: docker.io does not have it. Nothing that was not verified is handed on, so the step fails.'
    )
  })

  it('does not blame a registry when load or layout could not be done with what was verified', () => {
    const notExported: ImageReport = {
      ...LOST,
      registries: [],
      platforms: [{...{digest, mediaType: '', imageId: digest, layers: [], notes: []}, verified: 'full', size: 10}]
    }
    expect(imageSentence(notExported, name => name)).toBe(
      'acme/app:1.2.3 was verified, but is not handed on: what load and layout promise is done for all images or for none.'
    )
  })
})

describe('sayFailure', () => {
  const limit = {input: 'timeout', afterMs: 1} as const
  const rows: readonly (readonly [failure: Failure, says: string])[] = [
    [{kind: 'corrupt', wanted: digest, got: digest, gotBytes: 0, firstBytes: ''}, 'sent nothing at all'],
    [{kind: 'corrupt', wanted: digest, got: digest, gotBytes: 1, firstBytes: ''}, 'sent wrong bytes'],
    [{kind: 'truncated', gotBytes: 1}, 'broke off in the middle'],
    [{kind: 'too-large', limitBytes: 1, detail: ''}, 'sent more bytes than there ought to be'],
    [{kind: 'throttled', status: 429, detail: ''}, 'limits how often it may be asked'],
    [{kind: 'server-error', status: 503, detail: ''}, 'answered with an error of its own (status 503)'],
    [{kind: 'unreachable', reason: 'tls-identity', detail: ''}, 'could not prove that it is itself'],
    [{kind: 'unreachable', reason: 'dns', detail: ''}, 'could not be reached'],
    [{kind: 'timed-out', phase: 'everything', limit}, 'was not done in time'],
    [{kind: 'timed-out', phase: 'body', limit}, 'was too slow'],
    [{kind: 'unauthorized', status: 401, detail: '', credentials: 'none'}, 'refused access'],
    [{kind: 'denied', status: 403, detail: '', credentials: 'none'}, 'refused access'],
    [{kind: 'not-found', status: 404, detail: ''}, 'does not have it'],
    [{kind: 'protocol', detail: '', isHtml: true}, 'answered with a web page'],
    [{kind: 'protocol', detail: '', isHtml: false}, 'answered with what is no image'],
    [{kind: 'unusable', detail: ''}, 'has an image that contradicts itself'],
    [{kind: 'platform-missing', wanted: '', offered: []}, 'does not have it for this platform'],
    [{kind: 'digest-disagrees', wanted: digest, got: digest, decidedBy: ''}, 'has another image under this name'],
    [{kind: 'invalid-input', faults: []}, 'could not be asked'],
    [{kind: 'local-io', detail: ''}, 'could not be asked'],
    [{kind: 'docker', detail: ''}, 'could not be asked'],
    [{kind: 'bug', detail: ''}, 'could not be asked']
  ]

  it.each(rows)('has words for %j', (failure, says) => {
    expect(failureSentence(failure)).toBe(says)
  })
})

describe('sayCause', () => {
  it.each<readonly [Cause, string]>([
    ['publisher', 'the image is broken as it was published'],
    ['tag-moved', 'the name stands for another image now']
  ])('of %s begins a sentence', (cause, says) => {
    expect(causeSentence(cause)).toBe(says)
  })
})

describe('sayImage, of an image that is used', () => {
  const NOT_THERE = {kind: 'not-found', status: 404, detail: '', message: 'not there'} as const
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

  it.each<{readonly name: string; readonly facts: ImageReport; readonly says: string}>([
    {
      name: 'from where it belongs',
      facts: VERIFIED,
      says: '<acme/app:1.2.3> comes from <docker.io>, the registry that it names. Every byte was verified.'
    },
    {
      name: 'as the lock file says',
      facts: {...VERIFIED, decidedBy: 'lock', verified: 'layers'},
      says: '<acme/app:1.2.3> comes from <docker.io>, the registry that it names, and is what the lock file says. Every byte was verified.'
    },
    {
      name: 'from where it belongs, though another failed',
      facts: {
        ...VERIFIED,
        verified: 'config',
        registries: [{...mirror, outcome: 'failed', failure: NOT_THERE}, ...served]
      },
      says: '<acme/app:1.2.3> comes from <docker.io>, the registry that it names. Its manifest and config were verified, its layers were not looked at. <ghcr.io> does not have it.'
    },
    {
      name: 'from the cache',
      facts: without('source', without('registry', VERIFIED)),
      says: '<acme/app:1.2.3> comes from the cache of this machine. Every byte was verified.'
    },
    {
      name: 'from a mirror that was preferred',
      facts: {...ELSEWHERE, verified: 'manifest', registries: [{...mirror, outcome: 'verified'}]},
      says: '<acme/app:1.2.3> comes from <ghcr.io>, which was preferred. Its manifest was verified, the rest was not looked at.'
    },
    {
      name: 'from a mirror, the very same',
      facts: ELSEWHERE,
      says: '<acme/app:1.2.3> comes from <ghcr.io>, because <docker.io> does not have it. It is the very same image; every byte was verified.'
    },
    {
      name: 'from a mirror, as the lock file says',
      facts: {...ELSEWHERE, decidedBy: 'lock'},
      says: '<acme/app:1.2.3> comes from <ghcr.io>, because <docker.io> does not have it. It is what the lock file says; every byte was verified.'
    },
    {
      name: 'from a mirror that decided what it is',
      facts: {...ELSEWHERE, decidedBy: 'mirror'},
      says: '<acme/app:1.2.3> comes from <ghcr.io>, because <docker.io> does not have it. Every byte was verified.'
    },
    {
      name: 'from a third, after two have failed',
      facts: {
        ...ELSEWHERE,
        registry: 'quay.io',
        registries: [...refused.slice(0, 1), {...mirror, outcome: 'failed', failure: NOT_THERE}]
      },
      says: '<acme/app:1.2.3> comes from <quay.io>, because <docker.io> does not have it and <ghcr.io> does not have it. It is the very same image; every byte was verified.'
    },
    {
      name: 'from a fourth, after three have failed',
      facts: {
        ...ELSEWHERE,
        registry: 'quay.io',
        registries: ['a.io', 'b.io', 'c.io'].map((registry): Registry => ({
          ...mirror,
          registry,
          outcome: 'failed',
          failure: NOT_THERE
        }))
      },
      says: '<acme/app:1.2.3> comes from <quay.io>, because <a.io> does not have it, <b.io> does not have it and <c.io> does not have it. It is the very same image; every byte was verified.'
    },
    {
      name: 'as an older one',
      facts: {...VERIFIED, registries: refused.slice(0, 1), fallbacks: [{...older, image: 'acme/app:1.2.4'}, older]},
      says: 'Nothing serves <acme/app:1.2.3>; the older <acme/app:1.2.2> stands in, as fallback-tags allows. It comes from <docker.io>; every byte was verified. With <acme/app:1.2.3>, <docker.io> does not have it.'
    },
    {
      name: 'whose tag has moved',
      facts: {...VERIFIED, decidedBy: 'lock', moved},
      says: '<acme/app:1.2.3> is used as the lock file says; at <docker.io> the tag means another image now. Every byte was verified.'
    },
    {
      name: 'whose tag has moved, and that is no longer there',
      facts: {...ELSEWHERE, decidedBy: 'lock', moved, registries: gone},
      says: '<acme/app:1.2.3> is used as the lock file says; at <docker.io> the tag means another image now, and the locked one is gone there. It comes from <ghcr.io>. Every byte was verified.'
    },
    {
      name: 'whose tag has moved, while another registry failed',
      facts: {
        ...VERIFIED,
        ...{decidedBy: 'lock', moved},
        registries: [...served, {...mirror, outcome: 'failed', failure: NOT_THERE}]
      },
      says: '<acme/app:1.2.3> is used as the lock file says; at <docker.io> the tag means another image now. Every byte was verified. <ghcr.io> does not have it.'
    }
  ])('says it: $name', ({facts, says}) => {
    expect(imageSentence(facts, name => `<${name}>`)).toBe(says)
  })

  const LOST_FACTS: ImageReport = {...LOST, registries: refused.slice(0, 1)}

  it.each<{readonly name: string; readonly facts: ImageReport; readonly says: string}>([
    {
      name: 'in time',
      facts: {
        ...LOST,
        failure: {kind: 'timed-out', phase: 'everything', limit: {input: 'timeout', afterMs: 60_000}, message: ''}
      },
      says: '<acme/app:1.2.3> was not verified in time: the step allows 1 min 0 s (input timeout).'
    },
    {
      name: 'as the lock file has it, nor an older one',
      facts: {...LOST_FACTS, decidedBy: 'lock', fallbacks: [older]},
      says: 'No registry could serve <acme/app:1.2.3> as the lock file has it: <docker.io> does not have it. Nor could an older tag stand in. Nothing that was not verified is handed on, so the step fails.'
    },
    {
      name: 'from any registry, of which none failed',
      facts: {...LOST, registries: []},
      says: 'No registry could serve <acme/app:1.2.3>. Nothing that was not verified is handed on, so the step fails.'
    },
    {
      name: 'from a registry where its locked tag has moved, which is then the reason',
      facts: {...LOST, moved, registries: gone.slice(0, 1)},
      says: 'No registry could serve <acme/app:1.2.3>: <docker.io> has another image under this name. Nothing that was not verified is handed on, so the step fails.'
    }
  ])('says that it cannot be had $name', ({facts, says}) => {
    expect(imageSentence(facts, name => `<${name}>`)).toBe(says)
  })
})
