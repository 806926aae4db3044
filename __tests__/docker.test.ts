// The outputs with a real engine: `docker pull` of the reference, and a build of an unchanged Dockerfile.
// The engine is that of DOCKER_HOST, and pulls from registries on loopback only.

import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, expect, it} from '@jest/globals'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {type Image, makePublished} from './support/images.ts'
import {type Internet, startInternet} from './support/internet.ts'
import {describeWith} from './support/programs.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

const NAME = 'mlocati/php-extension-installer'
const TAG = '2.7.35'
const SECOND = 'mlocati/docker-php-extension-installer'

async function docker(...args: string[]): Promise<string> {
  const {stdout} = await promisify(execFile)('docker', args, {timeout: 60_000})
  return stdout.trim()
}

describeWith(['docker-registry', 'docker', 'buildx'], 'Docker, with a corrupt config at Docker Hub', () => {
  // Nobody else has made this image: nothing of it is in the engine.
  const published = makePublished({seed: Date.now()})
  let hub: DockerRegistry
  let mirror: DockerRegistry
  let internet: Internet
  let run: ActionRun
  let folder: string
  const image = (): Image => {
    const [amd64, arm64] = published.children
    const own = process.arch === 'arm64' ? arm64 : amd64
    if (own === undefined) throw new Error('no image was made')
    return own
  }

  beforeAll(async () => {
    ;[hub, mirror, folder] = await Promise.all([
      startDockerRegistry(),
      startDockerRegistry(),
      mkdtemp(join(tmpdir(), 'verified-image-build-'))
    ])
    for (const registry of [hub, mirror]) {
      await registry.push(NAME, TAG, published)
      await registry.push(SECOND, TAG, published)
    }
    await writeFile(hub.blobPath(image().config.digest), '{}')
    internet = await startInternet({'registry-1.docker.io': Number(hub.host.split(':')[1])})
    run = await runAction(
      {image: `${NAME}:${TAG}\n${SECOND}:${TAG}`, mirrors: `docker.io=${mirror.host}`, backoff: '10ms'},
      {env: {...internet.environment}}
    )
  })

  afterAll(async () => {
    await docker('image', 'rm', '--force', run.outputs['reference'] ?? '', 'verified-image-test:built').catch(() => '')
    await Promise.all([hub.close(), mirror.close(), internet.close(), rm(folder, {recursive: true})])
  })

  it('outputs a reference that docker pull accepts, with the image id of the output', async () => {
    expect(run.outputs).toMatchObject({
      reference: `${mirror.host}/${NAME}@${published.index.digest}`,
      source: 'mirror',
      'image-id': image().config.digest
    })
    await docker('pull', '--quiet', run.outputs['reference'] ?? '')
    const layers = await docker(
      'image',
      'inspect',
      '--format',
      '{{json .RootFS.Layers}}',
      run.outputs['reference'] ?? ''
    )
    expect(JSON.parse(layers)).toEqual(image().layers.map(({diffId}) => diffId))
  })

  it('outputs build contexts that build an unchanged Dockerfile with FROM and COPY --from of Docker Hub', async () => {
    await writeFile(
      join(folder, 'Dockerfile'),
      [`FROM ${NAME}:${TAG}`, `COPY --from=${SECOND}:${TAG} / /second/`, 'LABEL built=yes'].join('\n')
    )
    const contexts = (run.outputs['build-contexts'] ?? '').split('\n')
    expect(contexts).toEqual([
      `${NAME}:${TAG}=docker-image://${mirror.host}/${NAME}@${published.index.digest}`,
      `${SECOND}:${TAG}=docker-image://${mirror.host}/${SECOND}@${published.index.digest}`
    ])
    const options = contexts.flatMap(context => ['--build-context', context])
    await docker('buildx', 'build', '--load', '--tag', 'verified-image-test:built', ...options, folder)
    const layers = await docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', 'verified-image-test:built')
    expect(JSON.parse(layers)).toEqual([...image().layers.map(({diffId}) => diffId), expect.stringMatching(/^sha256:/)])
  })

  it('leaves a Dockerfile that fails without the build contexts, since Docker Hub is unreachable here', async () => {
    await writeFile(join(folder, 'Dockerfile'), `FROM ${NAME}:${TAG}`)
    await expect(docker('buildx', 'build', folder)).rejects.toThrow(`${NAME}:${TAG}`)
  })
})
