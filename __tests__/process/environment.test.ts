// What a started program and a file of the workspace may see: all that the job has, but for what is this step's alone.

import {describe, expect, it} from '@jest/globals'
import {environmentWithoutSecrets} from '../../src/process/environment.ts'

const WITHHELD = [
  ...['INPUT_PASSWORD', 'INPUT_GITHUB-TOKEN', 'INPUT_IMAGE', 'input_password', 'STATE_a'],
  ...['ACTIONS_RUNTIME_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_CACHE_URL'],
  ...['GITHUB_TOKEN', 'GH_TOKEN', 'GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN', 'GITHUB_PAT', 'GHCR_TOKEN'],
  ...['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY', 'DOCKER_AUTH_CONFIG']
]

const KEPT = {
  ...{PATH: '/usr/bin', HOME: '/home/me', DOCKER_HOST: 'unix:///run/docker.sock', DOCKER_CONFIG: '/home/me/.docker'},
  ...{GITHUB_SHA: 'abc', GITHUB_REPOSITORY: 'acme/app', AWS_PROFILE: 'me', SSH_AUTH_SOCK: '/run/agent'},
  ...{HTTPS_PROXY: 'http://proxy', TOKENIZER: 'fast', PAT: 'a name', INPUTRC: '/etc/inputrc'}
}

describe('environmentWithoutSecrets', () => {
  it.each(WITHHELD)('keeps %s back', name => {
    expect(environmentWithoutSecrets({...KEPT, [name]: 'value'}, [])).toEqual(KEPT)
  })

  it('keeps back what has the value of a secret under another name', () => {
    const secrets = ['correct-horse', 'abc']
    const seen = environmentWithoutSecrets(
      {
        ...{PATH: '/usr/bin:/home/abc', REGISTRY_PASSWORD: 'correct-horse', SHORT: 'abc\n', LOGIN: 'bob:correct-horse'},
        NETRC: 'machine a password correct-horse\n'
      },
      secrets
    )
    expect(seen).toEqual({PATH: '/usr/bin:/home/abc'})
  })

  it('leaves out what is not set', () => {
    expect(environmentWithoutSecrets({A: undefined, B: ''}, [''])).toEqual({B: ''})
  })
})
