// cosign signs with a key, in the formats of both generations, in two registries. The action verifies what it made, and cosign what the
// action says, also of a copy by mirror. Nothing is sent to Sigstore: there is no entry of a log.

import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, expect, it} from '@jest/globals'
import {type DockerRegistry, type RegistryProgram, startDockerRegistry} from './support/docker-registry.ts'
import {statementOf} from './support/authorities.ts'
import {makePublished} from './support/images.ts'
import {manifestAt, runMirrorAction} from './support/mirror-fixture.ts'
import {describeWith} from './support/programs.ts'
import {runAction} from './support/run-action.ts'

const run = promisify(execFile)
const PROGRAMS: readonly RegistryProgram[] = ['docker-registry', 'registry']
const FORMATS = [
  {format: 'a .sig tag', flags: ['--new-bundle-format=false']},
  {format: 'a bundle', flags: ['--new-bundle-format=true']}
]

describeWith(['docker-registry', 'registry', 'cosign', 'regctl'], 'what cosign signs', () => {
  let folder: string
  let registries: ReadonlyMap<RegistryProgram, DockerRegistry>
  let seed = 700

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verified-image-cosign-'))
    await cosign('generate-key-pair')
    await cosign('generate-key-pair', '--output-key-prefix', 'other')
    registries = new Map(
      await Promise.all(PROGRAMS.map(async program => [program, await startDockerRegistry({program})] as const))
    )
  }, 60_000)

  afterAll(async () => {
    await Promise.all([...registries.values()].map(registry => registry.close()))
    await rm(folder, {recursive: true, force: true})
  })

  function regctl(...args: readonly string[]): Promise<{stdout: string}> {
    const env = {PATH: process.env['PATH'], HOME: folder, REGCTL_CONFIG: join(folder, 'regctl.json')}
    return run('regctl', args, {cwd: folder, env, timeout: 60_000})
  }

  function cosign(...args: readonly string[]): Promise<unknown> {
    const env = {PATH: process.env['PATH'], HOME: folder, COSIGN_PASSWORD: '', COSIGN_YES: 'true'}
    return run('cosign', args, {cwd: folder, env, timeout: 60_000})
  }

  it.each(PROGRAMS.flatMap(program => FORMATS.map(format => ({program, ...format}))))(
    'in $program as $format is verified with its key, and with no other',
    async ({program, flags}) => {
      const registry = registries.get(program)
      if (registry === undefined) throw new Error('no registry was started')
      const published = makePublished({seed: ++seed})
      await registry.push('acme/app', '1', published)
      const image = `${registry.host}/acme/app@${published.index.digest}`
      const offline = ['--tlog-upload=false', '--use-signing-config=false', '--allow-http-registry']
      await cosign('sign', '--key', 'cosign.key', ...offline, ...flags, image)
      const inputs = {image: `${registry.host}/acme/app:1`, platform: 'linux/amd64', 'public-mirrors': ''}
      const signed = await runAction({...inputs, 'signed-by': 'key:cosign.pub'}, {cwd: folder})
      expect(signed).toMatchObject({exitCode: 0, stderr: ''})
      expect(Object.values(JSON.parse(signed.outputs['signers'] ?? '{}') as object)).toMatchObject([
        {kind: 'key', key: 'cosign.pub', foundAt: `${registry.host}/acme/app`, digest: published.index.digest}
      ])
      const another = await runAction({...inputs, 'signed-by': 'key:other.pub'}, {cwd: folder})
      expect(another.exitCode).toBe(1)
      expect(another.report).toMatchObject({images: [{failure: {kind: 'signature', problem: 'signed-by-another'}}]})
      const check = ['verify', '--insecure-ignore-tlog', '--allow-http-registry', ...flags]
      const reference = signed.outputs['reference'] ?? ''
      await cosign(...check, '--key', 'cosign.pub', reference)
      await expect(cosign(...check, '--key', 'other.pub', reference)).rejects.toThrow()
    },
    120_000
  )

  it.each(FORMATS)(
    'of a statement that regctl attached to a platform is verified, as $format',
    async ({flags}) => {
      const registry = registries.get('registry')
      if (registry === undefined) throw new Error('no registry was started')
      const published = makePublished({seed: ++seed})
      await registry.push('acme/hardened', String(seed), published)
      const platform = published.children[0]?.manifest.digest ?? published.index.digest
      const statement = statementOf(platform, {predicateType: 'https://slsa.dev/provenance/v1'})
      await writeFile(join(folder, 'statement.json'), JSON.stringify(statement))
      await regctl('registry', 'set', '--tls', 'disabled', registry.host)
      const type = 'application/vnd.in-toto+json'
      const put = ['artifact', 'put', '--artifact-type', type, '--file-media-type', type, '--file', 'statement.json']
      const repository = `${registry.host}/acme/hardened`
      const form = ['--format', '{{.Manifest.GetDescriptor.Digest}}']
      const {stdout} = await regctl(...put, ...form, '--subject', `${repository}@${platform}`)
      const image = `${repository}:${String(seed)}`
      const inputs = {image, platform: 'linux/amd64', 'public-mirrors': '', 'signed-by': 'key:cosign.pub'}
      expect(await runAction(inputs, {cwd: folder})).toMatchObject({exitCode: 1})
      const offline = ['--tlog-upload=false', '--use-signing-config=false', '--allow-http-registry']
      await cosign('sign', '--key', 'cosign.key', ...offline, ...flags, `${repository}@${stdout.trim()}`)
      expect(await runAction(inputs, {cwd: folder})).toMatchObject({exitCode: 0, stderr: ''})
      expect(await runAction({...inputs, 'signed-by': 'key:other.pub'}, {cwd: folder})).toMatchObject({exitCode: 1})
    },
    120_000
  )

  it.each(PROGRAMS.flatMap(program => FORMATS.map(format => ({program, ...format}))))(
    'in $program as $format is copied by mirror to another registry, where cosign and the same rule accept it',
    async ({program, flags}) => {
      const source = registries.get(program)
      const target = registries.get(PROGRAMS.find(other => other !== program) ?? program)
      if (source === undefined || target === undefined) throw new Error('no registry was started')
      const published = makePublished({seed: ++seed})
      const {digest} = published.index
      const name = `app-${String(seed)}`
      await source.push(`acme/${name}`, '1', published)
      const to = `${source.host}/acme=${target.host}/copies`
      const inputs = {
        image: `${source.host}/acme/${name}:1`,
        'public-mirrors': '',
        'signed-by': `${source.host}/acme=key:cosign.pub`
      }
      const unsigned = await runMirrorAction({...inputs, to}, {cwd: folder})
      expect(unsigned.report).toMatchObject({images: [{source: {failure: {kind: 'signature', problem: 'unsigned'}}}]})
      expect(await manifestAt(`http://${target.host}`, `copies/${name}`, digest)).toBeUndefined()

      const offline = ['--tlog-upload=false', '--use-signing-config=false', '--allow-http-registry']
      await cosign('sign', '--key', 'cosign.key', ...offline, ...flags, `${source.host}/acme/${name}@${digest}`)
      const copied = await runMirrorAction({...inputs, to}, {cwd: folder})
      expect(copied).toMatchObject({exitCode: 0, stderr: '', annotations: []})
      const copy = `${target.host}/copies/${name}@${digest}`
      const check = ['verify', '--insecure-ignore-tlog', '--allow-http-registry', ...flags]
      await cosign(...check, '--key', 'cosign.pub', copy)
      await expect(cosign(...check, '--key', 'other.pub', copy)).rejects.toThrow()
      // The digest is known, so that the primary is not asked first.
      const pinned = {image: `${inputs.image}@${digest}`, mirrors: to, prefer: 'mirrors', platform: 'linux/amd64'}
      const served = await runAction({...inputs, ...pinned}, {cwd: folder})
      expect([served.exitCode, served.outputs['reference']]).toEqual([0, copy])
      expect(Object.values(JSON.parse(served.outputs['signers'] ?? '{}') as object)).toMatchObject([
        {key: 'cosign.pub', foundAt: `${target.host}/copies/${name}`, digest}
      ])
    },
    180_000
  )
})
