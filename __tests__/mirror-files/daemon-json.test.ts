// registry-mirrors of daemon.json: for Docker Hub, by digest, as moby's ValidateMirror takes them.

import {describe, expect, it} from '@jest/globals'
import {readDaemonJson} from '../../src/mirror-files/daemon-json.ts'
import type {MirrorFile} from '../../src/mirror-files/table-reader.ts'

const FILE: MirrorFile = {
  file: 'daemon.json',
  isInWorkspace: false,
  isTrusted: true,
  insecureRegistries: [],
  use: 'content',
  folder: undefined
}

describe('readDaemonJson', () => {
  it('has the mirrors of Docker Hub in order, which never resolve a tag', () => {
    const text = `{
  "registry-mirrors": [
    "https://a.example.com/",
    "http://127.0.0.1:5000"
  ],
  "insecure-registries": ["10.0.0.0/8"]
}`
    expect(readDaemonJson(text, FILE)).toMatchObject({
      match: {kind: 'prefix', prefix: 'docker.io'},
      mirrors: [
        {target: 'a.example.com', mayResolve: false, sendsNamespace: false, place: {line: 3}},
        {target: '127.0.0.1:5000', mayResolve: false, sendsNamespace: false, place: {line: 4}}
      ],
      warnings: []
    })
  })

  it.each([
    {url: 'https://a.example.com/proxy', why: 'another path'},
    {url: 'http://a.example.com', why: 'insecure-registries'}
  ])('does not use $url, and says why', ({url, why}) => {
    const {mirrors, warnings} = readDaemonJson(`{"registry-mirrors": ["${url}"]}`, FILE)
    expect(mirrors).toEqual([])
    expect(warnings.map(({text}) => text)).toEqual([expect.stringContaining(why)])
  })

  it('reads a file without mirrors', () => {
    expect(readDaemonJson('{"storage-driver": "overlay2"}', FILE).mirrors).toEqual([])
  })

  it.each([
    {text: '{"registry-mirrors": ["a.example.com:5000"]}', why: /https:\/\/ or http:\/\//},
    {text: '{"registry-mirrors": ["https://bob:hunter2@a.example.com"]}', why: /must not have a user name/},
    {text: '{"registry-mirrors": ["https://a.example.com?x=1"]}', why: /must not have a user name, a query/},
    {text: '{"registry-mirrors": "https://a.example.com"}', why: /must be a list/},
    {text: '{"registry-mirrors": [1]}', why: /list of strings/},
    {text: '{"a": 1,}', why: /not a valid JSON object/},
    {text: '{} // comment', why: /not a valid JSON object/},
    {text: '[]', why: /not a valid JSON object/},
    {text: '', why: /not a valid JSON object/}
  ])('refuses $text', ({text, why}) => {
    expect(() => readDaemonJson(text, FILE)).toThrow(why)
  })

  it('names the line of a syntax error', () => {
    const read = (): unknown => readDaemonJson('{\n  "a": 1\n  "b": 2\n}', FILE)
    expect(read).toThrow(expect.objectContaining({line: 3}))
  })
})

describe('what readDaemonJson refuses or leaves out', () => {
  it.each(['https://bob@a.example.com', 'https://:hunter2@a.example.com', 'https://a.example.com/#x'])(
    'refuses %s, by its line',
    url => {
      const read = (): unknown => readDaemonJson(`{"registry-mirrors": [\n\n"${url}"]}`, FILE)
      expect(read).toThrow(expect.objectContaining({line: 3}))
    }
  )

  it.each([
    {text: '\n\n[]', line: 3},
    {text: '', line: 1},
    {text: '\n', line: 2}
  ])('names the line of $text, which is no object', ({text, line}) => {
    expect(() => readDaemonJson(text, FILE)).toThrow(expect.objectContaining({line}))
  })

  it('warns in the order of the file, and blocks nothing', () => {
    const text =
      '\n{"registry-mirrors": ["https://a.example.com/x",\n"http://b.example.com",\n"https://c.example.com/y"]}'
    const table = readDaemonJson(text, FILE)
    expect(table.isBlocked).toBe(false)
    expect(table.warnings.map(({place}) => place.line)).toEqual([2, 3, 4])
  })

  it('counts lines that follow each other, the first one too', () => {
    const read = (text: string): unknown => readDaemonJson(text, FILE).mirrors.map(({place}) => place.line)
    expect(read('\n\n\n{"registry-mirrors":\n\n["https://a.example.com"]}')).toEqual([6])
  })
})
