// Headline, cause, advice and details of one failure do not contradict each other, and none of them sends anybody to the wrong place. What is
// searched for are words that people look for and words that would mislead; whole sentences stand elsewhere.

import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, it} from '@jest/globals'
import {type Fault, ociError} from '../support/fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction, type RunActionOptions} from '../support/run-action.ts'
import {verdictOf} from '../support/verdict.ts'

const IMAGE = makeImage({layers: [{content: {seed: 3, size: 30_000}}, {content: {seed: 4, size: 30_000}}]})
const OTHER = makeImage({layers: [{content: {seed: 5, size: 30_000}}]})

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

async function start(faults: readonly Fault[] = [], options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  const registry = await startFaultRegistry({content: [publish('acme/app', '1', IMAGE)], faults, ...options})
  endings.push(registry.close)
  return registry
}

function run(
  image: string,
  inputs: Readonly<Record<string, string>> = {},
  options: RunActionOptions = {}
): Promise<ActionRun> {
  return runAction(
    {image, mirrors: '', 'public-mirrors': '', platform: 'linux/amd64', backoff: '5ms', attempts: '2', ...inputs},
    options
  )
}

function always(on: Fault['on'], action: Fault['do']): readonly Fault[] {
  return [{on, times: 'always', do: action}]
}
function firstOfSummary({summary}: ActionRun): string {
  return summary
    .split('\n')
    .filter(line => line.trim() !== '' && !line.startsWith('#'))
    .slice(0, 1)
    .join('')
}

describe('load without Docker', () => {
  it('is the headline everywhere, and no registry is blamed', async () => {
    const {host} = await start()
    const ran = await run(`${host}/acme/app:1`, {load: 'true'}, {env: {PATH: '/nonexistent'}})
    expect(ran.exitCode).toBe(1)
    expect(ran.annotations[0]?.message.split('\n')[0]).toMatch(/docker/i)
    expect(ran.summary).toMatch(/docker/i)
    expect([ran.summary, ...ran.annotations.map(({message}) => message)].join('\n')).not.toMatch(
      /No registry (?:could serve|has a valid copy)|called off/i
    )
  })
})

describe('advice on mirrors', () => {
  const DOWN = always('any', {kind: 'respond', status: 503})

  it('is not to list one, where one was listed and asked', async () => {
    const primary = await start(DOWN)
    const mirror = await start([], {content: [], absent: ['acme/app']})
    const {advice, said} = verdictOf(
      await run(`${primary.host}/acme/app:1`, {mirrors: `${primary.host}=${mirror.host}`})
    )
    expect(said).not.toMatch(/would have been tried/i)
    expect(advice).not.toMatch(/name a registry that has this image in the input mirrors|add a mirror|list a mirror/i)
  })

  it('is not to list one, where all that were listed are down too', async () => {
    const [primary, mirror] = [await start(DOWN), await start(DOWN)]
    const {advice} = verdictOf(await run(`${primary.host}/acme/app:1`, {mirrors: `${primary.host}=${mirror.host}`}))
    expect(advice).not.toMatch(/name a registry that has this image in the input mirrors|add a mirror|list a mirror/i)
  })

  it('is to list one, where the rules are for other images', async () => {
    const primary = await start(DOWN)
    const {advice} = verdictOf(await run(`${primary.host}/acme/app:1`, {mirrors: 'other.test=mirror.test'}))
    expect(advice).toMatch(/mirror/i)
  })
})

describe('a runner on which no name is resolved', () => {
  it('is the cause, and no registry is called down', async () => {
    const ran = await run('registry.invalid/acme/app:1', {mirrors: 'registry.invalid=mirror.invalid'})
    const {cause, said, advice} = verdictOf(ran)
    expect(cause).toBe('network')
    expect(advice).toMatch(/network|DNS|runner/i)
    expect(said).not.toMatch(/is down|status page/i)
  })
})

