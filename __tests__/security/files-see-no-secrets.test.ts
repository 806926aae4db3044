// An attacker who changes a file chooses the registries that are requested. No secret of the step or the job gets into these requests, or into
// any output.

import {describe, expect, it, jest} from '@jest/globals'
import {type Planted, runInHostileWorkspace} from '../support/hostile-workspace.ts'

// Processes, on a machine that may have other things to do.
jest.setTimeout(120_000)

const SECRETS = {
  INPUT_USERNAME: 'robot-of-the-owner',
  INPUT_PASSWORD: 'pa55word-of-the-registry',
  'INPUT_GITHUB-TOKEN': 'ghs-token-of-the-job',
  ACTIONS_RUNTIME_TOKEN: 'runtime-token-of-the-job',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'id-token-of-the-job',
  GITHUB_TOKEN: 'ghp-token-in-the-environment',
  DEPLOY_KEY: 'deploy-key-of-the-job'
} as const

const INPUTS = {registry: 'registry.example.com'}

/** Also parts of them: a long secret goes out in pieces. */
function partsOf(secret: string): readonly string[] {
  return [secret, secret.slice(0, 12), secret.slice(-12)]
}
const PARTS = Object.entries(SECRETS).flatMap(([name, secret]) => (name === 'INPUT_USERNAME' ? [] : partsOf(secret)))

function found(text: string): readonly string[] {
  return PARTS.filter(part => text.includes(part))
}

const good = 'good: {image: "HOST/good:1"}'
function compose(...services: readonly string[]): string {
  return `services:\n  ${[good, ...services].join('\n  ')}\n`
}
function inline(text: string): string {
  return `dockerfile-inline = "FROM HOST/good:1\\n${text}"`
}

type Attack = {
  readonly name: string
  readonly files: Readonly<Record<string, Planted>>
  readonly variable: string
}

const ATTACKS: readonly Attack[] = [
  ...[
    '${INPUT_PASSWORD}',
    '$INPUT_PASSWORD',
    '${INPUT_PASSWORD:-1}',
    '${INPUT_PASSWORD-1}',
    '${OTHER:-${INPUT_PASSWORD}}',
    '${ACTIONS_RUNTIME_TOKEN}',
    '${ACTIONS_ID_TOKEN_REQUEST_TOKEN}',
    '${GITHUB_TOKEN}',
    '${DEPLOY_KEY}',
    '${DEPLOY_KEY:-1}'
  ].map(text => ({
    name: `the tag ${text} in Compose`,
    files: {'compose.yaml': compose(`bad: {image: "HOST/leak:${text}"}`)},
    variable: /[A-Z]+_[A-Z_]+/.exec(text)?.[0] ?? ''
  })),
  {
    name: 'the repository in Compose',
    files: {'compose.yaml': compose('bad: {image: "HOST/${DEPLOY_KEY}:1"}')},
    variable: 'DEPLOY_KEY'
  },
  {
    name: 'a variable of .env that is made from a secret',
    files: {'compose.yaml': compose('bad: {image: "HOST/leak:$V"}'), '.env': 'V=x-${INPUT_PASSWORD}\n'},
    variable: 'INPUT_PASSWORD'
  },
  {
    name: 'a variable that .env has too',
    files: {'compose.yaml': compose('bad: {image: "HOST/leak:$DEPLOY_KEY"}'), '.env': 'DEPLOY_KEY=1\n'},
    variable: 'DEPLOY_KEY'
  },
  ...['args: [DEPLOY_KEY]', 'args: {DEPLOY_KEY: }', 'args: {DEPLOY_KEY: "$DEPLOY_KEY"}'].map(args => ({
    name: `a build with ${args}`,
    files: {
      'compose.yaml': compose(
        `bad: {build: {${args}, dockerfile_inline: "ARG DEPLOY_KEY=1\\nFROM HOST/leak:$$DEPLOY_KEY"}}`
      )
    },
    variable: 'DEPLOY_KEY'
  })),
  {
    name: 'the context of a build',
    files: {
      'compose.yaml': compose(
        'bad: {build: {context: ., additional_contexts: {a: "docker-image://HOST/leak:$DEPLOY_KEY"}}}'
      ),
      Dockerfile: 'FROM HOST/good:2\n'
    },
    variable: 'DEPLOY_KEY'
  },
  {
    name: 'a file that is included',
    files: {
      'compose.yaml': `include: [more.yaml]\n${compose()}`,
      'more.yaml': 'services: {bad: {image: "HOST/leak:$INPUT_PASSWORD"}}\n'
    },
    variable: 'INPUT_PASSWORD'
  },
  ...['INPUT_PASSWORD', 'INPUT_GITHUB-TOKEN', 'ACTIONS_RUNTIME_TOKEN', 'DEPLOY_KEY'].map(variable => ({
    name: `the variable ${variable} in Bake`,
    files: {
      'docker-bake.hcl': [
        `variable "${variable}" { default = "1" }`,
        'target "x" {',
        `  ${inline('COPY --from=a / /')}`,
        `  contexts = { a = "docker-image://HOST/leak:\${${variable}}" }`,
        '}'
      ].join('\n')
    },
    variable
  })),
  {
    name: 'a part of one in Bake',
    files: {
      'docker-bake.hcl': `variable "DEPLOY_KEY" { default = "1" }\ntarget "x" {\n  ${inline('')}\n  contexts = { a = "docker-image://HOST/leak:\${substr(DEPLOY_KEY, 0, 12)}" }\n}\n`
    },
    variable: 'DEPLOY_KEY'
  },
  {
    name: 'Bake in JSON',
    files: {
      'docker-bake.json':
        '{"variable": {"DEPLOY_KEY": {"default": "1"}}, "target": {"y": {"dockerfile-inline": "FROM HOST/good:1"}, "x": {"dockerfile-inline": "FROM HOST/leak:${DEPLOY_KEY}"}}}'
    },
    variable: 'DEPLOY_KEY'
  }
]

