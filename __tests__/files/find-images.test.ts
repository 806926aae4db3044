// A corpus of typical Dockerfiles, Compose files, and Bake files. Each has a file `.expected` beside it with a line per image: its line, its
// reference, and its own platform if it has one. `?` marks an entry that only the build knows.

import {readdirSync, readFileSync} from 'node:fs'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {describeWith} from '../support/programs.ts'
import {runRealBake} from '../support/bake.ts'
import {type FilesFound, findImages} from '../../src/files/find-images.ts'
import {variablesFor} from '../../src/files/file-variables.ts'
import {formatPlatform, type Platform, type PlatformChoice} from '../../src/oci/platform.ts'

const AMD64: Platform = {os: 'linux', architecture: 'amd64'}
const ARM64: Platform = {os: 'linux', architecture: 'arm64'}
const CORPUS = join('__tests__', 'corpus')
const SUFFIX = '.expected'

function look(
  workspace: string,
  patterns: readonly string[],
  platforms: PlatformChoice = {kind: 'machine', platform: AMD64}
): Promise<FilesFound> {
  const variables = variablesFor([{name: 'OF_THE_JOB'}], {
    environment: {OF_THE_JOB: 'from-the-job', WITHHELD: 'x'},
    names: ['OF_THE_JOB', 'WITHHELD'],
    secrets: []
  })
  return findImages({patterns, workspace, hostPlatform: AMD64, platforms, variables}, runRealBake)
}

function imagesIn({images}: FilesFound): readonly string[] {
  return images.map(
    ({location, text, platform}) =>
      `${location.file}:${String(location.line)} ${text}${platform === 'target' ? '' : ` @${formatPlatform(platform)}`}`
  )
}

type Rejected = {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly pattern?: string
  readonly reason: string
  readonly line: number | undefined
}

function isForBake(text: string): boolean {
  return /bake|\.hcl/.test(text)
}

describe('findImages in the corpus', () => {
  const files = readdirSync(CORPUS, {recursive: true, encoding: 'utf8'})
    .filter(name => name.endsWith(SUFFIX))
    .map(name => name.slice(0, -SUFFIX.length).replaceAll('\\', '/'))
    .sort()

  it('has at least forty files', () => {
    expect(files.length).toBeGreaterThanOrEqual(40)
  })

  it.each(files.filter(file => !isForBake(file)))('finds the images of %s', check)
  describeWith(['bake'], 'with Bake', () => {
    it.each(files.filter(isForBake))('finds the images of %s', check)
  })

  async function check(file: string): Promise<void> {
    const expected = readFileSync(join(CORPUS, file + SUFFIX), 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => (/^\d/.test(line) ? `${file}:${line}` : line))
    const found = await look(CORPUS, [file])
    expect(found.faults).toEqual([])
    expect([...imagesIn(found)].sort()).toEqual(expected.filter(line => !line.includes(' ? ')).sort())
    const skipped = expected.filter(line => line.includes(' ? ')).map(line => line.split(' ? '))
    const said = found.skipped.map(
      ({location, reason}) => [`${location?.file ?? ''}:${String(location?.line)}`, reason] as const
    )
    expect(said).toHaveLength(skipped.length)
    for (const [location = '', why = ''] of skipped)
      expect(said).toContainEqual([location, expect.stringContaining(why)])
  }
})

