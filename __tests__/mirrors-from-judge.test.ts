// podman's and containerd's own code as the judges of mirrors-from: from the same files, both find the same places for an image, in the
// same order, with the same right to resolve a tag. The judge is a Go program, scripts/judge-mirrors, with the versions of its go.mod.

import {execFileSync} from 'node:child_process'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it, jest} from '@jest/globals'
import fc from 'fast-check'
import {importWarnings, mirroredRepositories} from '../src/mirror-files/imported-mirrors.ts'
import {readMirrorFiles} from '../src/mirror-files/read-mirror-files.ts'
import {formatRepository, parseReference, type Repository} from '../src/oci/reference.ts'
import {describeWith} from './support/programs.ts'

// A Go program is compiled, and its modules may have to be fetched.
jest.setTimeout(300_000)

const RUNS = 300

// Names of folders have colons.
function judged(name: string, tests: () => void): void {
  if (process.platform === 'win32') describe.skip(name, tests)
  else describeWith(['go'], name, tests)
}
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? process.env['GITHUB_RUN_NUMBER'] ?? 1)

type Place = {readonly repository: string; readonly mayResolve: boolean}
type Answer = {readonly sources: readonly Place[] | null; readonly error?: string}

/** The files of a folder, by path. */
type Files = Readonly<Record<string, string>>

const NAMES = [
  'docker.io/library/php',
  'docker.io/acme/app',
  'quay.io/acme/app',
  'eu.example.com/acme/app',
  'example.org:5000/acme/app'
]

let folder: string
let judge: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-judge-mirrors-'))
  judge = join(folder, 'judge')
  execFileSync('go', ['build', '-o', judge, '.'], {
    cwd: 'scripts/judge-mirrors',
    stdio: ['ignore', 'ignore', 'inherit']
  })
})
afterAll(() => rm(folder, {recursive: true}))

async function writeAll(cases: readonly Files[]): Promise<readonly string[]> {
  const root = await mkdtemp(join(folder, 'case-'))
  const folders: string[] = []
  for (const [at, files] of cases.entries()) {
    const place = join(root, String(at))
    folders.push(place)
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(place, name)), {recursive: true})
      await writeFile(join(place, name), text)
    }
  }
  return folders
}

function ask(kind: 'hosts' | 'registries', folders: readonly string[]): readonly Answer[] {
  const questions = folders.flatMap(at => NAMES.map(name => JSON.stringify({kind, folder: at, name})))
  // A file that containerd refuses is a line of its log.
  const output = execFileSync(judge, {
    input: questions.join('\n'),
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'ignore']
  })
  return output
    .toString()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Answer)
}

function repositoryOf(name: string): Repository {
  const parsed = parseReference(name)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
}

type Verdict = {readonly places: readonly Place[]; readonly isRefused: boolean; readonly warnings: readonly string[]}

async function ours(path: string, name: string): Promise<Verdict> {
  const {configurations, faults} = await readMirrorFiles([path], {
    ...{workspace: '/nowhere', home: '/nowhere', systemFolder: undefined, isTrusted: true},
    insecureRegistries: ['http.example']
  })
  const repository = repositoryOf(name)
  return {
    places: mirroredRepositories(repository, configurations).map(found => ({
      repository: formatRepository(found.repository),
      mayResolve: found.mirror.mayResolve
    })),
    isRefused: faults.some(({reason}) => !reason.includes('no HOST/hosts.toml')),
    warnings: importWarnings([repository], configurations).map(({text}) => text)
  }
}

/** The places without the registry itself, which is a candidate in any case, each once with all of its rights. */
function mirrorsIn(places: readonly Place[], name: string): readonly Place[] {
  const merged = new Map<string, boolean>()
  for (const {repository, mayResolve} of places)
    if (repository !== name) merged.set(repository, merged.get(repository) === true || mayResolve)
  return [...merged].map(([repository, mayResolve]) => ({repository, mayResolve}))
}

