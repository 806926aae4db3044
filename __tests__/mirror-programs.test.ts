// The action mirror with real registries: docker-registry 2.8, distribution 3, and crane's. Other programs agree with the copy, digest by
// digest; then the source is stopped, and the action in the root serves the image with the same line in `mirrors`.

import {execFileSync, spawn} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import {makePki} from './support/ca-locations.ts'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {makeImage, makeIndex} from './support/images.ts'
import {attach, manifestAt, pushContent, rootOf, runMirrorAction, TARGET} from './support/mirror-fixture.ts'
import {describeWith} from './support/programs.ts'
import {type RepositoryContent, publish} from './support/registry-content.ts'
import {runAction} from './support/run-action.ts'

const REPOSITORY = 'acme/app'
const TAG = '1.0'
const image = makeIndex({
  children: [
    makeImage({platform: 'linux/amd64'}),
    makeImage({platform: 'linux/arm64', layers: [{content: {seed: 7, size: 300_000}}, {content: {seed: 8, size: 10}}]})
  ],
  attestations: true
})
const {digest} = rootOf(image)
const contents: readonly RepositoryContent[] = [publish(REPOSITORY, TAG, image), attach(REPOSITORY, image)]
const manifests = contents.flatMap(content => content.manifests)
const tags = Object.keys(Object.assign({}, ...contents.map(content => content.tags)) as object)

type Place = {readonly host: string; readonly close: () => Promise<void>}

async function startTarget(program: string): Promise<Place> {
  if (program !== 'crane') return startDockerRegistry({program: program as 'docker-registry' | 'registry'})
  const child = spawn('crane', ['registry', 'serve', '--address', '127.0.0.1:0'], {stdio: ['ignore', 'ignore', 'pipe']})
  const port = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (text: Buffer) => {
      const [, found] = /serving on port (\d+)/.exec(text.toString()) ?? []
      if (found !== undefined) resolve(found)
    })
    child.once('error', reject)
  })
  const gone = new Promise(resolve => child.once('close', resolve))
  return {
    host: `127.0.0.1:${port}`,
    close: async () => {
      child.kill('SIGKILL')
      await gone
    }
  }
}

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']})
}

describeWith(['docker-registry', 'registry', 'crane', 'skopeo', 'regctl'], 'mirror with real registries', () => {
  describe.each(['docker-registry', 'registry', 'crane'])('a copy at %s', program => {
    let source: DockerRegistry
    let target: Place
    let inputs: Readonly<Record<string, string>>

    beforeAll(async () => {
      source = await startDockerRegistry()
      for (const content of contents) await pushContent(`http://${source.host}`, content)
      target = await startTarget(program)
      inputs = {
        image: `${source.host}/${REPOSITORY}:${TAG}`,
        to: `${source.host}/${REPOSITORY}=${target.host}/${TARGET}`
      }
    })
    afterAll(async () => {
      await Promise.all([source.close(), target.close()])
    })

    it('has every manifest, every tag, and every attachment, byte for byte', async () => {
      const first = await runMirrorAction(inputs)
      expect([first.exitCode, first.stderr]).toEqual([0, ''])
      const sent = contents.flatMap(content => content.blobs)
      expect(JSON.parse(first.outputs['copied'] ?? '')).toEqual({
        [inputs['image'] ?? '']: {
          target: `${target.host}/${TARGET}@${digest}`,
          sent: new Set(sent.map(blob => blob.digest)).size,
          present: 0,
          bytes: [...new Map(sent.map(blob => [blob.digest, blob.size])).values()].reduce((sum, size) => sum + size, 0),
          attachments: 2
        }
      })
      const origin = `http://${target.host}`
      // The index of referrers is the target's own.
      for (const manifest of manifests.filter(one => one.digest !== contents[1]?.tags[digest.replace(':', '-')]))
        expect(await manifestAt(origin, TARGET, manifest.digest)).toEqual(manifest.bytes)
      expect(await manifestAt(origin, TARGET, TAG)).toEqual(rootOf(image).bytes)
      for (const tag of tags.filter(name => name.endsWith('.sig')))
        expect(await manifestAt(origin, TARGET, tag)).toEqual(
          await manifestAt(`http://${source.host}`, REPOSITORY, tag)
        )
    })

    it('is what skopeo, crane, and regctl see', () => {
      const copy = `${target.host}/${TARGET}:${TAG}`
      expect(run('crane', 'digest', '--insecure', copy)).toBe(`${digest}\n`)
      // crane takes an attestation for an image, and misses its layers. So each platform is validated by itself.
      for (const platform of ['linux/amd64', 'linux/arm64'])
        expect(run('crane', 'validate', '--insecure', '--platform', platform, '--remote', copy)).toContain('PASS')
      expect(run('skopeo', 'inspect', '--tls-verify=false', '--raw', `docker://${copy}`)).toBe(
        rootOf(image).bytes.toString()
      )
      const regctl = ['--host', `reg=${target.host},tls=disabled`]
      expect(run('regctl', ...regctl, 'image', 'digest', copy)).toBe(`${digest}\n`)
      const tree = run('regctl', ...regctl, 'artifact', 'list', '--format', '{{jsonPretty .}}', copy)
      expect(tree).toContain('application/vnd.example.sbom+json')
    })

    it('is left as it is by the next run, which sends nothing', async () => {
      const second = await runMirrorAction(inputs)
      expect(second.exitCode).toBe(0)
      expect(JSON.parse(second.outputs['copied'] ?? '')).toMatchObject({
        [inputs['image'] ?? '']: {sent: 0, bytes: 0, attachments: 2}
      })
    })

    it('serves the build when the source is gone, by the same line in mirrors', async () => {
      await source.kill()
      const served = await runAction({
        image: `${inputs['image'] ?? ''}@${digest}`,
        mirrors: inputs['to'] ?? '',
        platform: 'linux/amd64',
        'public-mirrors': '',
        attempts: '1'
      })
      expect([served.exitCode, served.outputs['reference']]).toEqual([0, `${target.host}/${TARGET}@${digest}`])
    })
  })

  it('logs in with a password over TLS with a CA of its own, and sends it to the target alone', async () => {
    const pki = await makePki('mirror tests')
    const folder = await mkdtemp(join(tmpdir(), 'verified-image-mirror-'))
    const ca = join(folder, 'ca.pem')
    await writeFile(ca, pki.ca)
    const source = await startDockerRegistry()
    const tls = {key: String(pki.tls.key), cert: String(pki.tls.cert)}
    const target = await startDockerRegistry({username: 'pusher', tls})
    try {
      await source.push(REPOSITORY, TAG, image)
      const inputs = {
        image: `${source.host}/${REPOSITORY}:${TAG}`,
        to: `${source.host}=${target.host}`,
        'target-username': 'pusher'
      }
      const env = {NODE_EXTRA_CA_CERTS: ca}
      const wrong = await runMirrorAction({...inputs, 'target-password': 'no', attempts: '1'}, {env})
      expect(wrong.exitCode).toBe(1)
      expect(wrong.annotations[0]?.message).toContain('check target-username and target-password')
      const right = await runMirrorAction({...inputs, 'target-password': 'correct-horse-battery'}, {env})
      expect([right.exitCode, right.masks]).toEqual([0, expect.arrayContaining(['correct-horse-battery'])])
      expect(right.stdout.replace(/^::add-mask::.*$/gm, '')).not.toContain('correct-horse-battery')
    } finally {
      await Promise.all([source.close(), target.close()])
      await rm(folder, {recursive: true})
    }
  })
})
