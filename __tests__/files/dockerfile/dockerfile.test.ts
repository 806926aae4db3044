// Property tests: any text as a Dockerfile, Compose file, or Bake file is read or rejected as an invalid input, and quickly.
// The corpus has the expected images of real files (files/find-images.test.ts).

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {outlineBake} from '../../../src/files/bake/outline.ts'
import {findInCompose} from '../../../src/files/compose/compose.ts'
import {findInDockerfile} from '../../../src/files/dockerfile/dockerfile.ts'
import type {FileEntry} from '../../../src/files/language/file-entry.ts'
import {fileKindOf} from '../../../src/files/file-kind.ts'
import type {Platform} from '../../../src/oci/platform.ts'
import {VerifiedImageError} from '../../../src/failure/error.ts'

const AMD64: Platform = {os: 'linux', architecture: 'amd64'}

function inDockerfile(text: string, args: Readonly<Record<string, string>> = {}): readonly FileEntry[] {
  return findInDockerfile({
    ...{text, location: {file: 'Dockerfile', line: 1}, args: new Map(Object.entries(args)), unknownArgs: new Map()},
    ...{contexts: new Set(), buildPlatform: AMD64, targets: [AMD64], usesOwnPlatforms: false}
  })
}

const READERS: Readonly<
  Record<string, {readonly read: (text: string) => unknown; readonly pieces: readonly string[]}>
> = {
  Dockerfile: {
    read: inDockerfile,
    pieces: [
      ...[
        'FROM ',
        'ARG ',
        'COPY ',
        'RUN ',
        'ONBUILD ',
        '--from=',
        '--mount=',
        '--platform=',
        'type=bind,from=',
        ' AS '
      ],
      ...[
        '<<EOF',
        '<<-"E F"',
        'EOF',
        '# syntax=',
        '# escape=`',
        '//',
        '#!',
        '{"syntax":',
        '\\\n',
        '`\n',
        '${',
        '}',
        ':-',
        ':+'
      ],
      ...[
        '##',
        '%*',
        '/a/',
        '$A',
        '"',
        "'",
        'a:1',
        '0',
        '=',
        ',',
        ' ',
        '\n',
        '\r\n',
        '\t',
        '\uFEFF',
        '(',
        '[',
        'é',
        '\u2028'
      ]
    ]
  },
  Compose: {
    read: text =>
      findInCompose({
        sources: [{file: 'compose.yaml', text}],
        lookup: () => undefined,
        readVariables: () => () => undefined,
        read: () => text,
        hostPlatform: AMD64,
        usesOwnPlatforms: true
      }),
    pieces: [
      ...[
        'services:',
        '\n',
        '  ',
        '    ',
        'a:',
        'image: ',
        'build: ',
        'context: ',
        'args:',
        '- ',
        'x=y',
        '&a ',
        '*a',
        '<<: '
      ],
      ...[
        'extends: ',
        '{',
        '}',
        '[',
        ']',
        ',',
        '"',
        "'",
        '|\n',
        '>-\n',
        '!reset ',
        '${',
        ':-',
        '}',
        '$$',
        '---\n',
        '#',
        ': ',
        '?'
      ],
      ...[
        'include: ',
        'compose.yaml',
        'service: a',
        'dockerfile_inline: ',
        'FROM a:1',
        'platform: ',
        'null',
        '1.10',
        '\t'
      ]
    ]
  },
  Bake: {
    // Bake reads the values: the outline has to end, and to find the lines.
    read: text => outlineBake([{text, file: 'docker-bake.hcl'}]),
    pieces: [
      ...[
        'target "a" {',
        'variable "V" {',
        'function "f" {',
        '}',
        '\n',
        ' = ',
        '"',
        '${',
        'V',
        'f(',
        ')',
        '[',
        ']',
        '{',
        ','
      ],
      ...[
        'inherits',
        'matrix',
        'args',
        'contexts',
        'default',
        'params',
        'result',
        'for x in ',
        ' : ',
        ' => ',
        ' if ',
        '?',
        '...'
      ],
      ...[
        '<<EOT\n',
        '<<-EOT\n',
        'EOT\n',
        '\\',
        '%{',
        '~',
        '.a',
        '[0]',
        '.*',
        '!',
        '-',
        '+',
        '/',
        '//',
        '/*',
        '*/',
        '#',
        '1',
        'true',
        'é'
      ]
    ]
  }
}

