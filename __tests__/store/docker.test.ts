// The Docker Engine by its command line: a program that answers as docker does, and what is made of each answer.

import {once} from 'node:events'
import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {createServer, type Server} from 'node:http'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {createDockerEngine, type DockerEngine} from '../../src/store/docker.ts'
import '../support/matchers.ts'

const FILES = [{path: 'manifest.json', content: Buffer.from('[]')}]

let folder: string
let server: Server | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-docker-'))
  await mkdir(join(folder, 'bin'))
})

afterEach(async () => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
  await rm(folder, {recursive: true})
})

/** What the program does for each of its commands, in the shell's language. */
type Commands = Readonly<Record<string, string>>

async function engineOf(commands: Commands, signal = new AbortController().signal): Promise<DockerEngine> {
  const path = join(folder, 'bin', 'docker')
  const cases = Object.entries(commands).map(([command, body]) => `${command}) ${body} ;;`)
  await writeFile(path, ['#!/bin/sh', 'case "$1" in', ...cases, '*) exit 99 ;;', 'esac', ''].join('\n'))
  await chmod(path, 0o755)
  return createDockerEngine({environment: {PATH: [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter)}, signal})
}

describe('detectImageStore', () => {
  it.each([
    {store: 'containerd', status: '[["driver-type","io.containerd.snapshotter.v1"]]'},
    {store: 'classic', status: '[["Backing Filesystem","extfs"],["Supports d_type","true"]]'}
  ])('finds the store of an engine: $store', async ({store, status}) => {
    const engine = await engineOf({info: `echo '26.1.5 ${status}'`})
    await expect(engine.detectImageStore()).resolves.toBe(store)
  })

  it('takes podman under the name docker for the classic store', async () => {
    const engine = await engineOf({info: 'test "$3" = "{{.Host.Arch}}" && echo amd64'})
    await expect(engine.detectImageStore()).resolves.toBe('classic')
  })

  it.each([
    {name: 'a failure', info: 'echo "26.1.5 []"; echo "Cannot connect" >&2; exit 1', why: 'Cannot connect'},
    {name: 'another failure', info: 'echo "26.1.5 []"; echo "Cannot connect" >&2; exit 2', why: 'Cannot connect'},
    {name: 'an empty line', info: 'echo; echo "Cannot connect" >&2', why: 'Cannot connect'},
    {name: 'nothing', info: 'exit 1', why: 'it printed nothing'},
    {
      name: 'the reason in the last line',
      info: 'printf "a warning\\n  the reason  \\n  \\n" >&2; exit 1',
      why: 'the reason'
    }
  ])('rejects for $name', async ({info, why}) => {
    const engine = await engineOf({info})
    await expect(engine.detectImageStore()).toFailWith('docker', {
      detail: `\`load: true\` needs a Docker Engine, and none can be reached: ${why}`
    })
  })

  it('says the last 4000 characters of a longer line', async () => {
    const engine = await engineOf({info: `printf '%s' '${'a'.repeat(4000)}${'b'.repeat(4000)}' >&2; exit 1`})
    await expect(engine.detectImageStore()).toFailWith('docker', {
      detail: `\`load: true\` needs a Docker Engine, and none can be reached: ${'b'.repeat(4000)}`
    })
    const other = await engineOf({info: `printf '%s' '${'a'.repeat(4000)}${'b'.repeat(3999)}' >&2; exit 1`})
    await expect(other.detectImageStore()).toFailWith('docker', {
      detail: `\`load: true\` needs a Docker Engine, and none can be reached: a${'b'.repeat(3999)}`
    })
  })

  it('rejects where docker is not on the PATH', async () => {
    const engine = createDockerEngine({environment: {PATH: folder}, signal: new AbortController().signal})
    await expect(engine.detectImageStore()).toFailWith('docker', {
      detail: '`load: true` needs the program docker and a Docker Engine; docker is not on the PATH of this machine'
    })
  })

  it('rejects where docker cannot be executed', async () => {
    const engine = await engineOf({})
    await chmod(join(folder, 'bin', 'docker'), 0o644)
    await expect(engine.detectImageStore()).toFailWith('docker', {detail: 'docker info cannot be started'})
  })

  it('rejects with the reason of its signal', async () => {
    const reason = new Error('time is up')
    const engine = await engineOf({info: 'exit 1'}, AbortSignal.abort(reason))
    await expect(engine.detectImageStore()).rejects.toBe(reason)
  })
})

