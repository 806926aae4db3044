// Files outside of the workspace are not read, whatever paths and links lead to them. No message quotes a file, since the author of a
// Compose file can name any file as a Dockerfile.

import {describe, expect, it, jest} from '@jest/globals'
import {PIPE, type Planted, runInHostileWorkspace} from '../support/hostile-workspace.ts'

// Processes, on a machine that may have other things to do.
jest.setTimeout(120_000)

const SECRET = 'c2VjcmV0LW9mLXRoZS1tYWNoaW5l'

const OUTSIDE: Readonly<Record<string, Planted>> = {
  Dockerfile: `FROM HOST/${SECRET.toLowerCase()}:1\n`,
  'app/Dockerfile': `FROM HOST/${SECRET.toLowerCase()}:2\n`,
  'config.json': `{"auths": {"registry.example.com": {"auth": "${SECRET}"}}}`,
  'broken.yaml': `auth: [${SECRET}\n  - "\n`,
  'compose.yaml': `services: {base: {image: "HOST/${SECRET.toLowerCase()}:3"}}\n`,
  '.env': `TOKEN=${SECRET}\n`
}

const good = 'good: {image: "HOST/good:1"}'
function compose(service: string): string {
  return `services:\n  ${good}\n  bad: ${service}\n`
}
function bake(attributes: string): string {
  return `target "good" {\n  dockerfile-inline = "FROM HOST/good:1"\n}\ntarget "bad" {\n  ${attributes}\n}\n`
}

type Attack = {
  readonly name: string
  readonly inside: Readonly<Record<string, Planted>>
  readonly files?: string
  /** What the warning names. */
  readonly named: string
}