describe('findImages in a workspace', () => {
  let workspace: string

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'verified-image-files-'))
  })

  afterEach(async () => {
    await rm(workspace, {recursive: true})
  })

  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(workspace, dirname(name)), {recursive: true})
      await writeFile(join(workspace, name), text)
    }
  }

  it('matches globs, in hidden folders too, but not in .git and node_modules', async () => {
    await write({
      Dockerfile: 'FROM a:1',
      '.devcontainer/Dockerfile': 'FROM b:1',
      'docker/web/Dockerfile.dev': 'FROM c:1',
      'node_modules/x/Dockerfile': 'FROM d:1',
      '.git/Dockerfile': 'FROM e:1',
      'docker/web/Dockerfile.dockerignore': 'node_modules',
      'README.md': '# FROM nobody'
    })
    expect(imagesIn(await look(workspace, ['**/Dockerfile*']))).toEqual([
      '.devcontainer/Dockerfile:1 b:1',
      'Dockerfile:1 a:1',
      'docker/web/Dockerfile.dev:1 c:1'
    ])
    expect(imagesIn(await look(workspace, ['**/Dockerfile*', '!.devcontainer/**']))).toEqual([
      'Dockerfile:1 a:1',
      'docker/web/Dockerfile.dev:1 c:1'
    ])
    expect(imagesIn(await look(workspace, ['docker/web/Dockerfile.dev', './Dockerfile', 'docker/web/*.dev']))).toEqual([
      'docker/web/Dockerfile.dev:1 c:1',
      'Dockerfile:1 a:1'
    ])
  })

  it('accepts patterns that begin with a dot, and skips those that lead out of the workspace', async () => {
    await write({'a/Dockerfile': 'FROM a:1', 'b/Dockerfile': 'FROM b:1'})
    expect(imagesIn(await look(workspace, ['./*/Dockerfile', '!./b/**']))).toEqual(['a/Dockerfile:1 a:1'])
    expect(await look(join(workspace, 'a'), ['../*/Dockerfile', join(workspace, 'b/Dockerfile')])).toMatchObject({
      ...{images: [], faults: []},
      skipped: [
        {text: '../*/Dockerfile', reason: expect.stringContaining('outside of the workspace')},
        {text: join(workspace, 'b/Dockerfile'), reason: expect.stringContaining('outside of the workspace')}
      ]
    })
    expect(imagesIn(await look(workspace, [join(workspace, 'b', '*')]))).toEqual(['b/Dockerfile:1 b:1'])
  })

  it('ignores a large file that a glob matches', async () => {
    await write({'docker/Dockerfile': 'FROM a:1', 'docker/data.bin': 'x'.repeat(2_000_000)})
    expect(await look(workspace, ['docker/*'])).toMatchObject({images: [{text: 'a:1'}], faults: []})
  })

  it('ignores a file of another kind that a glob matches, and rejects one that a path names', async () => {
    await write({'docker/Dockerfile': 'FROM a:1', 'docker/php.ini': 'memory_limit=1G', 'docker/run.sh': '#!/bin/sh'})
    expect(await look(workspace, ['docker/*'])).toMatchObject({images: [{text: 'a:1'}], faults: []})
    expect((await look(workspace, ['docker/php.ini'])).faults).toMatchObject([
      {input: 'files', value: 'docker/php.ini', location: {file: 'docker/php.ini', line: 1}}
    ])
  })

  it.each([
    {name: 'a Jinja template', file: 'Dockerfile.j2', text: '{% if x %}\nFROM a:1\n{% endif %}\n'},
    {name: 'an empty Dockerfile', file: 'Dockerfile.empty', text: ''},
    {name: 'a name with a placeholder', file: 'Dockerfile.in', text: 'FROM @BASE@:1\n'},
    {name: 'a chart', file: 'compose.chart.yaml', text: 'services:\n{{- range . }}\n  a: {}\n{{- end }}\n'},
    {name: 'a placeholder in Compose', file: 'compose.in.yaml', text: 'services:\n  a: {image: "%IMAGE%"}\n'},
    {name: 'HCL of another tool', file: 'vault.hcl', text: 'listener "tcp" {\n  address = "x"\n}\n'},
    {
      name: 'Compose that extends a file elsewhere',
      file: 'compose.x.yaml',
      text: 'services:\n  a: {extends: {file: no.yaml, service: a}}\n'
    },
    {name: 'a devcontainer.json that is no JSON', file: 'devcontainer.json', text: '{"image": }'}
  ])(
    'leaves out $name that a glob matches, with a warning, and rejects it when its path is written out',
    async ({file, text}) => {
      await write({Dockerfile: 'FROM a:1', [file]: text})
      const {images, skipped, faults} = await look(workspace, ['*'])
      expect(images).toMatchObject([{text: 'a:1'}])
      expect(skipped.map(({location}) => location?.file)).toEqual([file])
      expect(faults).toEqual([])
      const explicit = await look(workspace, [file])
      // The name of an image is checked with those of the input `image`.
      expect(explicit.faults.length + explicit.images.length).toBe(1)
    }
  )

  it('skips files of other kinds and empty files without a warning', async () => {
    await write({
      Dockerfile: 'FROM a:1',
      'mkdocs.yml': 'site: x\n',
      'empty.yml': '',
      'code.go': 'const x = `\nservices:\n  a: {}\n`\n'
    })
    expect(await look(workspace, ['*'])).toMatchObject({images: [{text: 'a:1'}], skipped: [], faults: []})
  })

  it('reads a Dockerfile that Compose builds without the arguments of Compose only when its path is listed', async () => {
    await write({
      'compose.yaml': 'services: {app: {build: {context: ., args: {V: "2"}}}}',
      Dockerfile: 'ARG V\nFROM app:${V}\n'
    })
    expect(await look(workspace, ['*'])).toMatchObject({images: [{text: 'app:2'}], skipped: []})
    expect(await look(workspace, ['compose.yaml', 'Dockerfile'])).toMatchObject({
      images: [{text: 'app:2'}],
      skipped: [{text: 'FROM app:${V}', location: {file: 'Dockerfile', line: 2}}]
    })
  })

  it.each([
    {
      name: 'a .env beside a variable that the job has and files do not see',
      environment: {V: '2'},
      listed: [],
      seen: /Add the line V to the `file-variables` input/
    },
    {name: 'a .env beside a variable that is listed', environment: {V: '2'}, listed: [{name: 'V'}], seen: 'a:2'},
    {name: 'a .env alone', environment: {}, listed: [], seen: 'a:1'},
    {
      name: 'a .env that the job may have switched off',
      environment: {COMPOSE_DISABLE_ENV_FILE: '1'},
      listed: [],
      seen: /The job sets COMPOSE_DISABLE_ENV_FILE/
    }
  ])('reads $name', async ({environment, listed, seen}) => {
    await write({'compose.yaml': 'services: {a: {image: "a:${V:-0}"}}', '.env': 'V=1\n'})
    const platforms: PlatformChoice = {kind: 'machine', platform: AMD64}
    const variables = variablesFor(listed, {environment, names: Object.keys(environment), secrets: []})
    const {images, skipped} = await findImages(
      {
        patterns: ['compose.yaml'],
        workspace,
        variables,
        hostPlatform: AMD64,
        platforms
      },
      runRealBake
    )
    const said = [...images.map(({text}) => text), ...skipped.map(({reason}) => reason)]
    expect(said).toEqual([typeof seen === 'string' ? seen : expect.stringMatching(seen)])
  })

  it('leaves out a build context with the name of another image, and the own context of that image', async () => {
    await write({
      'compose.yaml':
        'services:\n  a:\n    build:\n      additional_contexts:\n        "docker.io/library/php:8.3": docker-image://other:1\n        own:2: docker-image://own:2\n',
      Dockerfile: 'FROM php:8.3\n'
    })
    const {images, skipped} = await look(workspace, ['compose.yaml', 'Dockerfile'])
    expect(images).toMatchObject([
      {text: 'other:1', shadowsStage: false},
      {text: 'own:2', shadowsStage: false, context: 'own:2'},
      {text: 'php:8.3', shadowsStage: true}
    ])
    expect(images[0]?.context).toBeUndefined()
    expect(skipped).toMatchObject([
      {text: 'Build context "docker.io/library/php:8.3"', location: {file: 'compose.yaml', line: 5}},
      {text: 'Build context "php:8.3"', location: {file: 'Dockerfile', line: 1}}
    ])
  })

  it('marks an image with the name of a stage, which a build context would replace', async () => {
    await write({Dockerfile: 'FROM php AS php\nRUN true\nFROM php\nFROM node:22'})
    const {images, skipped} = await look(workspace, ['Dockerfile'])
    expect(images).toMatchObject([
      {text: 'php', shadowsStage: true},
      {text: 'node:22', shadowsStage: false}
    ])
    expect(skipped).toMatchObject([{text: 'Build context "php"', location: {file: 'Dockerfile', line: 1}}])
  })

  const REJECTED: readonly Rejected[] = [
    {
      name: 'a glob that matches nothing',
      files: {},
      pattern: 'docker/**/Dockerfile',
      reason: 'matches no file',
      line: undefined
    },
    {name: 'a path that is not there', files: {}, pattern: 'Dockerfile', reason: 'matches no file', line: undefined},
    {name: 'a folder', files: {'app/x': ''}, pattern: 'app', reason: 'it is a folder', line: undefined},
    {
      name: 'a Dockerfile that is none',
      files: {Dockerfile: '\n# note\nhello world\n'},
      reason: 'not a Dockerfile',
      line: 3
    },
    {name: 'an empty Dockerfile', files: {Dockerfile: ''}, reason: 'not a Dockerfile', line: 1},
    {name: 'a Dockerfile without FROM', files: {Dockerfile: 'ARG A=1\n'}, reason: 'not a Dockerfile', line: 1},
    {
      name: 'FROM with too many words',
      files: {Dockerfile: 'FROM a:1\nFROM b:1 # c\n'},
      reason: 'FROM takes an image',
      line: 2
    },
    {
      name: 'a stage that is not there',
      files: {Dockerfile: 'FROM a:1\nCOPY --from=3 / /\n'},
      reason: 'stage 3 does not exist',
      line: 2
    },
    {
      name: 'a heredoc without end',
      files: {Dockerfile: 'FROM a:1\nRUN <<EOF\nFROM b:1\n'},
      reason: 'unterminated heredoc',
      line: 2
    },
    {
      name: 'a wrong escape',
      files: {Dockerfile: '# syntax=x:1\n# escape=x\nFROM a:1'},
      reason: 'escape character',
      line: 2
    },
    {
      name: 'a directive twice',
      files: {Dockerfile: '# escape=`\n# escape=`\nFROM a:1'},
      reason: 'duplicate escape directive',
      line: 2
    },
    {name: 'a wrong platform', files: {Dockerfile: 'FROM --platform=a/b/c/d a:1'}, reason: 'os/architecture', line: 1},
    {
      name: 'YAML with a tab',
      files: {'compose.yaml': 'services:\n\ta: {}\n'},
      pattern: 'compose.yaml',
      reason: 'not valid YAML',
      line: 2
    },
    {
      name: 'a key twice',
      files: {'compose.yaml': 'services:\n  a: {}\n  a: {}\n'},
      pattern: 'compose.yaml',
      reason: 'not valid YAML',
      line: 3
    },
    {
      name: 'Compose without services',
      files: {'compose.yaml': 'name: x\n'},
      pattern: 'compose.yaml',
      reason: 'not a Compose file',
      line: 1
    },
    {
      name: 'a Dockerfile that Compose does not find',
      files: {'compose.yaml': 'services:\n  a:\n    build:\n      dockerfile: docker/Nope\n'},
      ...{pattern: 'compose.yaml', reason: 'no such file in the workspace: docker/Nope', line: 4}
    },
    {
      name: 'services that extend each other',
      files: {'compose.yaml': 'services:\n  a: {extends: b}\n  b: {extends: a}\n'},
      ...{pattern: 'compose.yaml', reason: 'in a circle', line: 3}
    },
    {
      name: 'a service that extends nobody',
      files: {
        'compose.yaml': 'services:\n  a:\n    extends: {file: other.yaml, service: b}\n',
        'other.yaml': 'services: {}\n'
      },
      ...{pattern: 'compose.yaml', reason: 'service not found in other.yaml', line: 3}
    },
    {
      name: 'HCL without its end',
      files: {'docker-bake.hcl': 'target "a" {\n  args = {\n'},
      pattern: 'docker-bake.hcl',
      reason: 'not a valid Bake file',
      line: 3
    },
    {
      name: 'HCL with a value missing',
      files: {'docker-bake.hcl': 'target "a" {\n  context =\n}\n'},
      pattern: 'docker-bake.hcl',
      reason: 'not a valid Bake file',
      line: 2
    },
    {
      name: 'Bake without targets',
      files: {'docker-bake.hcl': '# nothing\n'},
      pattern: 'docker-bake.hcl',
      reason: 'not a Bake file',
      line: 1
    },
    {
      name: 'JSON with a comma too many',
      files: {'docker-bake.json': '{"target": {"a": {},,}}'},
      pattern: 'docker-bake.json',
      reason: 'not valid YAML',
      line: 1
    },
    {
      name: 'lists that lie too deep',
      files: {'docker-bake.hcl': `target "a" { x = ${'['.repeat(5000)} }`},
      pattern: 'docker-bake.hcl',
      reason: 'not a valid Bake file',
      line: 1
    },
    {
      name: 'YAML that lies too deep',
      files: {'compose.yaml': `services: ${'['.repeat(20_000)}`},
      pattern: 'compose.yaml',
      reason: '',
      line: 1
    },
    {
      name: 'a file of two megabytes',
      files: {Dockerfile: `FROM a:1\n${'# comment\n'.repeat(200_000)}`},
      reason: 'larger than 1 MiB',
      line: 1
    }
  ]
  const isOfBake = ({pattern = ''}: Rejected): boolean => isForBake(pattern)
  it.each(REJECTED.filter(row => !isOfBake(row)))('reports the issue with its line: $name', reports)
  describeWith(['bake'], 'with Bake', () => {
    it.each(REJECTED.filter(isOfBake))('reports the issue with its line: $name', reports)

    it('uses the platforms of the input, and those of a file without them', async () => {
      await write({
        'docker-bake.hcl':
          'target "app" {\n platforms = ["linux/arm64"]\n dockerfile-inline = "FROM app:$${TARGETARCH}"\n}',
        Dockerfile: 'FROM base:$TARGETARCH\nFROM --platform=linux/s390x z:1'
      })
      expect(imagesIn(await look(workspace, ['*.hcl']))).toEqual(['docker-bake.hcl:3 app:arm64 @linux/arm64'])
      expect(imagesIn(await look(workspace, ['*.hcl'], {kind: 'named', platforms: [AMD64]}))).toEqual([
        'docker-bake.hcl:3 app:amd64'
      ])
      expect(imagesIn(await look(workspace, ['Dockerfile'], {kind: 'named', platforms: [AMD64, ARM64]}))).toEqual([
        // A name that has the platform in it is for that platform.
        'Dockerfile:1 base:amd64 @linux/amd64',
        'Dockerfile:1 base:arm64 @linux/arm64',
        'Dockerfile:2 z:1 @linux/s390x'
      ])
    })

    it('returns the names of build contexts that are images, unless a name is ambiguous', async () => {
      const bake = (image: string): string =>
        `target "a" {\n contexts = { base = "docker-image://${image}" }\n dockerfile-inline = "FROM base"\n}\n`
      await write({'one.hcl': bake('a:1'), 'two.hcl': bake('a:2'), Dockerfile: 'FROM b:1 AS Base\n'})
      const contextsOf = async (...patterns: string[]): Promise<unknown> => {
        const {images, skipped} = await look(workspace, patterns)
        return [
          images.map(({context}) => context),
          skipped.map(({text, location}) => `${location?.file ?? ''}:${String(location?.line)} ${text}`)
        ]
      }
      expect(await contextsOf('one.hcl')).toEqual([['base'], []])
      expect(await contextsOf('*.hcl')).toEqual([
        [undefined, undefined],
        ['one.hcl:2 Build context "base"', 'two.hcl:2 Build context "base"']
      ])
      expect(await contextsOf('one.hcl', 'Dockerfile')).toEqual([
        [undefined, undefined],
        ['one.hcl:2 Build context "base"']
      ])
    })

    it.each(['a=b', 'a\nb', 'a\u0007', 'a,b', 'a b', 'php:8.3=docker-image://evil:1\nfoo', 'a\u2028b', 'a\u0085b', ''])(
      'leaves out a build context with an invalid name: %j',
      async name => {
        const contexts = JSON.stringify({[name]: 'docker-image://a:1'})
        await write({
          'compose.yaml': `{"services": {"a": {"build": {"additional_contexts": ${contexts}, "dockerfile_inline": "FROM b:1"}}}}`,
          'docker-bake.json': `{"target": {"a": {"contexts": ${contexts}, "dockerfile-inline": "FROM b:1"}}}`
        })
        for (const file of ['compose.yaml', 'docker-bake.json']) {
          const {images, skipped} = await look(workspace, [file])
          expect(images.map(({text, context}) => [text, context])).toEqual([
            ['a:1', undefined],
            ['b:1', undefined]
          ])
          expect(skipped).toMatchObject([{reason: expect.stringContaining('A build context cannot have this name')}])
          // It stands in a message, and cannot begin a line there.
          expect(skipped[0]?.text).toMatch(/^[\x20-\x7e]*$/)
        }
      }
    )
  })

  async function reports({files, pattern = 'Dockerfile', reason, line}: Rejected): Promise<void> {
    await write(files)
    const {faults, images} = await look(workspace, [pattern])
    expect(images).toEqual([])
    expect(faults).toEqual([
      expect.objectContaining({
        input: 'files',
        reason: expect.stringContaining(reason),
        ...(line === undefined ? {} : {location: expect.objectContaining({line})})
      })
    ])
  }
})