describe('a headline', () => {
  it('does not accuse the registry where the cause is the network', async () => {
    const {host} = await start([
      ...[0, 1, 2, 3].map((at): Fault => ({on: 'config', do: {kind: 'corrupt', at: at + 5, each: 'other'}}))
    ])
    const {cause, headline} = verdictOf(await run(`${host}/acme/app:1`))
    expect(cause).toBe('transit')
    expect(headline).not.toMatch(/(?:sent|served|serves) (?:wrong|corrupt)/i)
  })

  it('does not accuse one registry where the cause is the publisher', async () => {
    const faults = always('config', {kind: 'corrupt', each: 'same'})
    const [primary, mirror] = [await start(faults), await start(faults)]
    const ran = await run(`${primary.host}/acme/app:1`, {mirrors: `${primary.host}=${mirror.host}`})
    const {cause, headline} = verdictOf(ran)
    expect(cause).toBe('publisher')
    expect(headline).not.toMatch(/(?:sent|served|serves) (?:wrong|corrupt)/i)
  })

  it('is there when the whole step ran out of time, and the summary has the same', async () => {
    const {host} = await start(always('layer[0]', {kind: 'hang'}))
    const ran = await run(`${host}/acme/app:1`, {timeout: '1s'})
    expect(ran.annotations[0]?.message.split('\n')[0]).toMatch(/time/i)
    expect(ran.annotations[0]?.message.split('\n')[0]).toContain(`${host}/acme/app:1`)
    expect(firstOfSummary(ran)).toMatch(/time/i)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('is there when the job was cancelled (%s)', async signal => {
    const {host} = await start(always('layer[0]', {kind: 'hang'}))
    const ran = await run(`${host}/acme/app:1`, {}, {signalAfter: {signal, line: /says that|is sha256/}})
    const {headline} = verdictOf(ran)
    expect(headline).toMatch(/cancel/i)
    expect(ran.summary).toMatch(/cancel/i)
  })
})

describe('access that is denied to a user whose credentials the registry never requests', () => {
  const AUTH = Buffer.from('bob:pw-of-bob').toString('base64')
  const DENIALS: readonly {name: string; status: number; headers?: Record<string, string>; body: string}[] = [
    {name: '403 with an OCI error', status: 403, body: '{"errors":[{"code":"DENIED","message":"no"}]}'},
    {
      name: '403 with a page',
      status: 403,
      headers: {'content-type': 'text/html'},
      body: '<html><title>No</title></html>'
    },
    {name: '403 without a body', status: 403, body: ''},
    {name: '401 without a challenge', status: 401, body: ''},
    {name: '401 with a scheme of no registry', status: 401, headers: {'www-authenticate': 'Negotiate'}, body: ''}
  ]
  const SOURCES = [
    {from: 'inputs', inputs: {username: 'bob', password: 'pw-of-bob'}, config: undefined},
    {from: 'the Docker config', inputs: {}, config: (host: string) => ({auths: {[host]: {auth: AUTH}}})}
  ]

  it.each(DENIALS.flatMap(denial => SOURCES.map(source => ({...denial, ...source}))))(
    'is not answered with advice to set them: $name, from $from',
    async ({status, headers = {}, body, inputs, config}) => {
      const {host} = await start(always('any', {kind: 'respond', status, headers, body}))
      const env = config === undefined ? {} : {DOCKER_AUTH_CONFIG: JSON.stringify(config(host))}
      const ran = await run(`${host}/acme/app:1`, inputs, {env})
      const {cause, advice} = verdictOf(ran)
      expect(cause).toBe('access')
      expect(ran.report).toMatchObject({images: [{registries: [{failure: {credentials: 'none'}}]}]})
      const words = /credentials not requested by the registry|without requesting the credentials/
      for (const place of [ran.log.join('\n'), ran.annotations[0]?.message, advice]) expect(place).toMatch(words)
      expect([ran.stdout, ran.summary].join('\n')).not.toMatch(
        /no credentials sent|without credentials|set registry, username|docker\/login-action/
      )
    }
  )

  it('says that none were sent where none are set', async () => {
    const {host} = await start(always('any', ociError(403, 'DENIED')))
    const ran = await run(`${host}/acme/app:1`)
    expect(ran.log.join('\n')).toMatch(/no credentials sent/)
    expect(ran.report).toMatchObject({images: [{registries: [{failure: {credentials: 'none'}}]}]})
  })
})

describe('the number of tries', () => {
  it('is that of the object that failed, or the column is not called so', async () => {
    const {host} = await start(always('config', {kind: 'corrupt', each: 'same'}))
    const ran = await run(`${host}/acme/app:1`)
    const said = /\((\d+) (?:tries|attempts)\)/.exec(ran.annotations[0]?.message ?? '')?.[1]
    const rows = ran.summary.split('\n').filter(line => line.startsWith('|'))
    const column = (rows[0] ?? '').split('|').findIndex(cell => /^\s*(?:tries|attempts)\s*$/i.test(cell))
    const row = rows.find(line => line.includes(host)) ?? ''
    if (column >= 0) expect(row.split('|')[column]?.trim()).toBe(said)
    expect(said).toBe('2')
  })
})

describe('a lock', () => {
  /** A folder whose lock file holds what this tag means now. */
  const lock = async (registry: FaultRegistry, tag: string): Promise<string> => {
    const cwd = await mkdtemp(join(tmpdir(), 'verified-image-lock-'))
    endings.push(() => rm(cwd, {recursive: true}))
    const ran = await run(`${registry.host}/acme/app:${tag}`, {lock: 'update'}, {cwd})
    expect(ran.exitCode).toBe(0)
    return cwd
  }

  it('whose image is gone is not said to count while the step fails for it', async () => {
    const registry = await start()
    const cwd = await lock(registry, '1')
    registry.addContent(publish('acme/app', '2', OTHER))
    registry.setTag('acme/app', '1', OTHER.manifest.digest)
    const gone = ociError(404, 'MANIFEST_UNKNOWN')
    registry.addFault({on: 'manifest', reference: IMAGE.manifest.digest, times: 'always', do: gone})
    const ran = await run(`${registry.host}/acme/app:1`, {}, {cwd})
    const {said} = verdictOf(ran)
    expect(ran.exitCode).toBe(1)
    expect(said).toContain(IMAGE.manifest.digest)
    expect(said).not.toMatch(/that counts/i)
    expect(said).not.toMatch(/is used as the lock file says|the locked image was used/i)
  })

  it('that lacks an image does not make the input image invalid', async () => {
    const registry = await start()
    registry.addContent(publish('acme/app', '2', OTHER))
    const cwd = await lock(registry, '2')
    const ran = await run(`${registry.host}/acme/app:1`, {lock: 'require'}, {cwd})
    const {said} = verdictOf(ran)
    expect(ran.exitCode).toBe(1)
    expect(said).toMatch(/image-lock\.json/)
    expect(said).toMatch(/lock: update/)
    expect(said).not.toMatch(/invalid input|inputs? (?:is|are) not right/i)
  })
})

describe('a build that goes on', () => {
  it('is not told that nothing is needed and then given orders', async () => {
    const primary = await start(always('manifest', ociError(429, 'TOOMANYREQUESTS')))
    const mirror = await start()
    const ran = await run(`${primary.host}/acme/app:1`, {mirrors: `${primary.host}=${mirror.host}`})
    expect(ran.exitCode).toBe(0)
    const message = ran.annotations[0]?.message ?? ''
    const behind = /(?:Nothing is needed|No action (?:is )?needed) for this build\.\s*(\S+)/.exec(message)?.[1]
    expect(behind).toBe('To')
  })
})

describe('evidence for a report to the registry', () => {
  it.each<{name: string; faults: readonly Fault[]; image: string; inputs?: Readonly<Record<string, string>>}>([
    {name: '404', faults: always('manifest', ociError(404, 'MANIFEST_UNKNOWN')), image: 'acme/app:1'},
    {name: '401', faults: always('manifest', {kind: 'respond', status: 401}), image: 'acme/app:1'},
    {name: '403', faults: always('manifest', ociError(403, 'DENIED')), image: 'acme/app:1'},
    {name: 'a missing platform', faults: [], image: 'acme/app:1', inputs: {platform: 'linux/s390x'}}
  ])('is not offered where there is nothing to report: $name', async ({faults, image, inputs}) => {
    const index = await import('../support/images.ts')
    const content = [publish('acme/app', '1', index.makeIndex({children: [IMAGE]}))]
    const {host} = await start(faults, {content})
    const ran = await run(`${host}/${image}`, inputs)
    expect(ran.exitCode).toBe(1)
    expect(ran.summary).not.toMatch(/evidence/i)
  })

  it('is not offered for a name that is not resolved', async () => {
    expect((await run('registry.invalid/acme/app:1')).summary).not.toMatch(/evidence/i)
  })

  it.each<{name: string; faults: readonly Fault[]}>([
    {name: 'corrupt bytes', faults: always('config', {kind: 'corrupt', each: 'same'})},
    {name: 'an answer that ends early', faults: always('layer[0]', {kind: 'truncate', afterBytes: 100})},
    {name: 'status 500', faults: always('manifest', {kind: 'respond', status: 500})},
    {name: 'a lost blob', faults: always('config', ociError(404, 'BLOB_UNKNOWN'))}
  ])('is offered where there is: $name', async ({faults}) => {
    const {host} = await start(faults)
    const ran = await run(`${host}/acme/app:1`)
    expect(ran.summary).toMatch(/evidence/i)
    expect(Object.keys(verdictOf(ran).evidence['requestIds'] ?? {})).not.toContain('date')
  })
})

describe('verify: manifest', () => {
  it('does not speak of layers as if they had been downloaded', async () => {
    const {host} = await start()
    const ran = await run(`${host}/acme/app:1`, {verify: 'manifest'})
    expect(ran.exitCode).toBe(0)
    expect(ran.log.join('\n')).not.toMatch(/2 layers/)
  })
})

describe('true and false', () => {
  it.each(['true', 'True', 'TRUE'])('are read as GitHub’s own actions read them: %s', async value => {
    const {host} = await start([], {content: [publish('acme/app', 'latest', IMAGE)]})
    expect((await run(`${host}/acme/app:latest`, {'allow-floating': value})).exitCode).toBe(0)
  })
})

describe('sizes that differ by little', () => {
  it('are told in bytes', async () => {
    const {host} = await start(always('layer[0]', {kind: 'append', bytes: 2}))
    const {said} = verdictOf(await run(`${host}/acme/app:1`))
    const size = IMAGE.layers[0]?.size ?? 0
    expect(said.replace(/(?<=\d)[,. \u00a0\u202f](?=\d{3}(?!\d))/g, '')).toContain(String(size))
  })
})

describe('a registry that is given up', () => {
  it('is not said to have had the same again where it was not reached', async () => {
    expect((await run('127.0.0.1:9/acme/app:1', {attempts: '3'})).stdout).not.toMatch(/was the same again/)
  })
})

describe('several encrypted layers', () => {
  it('are one warning', async () => {
    const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted'
    const image = makeImage({layers: [1, 2, 3].map(seed => ({content: {seed, size: 5000}, mediaType}))})
    const {host} = await start([], {content: [publish('acme/app', '1', image)]})
    const ran = await run(`${host}/acme/app:1`)
    expect(ran.exitCode).toBe(0)
    const lines = ran.annotations.flatMap(({message}) => message.split('\n'))
    expect(lines.filter(line => /encrypted/i.test(line))).toHaveLength(1)
  })
})

describe('the time that is left', () => {
  it('is not told in hours of a download that has just begun to crawl', async () => {
    const image = makeImage({layers: [{content: {seed: 8, size: 8_000_000}}]})
    const trickle: Fault = {on: 'layer', do: {kind: 'trickle', bytesPerSecond: 50, afterBytes: 1000}}
    const {host} = await start([trickle], {content: [publish('acme/app', '1', image)]})
    const ran = await run(`${host}/acme/app:1`, {'stall-timeout': '12s', timeout: '30s'})
    expect(ran.log.join('\n')).toMatch(/1 layer|of 1/)
    expect(ran.log.join('\n')).not.toMatch(/\d+ h(?:ours?)? (?:\d+ min )?left/)
  })
})
