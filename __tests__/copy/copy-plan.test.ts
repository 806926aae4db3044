// What is sent to a target, as a table: what the image has, what the target has, and what follows.

import {describe, expect, it} from '@jest/globals'
import {type Attachments, NO_ATTACHMENTS} from '../../src/copy/attachments.ts'
import type {Closure, SourceManifest} from '../../src/copy/closure.ts'
import {digestTag, isComplete, planCopy, tagOfCopy, type TargetState} from '../../src/copy/copy-plan.ts'
import type {Digest} from '../../src/oci/digest.ts'

function digest(digit: string): Digest {
  return `sha256:${digit.repeat(64)}` as Digest
}

function manifest(digit: string, blobs: readonly string[], subject?: string): SourceManifest {
  return {
    digest: digest(digit),
    size: 100,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: '',
    annotations: {},
    subject: subject === undefined ? undefined : digest(subject),
    blobs: blobs.map(blob => ({digest: digest(blob), size: 10, mediaType: 'application/octet-stream'}))
  }
}

// Two platforms that share blob 3, under index 9; referrer 7 of the index, with blob 6; signature 8, with blob 5.
const root = manifest('9', [])
const closure: Closure = {root, manifests: [manifest('a', ['1', '3']), manifest('b', ['2', '3']), root]}
const attachments: Attachments = {
  manifests: [manifest('7', ['6'], '9'), manifest('8', ['5'])],
  referrers: [digest('7')],
  tags: [{tag: 'sha256-9.sig', digest: digest('8')}],
  warnings: []
}

const EMPTY: TargetState = {
  tagged: undefined,
  manifests: new Set(),
  blobs: new Set(),
  attachmentTags: new Map(),
  referrers: new Set()
}
const FULL: TargetState = {
  tagged: digest('9'),
  manifests: new Set(['9', 'a', 'b', '7', '8'].map(digest)),
  blobs: new Set(['1', '2', '3', '5', '6'].map(digest)),
  attachmentTags: new Map([['sha256-9.sig', digest('8')]]),
  referrers: new Set([digest('7')])
}

function without<T>(set: ReadonlySet<T>, ...gone: readonly T[]): ReadonlySet<T> {
  return new Set([...set].filter(one => !gone.includes(one)))
}

function digits(all: readonly {readonly digest: Digest}[]): string {
  return all.map(one => one.digest.slice(-1)).join('')
}

type Row = {
  readonly name: string
  readonly state: TargetState
  readonly attached?: Attachments
  readonly blobs: string
  readonly manifests: string
  readonly sendsImage: boolean
  readonly referrers?: string
  readonly tags?: number
  readonly tag: 'keep' | 'create' | 'move'
}

const ROWS: readonly Row[] = [
  {
    ...{name: 'an empty target gets everything, children before the index, the index before attachments', state: EMPTY},
    ...{blobs: '13265', manifests: 'ab978', sendsImage: true, referrers: '7', tags: 1, tag: 'create'}
  },
  {
    ...{name: 'an empty target gets no attachments that were not asked for', state: EMPTY, attached: NO_ATTACHMENTS},
    ...{blobs: '132', manifests: 'ab9', sendsImage: true, tag: 'create'}
  },
  {
    ...{name: 'a target that has everything gets nothing', state: FULL},
    blobs: '',
    manifests: '',
    sendsImage: false,
    tag: 'keep'
  },
  {
    ...{name: 'a lost blob is mended, and the tag stays', state: {...FULL, blobs: without(FULL.blobs, digest('3'))}},
    ...{blobs: '3', manifests: '', sendsImage: true, tag: 'keep'}
  },
  {
    ...{name: 'a lost child is mended', state: {...FULL, manifests: without(FULL.manifests, digest('b'))}},
    ...{blobs: '', manifests: 'b', sendsImage: true, tag: 'keep'}
  },
  {
    name: 'a new attachment alone does not send the image',
    state: {
      ...FULL,
      manifests: without(FULL.manifests, digest('7')),
      blobs: without(FULL.blobs, digest('6')),
      referrers: new Set()
    },
    ...{blobs: '6', manifests: '7', sendsImage: false, referrers: '7', tag: 'keep'}
  },
  {
    ...{name: 'a referrer that is there and not listed is listed', state: {...FULL, referrers: new Set()}},
    ...{blobs: '', manifests: '', sendsImage: false, referrers: '7', tag: 'keep'}
  },
  {
    name: 'the tag of a signature moves with the source',
    state: {...FULL, attachmentTags: new Map([['sha256-9.sig', digest('0')]])},
    ...{blobs: '', manifests: '', sendsImage: false, tags: 1, tag: 'keep'}
  },
  {
    ...{name: 'a tag with another digest moves', state: {...FULL, tagged: digest('c')}},
    ...{blobs: '', manifests: '', sendsImage: false, tag: 'move'}
  },
  {
    ...{name: 'a tag that is gone is made again', state: {...FULL, tagged: undefined}},
    ...{blobs: '', manifests: '', sendsImage: false, tag: 'create'}
  }
]

describe('planCopy', () => {
  it.each(ROWS)(
    '$name',
    ({state, attached = attachments, blobs, manifests, sendsImage, referrers = '', tags = 0, tag}) => {
      const plan = planCopy(closure, attached, state, '1.0')
      expect({
        blobs: digits(plan.blobs),
        manifests: digits(plan.manifests),
        sendsImage: plan.sendsImage,
        referrers: digits(plan.referrers),
        tags: plan.attachmentTags.length,
        tag: plan.tag.kind
      }).toEqual({blobs, manifests, sendsImage, referrers, tags, tag})
      expect(plan.bytes).toBe(10 * blobs.length)
      expect(isComplete(plan)).toBe(blobs + manifests + referrers === '' && tags === 0 && tag === 'keep')
    }
  )

  it('counts the blobs that are there, each once', () => {
    expect(planCopy(closure, attachments, FULL, '1.0').blobsPresent).toBe(5)
    expect(planCopy(closure, attachments, EMPTY, '1.0').blobsPresent).toBe(0)
  })

  it('names the tag that keeps the former digest', () => {
    expect(planCopy(closure, attachments, {...FULL, tagged: digest('c')}, '1.0').tag).toEqual({
      kind: 'move',
      former: digest('c'),
      formerTag: '1.0-cccccccccccc'
    })
  })
})

describe('digestTag', () => {
  it('cuts a long tag, so that the result is a tag', () => {
    expect(digestTag('x'.repeat(128), digest('c'))).toBe(`${'x'.repeat(115)}-cccccccccccc`)
  })
})

describe('tagOfCopy', () => {
  it('is the requested tag, or one made of the digest', () => {
    expect([tagOfCopy('1.0', digest('c')), tagOfCopy(undefined, digest('c'))]).toEqual(['1.0', 'digest-cccccccccccc'])
  })
})
