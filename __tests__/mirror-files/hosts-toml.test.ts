// hosts.toml as containerd reads it. containerd's own code is the judge in mirrors-from-programs.test.ts.

import {describe, expect, it} from '@jest/globals'
import {emptyHostTable, readHostsToml} from '../../src/mirror-files/hosts-toml.ts'
import type {MirrorTable} from '../../src/mirror-files/imported-mirrors.ts'
import type {MirrorFile} from '../../src/mirror-files/table-reader.ts'

const FILE: MirrorFile = {
  file: 'hosts.toml',
  isInWorkspace: false,
  isTrusted: true,
  insecureRegistries: [],
  use: 'content',
  folder: undefined
}

function read(text: string, file: MirrorFile = FILE): MirrorTable {
  return readHostsToml(text, {kind: 'prefix', prefix: 'docker.io'}, file)
}

function targetsOf({mirrors}: MirrorTable): readonly string[] {
  return mirrors.map(
    ({target, mayResolve, place}) => `${String(place.line)}: ${target}${mayResolve ? '' : ' by digest'}`
  )
}

function warningsOf({warnings}: MirrorTable): readonly string[] {
  return warnings.map(({text, place}) => `${String(place.line)}: ${text}`)
}

describe('readHostsToml', () => {
  it('has the hosts in the order of the file, and the server last', () => {
    const table = read(`server = "https://upstream.example.com"
[host."https://b.example.com"]
  capabilities = ["pull", "resolve"]
[host."https://a.example.com:5000"]
  capabilities = ["pull"]
[host."c.example.com"]
`)
    expect(targetsOf(table)).toEqual([
      '2: b.example.com',
      '4: a.example.com:5000 by digest',
      '6: c.example.com',
      '1: upstream.example.com'
    ])
    expect(warningsOf(table)).toEqual([])
  })

  it('resolves no tag without trust-imported', () => {
    expect(targetsOf(read('[host."https://a.example.com"]', {...FILE, isTrusted: false}))).toEqual([
      '1: a.example.com by digest'
    ])
  })

  it.each([
    {use: 'content', sends: true},
    // No program that pulls the reference sends it.
    {use: 'references', sends: false}
  ] as const)('names the registry of the image to its hosts for $use: $sends', ({use, sends}) => {
    const {mirrors} = read('server = "https://b.example.com"\n[host."https://a.example.com"]', {...FILE, use})
    expect(mirrors.map(({sendsNamespace}) => sendsNamespace)).toEqual([sends, sends])
  })

  it.each([
    {ca: '"ca.pem"', files: ['/etc/containerd/certs.d/docker.io/ca.pem']},
    {ca: '["/x/a.pem", "../b.pem"]', files: ['/x/a.pem', '/etc/containerd/certs.d/b.pem']}
  ])('takes the CAs of a file of the administrator, relative to its folder: $ca', ({ca, files}) => {
    const table = read(`[host."https://a.example.com"]\nca = ${ca}`, {
      ...FILE,
      folder: '/etc/containerd/certs.d/docker.io'
    })
    expect(table.mirrors.map(({authorities}) => authorities)).toEqual([files])
    expect(warningsOf(table)).toEqual([])
  })

  it('takes no CA of another file, and says so', () => {
    const table = read('[host."https://a.example.com"]\nca = "/etc/ca.pem"')
    expect(table.mirrors.map(({authorities}) => authorities)).toEqual([[]])
    expect(warningsOf(table)).toEqual([expect.stringContaining('only a file of the administrator')])
  })

  it('refuses a ca that is neither a path nor a list of paths', () => {
    expect(() => read('[host."https://a.example.com"]\nca = 3')).toThrow()
  })

  it('names Docker Hub by the name of its images', () => {
    expect(targetsOf(read('server = "https://registry-1.docker.io"'))).toEqual(['1: docker.io'])
  })

  it.each([
    {url: 'https://a.example.com/v2', target: 'a.example.com'},
    {url: 'https://a.example.com/', target: 'a.example.com'},
    {url: 'https://a.example.com/v2/hub', options: 'override_path = true', target: 'a.example.com/hub'},
    {url: 'https://a.example.com/v2/x/../hub/', options: 'override_path = true', target: 'a.example.com/hub'},
    {url: 'https://A.example.com:443', target: 'a.example.com'},
    // A name without a dot would be a part of a repository at Docker Hub.
    {url: 'https://mirror', target: 'mirror:443'},
    {url: 'http://127.0.0.1:5000', target: '127.0.0.1:5000'},
    {url: 'https://[::1]:5000', target: '[::1]:5000'}
  ])('takes the target $target from $url', ({url, options = '', target}) => {
    const table = read(`[host."${url}"]\n${options}`)
    expect(targetsOf(table)).toEqual([`1: ${target}`])
    expect(warningsOf(table)).toEqual([])
  })

  it.each([
    {url: 'https://a.example.com/hub', why: 'its API is at another path'},
    {url: 'https://a.example.com/v2/hub', why: 'its API is at another path', but: 'v2/hub/v2'},
    {url: 'https://a.example.com', options: 'override_path = true', why: 'its API is at another path'},
    {url: 'https://a.example.com/api', options: 'override_path = true', why: 'its API is at another path'},
    {url: 'https://a.example.com/v2/HUB', options: 'override_path = true', why: 'lower case'},
    {url: 'https://bob:hunter2@a.example.com', why: 'user name or a password'},
    {url: 'httpx://a.example.com', why: 'not an HTTPS or HTTP URL'},
    {url: 'http://a.example.com', why: 'insecure-registries'}
  ])('does not use $url, and says why: $why', ({url, options = '', why, but}) => {
    const table = read(`[host."${url}"]\n${options}`)
    // containerd takes `/v2/hub` for `/v2/hub/v2`, which is a repository, though no registry has it there.
    expect(targetsOf(table)).toEqual(but === undefined ? [] : ['1: a.example.com/hub/v2'])
    if (but === undefined) expect(warningsOf(table)).toEqual([expect.stringContaining(why)])
    expect(warningsOf(table).join()).not.toContain('hunter2')
  })

  it('uses plain HTTP where the workflow allows it', () => {
    const file = {...FILE, insecureRegistries: ['a.example.com']}
    expect(targetsOf(read('[host."http://a.example.com"]', file))).toEqual(['1: a.example.com'])
  })

  it.each([
    {capabilities: '["push"]', targets: []},
    {capabilities: '["resolve"]', targets: []},
    {capabilities: '["PULL", "Resolve"]', targets: ['1: a.example.com']},
    {capabilities: '[]', targets: ['1: a.example.com']}
  ])('uses capabilities as containerd does: $capabilities', ({capabilities, targets}) => {
    expect(targetsOf(read(`[host."https://a.example.com"]\ncapabilities = ${capabilities}`))).toEqual(targets)
  })

  it('warns about each option that it does not follow, by its line', () => {
    const table = read(`[host."https://a.example.com"]
capabilities = ["pull", "fly"]
skip_verify = true
ca = "ca.pem"
client = [["cert.pem", "key.pem"]]
[host."https://a.example.com".header]
Authorization = "Bearer hunter2"
`)
    expect(targetsOf(table)).toEqual(['1: a.example.com by digest'])
    expect(warningsOf(table)).toEqual([
      expect.stringMatching(/^2: a capability .* is ignored$/),
      expect.stringMatching(/^3: skip_verify is not followed for a\.example\.com: /),
      expect.stringMatching(/^4: ca is not followed /),
      expect.stringMatching(/^5: client is not followed /),
      expect.stringMatching(/^6: header is not followed /)
    ])
    expect(warningsOf(table).join()).not.toContain('hunter2')
    expect(warningsOf(read('[host."https://a.example.com"]\nskip_verify = false'))).toEqual([])
  })

  it.each([
    {text: '[host."https://a.example.com"\n', why: /not valid TOML/},
    {text: 'host = "a.example.com"\n', why: /host must be a table/},
    {text: '[host]\n"https://a.example.com" = 1\n', why: /each host must be a table/},
    {text: 'server = ["https://a.example.com"]\n', why: /server must be a string/},
    {text: '[host."https://a.example.com"]\ncapabilities = "pull"\n', why: /capabilities must be a list/}
  ])('refuses $why', ({text, why}) => {
    expect(() => read(text)).toThrow(why)
  })
})

describe('emptyHostTable', () => {
  it('has no mirror, and blocks nothing', () => {
    expect(emptyHostTable({kind: 'any'})).toEqual({match: {kind: 'any'}, mirrors: [], isBlocked: false, warnings: []})
  })
})

describe('the warnings of readHostsToml', () => {
  it('are in the order of the file, and that of the server by its own line', () => {
    const table = read(`# a comment
server = "https://c.example.com/hub"
[host."https://a.example.com/hub"]
[host."http://b.example.com"]
[host."https://d.example.com"]
capabilities = ["fly"]
`)
    expect(table.warnings.map(({place}) => place.line)).toEqual([3, 4, 6, 2])
  })
})