describe('load', () => {
  async function listen(answer: string): Promise<readonly string[]> {
    const asked: string[] = []
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        asked.push(request.url ?? '')
        response.end(answer)
      })
    }).listen(join(folder, 'docker.sock'))
    await once(server, 'listening')
    return asked
  }

  it('goes over the Unix socket of the context', async () => {
    const asked = await listen('{"stream":"Loaded"}\n')
    const engine = await engineOf({context: `echo unix://${join(folder, 'docker.sock')}`})
    await expect(engine.load(FILES)).resolves.toBeUndefined()
    expect(asked).toEqual(['/images/load?quiet=1'])
  })

  it('rejects with what the engine says over its socket', async () => {
    await listen('{"error":"no space left"}\n')
    const engine = await engineOf({context: `echo unix://${join(folder, 'docker.sock')}`})
    await expect(engine.load(FILES)).toFailWith('docker', {
      detail: 'the Docker Engine rejected the image: no space left'
    })
  })

  it('rejects where the socket cannot be reached', async () => {
    const engine = await engineOf({context: `echo unix://${join(folder, 'absent.sock')}`})
    await expect(engine.load(FILES)).toFailWith('docker', {detail: expect.stringMatching(/^docker load: /)})
  })

  it('rejects with the reason of its signal, not with the error of the request that it ends', async () => {
    const controller = new AbortController()
    server = createServer(() => {
      controller.abort(new Error('time is up'))
    }).listen(join(folder, 'docker.sock'))
    await once(server, 'listening')
    const engine = await engineOf({context: `echo unix://${join(folder, 'docker.sock')}`}, controller.signal)
    await expect(engine.load(FILES)).rejects.toThrow('time is up')
  })

  it.each([
    {name: 'over TCP', context: 'echo tcp://127.0.0.1:2375'},
    {name: 'with a socket in the address of something else', context: 'echo ssh://host/unix:///absent.sock'},
    {name: 'with a second line', context: 'printf "unix:///absent.sock\\nunix\\n"'},
    {name: 'without a context', context: 'echo unix:///absent.sock; exit 1'}
  ])('goes through the program for an engine $name', async ({context}) => {
    const engine = await engineOf({context, load: `cat > ${join(folder, 'loaded')}`})
    await engine.load(FILES)
    expect(await readFile(join(folder, 'loaded'), 'latin1')).toMatch(/^manifest\.json/)
  })

  it('rejects with the last line of the program', async () => {
    const engine = await engineOf({context: 'exit 1', load: 'echo "open x: no space left" >&2; exit 1'})
    await expect(engine.load(FILES)).toFailWith('docker', {
      detail: 'the Docker Engine rejected the image: open x: no space left'
    })
  })
})

describe('imageId', () => {
  const ID = `sha256:${'a'.repeat(64)}`

  it('is what the engine prints', async () => {
    const engine = await engineOf({image: `test "$5" = php:8.3 && echo ${ID}`})
    await expect(engine.imageId('php:8.3')).resolves.toBe(ID)
  })

  it('is undefined for an image that the engine does not have', async () => {
    const engine = await engineOf({image: `echo ${ID}; echo "Error: No such image: php:8.3" >&2; exit 1`})
    await expect(engine.imageId('php:8.3')).resolves.toBeUndefined()
  })

  it('rejects for any other failure', async () => {
    const engine = await engineOf({image: 'echo "permission denied" >&2; exit 1'})
    await expect(engine.imageId('php:8.3')).toFailWith('docker', {
      detail: 'docker image inspect php:8.3 failed: permission denied'
    })
  })
})
