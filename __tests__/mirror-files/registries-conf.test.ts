// registries.conf as containers-registries.conf(5) has it. skopeo is the judge of the order in mirrors-from-programs.test.ts.

import {describe, expect, it} from '@jest/globals'
import {
  importWarnings,
  type MirrorConfiguration,
  mirroredRepositories
} from '../../src/mirror-files/imported-mirrors.ts'
import {mergeRegistriesConf, readRegistriesConf} from '../../src/mirror-files/registries-conf.ts'
import type {MirrorFile} from '../../src/mirror-files/table-reader.ts'
import {formatRepository, parseReference, type Repository} from '../../src/oci/reference.ts'

const FILE: MirrorFile = {
  file: 'registries.conf',
  isInWorkspace: false,
  isTrusted: true,
  insecureRegistries: [],
  use: 'content',
  folder: undefined
}

function configuration(text: string, file: MirrorFile = FILE): MirrorConfiguration {
  return mergeRegistriesConf([readRegistriesConf(text, file)])
}

function repository(image: string): Repository {
  const parsed = parseReference(image)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
}

/** `registry/path`, with `by digest` for one that may not resolve a tag, and its line. No program that reads this file sends `ns`. */
function mirrorsOf(image: string, found: MirrorConfiguration): readonly string[] {
  return mirroredRepositories(repository(image), [found]).map(
    ({mirror: {mayResolve, place}, repository: at}) =>
      `${String(place.line)}: ${formatRepository(at)}${mayResolve ? '' : ' by digest'}${at.namespace === undefined ? '' : ' with ns'}`
  )
}

function warningsOf(image: string, found: MirrorConfiguration): readonly string[] {
  return importWarnings([repository(image)], [found]).map(({text, place}) => `${String(place.line)}: ${text}`)
}

describe('readRegistriesConf', () => {
  it('has the mirrors of a registry in order, and its location last if that is elsewhere', () => {
    const found = configuration(`
unqualified-search-registries = ["docker.io"]
short-name-mode = "enforcing"
[[registry]]
prefix = "docker.io"
location = "hub.example.com/docker/"
[[registry.mirror]]
location = "a.example.com/hub"
[[registry.mirror]]
location = "b.example.com:5000"
pull-from-mirror = "digest-only"
[aliases]
"php" = "evil.example.com/php"
`)
    expect(mirrorsOf('php:8', found)).toEqual([
      '7: a.example.com/hub/library/php',
      '9: b.example.com:5000/library/php by digest',
      '6: hub.example.com/docker/library/php'
    ])
    expect(warningsOf('php:8', found)).toEqual([])
  })

  it('reads the same mirrors from tables in one line', () => {
    const found = configuration(
      'registry = [{location = "docker.io", mirror = [{location = "a.example.com"}, {location = "b.example.com"}]}]'
    )
    expect(mirrorsOf('php:8', found)).toEqual(['1: a.example.com/library/php', '1: b.example.com/library/php'])
  })

  it('resolves no tag at a mirror of mirror-by-digest-only, nor at any without trust-imported', () => {
    const text = `
[[registry]]
location = "docker.io"
DIGEST
[[registry.mirror]]
location = "a.example.com"`
    const byDigest = ['5: a.example.com/library/php by digest']
    expect(mirrorsOf('php:8', configuration(text.replace('DIGEST', 'mirror-by-digest-only = true')))).toEqual(byDigest)
    expect(mirrorsOf('php:8', configuration(text.replace('DIGEST', ''), {...FILE, isTrusted: false}))).toEqual(byDigest)
    expect(mirrorsOf('php:8', configuration(text.replace('DIGEST', '')))).toEqual(['5: a.example.com/library/php'])
  })

  it('has no mirror that is for tags only, with a warning', () => {
    const found = configuration(`
[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "a.example.com"
pull-from-mirror = "tag-only"`)
    expect(mirrorsOf('php:8', found)).toEqual([])
    expect(warningsOf('php:8', found)).toEqual([expect.stringMatching(/^4: .*tag-only.* is not used/)])
  })

  it('uses the mirrors of a blocked registry, and warns that the registry is queried', () => {
    const found = configuration(`
[[registry]]
location = "docker.io"
blocked = true
[[registry.mirror]]
location = "a.example.com"`)
    expect(mirrorsOf('php:8', found)).toEqual(['5: a.example.com/library/php'])
    expect(warningsOf('php:8', found)).toEqual([expect.stringMatching(/^4: blocked = true is not followed/)])
  })

  it.each([
    {host: 'a.example.com', insecure: [], isSaid: true},
    {host: 'a.example.com:5000', insecure: ['a.example.com:5000'], isSaid: false},
    {host: '127.0.0.1:5000', insecure: [], isSaid: false}
  ])('warns about insecure = true, unless plain HTTP is allowed: $host $insecure', ({host, insecure, isSaid}) => {
    const text = `[[registry]]\nlocation = "docker.io"\n[[registry.mirror]]\nlocation = "${host}"\ninsecure = true\n`
    const found = configuration(text, {...FILE, insecureRegistries: insecure})
    expect(mirrorsOf('php:8', found)).toEqual([`3: ${host}/library/php`])
    expect(warningsOf('php:8', found)).toEqual(
      isSaid ? [expect.stringMatching(/^5: insecure = true is not followed/)] : []
    )
  })

  it('reads Docker Hub by the name of its API as Docker Hub, and other names without regard to case', () => {
    const found = configuration(
      '[[registry]]\nprefix = "Quay.io"\nlocation = "quay.io"\n[[registry.mirror]]\nlocation = "registry-1.docker.io/quay"\n'
    )
    expect(mirrorsOf('quay.io/a/b:1', found)).toEqual(expect.arrayContaining(['4: docker.io/quay/a/b']))
  })

  it('takes a wildcard without a location', () => {
    const found = configuration('[[registry]]\nprefix = "*.example.com"\n[[registry.mirror]]\nlocation = "m.example"\n')
    expect(mirrorsOf('eu.example.com/a:1', found)).toEqual(['3: m.example/a'])
  })

  it('quotes no more of a location that is none than one line', () => {
    const found = configuration(
      `[[registry]]\nlocation = "docker.io"\n[[registry.mirror]]\nlocation = "a b\\n::error::${'x'.repeat(500)}"\n`
    )
    const [warning = ''] = warningsOf('php:8', found)
    expect(warning).toMatch(/^3: the mirror "a b\\n::error::x+… is not used: /)
    expect(warning.length).toBeLessThan(400)
  })

  it('uses the first 32 mirrors of a registry', () => {
    const mirrors = Array.from({length: 40}, (_, at) => `[[registry.mirror]]\nlocation = "m${String(at)}.example"\n`)
    const found = configuration(`[[registry]]\nlocation = "docker.io"\n${mirrors.join('')}`)
    expect(mirrorsOf('php:8', found)).toHaveLength(32)
    expect(warningsOf('php:8', found)).toEqual(['67: only the first 32 mirrors are used'])
  })

  it.each([
    {text: '[registries.search]\nregistries = ["docker.io"]\n', why: /version 1/},
    {text: '[[registry]]\nlocation = "docker.io\n', why: /not valid TOML/},
    {text: '[[registry]]\nblocked = true\n', why: /needs a prefix or a location/},
    {text: '[[registry]]\nprefix = "docker.io"\n', why: /needs a location/},
    {text: '[[registry]]\nlocation = "https://docker.io"\n', why: /without a scheme/},
    {text: '[[registry]]\nlocation = "/"\n', why: /location must be a registry/},
    {text: '[[registry]]\nprefix = "*.example.com/a"\n', why: /wildcard/},
    {text: '[[registry]]\nlocation = 5\n', why: /location must be a string/},
    {text: '[registry]\nlocation = "docker.io"\n', why: /registry must be a list/},
    {text: 'registry = ["docker.io"]\n', why: /list of tables/},
    {text: '[[registry]]\nlocation = "a.io"\nblocked = "yes"\n', why: /blocked must be true or false/},
    {text: '[[registry]]\nlocation = "a.io"\n[[registry.mirror]]\n', why: /mirror\]\] needs a location/},
    {
      text: '[[registry]]\nlocation = "a.io"\n[[registry.mirror]]\nlocation = "b.io"\npull-from-mirror = "never"\n',
      why: /pull-from-mirror must be/
    },
    {
      text: '[[registry]]\nlocation = "a.io"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "b.io"\npull-from-mirror = "all"\n',
      why: /cannot be set with mirror-by-digest-only/
    },
    {text: '[[registry]]\nlocation = "a.io"\n'.repeat(1001), why: /more than 1000/}
  ])('refuses $why', ({text, why}) => {
    expect(() => readRegistriesConf(text, FILE)).toThrow(why)
  })
})

