// Images of real builders, with attestations, copied by mirror to real registries: the engines pull and run the copy, and skopeo and
// regctl see what they see at the source. The content is new in each run, so that no engine has it already.

import {execFile} from 'node:child_process'
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, expect, it, jest} from '@jest/globals'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {findEngines} from './support/engines.ts'
import {helloProgramFor} from './support/hello-program.ts'
import {runMirrorAction} from './support/mirror-fixture.ts'
import {describeWith} from './support/programs.ts'

jest.setTimeout(180_000)

const GREETING = `hello from a copy at ${String(Date.now())}`
const engines = findEngines()
const builder = engines.find(({store}) => store === 'containerd')

let source: DockerRegistry
let target: DockerRegistry
let folder: string

beforeAll(async () => {
  ;[source, target, folder] = await Promise.all([
    startDockerRegistry(),
    startDockerRegistry({program: 'registry'}),
    mkdtemp(join(tmpdir(), 'verified-image-copies-'))
  ])
  await writeFile(join(folder, 'hello'), helloProgramFor(process.arch, GREETING))
  await chmod(join(folder, 'hello'), 0o755)
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY hello /hello\nCMD ["/hello"]\n')
})
afterAll(async () => {
  await Promise.all([source.close(), target.close(), rm(folder, {recursive: true, force: true})])
})

async function skopeoRaw(name: string): Promise<string> {
  const {stdout} = await promisify(execFile)('skopeo', ['inspect', '--tls-verify=false', '--raw', `docker://${name}`])
  return stdout
}

describeWith(['docker', 'buildx', 'skopeo', 'registry', 'docker-registry'], 'the copy of an image of buildx', () => {
  it.each([
    {name: 'two platforms with provenance', args: ['--platform', 'linux/amd64,linux/arm64', '--provenance=mode=max']},
    {name: 'one platform without an index', args: ['--provenance=false']}
  ])('is pulled and run by both engines: $name', async ({name, args}) => {
    const repository = `copies/${name.replaceAll(/[^a-z0-9]+/g, '-')}`
    const built = `${source.host}/${repository}:1`
    if (builder === undefined) throw new Error('there is no engine with the containerd store')
    const output = ['--output', `type=image,name=${built},push=true`]
    await builder.docker('buildx', 'build', '--quiet', '--no-cache', ...args, ...output, folder)
    const run = await runMirrorAction({image: built, to: `${source.host}=${target.host}`})
    expect([run.exitCode, run.stderr]).toEqual([0, ''])
    const copy = `${target.host}/${repository}:1`
    expect(await skopeoRaw(copy)).toBe(await skopeoRaw(built))
    const reference = (JSON.parse(run.outputs['references'] ?? '{}') as Record<string, string>)[built] ?? ''
    expect(reference).toContain(`${target.host}/${repository}@sha256:`)
    for (const engine of engines) {
      expect(await engine.docker('run', '--rm', '--pull', 'always', reference)).toBe(GREETING)
      await engine.docker('image', 'rm', '--force', reference)
    }
  })
})
