// Which registry gets username and password: the one that the workflow wrote, or none and an error.

import {describe, expect, it} from '@jest/globals'
import type {InputIssue} from '../../src/failure/failure.ts'
import {type LoginInputs, readCredentials, readLogin} from '../../src/runner/credential-inputs.ts'
import {createInputReader, DEFAULTS, OTHER_DEFAULTS, type WrittenInputs} from '../../src/runner/input-reader.ts'

const LOGIN = {username: 'u', password: 'secret'}

function read(written: WrittenInputs): {registry: string | undefined; faults: readonly InputIssue[]} {
  const reader = createInputReader(written)
  return {registry: readCredentials(reader)?.registry, faults: reader.issues()}
}

describe('readCredentials', () => {
  it.each([
    {registry: 'docker.io', is: 'docker.io'},
    {registry: 'https://index.docker.io/v1/', is: 'docker.io'},
    {registry: 'index.docker.io', is: 'docker.io'},
    {registry: 'registry-1.docker.io', is: 'docker.io'},
    {registry: 'https://GHCR.io/', is: 'ghcr.io'},
    {registry: 'ghcr.io/v2/', is: 'ghcr.io'},
    {registry: 'registry.example.com:5000', is: 'registry.example.com:5000'},
    {registry: 'localhost', is: 'localhost'},
    {registry: '[::1]:5000', is: '[::1]:5000'}
  ])('takes $registry for $is, also when image names another', ({registry, is}) => {
    expect(read({...LOGIN, registry, image: 'php:8'})).toEqual({registry: is, faults: []})
  })

  it.each([
    'ghcr.io/acme',
    'ghcr',
    'https://',
    'ghcr.io:99999',
    'ghcr.io@evil.example.com',
    'https://a@ghcr.io',
    'ghcr.io?x',
    'ghcr.io,quay.io',
    'a b',
    'evil.example.com\\ghcr.io'
  ])('refuses %s', registry => {
    const {registry: found, faults} = read({...LOGIN, registry, image: 'php:8'})
    expect([found, faults.map(({input, value, example}) => [input, value, example])]).toEqual([
      undefined,
      [['registry', registry, 'ghcr.io']]
    ])
  })

  it.each([
    {image: 'php:8\nacme/app:1', is: 'docker.io'},
    {image: 'ghcr.io/a/b:1\nGHCR.io/c/d:1', is: 'ghcr.io'},
    {image: 'ghcr.io/a/b:1\nnot valid:1', is: 'ghcr.io'}
  ])('takes the one registry that image names', ({image, is}) => {
    expect(read({...LOGIN, image})).toEqual({registry: is, faults: []})
  })

  it.each([
    {name: 'files alone', written: {files: 'Dockerfile'}, says: 'A registry that only a file names never gets them'},
    {name: 'several registries', written: {image: 'php:8\nghcr.io/a/b:1'}, says: 'image names docker.io and ghcr.io'},
    {name: 'neither', written: {}, says: 'image names none'}
  ])('asks for registry with $name', ({written, says}) => {
    const {registry, faults} = read({...LOGIN, ...written})
    expect([registry, faults.map(({input}) => input), faults[0]?.reason]).toEqual([
      undefined,
      ['registry'],
      expect.stringContaining(says)
    ])
  })
})

describe('readLogin', () => {
  it.each<LoginInputs>([
    {username: 'username', password: 'password'},
    {username: 'target-username', password: 'target-password'}
  ])('wants both or none of $username and $password, and shows neither', inputs => {
    const readWith = (written: WrittenInputs): [unknown, unknown] => {
      const reader = createInputReader(written, {defaults: {...DEFAULTS, ...OTHER_DEFAULTS}, fixed: {}})
      return [readLogin(reader, inputs), reader.issues().map(({input, value, reason}) => [input, value, reason])]
    }
    const {username, password} = inputs
    expect(readWith({})).toEqual([undefined, []])
    expect(readWith({[username]: 'u', [password]: 'secret'})).toEqual([LOGIN, []])
    expect(readWith({[password]: 'secret'})[1]).toEqual([[username, '', `is required with ${password}`]])
    expect(readWith({[username]: 'u'})[1]).toEqual([[password, '', `is required with ${username}`]])
  })
})
