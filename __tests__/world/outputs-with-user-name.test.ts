// A user name is often kept as a secret, and often is the namespace too: the runner then drops the job output that holds it.

import {afterEach, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

let registry: FaultRegistry | undefined
afterEach(() => registry?.close())

async function run(username: string, password: string): Promise<ActionRun> {
  registry = await startFaultRegistry({
    content: [publish('acme/app', '1', makeImage())],
    auth: {kind: 'basic', username, password}
  })
  return runAction({
    image: `${registry.host}/acme/app:1`,
    ...{mirrors: '', platform: 'linux/amd64', username, password}
  })
}

function saidBy({log, annotations}: ActionRun): string {
  return [...log, ...annotations.map(({message}) => message)].join('\n')
}

describe('an output that holds the user name', () => {
  it('is spoken of in the log, which says what to do if it is a secret', async () => {
    const ran = await run('acme', 'Zq7!kW3xLm9vBt2p')
    expect(saidBy(ran)).toMatch(/output/)
    expect(saidBy(ran)).toMatch(/username/)
    expect(saidBy(ran)).toMatch(/vars|variable/)
  })
})