describe.each(Object.entries(READERS))('any text as a %s', (_name, {read, pieces}) => {
  const linesOfFaults = (text: string): readonly (number | undefined)[] => {
    try {
      read(text)
      return []
    } catch (error) {
      if (!(error instanceof VerifiedImageError) || error.failure.kind !== 'invalid-input') throw error
      return error.failure.faults.map(({location}) => location?.line)
    }
  }
  const expectReadOrRefused = (text: string): void => {
    const lines = Array.from(text.split('\n'), (_, at) => at + 1)
    expect(linesOfFaults(text).filter(line => line === undefined || !lines.includes(line))).toEqual([])
  }

  it('is read or rejected with a line when it is random parts of such files', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), {maxLength: 60}), parts => {
        expectReadOrRefused(parts.join(''))
      }),
      {numRuns: 1500}
    )
  })

  it('is read or rejected when it is random bytes', () => {
    fc.assert(fc.property(fc.string({unit: 'binary', maxLength: 200}), expectReadOrRefused), {numRuns: 500})
  })

  it.each(pieces.map(piece => ({piece})))('is read or rejected when it repeats $piece', ({piece}) => {
    expectReadOrRefused(piece.repeat(1000))
    expectReadOrRefused(`${pieces[0] ?? ''}${piece.repeat(1000)}`)
  })
})

describe('fileKindOf', () => {
  it.each([
    ['Dockerfile', '', 'dockerfile'],
    ['docker/Dockerfile.prod', '', 'dockerfile'],
    ['docker/prod.Dockerfile', '', 'dockerfile'],
    ['Containerfile', '', 'dockerfile'],
    ['Dockerfile.dockerignore', '', undefined],
    ['compose.override.yml', '', 'compose'],
    ['docker-compose.prod.yaml', '', 'compose'],
    ['docker-bake.json', '', 'bake'],
    ['ci/build.hcl', '', 'bake'],
    ['stack.yml', 'services:\n  a: {}\n', 'compose'],
    ['stack.json', '{"services": {}}', 'compose'],
    ['networks.yml', 'include:\n  - a.yaml\nx-y: 1\n', 'compose'],
    ['ci.yml', 'include:\n  - a.yaml\nstages: [a]\n', undefined],
    ['compose_test.go', 'services:\n  a: {}\n', undefined],
    ['.github/workflows/ci.yml', '', 'workflow'],
    ['templates/ci.yml', 'on: push\njobs:\n  a: {}\n', 'workflow'],
    ['docker/action.yml', '', 'action'],
    ['.devcontainer/devcontainer.json', '', 'devcontainer'],
    ['.gitlab-ci.yml', '', 'gitlab'],
    ['ci/build.gitlab-ci.yml', '', 'gitlab'],
    ['web.yaml', 'apiVersion: v1\nkind: Pod\n', 'kubernetes'],
    ['web.yaml', 'kind: Pod\n', undefined],
    ['build.json', '{"target": {"a": {}}}', 'bake'],
    ['build.txt', '\n# x\ntarget "a" {\n}\n', 'bake'],
    ['image', '\n# x\n\n  from a:1\n', 'dockerfile'],
    ['mkdocs.yml', 'site: x\n', undefined],
    ['package.json', '{"name": "x"}', undefined],
    ['broken.json', '{"name', undefined],
    ['notes.txt', 'FROMAGE\n', undefined]
  ])('of %s with the text %j is %s', (file, text, kind) => {
    expect(fileKindOf(file, text)).toBe(kind)
  })
})

describe('findInDockerfile', () => {
  it('uses arguments of the build before defaults, and the frontend of BUILDKIT_SYNTAX', () => {
    const entries = inDockerfile('# syntax=docker/dockerfile:1.7\nARG V=1\nARG W=$V.0\nFROM a:$W', {
      V: '2',
      BUILDKIT_SYNTAX: 'docker/dockerfile:1.9'
    })
    expect(entries).toMatchObject([{text: 'a:2.0'}, {text: 'docker/dockerfile:1.9', platform: AMD64}])
  })
})
