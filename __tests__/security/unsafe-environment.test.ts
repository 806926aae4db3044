// What the job's environment makes unsafe is said once, with what it means and how to remove it; a usual environment is not remarked on.

import {describe, expect, it} from '@jest/globals'
import {startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

async function run(env: Readonly<Record<string, string>>): Promise<ActionRun> {
  const registry = await startFaultRegistry({content: [publish('acme/app', '1', makeImage())]})
  try {
    return await runAction({image: `${registry.host}/acme/app:1`, mirrors: '', platform: 'linux/amd64'}, {env})
  } finally {
    await registry.close()
  }
}

describe('an environment that weakens the step', () => {
  it.each([
    {env: {NODE_TLS_REJECT_UNAUTHORIZED: '0'}, names: 'NODE_TLS_REJECT_UNAUTHORIZED=0'},
    {env: {NODE_OPTIONS: '--tls-min-v1.0 --insecure-http-parser'}, names: '--insecure-http-parser in NODE_OPTIONS'},
    {env: {NODE_OPTIONS: '--tls-keylog=/dev/null'}, names: '--tls-keylog in NODE_OPTIONS'},
    {env: {NODE_OPTIONS: '--require "/dev/null"'}, names: '--require in NODE_OPTIONS'},
    {env: {NODE_OPTIONS: '--tls_min_v1.0'}, names: '--tls-min-v1.0 in NODE_OPTIONS'},
    {env: {NODE_DEBUG: 'undici'}, names: 'NODE_DEBUG'}
  ])('is warned about once: $names', async ({env, names}) => {
    const ran = await run(env)
    expect(ran.exitCode).toBe(0)
    const warnings = ran.annotations.map(({message}) => message)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(names)
    expect(warnings[0]).toContain('Remove them from env:')
    expect(ran.report).toMatchObject({warnings})
  })

  it('is warned about in one annotation, also when there is much of it', async () => {
    const ran = await run({
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_OPTIONS: '--tls-min-v1.1',
      OPENSSL_CONF: '/dev/null'
    })
    expect(ran.annotations).toHaveLength(1)
    expect(ran.annotations[0]?.message.split('\n')).toHaveLength(5)
  })
})

describe('a usual environment', () => {
  it.each<Record<string, string>>([
    {},
    {NODE_TLS_REJECT_UNAUTHORIZED: '1', NODE_OPTIONS: '--max-old-space-size=4096', NODE_DEBUG: ''},
    {NODE_OPTIONS: '--use-openssl-ca --dns-result-order=ipv4first --tls-min-v1.3'}
  ])('is not remarked on: %j', async env => {
    expect((await run(env)).annotations).toEqual([])
  })
})
