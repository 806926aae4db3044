// What an audit says before it starts about the requests for signatures.

import {describe, expect, it} from '@jest/globals'
import {parseImageRequest, parseMirrorRule, planCandidates} from '../../src/acquire/plan.ts'
import type {PlannedImage} from '../../src/audit/plan-audit.ts'
import {describeSignatureCost} from '../../src/audit/signature-cost.ts'
import type {Parsed} from '../../src/oci/parsed.ts'
import {parseSignerRule} from '../../src/signature/signer-rule.ts'

function valueOf<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
}

function planned(text: string): PlannedImage {
  const image = valueOf(parseImageRequest(text))
  const mirrors = [valueOf(parseMirrorRule('docker.io=m.example/hub'))]
  const publicMirrors = [valueOf(parseMirrorRule('docker.io=public.example'))]
  return {image, candidates: planCandidates(image.reference, {mirrors, publicMirrors}, 'primary')}
}

function costOf(rules: readonly string[], ...images: readonly string[]): readonly string[] {
  return describeSignatureCost(
    images.map(planned),
    rules.map(rule => valueOf(parseSignerRule(rule)))
  )
}

/** The registries, without the sentence about requests. */
function placesIn(lines: readonly string[]): readonly string[] {
  return lines.map(line => line.replace(/: \d+ (?:or \d+ )?requests.*$/, ''))
}

describe('describeSignatureCost', () => {
  it('has the registry of each image alone, without rules', () => {
    expect(placesIn(costOf([], 'a/b:1', 'a/c:1', 'ghcr.io/a/b:1'))).toEqual([
      'docker.io: signatures of 2 images',
      'ghcr.io: signatures of 1 image'
    ])
  })

  it('has mirrors with a rule, and no public ones, and the repository of at=', () => {
    expect(placesIn(costOf(['key:k.pub'], 'a/b:1'))).toEqual([
      'docker.io: signatures of 1 image',
      'm.example: signatures of 1 image'
    ])
    expect(placesIn(costOf(['key:k.pub at=s.example/a/b'], 'a/b:1'))).toEqual(['s.example: signatures of 1 image'])
  })

  it("has GitHub's API for the images with a rule for it", () => {
    expect(placesIn(costOf(['ghcr.io=github:a/b'], 'a/b:1', 'ghcr.io/a/b:1'))).toEqual([
      'docker.io: signatures of 1 image',
      'ghcr.io: signatures of 1 image',
      "GitHub's API: attestations of 1 image"
    ])
  })

  it('says that Docker Hub counts signatures, and that a rule may look at platforms', () => {
    const [hub = '', other = ''] = costOf([], 'a/b:1', 'ghcr.io/a/b:1')
    expect(hub).toContain('counts as a pull')
    expect(other).not.toContain('counts as a pull')
    expect(hub).not.toContain('platform')
    for (const line of costOf(['github:a/b'], 'a/b:1')) expect(line).toContain('each platform')
  })
})