const FLAG = fc.boolean()
const LOCATIONS = ['a.example', 'b.example/hub', 'c.example:5000', 'quay.io', 'docker.io', 'eu.example.com/x']
const PREFIXES = [
  ...['docker.io', 'docker.io/library', 'docker.io/library/php', 'docker.io/acme/app', 'quay.io', 'quay.io/acme'],
  ...['*.example.com', '*.com', 'eu.example.com', 'example.org:5000', 'example.org:5000/acme', 'a.example', 'b.example']
]

const PULLS = fc.constantFrom('', '', 'all', 'digest-only', 'tag-only')
const MIRROR = fc.record({location: fc.constantFrom(...LOCATIONS), pull: PULLS})
const REGISTRY = fc.record({
  prefix: fc.constantFrom(...PREFIXES),
  location: fc.option(fc.constantFrom(...LOCATIONS), {freq: 2}),
  blocked: fc.option(FLAG, {freq: 2}),
  byDigest: fc.option(FLAG, {freq: 2}),
  mirrors: fc.uniqueArray(MIRROR, {maxLength: 3, selector: ({location}) => location})
})
type Registry = typeof REGISTRY extends fc.Arbitrary<infer T> ? T : never

function renderRegistry({prefix, location, blocked, byDigest, mirrors}: Registry): string {
  // What podman does with a location elsewhere of a blocked prefix depends on the table of that location. Here it is not used.
  const own = blocked === true ? prefix : (location ?? prefix)
  const lines = [
    '[[registry]]',
    `prefix = "${prefix}"`,
    ...(own.startsWith('*') ? [] : [`location = "${own}"`]),
    ...(blocked === null ? [] : [`blocked = ${String(blocked)}`]),
    ...(byDigest === null ? [] : [`mirror-by-digest-only = ${String(byDigest)}`]),
    ...mirrors.flatMap(mirror => [
      '[[registry.mirror]]',
      `location = "${mirror.location}"`,
      ...(mirror.pull === '' || byDigest === true ? [] : [`pull-from-mirror = "${mirror.pull}"`])
    ])
  ]
  return `${lines.join('\n')}\n`
}

const CONF = fc.array(REGISTRY, {maxLength: 5}).map(registries => registries.map(renderRegistry).join(''))
const REGISTRIES: fc.Arbitrary<Files> = fc.record({
  'registries.conf': CONF,
  'registries.conf.d/10.conf': CONF,
  'registries.conf.d/20.conf': CONF,
  'registries.conf.d/ignored.txt': fc.constant('[')
})

judged("podman's code", () => {
  it('finds the same places in registries.conf', async () => {
    const cases = fc.sample(REGISTRIES, {numRuns: RUNS, seed})
    const folders = await writeAll(cases)
    const answers = ask('registries', folders)
    const different: string[] = []
    let agreed = 0
    for (const [at, place] of folders.entries())
      for (const [number, name] of NAMES.entries()) {
        const {sources, error} = answers[at * NAMES.length + number] ?? {sources: null}
        const {places, isRefused} = await ours(join(place, 'registries.conf'), name)
        // Two tables of one location that disagree about blocked, and a target that is not the whole name of a repository, fail a pull
        // of podman. Here the first table counts, and that target is left out.
        const mayDiffer = /conflicting|rewriting reference/.test(error ?? '')
        const theirs = error === undefined ? mirrorsIn(sources ?? [], name) : []
        if (mayDiffer) continue
        if (JSON.stringify(mirrorsIn(places, name)) !== JSON.stringify(theirs) || isRefused !== (error !== undefined))
          different.push(JSON.stringify({files: cases[at], name, places, theirs, error}))
        else if (theirs.length > 0) agreed += 1
      }
    expect(different.slice(0, 5)).toEqual([])
    // It is a test of something.
    expect(agreed).toBeGreaterThan(RUNS / 2)
  })
})

