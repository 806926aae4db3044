// An index can name thousands of children, and a tag any number of layers. However many: no more connections to a registry than
// the input concurrency allows.

import {afterEach, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage, makeIndex} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {runAction} from '../support/run-action.ts'

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

const CHILDREN = 60
const index = makeIndex({
  children: Array.from({length: CHILDREN}, (_, at) =>
    makeImage({platform: `linux/arch${String(at)}`, layers: [{content: {seed: at, size: 100}}]})
  )
})

async function registryWith(options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  const registry = await startFaultRegistry({content: [publish('acme/app', '1.2.3', index)], ...options})
  endings.push(registry.close)
  return registry
}

describe('connections to one registry', () => {
  it.each([
    {concurrency: '1', verify: 'full', auth: 'none'},
    {concurrency: '3', verify: 'full', auth: 'none'},
    {concurrency: '3', verify: 'manifest', auth: 'none'},
    {concurrency: '2', verify: 'full', auth: 'bearer'},
    {concurrency: '', verify: 'full', auth: 'none'}
  ] as const)('are at most concurrency: "$concurrency" with verify: $verify and $auth', async row => {
    const {concurrency, verify, auth} = row
    const registry = await registryWith(auth === 'none' ? {} : {auth: {kind: 'bearer'}})
    const ran = await runAction({
      ...{image: `${registry.host}/acme/app:1.2.3`, mirrors: '', platform: 'all'},
      ...{concurrency, verify}
    })
    expect(ran.outputs).toMatchObject({verified: verify})
    expect(registry.requests().length).toBeGreaterThan(CHILDREN)
    // Kept connections are used again, so that all that were ever made are no more either.
    expect(registry.connections()).toBeLessThanOrEqual(concurrency === '' ? 8 : Number(concurrency))
  })

  it.each(['0', '65', '-1', '1.5', 'many'])('cannot be %s', async concurrency => {
    const ran = await runAction({image: 'registry.invalid/acme/app:1.2.3', concurrency})
    expect(ran.exitCode).toBe(1)
    expect(ran.annotations[0]?.message).toContain(
      `concurrency "${concurrency}": must be a whole number from 1 to 64. Example: 8`
    )
  })
})