describe('a file that puts a secret into the name of an image', () => {
  it.each(ATTACKS)('$name', async ({files, variable}) => {
    const {requestText, visibleText, annotations} = await runInHostileWorkspace({
      inside: files,
      inputs: {...INPUTS, files: Object.keys(files)[0] ?? ''},
      env: SECRETS
    })
    expect(found(requestText)).toEqual([])
    expect(found(visibleText)).toEqual([])
    expect(requestText).not.toContain('leak')
    // The rest is looked for as ever.
    expect(requestText).toContain('/v2/good/manifests/')
    expect(annotations).toContainEqual(
      expect.objectContaining({level: 'warning', message: expect.stringContaining(variable)})
    )
  })

  it('is left out with a warning that names the variable, the input, and the line to add', async () => {
    const {annotations, requestText} = await runInHostileWorkspace({
      inside: {'compose.yaml': compose('bad: {image: "HOST/web:${VERSION:-1}"}')},
      inputs: {files: 'compose.yaml'},
      env: {VERSION: '2'}
    })
    expect(requestText).not.toContain('/v2/web/')
    expect(annotations[0]).toMatchObject({
      ...{level: 'warning', file: 'compose.yaml', line: '3'},
      message: expect.stringMatching(/VERSION.*Add the line VERSION to the `file-variables` input/)
    })
  })
})

describe('file-variables', () => {
  it('gives files the listed variables, and those of every workflow', async () => {
    const {requestText, annotations} = await runInHostileWorkspace({
      inside: {
        'compose.yaml': compose(
          'a: {image: "HOST/a:${VERSION:-1}"}',
          'b: {image: "HOST/b:${OWN}"}',
          'c: {image: "HOST/c:${GITHUB_SHA}-${GITHUB_RUN_ID}"}',
          'd: {image: "HOST/d:${NOT_THERE:-1}"}'
        ),
        '.env': 'VERSION=3\n'
      },
      inputs: {files: 'compose.yaml', 'file-variables': 'VERSION\nOWN=5.1\nNOT_THERE'},
      env: {VERSION: '2', OWN: '4', GITHUB_SHA: 'abc', GITHUB_RUN_ID: '17'}
    })
    for (const path of ['a/manifests/2', 'b/manifests/5.1', 'c/manifests/abc-17', 'd/manifests/1'])
      expect(requestText).toContain(`/v2/${path}`)
    expect(annotations.filter(({title}) => title === 'Left out of files')).toEqual([])
  })

  it.each([
    {line: 'INPUT_PASSWORD', name: 'INPUT_PASSWORD'},
    {line: 'input_password', name: 'input_password'},
    {line: 'INPUT_GITHUB-TOKEN', name: 'INPUT_GITHUB-TOKEN'},
    {line: 'ACTIONS_RUNTIME_TOKEN', name: 'ACTIONS_RUNTIME_TOKEN'},
    {line: 'GITHUB_TOKEN', name: 'GITHUB_TOKEN'},
    {line: 'GITHUB_TOKEN=harmless', name: 'GITHUB_TOKEN'},
    {line: `MINE=${SECRETS.INPUT_PASSWORD}`, name: 'MINE'},
    {line: `MINE=1.0-${SECRETS.INPUT_PASSWORD}-x`, name: 'MINE'},
    {line: `MINE=${SECRETS['INPUT_GITHUB-TOKEN']}`, name: 'MINE'},
    {line: `MINE=${SECRETS.ACTIONS_RUNTIME_TOKEN}`, name: 'MINE'},
    {line: `MINE=${btoa(`${SECRETS.INPUT_USERNAME}:${SECRETS.INPUT_PASSWORD}`)}`, name: 'MINE'},
    {line: 'SAME', name: 'SAME'},
    {line: 'PROXY', name: 'PROXY'},
    {line: 'NO GOOD=1', name: 'NO GOOD'},
    {line: '1ST=1', name: '1ST'},
    {line: '=1', name: ''}
  ])('rejects $line without showing its value', async ({line, name}) => {
    const {requestText, visibleText, exitCode, annotations} = await runInHostileWorkspace({
      inside: {'compose.yaml': compose(`bad: {image: "HOST/leak:$${name}"}`)},
      inputs: {...INPUTS, files: 'compose.yaml', 'file-variables': line},
      env: {...SECRETS, SAME: SECRETS.INPUT_PASSWORD, PROXY: 'http://someone:pr0xy-password@proxy.example.com'}
    })
    expect(exitCode).toBe(1)
    expect(requestText).toBe('')
    expect(found(visibleText)).toEqual([])
    expect(visibleText).not.toContain('pr0xy-password')
    expect(annotations).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: expect.stringMatching(/^file-variables(?: ".*")?: .*Example: PHP_VERSION=8\.3\.8$/m)
      })
    )
  })
})
