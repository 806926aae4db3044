// What docs/comparison.md says of other programs, tried: each pulls one image from a registry on loopback that fails in one way,
// beside a mirror that has the same digest. Prints a table; a program that is not installed has no rows.
//   node scripts/compare.ts          with PATH and DOCKER_HOST for the programs; SECOND_DOCKER_HOST for a second engine

import {spawn} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {type AddressInfo, connect, createServer, type Server} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Fault} from '../__tests__/support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from '../__tests__/support/fault-registry.ts'
import {type Index, makePublished} from '../__tests__/support/images.ts'
import {publish} from '../__tests__/support/registry-content.ts'
import {runAction} from '../__tests__/support/run-action.ts'

type Ended = {readonly isOk: boolean; readonly last: string}
type Place = {readonly name: string; readonly primary: string; readonly mirror: string; readonly folder: string}
type Program = {readonly name: string; readonly needs: string; readonly pull: (place: Place) => Promise<Ended>}

type Scenario = {readonly faults?: readonly Fault[]; readonly isContradicting?: boolean}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'no fault': {},
  'corrupt config': {faults: [{on: 'config', times: 'always', do: {kind: 'corrupt'}}]},
  'corrupt layer': {faults: [{on: 'layer', times: 'always', do: {kind: 'corrupt'}}]},
  'corrupt layer, once': {faults: [{on: 'layer', times: 1, do: {kind: 'corrupt'}}]},
  'layer is missing (HTTP 404)': {faults: [{on: 'layer', times: 'always', do: {kind: 'respond', status: 404}}]},
  'manifest: HTTP 429': {faults: [{on: 'manifest', times: 'always', do: {kind: 'respond', status: 429}}]},
  'manifest: HTTP 503': {faults: [{on: 'manifest', times: 'always', do: {kind: 'respond', status: 503}}]},
  'manifest: HTTP 503, once': {faults: [{on: 'manifest', times: 1, do: {kind: 'respond', status: 503}}]},
  'layer breaks off': {faults: [{on: 'layer', times: 'always', do: {kind: 'truncate', afterBytes: 20}}]},
  'layer breaks off, once': {faults: [{on: 'layer', times: 1, do: {kind: 'truncate', afterBytes: 20}}]},
  'wrong diff_id everywhere': {isContradicting: true}
}

const AT_THE_MIRROR = [
  'corrupt config',
  'corrupt layer',
  'layer is missing (HTTP 404)',
  'manifest: HTTP 429',
  'manifest: HTTP 503'
]

let seed = Date.now()

/** A new one each time: engines keep what an earlier run has left. */
function makeAnother({isContradicting = false}: Scenario): Index {
  const zeros = `sha256:${'0'.repeat(64)}`
  return makePublished({
    layers: [{content: {seed: seed++, size: 3000}}, {content: {seed: seed++, size: 3000}}],
    ...(isContradicting && {
      editConfig: config => ({...config, rootfs: {...config.rootfs, diff_ids: config.rootfs.diff_ids.map(() => zeros)}})
    })
  })
}

