// Inputs out of the environment: absent and empty ones apart, which @actions/core takes for one, and secrets gone from it.

import * as core from '@actions/core'
import {describe, expect, it} from '@jest/globals'
import {takeInputs, type TakenInputs} from '../../src/runner/take-inputs.ts'
import {createInputReader} from '../../src/runner/input-reader.ts'
import {setEnvironment} from '../support/run-in-process.ts'

function take(variables: Readonly<Record<string, string>>): {
  taken: TakenInputs
  left: Record<string, string | undefined>
} {
  const restore = setEnvironment(variables)
  try {
    return {taken: takeInputs(process.env), left: {...process.env}}
  } finally {
    restore()
  }
}

describe('takeInputs', () => {
  it('tells an absent input from an empty one, which core.getInput() does not', () => {
    const restore = setEnvironment({INPUT_MIRRORS: ''})
    try {
      expect([core.getInput('mirrors'), core.getInput('image')]).toEqual(['', ''])
      expect(takeInputs(process.env).written).toEqual({mirrors: ''})
    } finally {
      restore()
    }
  })

  it('takes secrets and tokens out of the environment, and leaves the rest', () => {
    const {taken, left} = take({
      ...{INPUT_IMAGE: ' php:8 ', INPUT_PASSWORD: 'p w ', 'INPUT_GITHUB-TOKEN': 'ghs', 'INPUT_TARGET-PASSWORD': 't'},
      ...{GITHUB_TOKEN: 'ghs', ACTIONS_RUNTIME_TOKEN: 'runtime', ACTIONS_ID_TOKEN_REQUEST_TOKEN: '', PATH: '/bin'},
      DOCKER_AUTH_CONFIG: '{}'
    })
    expect(taken).toEqual({
      written: {image: 'php:8', password: 'p w', 'github-token': 'ghs'},
      secrets: ['p w', 'ghs', 't'],
      tokens: ['runtime']
    })
    expect(left).toEqual({INPUT_IMAGE: ' php:8 ', PATH: '/bin', DOCKER_AUTH_CONFIG: '{}'})
  })
})

describe('a boolean input', () => {
  it.each(['true', 'True', 'TRUE', 'false', 'False', 'FALSE', 'yes', 'tRUE', '1', 'on', ' true '])(
    'is read as core.getBooleanInput() reads it: %j',
    word => {
      const restore = setEnvironment({INPUT_LOAD: word})
      const theirs = ((): boolean | string => {
        try {
          return core.getBooleanInput('load')
        } catch {
          return 'refused'
        } finally {
          restore()
        }
      })()
      const faults: never[] = []
      const ours = createInputReader({load: word}, faults).flag('load')
      expect(faults.length > 0 ? 'refused' : ours).toBe(theirs)
    }
  )

  it('has its default where nothing is written, where core.getBooleanInput() throws', () => {
    expect([createInputReader({}, []).flag('cache'), createInputReader({cache: ''}, []).flag('cache')]).toEqual([
      true,
      true
    ])
    expect(() => core.getBooleanInput('cache')).toThrow('YAML 1.2')
  })
})
