// The one warning or error of an image: what it says of a registry is what happened there.

import {describe, expect, it} from '@jest/globals'
import type {Acquisition} from '../../src/acquire/acquire.ts'
import {renderLost} from '../../src/acquire/annotations.ts'
import {startStory} from '../../src/acquire/event.ts'
import {type Pin, parseMirrorRule, planCandidates, wantImage} from '../../src/acquire/plan.ts'
import {digestBytes} from '../support/images.ts'

const lost = (pin: Pin | undefined): Acquisition => {
  const image = wantImage('acme/app:1.2.3')
  const rule = parseMirrorRule('docker.io=ghcr.io')
  if (!image.ok || !rule.ok) throw new Error('these are valid')
  const candidates = planCandidates(image.value.reference, {mirrors: [], publicMirrors: [rule.value]}, 'primary')
  const [primary, publicMirror] = candidates.map(startStory)
  if (primary === undefined || publicMirror === undefined) throw new Error('there are two')
  Object.assign(primary, {outcome: 'failed', failure: {kind: 'unusable', detail: 'it has no layers'}})
  return {
    wanted: {image: image.value, candidates, platforms: {kind: 'all'}, level: 'full'},
    ...{stories: [primary, publicMirror], pin, image: undefined, ended: undefined, elapsedMs: 1}
  }
}

describe('renderLost', () => {
  const unresolved = 'the digest of the tag is unknown'

  it('says that a public mirror was not asked, as there was no digest to ask for', () => {
    expect(renderLost(lost(undefined)).message).toContain(unresolved)
  })

  it('does not say so when the digest was known, and the image was broken as it was published', () => {
    const pin = {digest: digestBytes(Buffer.from('x')), decidedBy: 'primary', registry: 'docker.io'} as const
    const {message} = renderLost(lost(pin))
    expect(message).not.toContain(unresolved)
    expect(message).toContain('ghcr.io/acme/app: not asked')
  })
})
