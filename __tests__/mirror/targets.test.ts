// Where images are copied to, as a table; and inputs that would copy an image onto itself, or two images onto one tag.

import {describe, expect, it} from '@jest/globals'
import {type ImageRequest, parseImageRequest, parseMirrorRule, planCandidates} from '../../src/acquire/plan.ts'
import {planTargets} from '../../src/mirror/targets.ts'
import {formatRepository} from '../../src/oci/reference.ts'

function image(text: string, file?: string): ImageRequest {
  const request = parseImageRequest(text)
  if (!request.ok) throw new Error(request.reason)
  return file === undefined ? request.value : {...request.value, locations: [{file, line: 1}]}
}

function rules(...texts: readonly string[]): Parameters<typeof planTargets>[1] {
  return texts.map(text => {
    const rule = parseMirrorRule(text.toLowerCase())
    if (!rule.ok) throw new Error(rule.reason)
    return {...rule.value, source: text}
  })
}

describe('planTargets', () => {
  it.each([
    {images: ['php:8.3'], to: ['docker.io=reg.example.com/hub'], at: ['reg.example.com/hub/library/php']},
    {images: ['php:8.3'], to: ['docker.io/library=reg.example.com/hub'], at: ['reg.example.com/hub/php']},
    {images: ['ghcr.io/a/b:1'], to: ['reg.example.com'], at: ['reg.example.com/a/b']},
    {images: ['ghcr.io/a/b:1'], to: ['reg.example.com/c/d'], at: ['reg.example.com/c/d']},
    {images: ['ghcr.io/a/b:1'], to: ['ghcr.io/a=x.example/a', 'y.example'], at: ['x.example/a/b', 'y.example/a/b']},
    {images: ['ghcr.io/a/b:1'], to: ['x.example', 'ghcr.io=x.example'], at: ['x.example/a/b']},
    {images: ['ghcr.io/a/b:1'], to: ['ghcr.io=ghcr2.example/Acme/Mirror'], at: ['ghcr2.example/acme/mirror/a/b']}
  ])('copies $images to $at by $to', ({images, to, at}) => {
    const {targets, faults} = planTargets(
      images.map(text => image(text)),
      rules(...to)
    )
    expect(faults).toEqual([])
    expect([...targets.values()].flat().map(formatRepository)).toEqual(at)
  })

  it('leads where the same line in mirrors looks', () => {
    const [rule] = rules('docker.io=reg.example.com/hub')
    const php = image('php:8.3')
    const mirrors = planCandidates(
      php.reference,
      {mirrors: rule === undefined ? [] : [rule], publicMirrors: []},
      'primary'
    )
    const {targets} = planTargets([php], rule === undefined ? [] : [rule])
    expect(targets.get(php)).toEqual(mirrors.filter(({role}) => role === 'mirror').map(({repository}) => repository))
  })

  it.each([
    {name: 'an image onto itself', images: ['ghcr.io/a/b:1'], to: ['ghcr.io/a=ghcr.io/a'], why: 'to themselves'},
    {name: 'an image onto itself by a bare host', images: ['ghcr.io/a/b:1'], to: ['ghcr.io'], why: 'to itself'},
    {
      name: 'a target inside its prefix',
      images: ['ghcr.io/a/b:1'],
      to: ['ghcr.io=ghcr.io/copies'],
      why: 'inside its own prefix'
    },
    {
      name: 'two images onto one tag',
      images: ['ghcr.io/a/b:1', 'quay.io/a/b:1'],
      to: ['x.example'],
      why: 'is the target of both'
    },
    {
      name: 'several images into one repository',
      images: ['ghcr.io/a/b:1', 'quay.io/c:1'],
      to: ['x.example/d'],
      why: 'needs a prefix'
    },
    {name: 'an image without a rule', images: ['ghcr.io/a/b:1'], to: ['docker.io=x.example'], why: 'has no rule for'}
  ])('refuses $name', ({images, to, why}) => {
    const {faults} = planTargets(
      images.map(text => image(text)),
      rules(...to)
    )
    expect(faults.map(({reason}) => reason)).toContainEqual(expect.stringContaining(why))
    for (const {input, example} of faults) expect([input, example]).toEqual(['to', expect.stringContaining('=')])
  })

  it('takes two tags of one repository', () => {
    expect(planTargets([image('php:8.3'), image('php:8.4')], rules('docker.io=x.example')).faults).toEqual([])
  })

  it('leaves out an image of a file that no rule is for, and says so', () => {
    const {targets, faults, notes} = planTargets([image('quay.io/a:1', 'Dockerfile')], rules('docker.io=x.example'))
    expect([[...targets.values()], faults, notes]).toEqual([[[]], [], [expect.stringContaining('is not copied')]])
  })

  it('says that it reads capitals as lower case', () => {
    const {notes} = planTargets([image('ghcr.io/a/b:1')], rules('ghcr.io=x.example/Acme'))
    expect(notes).toEqual([expect.stringContaining('is read as ghcr.io=x.example/acme')])
  })
})
