// Each kind of finding about an image, with its healthy twin: the same observation without the fault, in which it must not be found.

import {describe, expect, it} from '@jest/globals'
import type {Digest} from '../../src/oci/digest.ts'
import {parseImageRequest} from '../../src/acquire/plan.ts'
import type {Failure} from '../../src/failure/failure.ts'
import type {Candidate} from '../../src/registry/candidate.ts'
import {findingAdvice, findingSentence} from '../../src/findings/describe-finding.ts'
import {type Finding, FINDING_KINDS, type FindingKind, type Severity} from '../../src/findings/finding.ts'
import {type Baseline, judgeImage} from '../../src/findings/judge-image.ts'
import {judgeLimits, judgeLock} from '../../src/findings/judge-run.ts'
import type {ImageObservation, ObjectFault, ObservedObject, PlaceObservation} from '../../src/findings/observation.ts'
import type {SignatureObservation} from '../../src/findings/signature-port.ts'

function digest(digit: string): Digest {
  return `sha256:${digit.repeat(64)}` as Digest
}

const WANTED = digest('1')
const OTHER = digest('2')
const THIRD = digest('3')

const PRIMARY: Candidate = {
  role: 'primary',
  repository: {registry: 'docker.io', path: 'library/app'},
  mayResolve: true
}
const MIRROR: Candidate = {
  role: 'mirror',
  repository: {registry: 'mirror.example.com', path: 'library/app'},
  mayResolve: true
}
const PUBLIC: Candidate = {
  role: 'public-mirror',
  repository: {registry: 'ghcr.io', path: 'library/app'},
  mayResolve: false
}

type PlaceEdit = Partial<Omit<PlaceObservation, 'candidate'>>
type Edit = Partial<Omit<ImageObservation, 'places' | 'image'>> & {
  readonly input?: string
  readonly primary?: PlaceEdit
  readonly mirror?: PlaceEdit
  readonly publicMirror?: PlaceEdit
}

/** A locked image that is right everywhere, with what the edit says. */
function observe({input = 'app:1.2.3', primary, mirror, publicMirror, ...more}: Edit = {}): ImageObservation {
  const image = parseImageRequest(input)
  if (!image.ok) throw new Error(image.reason)
  const right = {root: 'present', faults: [], objects: 5} as const
  return {
    image: {...image.value, locations: [{file: 'Dockerfile', line: 3}]},
    expected: {digest: WANTED, decidedBy: 'lock'},
    platforms: ['linux/amd64', 'linux/arm64'],
    level: 'manifest',
    isPartial: false,
    places: [
      {candidate: PRIMARY, tag: {kind: 'digest', digest: WANTED}, ...right, ...primary},
      {candidate: MIRROR, tag: {kind: 'digest', digest: WANTED}, ...right, ...mirror},
      {candidate: PUBLIC, tag: {kind: 'not-requested'}, ...right, ...publicMirror}
    ],
    ...more
  }
}

const LOCKED: Baseline = {locked: WANTED, lockedPlatforms: ['linux/amd64', 'linux/arm64'], signatures: 'enforce'}
const NO_BASELINE: Baseline = {signatures: 'enforce'}

const CHILD: ObservedObject = {
  name: 'platform manifest linux/arm64',
  digest: THIRD,
  isRoot: false,
  isAttestation: false
}
const ROOT: ObservedObject = {name: 'manifest', digest: WANTED, isRoot: true, isAttestation: false}
const LAYER: ObservedObject = {name: 'layer 1 of linux/amd64', digest: THIRD, isRoot: false, isAttestation: false}

const GONE: Failure = {kind: 'not-found', status: 404, detail: ''}
const CORRUPT: Failure = {
  kind: 'corrupt',
  wanted: THIRD,
  got: OTHER,
  wantedBytes: 9,
  gotBytes: 9,
  firstBytes: 'x'
}
const REFUSED: Failure = {kind: 'unreachable', reason: 'refused', detail: 'connection refused'}
const DENIED: Failure = {kind: 'denied', status: 403, detail: '', credentials: 'none'}
const UNUSABLE: Failure = {kind: 'unusable', detail: 'it has no layers'}
const WRONG_TYPE: Failure = {kind: 'protocol', detail: 'the wrong type', isHtml: false, reason: 'content-type'}

function fault(object: ObservedObject, failure: Failure): ObjectFault {
  return {object, failure}
}

