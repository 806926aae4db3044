// What an audit says before it starts about what it takes of each registry, and of the pull limit of Docker Hub.

import {expect, it} from '@jest/globals'
import {parseImageRequest, parseMirrorRule, planCandidates} from '../../src/acquire/plan.ts'
import {describeCost, type PlannedImage} from '../../src/audit/plan-audit.ts'
import {VERIFY_LEVELS} from '../../src/fetch/verify-level.ts'

const rule = parseMirrorRule('docker.io=m.example/hub')

function planned(text: string): PlannedImage {
  const image = parseImageRequest(text)
  if (!image.ok || !rule.ok) throw new Error('the test has an invalid name')
  const rules = {mirrors: [rule.value], publicMirrors: []}
  return {image: image.value, candidates: planCandidates(image.value.reference, rules, 'primary')}
}

const IMAGES = ['a/b:1', 'a/c:1', 'quay.io/a/b:1'].map(planned)

it('has each registry with its images, and the pulls at Docker Hub', () => {
  expect(describeCost({images: IMAGES, inputs: {level: 'manifest'}})).toEqual([
    expect.stringMatching(/^docker\.io: 2 images: a HEAD .* counts: up to 2 for their manifests, and one more/),
    'm.example: 2 images: their manifests once, and a HEAD for every other object.',
    'quay.io: 1 image: their manifests once, and a HEAD for every other object.'
  ])
})

it.each(VERIFY_LEVELS.filter(level => level !== 'manifest'))('says that manifests count as pulls with %s', level => {
  const [hub = '', mirror = ''] = describeCost({images: IMAGES, inputs: {level}})
  expect(hub).toContain(
    'Manifests count as pulls: 2 for their manifests, and one more for each platform and attestation'
  )
  expect(mirror).toMatch(/^m\.example: 2 images, every manifest and every (?:config|byte of their layers)\.$/)
})