function run(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const [program = '', ...args] = command
  return new Promise(resolve => {
    const child = spawn(program, args, {
      env: {...process.env, ...env},
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 90_000
    })
    let text = ''
    const take = (chunk: Buffer): void => {
      text += chunk.toString()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('error', error => {
      resolve({isOk: false, last: error.message})
    })
    child.once('close', code => {
      resolve({isOk: code === 0, last: text.trim().split('\n').at(-1) ?? ''})
    })
  })
}

function dockerPull(host: string, times = 1) {
  return async ({name}: Place): Promise<Ended> => {
    const env = {DOCKER_HOST: host}
    let ended: Ended = {isOk: false, last: ''}
    for (let at = 0; at < times && !ended.isOk; at++) ended = await run(['docker', 'pull', '--quiet', name], env)
    await run(['docker', 'image', 'rm', '--force', name], env)
    return ended
  }
}

async function registriesConf({primary, mirror, folder}: Place): Promise<string> {
  const path = join(folder, 'registries.conf')
  const text = `[[registry]]\nlocation = "${primary}"\ninsecure = true\n[[registry.mirror]]\nlocation = "${mirror}"\ninsecure = true\n`
  await writeFile(path, text)
  return path
}

async function regctlConfig(
  {primary, mirror, folder}: Place,
  mirrors: readonly string[]
): Promise<Record<string, string>> {
  const path = join(folder, 'regctl.json')
  const hosts = {
    [primary]: {tls: 'disabled', hostname: primary, mirrors},
    [mirror]: {tls: 'disabled', hostname: mirror}
  }
  await writeFile(path, JSON.stringify({hosts}))
  return {REGCTL_CONFIG: path}
}

const SKOPEO = ['skopeo', '--insecure-policy', '--override-os', 'linux', '--override-arch', 'amd64']

function programs(): readonly Program[] {
  const first = process.env['DOCKER_HOST'] ?? ''
  const second = process.env['SECOND_DOCKER_HOST'] ?? ''
  return [
    {
      name: 'verified-image',
      needs: 'node',
      pull: async ({name, primary, mirror}) => {
        const inputs = {image: name, mirrors: `${primary}=${mirror}`, platform: 'linux/amd64', 'status-pages': 'false'}
        const {exitCode, annotations} = await runAction(inputs)
        return {isOk: exitCode === 0, last: annotations[0]?.message.split('\n')[0] ?? ''}
      }
    },
    {name: 'docker pull', needs: 'docker', pull: dockerPull(first)},
    ...(second === '' ? [] : [{name: 'docker pull, second engine', needs: 'docker', pull: dockerPull(second)}]),
    {name: 'docker pull, three times', needs: 'docker', pull: dockerPull(first, 3)},
    ...(second === ''
      ? []
      : [{name: 'docker pull, three times, second engine', needs: 'docker', pull: dockerPull(second, 3)}]),
    {
      name: 'skopeo copy',
      needs: 'skopeo',
      pull: ({name, folder}) =>
        run([...SKOPEO, 'copy', '--src-tls-verify=false', `docker://${name}`, `oci:${join(folder, 'out')}:image`])
    },
    {
      name: 'skopeo copy --retry-times 3',
      needs: 'skopeo',
      pull: ({name, folder}) =>
        run([
          ...SKOPEO,
          'copy',
          '--retry-times',
          '3',
          '--src-tls-verify=false',
          `docker://${name}`,
          `oci:${join(folder, 'out')}:image`
        ])
    },
    {
      name: 'skopeo copy, mirror in registries.conf',
      needs: 'skopeo',
      pull: async place =>
        run([
          ...SKOPEO,
          '--registries-conf',
          await registriesConf(place),
          'copy',
          `docker://${place.name}`,
          `oci:${join(place.folder, 'out')}:image`
        ])
    },
    {
      name: 'crane pull',
      needs: 'crane',
      pull: ({name, folder}) =>
        run(['crane', 'pull', '--insecure', '--platform', 'linux/amd64', name, join(folder, 'image.tar')])
    },
    {
      name: 'crane validate',
      needs: 'crane',
      pull: ({name}) => run(['crane', 'validate', '--insecure', '--platform', 'linux/amd64', '--remote', name])
    },
    {
      name: 'regctl image copy',
      needs: 'regctl',
      pull: async place =>
        run(
          [
            'regctl',
            'image',
            'copy',
            '--platform',
            'linux/amd64',
            place.name,
            `ocidir://${join(place.folder, 'out')}:image`
          ],
          await regctlConfig(place, [])
        )
    },
    {
      name: 'regctl image copy, with a mirror',
      needs: 'regctl',
      pull: async place =>
        run(
          [
            'regctl',
            'image',
            'copy',
            '--platform',
            'linux/amd64',
            place.name,
            `ocidir://${join(place.folder, 'out')}:image`
          ],
          await regctlConfig(place, [place.mirror])
        )
    }
  ]
}

// containerd tries HTTPS first, also on loopback. It falls back to HTTP after the response that Go's server gives to a TLS handshake.
async function startFront(port: number): Promise<{readonly host: string; readonly server: Server}> {
  const server = createServer(socket => {
    socket.on('error', () => socket.destroy())
    socket.once('data', first => {
      if (first[0] === 0x16) {
        socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n')
        return
      }
      const registry = connect(port, '127.0.0.1').on('error', () => socket.destroy())
      registry.write(first)
      socket.pipe(registry).pipe(socket)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`, server}
}

async function compare(program: Program, title: string, isMirrorBad: boolean): Promise<string> {
  const scenario = SCENARIOS[title] ?? {}
  const {faults = []} = scenario
  const content = [publish('acme/app', '1.2.3', makeAnother(scenario))]
  const start = (isBad: boolean): Promise<FaultRegistry> => startFaultRegistry({content, faults: isBad ? faults : []})
  const [primary, mirror] = [await start(!isMirrorBad), await start(isMirrorBad)]
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-compare-'))
  const {host, server} = await startFront(primary.ports.registry)
  const {isOk, last} = await program.pull({name: `${host}/acme/app:1.2.3`, primary: host, mirror: mirror.host, folder})
  server.close()
  await Promise.all([primary.close(), mirror.close(), rm(folder, {recursive: true, force: true})])
  const counts = [primary, mirror].map(registry => String(registry.requests().length))
  const cells = [
    program.name,
    `${title}${isMirrorBad ? ' (at the mirror)' : ''}`,
    isOk ? 'works' : 'fails',
    ...counts,
    last
  ]
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

const [only = ''] = process.argv.slice(2)
console.log('| program | fault | result | requests: registry | mirror | last line |\n|---|---|---|---|---|---|')
for (const program of programs()) {
  const {isOk} = await run([
    program.needs,
    program.needs === 'crane' || program.needs === 'regctl' ? 'version' : '--version'
  ])
  if (!isOk || !program.name.includes(only)) continue
  for (const title of Object.keys(SCENARIOS)) console.log(await compare(program, title, false))
  if (program.name.includes('mirror'))
    for (const title of AT_THE_MIRROR) console.log(await compare(program, title, true))
}
