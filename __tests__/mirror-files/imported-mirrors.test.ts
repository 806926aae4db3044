// Which mirrors of files are for a repository: the longest match alone, targets in the order of the file, and none that is blocked.

import {describe, expect, it} from '@jest/globals'
import {
  importedAuthorities,
  importWarnings,
  locationOf,
  type MirrorConfiguration,
  mirroredRepositories,
  type MirrorTable,
  type NameMatch
} from '../../src/mirror-files/imported-mirrors.ts'
import {formatRepository, parseReference, type Repository} from '../../src/oci/reference.ts'

const PLACE = {file: 'registries.conf', line: 3, isInWorkspace: false}

function table(match: NameMatch, targets: readonly string[], more: Partial<MirrorTable> = {}): MirrorTable {
  const mirrors = targets.map(target => ({
    target,
    mayResolve: false,
    sendsNamespace: false,
    authorities: [],
    place: PLACE
  }))
  return {match, mirrors, isBlocked: false, warnings: [], ...more}
}

function prefix(text: string): NameMatch {
  return {kind: 'prefix', prefix: text}
}

function repository(image: string): Repository {
  const parsed = parseReference(image)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
}

function mirrorsOf(image: string, ...configurations: readonly MirrorConfiguration[]): readonly string[] {
  return mirroredRepositories(repository(image), configurations).map(found => formatRepository(found.repository))
}

describe('mirroredRepositories', () => {
  const hub = {
    tables: [
      table(prefix('docker.io'), ['a.example/hub', 'b.example:5000']),
      table(prefix('docker.io/library'), ['official.example']),
      table(prefix('docker.io/library/php'), ['php.example/php'])
    ]
  }

  it.each([
    {image: 'acme/app:1', mirrors: ['a.example/hub/acme/app', 'b.example:5000/acme/app']},
    {image: 'busybox:1', mirrors: ['official.example/busybox']},
    {image: 'php:8', mirrors: ['php.example/php']},
    {image: 'quay.io/a/b:1', mirrors: []},
    // Whole components.
    {image: 'librarys/a:1', mirrors: ['a.example/hub/librarys/a', 'b.example:5000/librarys/a']}
  ])('has the mirrors of the longest prefix alone, in their order: $image', ({image, mirrors}) => {
    expect(mirrorsOf(image, hub)).toEqual(mirrors)
  })

  it('takes the first of two tables with the same match', () => {
    const twice = {tables: [table(prefix('docker.io'), ['a.example']), table(prefix('docker.io'), ['b.example'])]}
    expect(mirrorsOf('a/b:1', twice)).toEqual(['a.example/a/b'])
  })

  it.each([
    {image: 'eu.example.com/a/b:1', mirrors: ['m.example/a/b']},
    {image: 'x.eu.example.com/a/b:1', mirrors: ['m.example/a/b']},
    {image: 'example.com/a/b:1', mirrors: []},
    {image: 'notexample.com/a/b:1', mirrors: []},
    {image: 'own.example.com/a/b:1', mirrors: ['own.example/a/b']}
  ])('matches subdomains, which a longer name goes before: $image', ({image, mirrors}) => {
    const tables = [
      table({kind: 'subdomains', domain: '.example.com'}, ['m.example']),
      table(prefix('own.example.com'), ['own.example'])
    ]
    expect(mirrorsOf(image, {tables})).toEqual(mirrors)
  })

  it('uses the table for any registry where no other is for it, though that one has no mirror', () => {
    const tables = [table({kind: 'any'}, ['any.example']), table(prefix('quay.io'), [])]
    expect(mirrorsOf('a/b:1', {tables})).toEqual(['any.example/a/b'])
    expect(mirrorsOf('quay.io/a/b:1', {tables})).toEqual([])
  })

  it('leaves out a mirror that another table of the same file blocks', () => {
    const tables = [
      table(prefix('docker.io'), ['a.example/hub', 'b.example']),
      table(prefix('a.example'), [], {isBlocked: true})
    ]
    expect(mirrorsOf('a/b:1', {tables})).toEqual(['b.example/a/b'])
    // Another program's file says nothing about this one.
    const [first, blocked] = tables.map(one => ({tables: [one]}))
    expect(mirrorsOf('a/b:1', first ?? hub, blocked ?? hub)).toEqual(['a.example/hub/a/b', 'b.example/a/b'])
  })

  it('names the registry of the image to proxies, and to no registry for its own content', () => {
    const mirrors = [
      ...['proxy.example:5000', 'proxy.example:6000/hub', 'docker.io/acme'].map(target => ({target, sends: true})),
      {target: 'plain.example', sends: false}
    ].map(({target, sends}) => ({target, mayResolve: false, sendsNamespace: sends, authorities: [], place: PLACE}))
    const tables = [{match: {kind: 'any'} as const, mirrors, isBlocked: false, warnings: []}]
    expect(mirroredRepositories(repository('a/b:1'), [{tables}]).map(found => found.repository)).toEqual([
      {registry: 'proxy.example:5000', path: 'a/b', namespace: 'docker.io'},
      {registry: 'proxy.example:6000', path: 'hub/a/b', namespace: 'docker.io'},
      {registry: 'docker.io', path: 'acme/a/b'},
      {registry: 'plain.example', path: 'a/b'}
    ])
  })

  it('leaves out a target that makes no repository', () => {
    const tables = [table(prefix('docker.io/a/b'), ['c.example', `c.example/${'d'.repeat(256)}`, 'c.example/d'])]
    expect(mirrorsOf('a/b:1', {tables})).toEqual(['c.example/d'])
  })
})

