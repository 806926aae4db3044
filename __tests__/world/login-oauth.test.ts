// Token servers of OAuth 2 that take user and password in a form alone, as containerd asks them first.

import {afterEach, describe, expect, it} from '@jest/globals'
import {makeImage} from '../support/images.ts'
import {type LoginRegistry, startLoginRegistry} from '../support/login-registry.ts'
import {runAction} from '../support/run-action.ts'

const TOKEN = 'Token-0123456789-abc'

const open: LoginRegistry[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(registry => registry.close()))
})

describe('a token server that takes a form alone', () => {
  it.each([404, 405])('and answers GET with %d gets user and password in a form', async status => {
    const registry = await startLoginRegistry({
      ...{repository: 'acme/app', tag: '1', image: makeImage()},
      challenge: host => `Bearer realm="http://${host}/token",service="registry"`,
      isAllowed: login => login === `Bearer ${TOKEN}`,
      answerToken: ({method, form}) =>
        method === 'POST' && form.get('password') === 'pw-of-bob'
          ? {status: 200, body: JSON.stringify({access_token: TOKEN})}
          : {status}
    })
    open.push(registry)
    const ran = await runAction({
      image: `${registry.host}/acme/app:1`,
      ...{mirrors: '', platform: 'linux/amd64', attempts: '1', username: 'bob', password: 'pw-of-bob'}
    })
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
    expect(Object.fromEntries(registry.tokens.at(-1)?.form ?? [])).toMatchObject({
      ...{grant_type: 'password', username: 'bob', password: 'pw-of-bob', service: 'registry'},
      scope: 'repository:acme/app:pull'
    })
  })
})