const URLS = [
  ...['https://a.example', 'b.example', 'https://c.example:5000/', 'http://http.example', 'http://127.0.0.1:5000'],
  ...['https://d.example/v2', 'https://e.example/v2/hub', 'https://f.example/hub', 'https://registry-1.docker.io'],
  ...['https://g.example//v2//hub/', 'https://quay.io', 'https://mirror']
]
const CAPABILITIES = fc.option(fc.uniqueArray(fc.constantFrom('pull', 'resolve', 'push', 'Pull')), {freq: 3})
const HOST = fc.record({
  url: fc.constantFrom(...URLS),
  capabilities: CAPABILITIES,
  override: fc.option(FLAG, {freq: 2})
})
type Host = typeof HOST extends fc.Arbitrary<infer T> ? T : never

function renderOptions({capabilities, override}: Omit<Host, 'url'>): string {
  return [
    ...(capabilities === null ? [] : [`capabilities = ${JSON.stringify(capabilities)}\n`]),
    ...(override === null ? [] : [`override_path = ${String(override)}\n`])
  ].join('')
}

const HOSTS_TOML = fc
  .record({
    server: fc.option(HOST, {freq: 2}),
    hosts: fc.uniqueArray(HOST, {maxLength: 4, selector: ({url}) => url}),
    isBroken: fc.constantFrom(false, false, false, false, false, false, false, true)
  })
  .map(({server, hosts, isBroken}) => {
    const own = server === null ? '' : `server = "${server.url}"\n${renderOptions(server)}`
    return own + hosts.map(host => `[host."${host.url}"]\n${renderOptions(host)}`).join('') + (isBroken ? '[' : '')
  })
const FOLDERS = ['docker.io', 'quay.io', 'eu.example.com', 'example.org:5000', 'example.org_5000_', '_default']
const CERTS: fc.Arbitrary<Files> = fc.dictionary(
  fc.constantFrom(...FOLDERS.map(name => `${name}/hosts.toml`), 'quay.io/ca.txt'),
  HOSTS_TOML,
  {maxKeys: 4, minKeys: 1}
)

/** A URL of containerd as a repository; undefined where its API is not at /v2. */
function repositoryAt(url: string): string | undefined {
  const parsed = new URL(url)
  const {protocol, hostname, host} = parsed
  // containerd makes `//v2` of a URL that ends with a slash, which servers take for `/v2`.
  const pathname = parsed.pathname.replace(/^\/+/, '/')
  if (!pathname.startsWith('/v2/')) return undefined
  const isPart = !/[.:]/.test(host) && hostname !== 'localhost'
  const port = isPart ? (protocol === 'http:' ? ':80' : ':443') : ''
  return `${host === 'registry-1.docker.io' ? 'docker.io' : host}${port}${pathname.slice('/v2'.length)}`
}

judged("containerd's code", () => {
  it('finds the same places in certs.d', async () => {
    const cases = fc.sample(CERTS, {numRuns: RUNS, seed})
    const folders = await writeAll(cases)
    const answers = ask('hosts', folders)
    const different: string[] = []
    let [agreed, unreachable] = [0, 0]
    for (const [at, place] of folders.entries())
      for (const [number, name] of NAMES.entries()) {
        const {sources} = answers[at * NAMES.length + number] ?? {sources: null}
        const {places, warnings} = await ours(place, name)
        const theirs = (sources ?? []).flatMap(({repository: url, mayResolve}) => {
          const repository = repositoryAt(url)
          return repository === undefined ? [] : [{repository, mayResolve}]
        })
        // Each place that no reference can name is a warning.
        const left = (sources ?? []).length - theirs.length
        unreachable += left
        const isSaid = warnings.filter(text => text.includes('another path')).length === left
        if (JSON.stringify(mirrorsIn(places, name)) !== JSON.stringify(mirrorsIn(theirs, name)) || !isSaid)
          different.push(JSON.stringify({files: cases[at], name, places, theirs, sources, warnings}))
        else if (places.length > 0) agreed += 1
      }
    expect(different.slice(0, 5)).toEqual([])
    expect(agreed).toBeGreaterThan(RUNS / 2)
    expect(unreachable).toBeGreaterThan(0)
  })
})