function signatures(verdict: SignatureObservation['verdict'], isRequired: boolean): SignatureObservation {
  const signers = [{kind: 'github', identity: 'https://github.com/evil/x', issuer: 'https://issuer.example'}]
  return {verdict, detail: 'what was found', signers, ...(isRequired ? {rule: 'docker.io=github:acme/app'} : {})}
}

type Row = {
  readonly kind: FindingKind
  readonly severity: Severity
  readonly when: string
  readonly ill: ImageObservation
  readonly baseline?: Baseline
  readonly twin: ImageObservation
  readonly twinBaseline?: Baseline
  readonly at?: string
  /** Found beside it, in the twin too. */
  readonly also?: FindingKind
}

const unpinned = {expected: {digest: WANTED, decidedBy: 'primary'}} as const
const byReference = {expected: {digest: WANTED, decidedBy: 'reference'}, input: `app:1.2.3@${WANTED}`} as const

const ROWS: readonly Row[] = [
  {
    kind: 'digest-gone',
    severity: 'error',
    when: 'the locked digest is 404 at the registry, and a mirror has it',
    ill: observe({primary: {root: 'absent'}}),
    twin: observe(),
    at: 'docker.io/library/app'
  },
  {
    kind: 'digest-gone',
    severity: 'error',
    when: 'a pinned digest is 404 and its tag too',
    ill: observe({...byReference, primary: {root: 'absent', tag: {kind: 'gone'}}}),
    baseline: NO_BASELINE,
    twin: observe({...byReference, primary: {root: 'present', tag: {kind: 'gone'}}})
  },
  {
    kind: 'child-gone',
    severity: 'error',
    when: 'the index is there and a platform is not',
    ill: observe({primary: {faults: [fault(CHILD, GONE)]}}),
    twin: observe({primary: {root: 'failed', faults: [fault(ROOT, GONE)]}}),
    at: 'docker.io/library/app'
  },
  {
    kind: 'child-gone',
    severity: 'warning',
    when: 'an attestation is missing, which no engine runs',
    ill: observe({mirror: {faults: [fault({...CHILD, isAttestation: true}, GONE)]}}),
    twin: observe()
  },
  {
    kind: 'child-gone',
    severity: 'warning',
    when: 'a public cache has not pulled all parts',
    ill: observe({publicMirror: {faults: [fault(LAYER, GONE)]}}),
    twin: observe({publicMirror: {root: 'absent'}})
  },
  {
    kind: 'content-corrupt',
    severity: 'error',
    when: 'a layer has another digest at one place',
    ill: observe({mirror: {faults: [fault(LAYER, CORRUPT)]}}),
    twin: observe({mirror: {faults: []}}),
    at: 'mirror.example.com/library/app'
  },
  {
    kind: 'content-corrupt',
    severity: 'error',
    when: 'a layer ends early each time',
    ill: observe({primary: {faults: [fault(LAYER, {kind: 'truncated', gotBytes: 1, wantedBytes: 9})]}}),
    twin: observe()
  },
  {
    kind: 'image-unusable',
    severity: 'error',
    when: 'the image contradicts itself',
    ill: observe({fault: fault(ROOT, UNUSABLE)}),
    twin: observe()
  },
  {
    kind: 'image-unusable',
    severity: 'error',
    when: 'one registry serves it under a type that engines refuse',
    ill: observe({mirror: {faults: [fault(ROOT, WRONG_TYPE)]}}),
    twin: observe(),
    at: 'mirror.example.com/library/app'
  },
  {
    kind: 'platform-missing',
    severity: 'error',
    when: 'the index lacks a requested platform',
    ill: observe({fault: fault(ROOT, {kind: 'platform-missing', wanted: 'linux/s390x', offered: ['linux/amd64']})}),
    twin: observe()
  },
  {
    kind: 'mirror-lacks',
    severity: 'warning',
    when: 'a configured mirror does not have the digest',
    ill: observe({mirror: {root: 'absent', tag: {kind: 'gone'}}}),
    // A public mirror lacks most images, and that is no finding.
    twin: observe({publicMirror: {root: 'absent'}}),
    at: 'mirror.example.com/library/app'
  },
  {
    kind: 'mirror-disagrees',
    severity: 'warning',
    when: 'the tag of a mirror lags behind a locked digest',
    ill: observe({mirror: {tag: {kind: 'digest', digest: OTHER}}}),
    twin: observe(),
    at: 'mirror.example.com/library/app'
  },
  {
    kind: 'mirror-disagrees',
    severity: 'error',
    when: 'nothing pins the digest',
    ill: observe({...unpinned, mirror: {tag: {kind: 'digest', digest: OTHER}}}),
    baseline: NO_BASELINE,
    twin: observe({...unpinned, mirror: {tag: {kind: 'gone'}}}),
    twinBaseline: NO_BASELINE
  },
  {
    kind: 'mirror-disagrees',
    severity: 'warning',
    when: 'the registry is down, and the mirror has another digest than the lock file',
    ill: observe({
      primary: {tag: {kind: 'failed', failure: REFUSED}, root: 'failed'},
      mirror: {tag: {kind: 'digest', digest: OTHER}}
    }),
    twin: observe({primary: {tag: {kind: 'failed', failure: REFUSED}, root: 'failed'}}),
    also: 'unreachable'
  },
  {
    kind: 'tag-moved',
    severity: 'error',
    when: 'a locked tag with three parts names another digest',
    ill: observe({primary: {tag: {kind: 'digest', digest: OTHER}}, mirror: {tag: {kind: 'digest', digest: OTHER}}}),
    twin: observe(),
    at: 'docker.io/library/app'
  },
  {
    kind: 'tag-moved',
    severity: 'notice',
    when: 'a locked tag with two parts names another digest',
    ill: observe({
      input: 'app:8.3',
      primary: {tag: {kind: 'digest', digest: OTHER}},
      mirror: {tag: {kind: 'digest', digest: OTHER}}
    }),
    twin: observe({input: 'app:8.3'})
  },
  {
    kind: 'tag-moved',
    severity: 'notice',
    when: 'the tag of a digest in the reference moved',
    ill: observe({
      ...byReference,
      primary: {tag: {kind: 'digest', digest: OTHER}},
      mirror: {tag: {kind: 'digest', digest: OTHER}}
    }),
    baseline: NO_BASELINE,
    twin: observe(byReference),
    twinBaseline: NO_BASELINE
  },
  {
    kind: 'tag-moved',
    severity: 'notice',
    when: 'the tag had another digest in the last audit',
    ill: observe(unpinned),
    baseline: {...NO_BASELINE, lastRun: OTHER},
    twin: observe(unpinned),
    twinBaseline: {...NO_BASELINE, lastRun: WANTED}
  },
  {
    kind: 'tag-gone',
    severity: 'warning',
    when: 'the tag is 404 and the locked digest is there',
    ill: observe({primary: {tag: {kind: 'gone'}}}),
    twin: observe()
  },
  {
    kind: 'tag-gone',
    severity: 'error',
    when: 'the tag is 404 and nothing pins a digest',
    ill: observe({
      ...unpinned,
      primary: {tag: {kind: 'gone'}, root: 'not-requested'}
    }),
    baseline: NO_BASELINE,
    twin: observe(unpinned),
    twinBaseline: NO_BASELINE
  },
  {
    kind: 'unreachable',
    severity: 'warning',
    when: 'a registry refuses the connection',
    ill: observe({mirror: {tag: {kind: 'failed', failure: REFUSED}, root: 'failed', faults: [fault(ROOT, REFUSED)]}}),
    twin: observe(),
    at: 'mirror.example.com/library/app'
  },
  {
    kind: 'unreachable',
    severity: 'notice',
    when: 'a public mirror refuses the connection',
    ill: observe({publicMirror: {root: 'failed', faults: [fault(ROOT, REFUSED)]}}),
    twin: observe({publicMirror: {root: 'not-requested', withheld: 'private'}})
  },
  {
    kind: 'denied',
    severity: 'warning',
    when: 'a registry denies access',
    ill: observe({primary: {tag: {kind: 'failed', failure: DENIED}, root: 'failed', faults: [fault(ROOT, DENIED)]}}),
    // ghcr.io denies access to what it does not have.
    twin: observe({publicMirror: {root: 'failed', faults: [fault(ROOT, DENIED)]}})
  },
  ...(
    [
      ['unsigned', 'signature-missing', 'error'],
      ['signed-by-another', 'signed-by-another', 'error'],
      ['signature-broken', 'signature-broken', 'error'],
      ['signature-unusable', 'signature-unusable', 'error'],
      ['signature-unreachable', 'signature-unreachable', 'warning'],
      ['root-stale', 'root-stale', 'notice']
    ] as const
  ).map(([verdict, kind, severity]): Row => ({
    kind,
    severity,
    when: `a rule is not satisfied: ${verdict}`,
    ill: observe({signatures: signatures(verdict, true)}),
    // Without a rule, signers are reported and not judged.
    twin: observe({signatures: signatures('reported', false)})
  }))
]

