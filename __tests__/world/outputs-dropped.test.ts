// A runner drops a job output that holds a masked text, and says so in its own log alone: the next job gets an empty reference. A user
// name is often kept as a secret, and often is the namespace too.

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

describe('an output that holds a masked text', () => {
  it('is warned about by its name, and the text is not shown', async () => {
    const ran = await run('bob', 'acme')
    expect(ran.outputs['reference']).toContain('/acme/app@sha256:')
    const warnings = ran.annotations.filter(({level}) => level === 'warning').map(({message}) => message)
    expect(warnings.join('\n')).toMatch(/output/)
    expect(warnings.join('\n')).toMatch(/reference/)
    expect(warnings.join('\n')).toMatch(/secret|mask/)
  })

  it('is not spoken of where no output holds one', async () => {
    const ran = await run('bob', 'Zq7!kW3xLm9vBt2p')
    expect(saidBy(ran)).not.toMatch(/mask|secret/)
  })
})

describe('an output that holds the user name', () => {
  it('is spoken of in the log, which says what to do if it is a secret', async () => {
    const ran = await run('acme', 'Zq7!kW3xLm9vBt2p')
    expect(saidBy(ran)).toMatch(/output/)
    expect(saidBy(ran)).toMatch(/username/)
    expect(saidBy(ran)).toMatch(/vars|variable/)
  })
})