const ATTACKS: readonly Attack[] = [
  {
    name: 'a build context by its absolute path',
    inside: {'compose.yaml': compose('{build: {context: OUTSIDE}}')},
    named: 'outside of the workspace'
  },
  {
    name: 'a Dockerfile by its absolute path',
    inside: {'compose.yaml': compose('{build: {context: ., dockerfile: OUTSIDE/config.json}}')},
    named: 'config.json was skipped'
  },
  {
    name: 'a build context behind ..',
    inside: {'compose.yaml': compose('{build: ../elsewhere}')},
    named: '../elsewhere/Dockerfile was skipped'
  },
  {
    name: 'a Dockerfile behind ..',
    inside: {'compose.yaml': compose('{build: {context: ., dockerfile: ../elsewhere/config.json}}')},
    named: '../elsewhere/config.json was skipped'
  },
  {
    name: 'a service that extends one of elsewhere',
    inside: {'compose.yaml': compose('{extends: {file: ../elsewhere/compose.yaml, service: base}}')},
    named: '../elsewhere/compose.yaml was skipped'
  },
  {
    name: 'a file of elsewhere that is included',
    inside: {'compose.yaml': `include: [../elsewhere/compose.yaml, OUTSIDE/broken.yaml]\nservices: {${good}}\n`},
    named: 'broken.yaml was skipped'
  },
  {
    name: 'a .env that is a link',
    inside: {'compose.yaml': compose('{image: "HOST/leak:${TOKEN}"}'), '.env': {link: 'OUTSIDE/.env'}},
    named: '.env is a symbolic link'
  },
  {
    name: 'a .env that is a link, beside a default',
    inside: {'compose.yaml': compose('{image: "HOST/leak:${TOKEN:-1}"}'), '.env': {link: 'OUTSIDE/.env'}},
    named: '.env is a symbolic link'
  },
  {
    name: 'a Dockerfile that is a link',
    inside: {'compose.yaml': compose('{build: .}'), Dockerfile: {link: 'OUTSIDE/config.json'}},
    named: 'Dockerfile is a symbolic link'
  },
  {
    name: 'a link to a link to a Dockerfile',
    inside: {'compose.yaml': compose('{build: a}'), 'a/Dockerfile': {link: '../b'}, b: {link: 'OUTSIDE/Dockerfile'}},
    named: 'a/Dockerfile is a symbolic link'
  },
  {
    name: 'a build context that is a link',
    inside: {'compose.yaml': compose('{build: linked/app}'), linked: {link: 'OUTSIDE'}},
    named: 'linked is a symbolic link'
  },
  {
    name: 'a link that a glob finds',
    inside: {'compose.yaml': compose('{image: "HOST/good:2"}'), 'docker/Dockerfile': {link: 'OUTSIDE/Dockerfile'}},
    files: 'compose.yaml\n**/Dockerfile',
    named: 'docker/Dockerfile is a symbolic link'
  },
  {
    name: 'a folder that a glob finds',
    inside: {'compose.yaml': compose('{image: "HOST/good:2"}'), docker: {link: 'OUTSIDE'}},
    files: 'compose.yaml\n**/Dockerfile',
    named: 'docker is a symbolic link'
  },
  {
    name: 'a link that is written out',
    inside: {'compose.yaml': compose('{image: "HOST/good:2"}'), Dockerfile: {link: 'OUTSIDE/config.json'}},
    files: 'compose.yaml\nDockerfile',
    named: 'Dockerfile is a symbolic link'
  },
  {
    name: 'patterns that lead out',
    inside: {'compose.yaml': compose('{image: "HOST/good:2"}')},
    files: 'compose.yaml\n../elsewhere/Dockerfile\nOUTSIDE/**/Dockerfile\n../**/config.json\n*/../../elsewhere/*',
    named: '../elsewhere/Dockerfile was skipped'
  },
  {
    name: 'a context of Bake behind ..',
    inside: {'docker-bake.hcl': bake('context = "../elsewhere"')},
    files: 'docker-bake.hcl',
    named: '../elsewhere/Dockerfile was skipped'
  },
  {
    name: 'a Dockerfile of Bake by its absolute path',
    inside: {'docker-bake.hcl': bake('dockerfile = "OUTSIDE/config.json"')},
    files: 'docker-bake.hcl',
    named: 'config.json was skipped'
  },
  {
    name: 'the Dockerfile of an action behind ..',
    inside: {
      'compose.yaml': compose('{image: "HOST/good:2"}'),
      'action.yml': 'name: x\nruns: {using: docker, image: ../elsewhere/config.json}\n'
    },
    files: 'compose.yaml\naction.yml',
    named: '../elsewhere/config.json'
  },
  {
    name: 'the Compose file of a dev container behind ..',
    inside: {
      'compose.yaml': compose('{image: "HOST/good:2"}'),
      'devcontainer.json': '{"dockerComposeFile": "../elsewhere/compose.yaml", "service": "base"}'
    },
    files: 'compose.yaml\ndevcontainer.json',
    named: '../elsewhere/compose.yaml'
  },
  {
    name: 'the Dockerfile of a dev container that is a link',
    inside: {
      'compose.yaml': compose('{image: "HOST/good:2"}'),
      'devcontainer.json': '{"build": {"dockerfile": "x"}}',
      x: {link: 'OUTSIDE/config.json'}
    },
    files: 'compose.yaml\ndevcontainer.json',
    named: 'x is a symbolic link'
  },
  {
    name: 'a pipe as a Dockerfile',
    inside: {'compose.yaml': compose('{build: .}'), Dockerfile: PIPE},
    named: 'not a regular file'
  },
  {
    name: 'a pipe as a .env',
    inside: {'compose.yaml': compose('{image: "HOST/leak:${TOKEN}"}'), '.env': PIPE},
    named: 'not a regular file'
  },
  {
    name: 'a pipe that is written out',
    inside: {'compose.yaml': compose('{image: "HOST/good:2"}'), pipe: PIPE},
    files: 'compose.yaml\npipe',
    named: 'not a regular file'
  },
  {
    name: 'a device as a Dockerfile',
    inside: {'compose.yaml': compose('{build: .}'), Dockerfile: {link: '/dev/zero'}},
    named: 'Dockerfile is a symbolic link'
  },
  {
    name: 'the configuration of git, which has a token in it',
    inside: {
      'compose.yaml': compose('{build: {context: ., dockerfile: .git/config}}'),
      '.git/config': `FROM HOST/${SECRET.toLowerCase()}:4\n`
    },
    named: 'Files in .git are not read'
  }
]

function leaks(text: string): boolean {
  return text.toLowerCase().includes(SECRET.toLowerCase())
}