describe('judgeImage', () => {
  it.each(ROWS)('finds $kind ($severity) when $when', ({kind, severity, ill, baseline = LOCKED, at, also}) => {
    const found = judgeImage(ill, baseline).filter(({facts}) => facts.kind !== also)
    expect(found.map(({facts, severity: is}) => [facts.kind, is])).toEqual([[kind, severity]])
    const [finding] = found
    expect(finding).toMatchObject({
      image: ill.image.input,
      locations: [{file: 'Dockerfile', line: 3}],
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown
    })
    if (at !== undefined) expect(finding?.place).toBe(at)
  })

  it.each(ROWS)('does not find $kind in its twin: $when', ({kind, twin, twinBaseline, baseline = LOCKED}) => {
    expect(judgeImage(twin, twinBaseline ?? baseline).map(({facts}) => facts.kind)).not.toContain(kind)
  })

  it('finds nothing in an image that is right everywhere', () => {
    expect(judgeImage(observe(), LOCKED)).toEqual([])
    expect(judgeImage(observe(unpinned), NO_BASELINE)).toEqual([])
    expect(judgeImage(observe({signatures: signatures('signed', true)}), LOCKED)).toEqual([])
  })

  it('says where the digest still is, and which platforms a moved tag lost', () => {
    const [gone] = judgeImage(observe({primary: {root: 'absent'}, publicMirror: {root: 'absent'}}), LOCKED)
    expect(gone?.facts).toMatchObject({alsoAt: ['mirror.example.com/library/app']})
    const moved = {tag: {kind: 'digest', digest: OTHER}} as const
    const [lost] = judgeImage(observe({primary: moved, mirror: moved, platformsNow: ['linux/amd64']}), LOCKED)
    expect(lost?.facts).toMatchObject({wanted: WANTED, got: OTHER, platformsLost: ['linux/arm64']})
  })

  it('makes one finding of all lost objects at a place, and of all failures of a registry', () => {
    const faults = [fault(CHILD, GONE), fault(LAYER, GONE)]
    const [lost, ...more] = judgeImage(observe({primary: {faults}}), LOCKED)
    expect(lost?.facts).toMatchObject({objects: [{object: CHILD.name}, {object: LAYER.name}]})
    expect(more).toEqual([])
    const down = observe({primary: {root: 'failed', faults: [fault(ROOT, REFUSED), fault(CHILD, REFUSED)]}})
    expect(judgeImage(down, LOCKED)).toHaveLength(1)
  })

  it('reports a missing signature as a warning with signatures: warn', () => {
    const [finding] = judgeImage(observe({signatures: signatures('unsigned', true)}), {
      ...LOCKED,
      signatures: 'warn'
    })
    expect(finding?.severity).toBe('warning')
  })

  it('keeps the fingerprint of a finding whose details change, and changes it for a tag that moves again', () => {
    const fingerprint = (edit: Edit): string | undefined => judgeImage(observe(edit), LOCKED)[0]?.fingerprint
    expect(fingerprint({primary: {faults: [fault(CHILD, GONE)]}})).toBe(
      fingerprint({primary: {faults: [fault(LAYER, GONE)]}})
    )
    const moved = (to: Digest): string | undefined =>
      fingerprint({primary: {tag: {kind: 'digest', digest: to}}, mirror: {tag: {kind: 'digest', digest: to}}})
    expect(moved(OTHER)).not.toBe(moved(THIRD))
  })
})

describe('the words of findings', () => {
  const all: readonly Finding[] = [
    ...ROWS.flatMap(({ill, baseline = LOCKED}) => judgeImage(ill, baseline)),
    ...judgeLock('image-lock.json', ['docker.io/library/old:1'], 7),
    ...judgeLimits([
      {registry: 'docker.io', requests: 9, downloads: 9, pullLimit: {remaining: 20, limit: 100}, partialImages: 0}
    ])
  ]

  it('are there for each kind', () => {
    expect(new Set(all.map(({facts}) => facts.kind))).toEqual(new Set(FINDING_KINDS))
  })

  it.each(all)('say what was found, and advise with a verb: $facts.kind, $severity', finding => {
    expect(findingSentence(finding)).toMatch(/^\S.*\.(?:\s.*)?$/)
    expect(findingSentence(finding)).not.toContain('undefined')
    expect(findingAdvice(finding)).toMatch(
      /^(?:Add|Ask|Change|Check|Compare|Log|Pin|Plan|Remove|Report|Run|Set|Update|Use) .*\.$/
    )
  })
})
