// Names and values of build contexts.

import {describe, expect, it} from '@jest/globals'
import {checkContextName, familiarName, imageOfContext} from '../../../src/files/language/build-context.ts'

describe('checkContextName', () => {
  it.each(['base', 'php:8.3', 'docker.io/library/php', 'ghcr.io/acme/app:1'])('accepts %s', name => {
    expect(checkContextName(name)).toBeUndefined()
  })

  it.each(['a=b', 'a\nb', 'a\r', 'a\u0000', 'a\u0085', 'a\u2028', 'a,b', 'a b', ''])('rejects %j', name => {
    expect(checkContextName(name)).toContain('cannot have this name')
  })

  it.each(['Base', 'a:b:c'])('rejects %s, which buildx does not accept', name => {
    expect(checkContextName(name)).toContain('docker buildx build')
  })
})

describe('familiarName', () => {
  it.each([
    ['docker.io/library/php:8', 'php:8'],
    ['php', 'php'],
    ['php:latest', 'php'],
    ['Base', 'base']
  ])('of %s is %s', (name, familiar) => {
    expect(familiarName(name)).toBe(familiar)
  })
})

describe('imageOfContext', () => {
  it.each([
    ['docker-image://php:8', 'php:8'],
    ['target:base', undefined],
    ['../folder', undefined]
  ])('of %s is %s', (value, image) => {
    expect(imageOfContext(value)).toBe(image)
  })
})