describe('a path outside of the workspace', () => {
  it.each(ATTACKS)('is left out with a warning: $name', async ({inside, files = 'compose.yaml', named}) => {
    const {requestText, visibleText, annotations} = await runInHostileWorkspace({
      inside,
      outside: OUTSIDE,
      inputs: {files}
    })
    expect(leaks(requestText)).toBe(false)
    expect(leaks(visibleText)).toBe(false)
    expect(requestText).not.toContain('leak')
    // The rest is looked for as ever.
    expect(requestText).toContain('/v2/good/manifests/1')
    expect(annotations).toContainEqual(
      expect.objectContaining({level: 'warning', title: 'Skipped in files', message: expect.stringContaining(named)})
    )
  })
})

describe('links that stay inside', () => {
  it('are followed by paths and by globs, without going in circles', async () => {
    const {requestText, annotations} = await runInHostileWorkspace({
      inside: {
        'real/app/Dockerfile': 'FROM HOST/app:1\n',
        'real/loop': {link: '..'},
        'real/self': {link: '.'},
        linked: {link: 'real/app'},
        'docker/Dockerfile': {link: '../real/app/Dockerfile'},
        'compose.yaml': 'services:\n  a: {build: linked}\n  b: {image: "HOST/b:$V"}\n',
        '.env': {link: 'variables'},
        variables: 'V=7\n'
      },
      inputs: {files: 'linked/*\ndocker/Dockerfile\ncompose.yaml\n**/app/Dockerfile'}
    })
    expect(requestText).toContain('/v2/app/manifests/1')
    expect(requestText).toContain('/v2/b/manifests/7')
    expect(annotations.filter(({title}) => title === 'Left out of files')).toEqual([])
    const places = annotations.flatMap(({file, message}) => [file ?? '', message]).join('\n')
    for (const file of ['docker/Dockerfile', 'linked/Dockerfile', 'real/app/Dockerfile']) expect(places).toContain(file)
  })
})

describe('a file in the workspace that is not what it is named as', () => {
  const NPMRC = `//registry.npmjs.org/:_authToken=${SECRET}\n`

  it.each<{readonly name: string; readonly inside: Readonly<Record<string, Planted>>; readonly files: string}>([
    {
      name: 'as a Dockerfile',
      inside: {'compose.yaml': compose('{build: {dockerfile: .npmrc}}'), '.npmrc': NPMRC},
      files: 'compose.yaml'
    },
    {
      name: 'as a Dockerfile with a directive',
      inside: {'compose.yaml': compose('{build: {dockerfile: x}}'), x: `# escape=${SECRET}\n`},
      files: 'compose.yaml'
    },
    {
      name: 'as a Dockerfile with a heredoc',
      inside: {'compose.yaml': compose('{build: {dockerfile: x}}'), x: `run <<${SECRET}\n`},
      files: 'compose.yaml'
    },
    {name: 'as a Compose file', inside: {'compose.yaml': `auth: ${SECRET}\n`}, files: 'compose.yaml'},
    ...[
      `auth: [${SECRET}\n`,
      `a: "${SECRET}\n`,
      `a: ${SECRET}: b\n`,
      `${SECRET}: 1\n${SECRET}: 2\n`,
      `a: *${SECRET}\nb: ]${SECRET}`,
      `%${SECRET}\n`,
      `a: !<${SECRET} x\n`
    ].map(text => ({
      name: `as a Compose file that is no YAML: ${text.replaceAll(SECRET, '…')}`,
      inside: {'compose.yaml': text},
      files: 'compose.yaml'
    })),
    {
      name: 'as a file that is included',
      inside: {'compose.yaml': `include: [.npmrc]\nservices: {${good}}\n`, '.npmrc': NPMRC},
      files: 'compose.yaml'
    },
    {name: 'as a Bake file', inside: {'vault.hcl': `token = ${SECRET} x\n`}, files: 'vault.hcl'},
    {name: 'as a Bake file of one string', inside: {'vault.hcl': `token = "${SECRET}\n`}, files: 'vault.hcl'},
    {name: 'as JSON', inside: {'docker-bake.json': `{"auth": "${SECRET}",, "target": {}}`}, files: '*.json'},
    {name: 'as a .env', inside: {'compose.yaml': compose('{image: "HOST/x:${A}"}'), '.env': NPMRC}, files: '*.yaml'}
  ])('is not quoted in a message: $name', async ({inside, files}) => {
    const {visibleText, requestText, annotations} = await runInHostileWorkspace({inside, inputs: {files}})
    expect(leaks(visibleText)).toBe(false)
    expect(leaks(requestText)).toBe(false)
    expect(annotations.length).toBeGreaterThan(0)
  })
})
