// The variables that files see: those that are listed, those of every workflow, and why others are unknown.

import {describe, expect, it} from '@jest/globals'
import {
  type JobVariables,
  lookupOf,
  parseFileVariable,
  variablesFor,
  checkFileVariable
} from '../../src/files/file-variables.ts'

const NO_LOGIN = {username: '', password: ''}

function jobOf(
  environment: JobVariables['environment'],
  secrets: readonly string[] = [],
  hidden: readonly string[] = []
): JobVariables {
  return {environment, names: [...Object.keys(environment), ...hidden], secrets}
}

describe('parseFileVariable', () => {
  it.each([
    ['NAME', {name: 'NAME'}],
    ['NAME=value', {name: 'NAME', value: 'value'}],
    ['NAME=', {name: 'NAME', value: ''}],
    ['NAME = a=b ', {name: 'NAME', value: 'a=b '}],
    ['with-hyphen=1', {name: 'with-hyphen', value: '1'}]
  ])('parses %s', (line, value) => {
    expect(parseFileVariable(line)).toEqual({ok: true, value})
  })

  it.each(['', '=', '1A', 'A B', 'A\u0000', '$A', 'A.B', 'Ä', 'INPUT_X', 'Actions_X=1', 'STATE_x', 'gh_token'])(
    'refuses %j',
    line => {
      expect(parseFileVariable(line)).toMatchObject({ok: false})
    }
  )
})

describe('checkFileVariable', () => {
  it.each([
    {name: 'a secret of three letters as the whole value', value: 'abc', secret: 'abc', isGiven: false},
    {name: 'a value with these letters in it', value: 'abcdef', secret: 'abc', isGiven: true},
    {name: 'a value with a longer secret in it', value: 'x-abcd-y', secret: 'abcd', isGiven: false},
    {name: 'a secret in percent-encoding', value: 'a%2Fb%3Dc', secret: 'a/b=c', isGiven: false},
    {name: 'a secret in base64', value: btoa('correct horse'), secret: 'correct horse', isGiven: false},
    {name: 'another value', value: '8.3.8', secret: 'abcd', isGiven: true},
    {name: 'a secret that is empty', value: '', secret: '', isGiven: true}
  ])('decides about $name', ({value, secret, isGiven}) => {
    const why = checkFileVariable({name: 'V', value}, jobOf({}, [secret]), NO_LOGIN)
    expect(why === undefined).toBe(isGiven)
    expect(why ?? '').not.toContain(secret === '' ? '\u0000' : secret)
  })

  it("checks the job's value, and rejects a variable whose value is hidden", () => {
    const job = jobOf({V: 'runtime-token'}, ['runtime-token'], ['HIDDEN'])
    expect(checkFileVariable({name: 'V'}, job, NO_LOGIN)).toContain('secret')
    expect(checkFileVariable({name: 'HIDDEN'}, job, NO_LOGIN)).toContain('secret')
    expect(checkFileVariable({name: 'HIDDEN', value: '1'}, job, NO_LOGIN)).toBeUndefined()
    expect(checkFileVariable({name: 'NOWHERE'}, job, NO_LOGIN)).toBeUndefined()
  })

  it('rejects a value with the base64 of username and password', () => {
    const login = {username: 'bob', password: 'correct horse'}
    expect(checkFileVariable({name: 'V', value: btoa('bob:correct horse')}, jobOf({}), login)).toContain('secret')
  })
})

describe('lookupOf', () => {
  const look = lookupOf(
    variablesFor(
      [{name: 'LISTED'}, {name: 'OWN', value: '2'}, {name: 'UNSET'}, {name: 'EMPTY'}],
      jobOf(
        {LISTED: '1', OWN: '0', EMPTY: '', OTHER: 'x', OTHER_EMPTY: '', GITHUB_SHA: 'abc', HOME: '/root'},
        [],
        ['INPUT_PASSWORD', 'HIDDEN']
      )
    )
  )

  it.each([
    ['LISTED', '1'],
    ['OWN', '2'],
    ['EMPTY', ''],
    ['GITHUB_SHA', 'abc'],
    ['UNSET', undefined],
    ['GITHUB_REF_NAME', undefined],
    ['NOWHERE', undefined]
  ])('returns the value of %s: %j', (name, value) => {
    expect(look(name)).toBe(value)
  })

  it.each([
    ['OTHER', 'Add the line OTHER to'],
    ['OTHER_EMPTY', 'Add the line OTHER_EMPTY to'],
    ['HOME', 'Add the line HOME to'],
    ['HIDDEN', 'Add the line HIDDEN to'],
    ['INPUT_PASSWORD', 'never given to files'],
    // Whether the step has it or not: the next one may.
    ['INPUT_ELSE', 'never given to files'],
    ['GITHUB_TOKEN', 'never given to files'],
    ['PWD', 'The shell of the build sets PWD']
  ])('returns that %s is unknown, with the reason', (name, why) => {
    expect(look(name)).toEqual({unknown: expect.stringContaining(why)})
  })
})