describe('mergeRegistriesConf', () => {
  it('replaces the tables of earlier files with the same prefix, whole', () => {
    const one = (location: string, mirror: string): string =>
      `[[registry]]\nlocation = "${location}"\n[[registry.mirror]]\nlocation = "${mirror}"\n`
    const files = [
      one('docker.io', 'main.example') + one('quay.io', 'quay.example'),
      one('docker.io', 'first.example'),
      one('docker.io', 'second.example')
    ].map(text => readRegistriesConf(text, FILE))
    const merged = mergeRegistriesConf(files)
    expect(mirrorsOf('php:8', merged)).toEqual(['3: second.example/library/php'])
    expect(mirrorsOf('quay.io/a/b:1', merged)).toEqual(['7: quay.example/a/b'])
  })
})

describe('names and warnings of registries.conf', () => {
  it('have hosts in lower case, and wildcards too', () => {
    const text = `[[registry]]
prefix = "*.Example.COM"
location = "Up.Example.org/x"
[[registry.mirror]]
location = "M.Example.org/y"
`
    expect(mirrorsOf('a.example.com/b:1', configuration(text))).toEqual([
      '4: m.example.org/y/b',
      '3: up.example.org/x/b'
    ])
  })

  it.each(['*.example.com:5000', '*.example.com/a', '*.a_b.example.com'])('refuse the wildcard %s', prefix => {
    expect(() => configuration(`[[registry]]\nprefix = "${prefix}"\nlocation = "a.example"`)).toThrow(/wildcard/)
  })

  it('are about the mirrors first, in their order, then about the registry', () => {
    const text = `[[registry]]
location = "A.example"
insecure = true
blocked = true
[[registry.mirror]]
location = "B.example"
insecure = true
[[registry.mirror]]
location = "x_y.example"
[[registry.mirror]]
location = "c.example"
pull-from-mirror = "tag-only"
`
    const lines = (file: MirrorFile): readonly number[] =>
      readRegistriesConf(text, file).flatMap(({table}) => table.warnings.map(({place}) => place.line))
    expect(lines(FILE)).toEqual([7, 8, 10, 4, 3])
    expect(lines({...FILE, insecureRegistries: ['a.example', 'b.example']})).toEqual([8, 10, 4])
  })

  it('are at most those of a thousand registries', () => {
    const one = (_: unknown, at: number): string => `[[registry]]\nlocation = "r${String(at)}.example"\n`
    const many = (length: number): string => Array.from({length}, one).join('')
    expect(() => configuration(many(1000))).not.toThrow()
    expect(() => configuration(many(1001))).toThrow('it has more than 1000 tables')
  })
})
