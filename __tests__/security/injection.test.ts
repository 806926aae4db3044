// What others write stays text: every text that acts somewhere, at every place where others write. The action as a process from dist;
// its streams, its files, its rendered summary and every request it sends are searched.
// FULL=1 takes every text to every place; without it, INJECTION_SEED picks a third of them for each group of places.

import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from '@jest/globals'
import {blobsOf, type Image, makeImage, makeIndex, mediaTypesOf} from '../support/images.ts'
import {startInternet} from '../support/internet.ts'
import {type RunnerFiles, TEXTS, whatActed} from '../support/injection.ts'
import {type RawAnswer, type RawServer, startRawServer} from '../support/raw-server.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

const TYPES = mediaTypesOf('oci')
const SETTINGS = {mirrors: '', 'public-mirrors': '', 'status-pages': 'false', attempts: '1', platform: 'linux/amd64'}

/** A folder for one run: its workspace, its home, and the files of the runner that the action has no business with. */
type Desk = {
  readonly workspace: string
  readonly home: string
  readonly run: (
    inputs: Readonly<Record<string, string>>,
    servers: readonly RawServer[],
    env?: Readonly<Record<string, string>>
  ) => Promise<ActionRun>
}

async function atDesk(use: (desk: Desk) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-injection-'))
  const [workspace, home] = [join(folder, 'workspace'), join(folder, 'home')]
  const untouched = ['GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STATE']
  try {
    for (const path of [workspace, home]) await mkdir(path)
    for (const name of untouched) await writeFile(join(folder, name), '')
    const files = Object.fromEntries(untouched.map(name => [name, join(folder, name)]))
    await use({
      workspace,
      home,
      run: async (inputs, servers, env = {}) => {
        const options = {cwd: workspace, env: {...files, HOME: home, RUNNER_DEBUG: '1', ...env}}
        const run = await runAction({...SETTINGS, ...inputs}, options)
        const held: RunnerFiles = Object.fromEntries(
          await Promise.all(untouched.map(async name => [name, await readFile(join(folder, name), 'utf8')] as const))
        )
        expect(
          whatActed(
            run,
            held,
            servers.flatMap(({requests}) => requests)
          )
        ).toEqual([])
        return run
      }
    })
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

async function withServers(
  answers: readonly ((path: string, host: string, head: string) => RawAnswer)[],
  use: (servers: readonly RawServer[]) => Promise<unknown>
): Promise<void> {
  const servers = await Promise.all(answers.map(startRawServer))
  try {
    await use(servers)
  } finally {
    await Promise.all(servers.map(server => server.close()))
  }
}

/** No header can hold a line break or any other control: there, the text stands without them. */
function inHeader(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what no header can hold
  return text.replace(/[\x00-\x1f\x7f]/g, ' ').slice(0, 4000)
}

function jsonError(status: string, text: string, headers: Readonly<Record<string, string>> = {}): RawAnswer {
  return {
    status,
    headers: {'content-type': 'application/json', ...headers},
    body: JSON.stringify({errors: [{code: text, message: text, detail: text}]})
  }
}

/** Serves one image, whose manifests may say anything; `top` is what the tag names. */
function serve(images: readonly Image[], top: {readonly mediaType: string; readonly bytes: Buffer}) {
  return (path: string): RawAnswer => {
    const blobs = images.flatMap(image => [image.manifest, ...blobsOf(image)])
    const found = blobs.find(({digest}) => path.endsWith(digest)) ?? (path.endsWith('1.2.3') ? top : undefined)
    if (found === undefined) return {status: path === '/v2/' ? '200 OK' : '404 Not Found'}
    return {headers: {'content-type': found.mediaType}, body: found.bytes}
  }
}

/** The registry that a text speaks through, one for each place. */
function registriesThatSay(text: string): readonly ((path: string, host: string, head: string) => RawAnswer)[] {
  const right = makeImage()
  const platform = {os: text, architecture: text, variant: text, 'os.version': text}
  const withPlatform = makeIndex({
    children: [right],
    editIndex: index => ({
      ...index,
      annotations: {[text]: text},
      manifests: index.manifests.flatMap(child => [
        {...child, platform: {...child.platform, variant: text, 'os.version': text}},
        {...child, platform}
      ])
    })
  })
  const foreign = makeIndex({
    children: [right],
    editIndex: index => ({...index, manifests: index.manifests.map(child => ({...child, platform}))})
  })
  const configs = [
    makeImage({editConfig: config => ({...config, created: text, author: text, config: {Labels: {[text]: text}}})}),
    makeImage({editConfig: config => ({...config, ...platform})}),
    makeImage({editConfig: config => ({...config, rootfs: {type: text, diff_ids: [text]}})}),
    makeImage({
      editManifest: manifest => ({...manifest, layers: manifest.layers.map(layer => ({...layer, mediaType: text}))})
    }),
    makeImage({editManifest: manifest => ({...manifest, mediaType: text})}),
    makeImage({editManifest: manifest => ({...manifest, config: {...manifest.config, mediaType: text}})}),
    makeImage({editManifest: manifest => ({...manifest, layers: [{mediaType: TYPES.gzip, digest: text, size: 1}]})})
  ]
  const challenge = (params: string) => (): RawAnswer =>
    jsonError('401 Unauthorized', text, {'www-authenticate': `Bearer ${params}`})
  const quoted = inHeader(text).replace(/["\\]/g, '\\$&')
  return [
    () => jsonError('403 Forbidden', text),
    () => jsonError('500 Internal Server Error', text),
    () => jsonError('429 Too Many Requests', text, {'retry-after': inHeader(text)}),
    () => ({status: '404 Not Found', body: text}),
    () => ({status: '200 OK', headers: {'content-type': 'text/html'}, body: `<html>${text}</html>`}),
    () => ({body: text}),
    () => ({status: `418 ${inHeader(text)}`}),
    () => ({status: '503 Unavailable', headers: {'content-type': inHeader(text), server: inHeader(text)}, body: text}),
    () => ({
      status: '429 Too Many',
      headers: {
        'ratelimit-limit': inHeader(text),
        'ratelimit-remaining': inHeader(text),
        'docker-ratelimit-source': inHeader(text),
        'x-request-id': inHeader(text),
        'x-amz-request-id': inHeader(text),
        'cf-ray': inHeader(text)
      }
    }),
    (_path, host) => ({status: '307 Temporary', headers: {location: `http://${host}/elsewhere/${inHeader(text)}`}}),
    () => ({status: '307 Temporary', headers: {location: inHeader(text)}}),
    challenge(`realm="${quoted}",service="${quoted}",scope="${quoted}"`),
    challenge(`error="${quoted}",error_description="${quoted}"`),
    (path, host) =>
      path.startsWith('/token')
        ? jsonError('403 Forbidden', text)
        : jsonError('401 Unauthorized', text, {
            'www-authenticate': `Bearer realm="http://${host}/token",service="${quoted}",scope="${quoted}"`
          }),
    (path, host) =>
      path.startsWith('/token')
        ? {headers: {'content-type': 'application/json'}, body: JSON.stringify({token: text, access_token: text})}
        : jsonError('401 Unauthorized', text, {'www-authenticate': `Bearer realm="http://${host}/token"`}),
    path => ({
      ...serve([right], right.manifest)(path),
      headers: {'content-type': TYPES.manifest, 'docker-content-digest': inHeader(text), etag: inHeader(text)}
    }),
    serve([right], withPlatform.index),
    serve([right], foreign.index),
    ...configs.map(image => serve([image], image.manifest))
  ]
}

/** As status.io has it. */
function statusPage(text: string): RawAnswer {
  const component = {name: `Docker Hub Registry ${text}`, status: text, status_code: 500, updated: text}
  const incident = {name: text, messages: [{details: text, state: 'investigating'}]}
  const result = {
    status_overall: {status: text, status_code: 500, updated: text},
    status: [component],
    incidents: [incident]
  }
  return {headers: {'content-type': 'application/json'}, body: JSON.stringify({result})}
}

const SCENARIOS: Readonly<Record<string, (text: string) => Promise<void>>> = {
  'a registry, its token server, manifests and configs': text =>
    withServers(registriesThatSay(text), servers =>
      atDesk(async ({run}) => {
        const ran = await run({image: servers.map(({host}) => `${host}/acme/app:1.2.3`).join('\n')}, servers)
        expect(ran.exitCode).toBe(1)
        // Each of them was asked, so that each had its say.
        expect(servers.map(({requests}) => requests.length > 0)).not.toContain(false)
      })
    ),
  'an older tag and a mirror that say it': text =>
    withServers([() => jsonError('404 Not Found', text), serve([makeImage()], makeImage().manifest)], servers =>
      atDesk(async ({run}) => {
        const [primary, mirror] = servers
        await run(
          {image: `${primary?.host ?? ''}/acme/app:1.2.3`, mirrors: `${primary?.host ?? ''}=${mirror?.host ?? ''}`},
          servers
        )
      })
    ),
  'the status page of a registry that failed': text =>
    withServers([() => jsonError('503 Service Unavailable', text), () => statusPage(text)], async servers => {
      const [hub = 0, page = 0] = servers.map(({host}) => Number(host.split(':')[1]))
      const internet = await startInternet({'registry-1.docker.io': hub, 'www.dockerstatus.com': page})
      try {
        await atDesk(async ({run}) => {
          const ran = await run({image: 'acme/app:1.2.3', 'status-pages': 'true'}, servers, internet.environment)
          expect(ran.stdout).toContain('www.dockerstatus.com')
        })
      } finally {
        await internet.close()
      }
    }),
  'every input': text =>
    atDesk(async ({run}) => {
      const names = [
        'image',
        'mirrors',
        'platform',
        'verify',
        'fallback-tags',
        'lock',
        'lock-file',
        'prefer',
        'backoff'
      ]
      // An environment variable holds no zero byte.
      const written = text.replaceAll('\0', '').slice(0, 50_000)
      const ran = await run({...Object.fromEntries(names.map(name => [name, written])), attempts: written}, [])
      expect(ran.exitCode).toBe(1)
    }),
  'files, their names and their text': text =>
    atDesk(async ({run, workspace}) => {
      const name = `${text.replace(/[\0/]/g, '_').slice(0, 60)}.Dockerfile`
      await writeFile(
        join(workspace, name),
        `FROM ${text}\nARG A=${text}\nFROM 127.0.0.1:9/$A\nFROM 127.0.0.1:9/x:1.2.3\n`
      )
      const compose = {services: {[text]: {image: text, build: {context: text, dockerfile: text, args: {A: text}}}}}
      await writeFile(join(workspace, 'compose.yaml'), JSON.stringify(compose))
      await writeFile(
        join(workspace, 'docker-bake.json'),
        JSON.stringify({target: {[text]: {contexts: {[text]: `docker-image://${text}`}}}})
      )
      await run({files: '*.Dockerfile\ncompose.yaml\ndocker-bake.json'}, [])
    }),
  'a lock file': text =>
    atDesk(async ({run, workspace}) => {
      const image = {digest: text, platforms: {[text]: text}, resolved: text}
      await writeFile(
        join(workspace, 'image-lock.json'),
        JSON.stringify({version: 1, images: {[text]: image}, [text]: text})
      )
      await run({image: '127.0.0.1:9/acme/app:1.2.3'}, [])
      await writeFile(join(workspace, 'image-lock.json'), `{"images": ${text}`)
      await run({image: '127.0.0.1:9/acme/app:1.2.3'}, [])
    }),
  'a credential helper and the docker program': text =>
    withServers([serve([makeImage()], makeImage().manifest)], servers =>
      atDesk(async ({run, home}) => {
        const bin = join(home, 'bin')
        await mkdir(join(home, '.docker'), {recursive: true})
        await mkdir(bin)
        await writeFile(join(home, 'said'), text)
        const script = `#!/bin/sh\ncat "${join(home, 'said')}" >&2\ncat "${join(home, 'said')}"\nexit 1\n`
        for (const program of ['docker', 'docker-credential-says'])
          await writeFile(join(bin, program), script, {mode: 0o755})
        await writeFile(join(home, '.docker', 'config.json'), JSON.stringify({credsStore: 'says'}))
        await run({image: `${servers[0]?.host ?? ''}/acme/app:1.2.3`, load: 'true'}, servers, {
          PATH: `${bin}:${process.env['PATH'] ?? ''}`
        })
      })
    )
}

const SEED = Number(process.env['INJECTION_SEED'] ?? process.env['GITHUB_RUN_NUMBER'] ?? 1)
const isFull = (process.env['FULL'] ?? '') !== ''

/** Each run of three with seeds in a row takes all texts. */
function sample(shift: number): readonly (readonly [name: string, text: string])[] {
  return Object.entries(TEXTS).filter((_, at) => isFull || (at + shift + SEED) % 3 === 0)
}

describe('whatActed', () => {
  const nothing = {exitCode: 0, signal: null, stdout: '', stderr: '', outputs: {}, annotations: [], log: [], masks: []}
  const right: ActionRun = {...nothing, summary: '', report: {}, elapsedMs: 0, leftBehind: []}
  // They act in places that are no stream and no summary, or only by what the action itself makes of them.
  const HARMLESS = ['a command behind an escaped line break', 'a command behind one escaped twice', 'masks', 'a shell']
  const acting = Object.entries(TEXTS).filter(
    ([name]) =>
      !HARMLESS.includes(name) &&
      !/hidden|JSON|half|long|backticks|second build|heredoc|delimiter|table|fence/.test(name)
  )

  it.each(acting)('sees %s where nothing is escaped', (_name, text) => {
    expect(whatActed({...right, stdout: `${text}\n`, summary: `${text}\n`}, {}, [])).not.toEqual([])
  })

  it('sees outputs, files of the runner, requests and reports that a text got into', () => {
    const head = 'GET /v2/ HTTP/1.1\r\nhost: registry'
    expect(whatActed(right, {GITHUB_ENV: ''}, [head])).toEqual([])
    for (const run of [
      {...right, outputs: {reference: 'PWNED'}},
      {...right, outputs: {'build-contexts': 'a=docker-image://b\nphp=docker-image://evil.example/x:1'}},
      {...right, outputs: {digest: 'one\ntwo'}},
      {...right, masks: ['a PWNED mask']},
      {...right, stdout: '::error title=x,title=PWNED::y\n'},
      {...right, report: undefined},
      {...right, report: {PWNED: 1}}
    ])
      expect(whatActed(run, {}, [])).not.toEqual([])
    expect(whatActed(right, {GITHUB_PATH: '/tmp'}, [])).not.toEqual([])
    for (const request of [
      `${head}\r\nx-pwned: 1`,
      `${head}\r\nuser-agent: PWNED`,
      'GET /v2/ x HTTP/1.1',
      'PUT / HTTP/1.1'
    ])
      expect(whatActed(right, {}, [request])).not.toEqual([])
  })
})

describe.each(Object.entries(SCENARIOS).map(([name, scenario], at) => ({name, scenario, at})))(
  `texts in $name (seed ${String(SEED)})`,
  ({scenario, at}) => {
    it.each(sample(at))('%s stays text', (_name, text) => scenario(text), 60_000)
  }
)