describe('importedAuthorities', () => {
  it('has the files of each registry, whatever its path, each once', () => {
    const mirrors = [
      {target: 'a.example:5000/hub', files: ['/etc/1.pem', '/etc/2.pem']},
      {target: 'a.example:5000', files: ['/etc/2.pem', '/etc/3.pem']},
      {target: 'b.example', files: []}
    ].map(({target, files}) => ({target, mayResolve: false, sendsNamespace: true, authorities: files, place: PLACE}))
    const tables = mirrors.map(mirror => table({kind: 'any'}, [], {mirrors: [mirror]}))
    expect([...importedAuthorities([{tables}])]).toEqual([
      ['a.example:5000', ['/etc/1.pem', '/etc/2.pem', '/etc/3.pem']]
    ])
  })
})

describe('importWarnings', () => {
  it('has those of the tables that are used, each once', () => {
    const used = {text: 'used', place: PLACE}
    const tables = [
      table(prefix('docker.io'), [], {warnings: [used]}),
      table(prefix('quay.io'), [], {warnings: [{text: 'unused', place: PLACE}]})
    ]
    expect(importWarnings(['a/b:1', 'a/c:1'].map(repository), [{tables}])).toEqual([used])
  })
})

describe('locationOf', () => {
  it('is a line of the workspace, and none of the machine', () => {
    expect(locationOf({...PLACE, isInWorkspace: true})).toEqual({file: 'registries.conf', line: 3})
    expect(locationOf(PLACE)).toBeUndefined()
  })
})

describe('a place that a table lists twice', () => {
  const twice = (first: boolean, second: boolean): readonly boolean[] => {
    const mirrors = [first, second].map(mayResolve => ({
      ...{target: 'a.example', mayResolve, sendsNamespace: false, authorities: [], place: PLACE}
    }))
    const tables = [table(prefix('docker.io'), [], {mirrors})]
    return mirroredRepositories(repository('a/b:1'), [{tables}]).map(({mirror}) => mirror.mayResolve)
  }

  it.each([
    {first: true, second: false, may: true},
    {first: false, second: true, may: true},
    {first: false, second: false, may: false}
  ])('may do what either line allows: $first, $second', ({first, second, may}) => {
    expect(twice(first, second)).toEqual([may])
  })
})

describe('the longest match', () => {
  it('counts a wildcard as it is written, with its star', () => {
    const tables = [
      table({kind: 'subdomains', domain: '.example.com'}, ['wild.example']),
      table(prefix('a.example.com'), ['own.example'])
    ]
    // *.example.com has 13 characters, and so has a.example.com: the first one counts.
    expect(mirrorsOf('a.example.com/b:1', {tables})).toEqual(['wild.example/b'])
    expect(mirrorsOf('a.example.com/b:1', {tables: tables.toReversed()})).toEqual(['own.example/b'])
    expect(mirrorsOf('a.example.com/b:1', {tables: [table({kind: 'any'}, ['any.example']), ...tables]})).toEqual([
      'wild.example/b'
    ])
  })

  it('has no warnings for a repository without a table', () => {
    expect(importWarnings([repository('quay.io/a:1')], [{tables: [table(prefix('docker.io'), [])]}])).toEqual([])
  })
})

describe('a mirror that gets a namespace', () => {
  it('is asked for the registry of the image, and the registry itself is no mirror', () => {
    const mirrors = ['proxy.example:5000', 'docker.io'].map(target => ({
      ...{target, mayResolve: false, sendsNamespace: true, authorities: [], place: PLACE}
    }))
    const tables = [table({kind: 'any'}, [], {mirrors})]
    expect(mirroredRepositories(repository('a/b:1'), [{tables}]).map(found => found.repository)).toEqual([
      {registry: 'proxy.example:5000', path: 'a/b', namespace: 'docker.io'}
    ])
  })
})
