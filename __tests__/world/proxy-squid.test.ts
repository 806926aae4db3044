// squid before a registry that it cannot reach: the registry may be meant, but it is squid that says so, and that is looked at first.

import {afterEach, expect, it} from '@jest/globals'
import {describeWith} from '../support/programs.ts'
import {makePki} from '../support/places-of-cas.ts'
import {runAction} from '../support/run-action.ts'
import {type Squid, startSquid} from '../support/squid.ts'
import {verdictOf} from '../support/verdict.ts'

let squid: Squid | undefined
afterEach(() => squid?.close())

describeWith(['squid'], 'squid', () => {
  it.each([
    {name: 'a closed port', host: 'registry.test:9', rules: []},
    {name: 'a name that leads nowhere', host: 'nowhere.invalid', rules: []},
    {name: 'what its rules forbid', host: 'registry.test', rules: ['http_access deny all']}
  ])('before $name is what the advice names first', async ({host, rules}) => {
    const {tls} = await makePki('squid')
    squid = await startSquid({names: ['registry.test'], tls: {key: String(tls.key), cert: String(tls.cert)}, rules})
    const ran = await runAction(
      {image: `${host}/acme/app:1`, mirrors: '', platform: 'linux/amd64', attempts: '1'},
      {env: {HTTPS_PROXY: `http://${squid.plain}`}}
    )
    const {kind, advice, said} = verdictOf(ran)
    expect(kind).toBe('unreachable')
    expect(advice).toMatch(/^[^.]*proxy/i)
    expect(said).not.toMatch(/status page/i)
    expect((await squid.requests()).length).toBeGreaterThan(0)
  })
})
