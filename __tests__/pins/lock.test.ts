// The lock file as a document: strict when it is read, quiet when it changes, and what its published schema says.

import {readFileSync} from 'node:fs'
import {Ajv2020} from 'ajv/dist/2020.js'
import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {
  decodeLock,
  EMPTY_LOCK,
  type Lock,
  type LockedImage,
  type LockIssue,
  mergeLock,
  renderChange,
  renderLock
} from '../../src/pins/lock.ts'
import type {Digest} from '../../src/oci/digest.ts'

function digest(letter: string): Digest {
  return `sha256:${letter.repeat(64)}` as Digest
}
const INDEX = 'application/vnd.oci.image.index.v1+json'

function image(letter: string, ...platforms: readonly string[]): LockedImage {
  return {
    ...{digest: digest(letter), mediaType: INDEX, size: 1609},
    platforms: new Map(platforms.map(name => [name, {digest: digest('c'), imageId: digest('d')}]))
  }
}

function lockOf(images: Readonly<Record<string, LockedImage>>): Lock {
  return {
    schema: undefined,
    images: new Map(Object.entries(images))
  }
}

function read(text: string): Lock {
  const decoded = decodeLock(text)
  if ('issues' in decoded) throw new Error(JSON.stringify(decoded.issues))
  return decoded.lock
}
function issuesIn(text: string): readonly LockIssue[] {
  const decoded = decodeLock(text)
  return 'issues' in decoded ? decoded.issues : []
}

const PHP = 'docker.io/library/php:8.3.8'
const ENTRY = {
  digest: digest('a'),
  mediaType: INDEX,
  size: 1609,
  platforms: {'linux/amd64': {digest: digest('c'), imageId: digest('d')}}
}
function textOf(entry: unknown, name = PHP, more = {}): string {
  return JSON.stringify({version: 1, images: {[name]: entry}, ...more})
}

const validate = new Ajv2020().compile(JSON.parse(readFileSync('image-lock.schema.json', 'utf8')) as object)

describe('renderLock', () => {
  it('sorts by name and platform, one image a block, and ends with a line', () => {
    const text = renderLock(
      lockOf({
        'ghcr.io/b:1': image('b'),
        'docker.io/a/z:2': image('a', 'linux/arm64', 'linux/amd64'),
        'docker.io/a/Z:1': image('a')
      }),
      ''
    )
    expect(text.match(/"[^"]*:(?:1|2)"/g)).toEqual(['"docker.io/a/Z:1"', '"docker.io/a/z:2"', '"ghcr.io/b:1"'])
    expect(text.indexOf('linux/amd64')).toBeLessThan(text.indexOf('linux/arm64'))
    expect(text.startsWith('{\n  "version": 1,\n  "images": {\n')).toBe(true)
    expect(text.endsWith('}\n')).toBe(true)
  })

  it('ends lines, and begins the file, as they were', () => {
    const before = '\uFEFF{\r\n}\r\n'
    const text = renderLock(lockOf({[PHP]: image('a')}), before)
    expect(text.startsWith('\uFEFF{\r\n')).toBe(true)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(read(text)).toEqual(lockOf({[PHP]: image('a')}))
  })

  it('is what decodeLock reads, and what the schema allows, for any lock', () => {
    const letter = fc.constantFrom('a', 'b', '0', 'f')
    const images = fc.dictionary(
      fc.stringMatching(
        /^(?:docker\.io|ghcr\.io|127\.0\.0\.1:5000)\/[a-z]{1,5}\/[a-z]{1,5}:[A-Za-z0-9_][A-Za-z0-9_.-]{0,9}$/
      ),
      fc
        .tuple(letter, fc.uniqueArray(fc.constantFrom('linux/amd64', 'windows(10.0.20348.1)/amd64', 'unknown')))
        .map(([of, platforms]) => image(of, ...platforms))
    )
    fc.assert(
      fc.property(images, entries => {
        const lock = lockOf(entries)
        const text = renderLock(lock, '')
        expect(read(text)).toEqual(lock)
        expect(validate(JSON.parse(text))).toBe(true)
        expect(renderLock(read(text), text)).toBe(text)
      })
    )
  })

  it('keeps where the schema is', () => {
    const lock = read(textOf(ENTRY, PHP, {$schema: './image-lock.schema.json'}))
    expect(renderLock(lock, '')).toContain('"$schema": "./image-lock.schema.json"')
  })
})

describe('renderChange', () => {
  const [from, to] = [digest('a'), digest('b')]

  it.each([
    {change: {name: PHP, change: 'added', to} as const, line: `${PHP} added: ${to}`},
    {change: {name: PHP, change: 'changed', from, to} as const, line: `${PHP} changed: ${from} -> ${to}`},
    {change: {name: PHP, change: 'extended', to} as const, line: `${PHP} has another platform: ${to}`},
    {change: {name: PHP, change: 'unchanged', to} as const, line: `${PHP} unchanged: ${to}`}
  ])('of $change.change is a line', ({change, line}) => {
    expect(renderChange(change)).toBe(line)
  })
})

describe('decodeLock', () => {
  it('tells all that is wrong in the order of the file, and each by its path', () => {
    const text = JSON.stringify({
      version: 1,
      more: 1,
      $schema: 1,
      images: {
        [PHP]: {
          ...{digest: 1, mediaType: 'text/plain', size: 1.5, more: 1},
          platforms: {
            'linux/amd64': 1,
            'linux/arm64': {digest: digest('c'), imageId: 'sha256:1', more: 1},
            'linux/arm': {digest: 'sha256:1', imageId: digest('d')},
            'linux arm': {digest: digest('c'), imageId: digest('d')}
          }
        },
        'ghcr.io/a/b:1': 1
      }
    })
    const at = (...path: readonly string[]): readonly string[] => ['images', PHP, ...path]
    expect(issuesIn(text).map(({path}) => path)).toEqual([
      ['more'],
      ['$schema'],
      at('more'),
      at('digest'),
      at('mediaType'),
      at('size'),
      at('platforms', 'linux/amd64'),
      at('platforms', 'linux/arm64', 'more'),
      at('platforms', 'linux/arm64', 'imageId'),
      at('platforms', 'linux/arm', 'digest'),
      at('platforms', 'linux arm'),
      ['images', 'ghcr.io/a/b:1']
    ])
    expect(issuesIn(text).find(({path}) => path?.at(-1) === 'digest')?.reason).toBe(
      'digest is not a digest: it is not a string'
    )
  })

  it('tells all that is wrong with one image in the order of its fields', () => {
    const text = JSON.stringify({version: 1, images: {'php:1': {more: 1, platforms: 1}}})
    expect(issuesIn(text).map(({path}) => path?.slice(2))).toEqual([
      [],
      ['more'],
      ['digest'],
      ['mediaType'],
      ['size'],
      ['platforms']
    ])
  })

  it.each(['linux/arm/v7/8', '', ' linux/amd64', 'linux/amd64\n', 'windows(10.0)x/amd64', 'linux//v7'])(
    'does not take %j for a platform',
    platform => {
      expect(issuesIn(textOf({...ENTRY, platforms: {[platform]: ENTRY.platforms['linux/amd64']}}))).toEqual([
        {path: ['images', PHP, 'platforms', platform], reason: 'it is not a platform such as linux/arm64'}
      ])
    }
  )

  it('tells that images are no object after what is wrong above them', () => {
    expect(issuesIn('{"version":1,"more":1,"images":1}').map(({path}) => path)).toEqual([['more'], ['images']])
  })

  it.each([0, '2'])('does not take version %j for a newer one', version => {
    expect(issuesIn(JSON.stringify({version, images: {}}))).toEqual([
      {path: ['version'], reason: expect.stringContaining('version is wrong')}
    ])
  })

  it('takes a manifest of no bytes, which its digest would betray', () => {
    expect(read(textOf({...ENTRY, size: 0})).images.get(PHP)?.size).toBe(0)
  })

  it.each<{
    readonly name: string
    readonly text: string
    readonly path: readonly string[] | undefined
    readonly why: string
  }>([
    {name: 'no JSON', text: '{', path: undefined, why: 'not JSON'},
    {name: 'an empty file', text: '', path: undefined, why: 'not JSON'},
    {name: 'a list', text: '[]', path: undefined, why: 'not a JSON object'},
    {name: 'an image twice', text: `{"version":1,"images":{"${PHP}":1,"${PHP}":1}}`, path: undefined, why: 'twice'},
    {name: 'no version', text: '{"images":{}}', path: ['version'], why: 'version is missing'},
    {name: 'a newer version', text: '{"version":2}', path: ['version'], why: 'a newer release wrote it'},
    {name: 'a version that is text', text: '{"version":"1","images":{}}', path: ['version'], why: 'version is wrong'},
    {name: 'no images', text: '{"version":1}', path: ['images'], why: 'images is not an object'},
    {
      name: 'a key that it does not know',
      text: '{"version":1,"images":{},"image":{}}',
      path: ['image'],
      why: 'unknown key'
    },
    {
      name: 'a schema that is no text',
      text: '{"version":1,"images":{},"$schema":1}',
      path: ['$schema'],
      why: 'a string'
    },
    {
      name: 'a short name',
      text: textOf(ENTRY, 'php:8.3.8'),
      path: ['images', 'php:8.3.8'],
      why: `the full name is required: ${PHP}`
    },
    {
      name: 'a name without tag',
      text: textOf(ENTRY, 'php'),
      path: ['images', 'php'],
      why: 'docker.io/library/php:1.2.3'
    },
    {
      name: 'a name with digest',
      text: textOf(ENTRY, `${PHP}@${digest('a')}`),
      path: ['images', `${PHP}@${digest('a')}`],
      why: 'listed by tag'
    },
    {
      name: 'a name that is none',
      text: textOf(ENTRY, '__proto__'),
      path: ['images', '__proto__'],
      why: 'it is not an image reference'
    },
    {name: 'an image that is none', text: textOf('x'), path: ['images', PHP], why: 'not an object'},
    {
      name: 'no digest',
      text: textOf({...ENTRY, digest: undefined}),
      path: ['images', PHP, 'digest'],
      why: 'not a digest'
    },
    {
      name: 'a short digest',
      text: textOf({...ENTRY, digest: 'sha256:abc'}),
      path: ['images', PHP, 'digest'],
      why: '64 hexadecimal'
    },
    {
      name: 'a media type of nothing',
      text: textOf({...ENTRY, mediaType: 'text/html'}),
      path: ['images', PHP, 'mediaType'],
      why: 'mediaType'
    },
    {name: 'a size below nothing', text: textOf({...ENTRY, size: -1}), path: ['images', PHP, 'size'], why: 'size'},
    {
      name: 'a misspelt key',
      text: textOf({...ENTRY, digets: 1}),
      path: ['images', PHP, 'digets'],
      why: 'unknown key'
    },
    {
      name: 'platforms in a list',
      text: textOf({...ENTRY, platforms: []}),
      path: ['images', PHP, 'platforms'],
      why: 'platforms'
    },
    {
      name: 'a platform that is none',
      text: textOf({...ENTRY, platforms: {x: 1}}),
      path: ['images', PHP, 'platforms', 'x'],
      why: 'not an object'
    },
    {
      name: 'a platform without image id',
      text: textOf({...ENTRY, platforms: {x: {digest: digest('a')}}}),
      path: ['images', PHP, 'platforms', 'x', 'imageId'],
      why: 'imageId'
    }
  ])('says where $name is', ({text, path, why}) => {
    const faults = issuesIn(text)
    expect(faults.map(fault => fault.path)).toEqual([path])
    expect(faults[0]?.reason).toContain(why)
  })

  it.each([
    {name: 'a newer version', document: {version: 2, images: {}}},
    {name: 'a key that it does not know', document: {version: 1, images: {}, image: {}}},
    {name: 'a short name', document: {version: 1, images: {'php:8.3.8': ENTRY}}},
    {name: 'a name with digest', document: {version: 1, images: {[`${PHP}@${digest('a')}`]: ENTRY}}},
    {name: 'a short digest', document: {version: 1, images: {[PHP]: {...ENTRY, digest: 'sha256:abc'}}}},
    {name: 'a media type of nothing', document: {version: 1, images: {[PHP]: {...ENTRY, mediaType: 'text/html'}}}},
    {name: 'a misspelt key', document: {version: 1, images: {[PHP]: {...ENTRY, digets: 1}}}}
  ])('and the published schema refuse $name alike', ({document}) => {
    expect(validate(document)).toBe(false)
    expect(issuesIn(JSON.stringify(document))).not.toEqual([])
    expect(validate(JSON.parse(textOf(ENTRY)))).toBe(true)
  })

  it('tells of every image that is wrong', () => {
    const images = {'php:1': ENTRY, [PHP]: {...ENTRY, size: '1'}}
    expect(issuesIn(JSON.stringify({version: 1, images})).map(({path}) => path?.at(-1))).toEqual(['php:1', 'size'])
  })
})

describe('mergeLock', () => {
  const before = lockOf({[PHP]: image('a', 'linux/amd64'), 'ghcr.io/other:1': image('b')})

  it('changes what is given and keeps all else', () => {
    const {lock, changes} = mergeLock(
      before,
      new Map([
        [PHP, image('e', 'linux/arm64')],
        ['ghcr.io/new:1', image('f')]
      ])
    )
    expect([...lock.images.keys()].toSorted()).toEqual([PHP, 'ghcr.io/new:1', 'ghcr.io/other:1'])
    expect(lock.images.get(PHP)).toEqual(image('e', 'linux/arm64'))
    expect(lock.images.get('ghcr.io/other:1')).toEqual(image('b'))
    expect(changes).toEqual([
      {name: PHP, change: 'changed', from: digest('a'), to: digest('e')},
      {name: 'ghcr.io/new:1', change: 'added', to: digest('f')}
    ])
  })

  it('adds platforms to an image that is the same, and mends one that is wrong', () => {
    const more = mergeLock(before, new Map([[PHP, image('a', 'linux/arm64')]]))
    expect([...(more.lock.images.get(PHP)?.platforms.keys() ?? [])]).toEqual(['linux/amd64', 'linux/arm64'])
    expect(more.changes[0]?.change).toBe('extended')
    const wrong = {...image('a'), platforms: new Map([['linux/amd64', {digest: digest('0'), imageId: digest('d')}]])}
    expect(mergeLock(before, new Map([[PHP, wrong]])).changes[0]?.change).toBe('extended')
  })

  it('says that nothing changed when nothing did', () => {
    const {lock, changes} = mergeLock(before, new Map([[PHP, image('a', 'linux/amd64')]]))
    expect(changes).toEqual([{name: PHP, change: 'unchanged', to: digest('a')}])
    expect(renderLock(lock, '')).toBe(renderLock(before, ''))
    expect(mergeLock(EMPTY_LOCK, new Map()).changes).toEqual([])
  })

  it('writes a signer, keeps that of the same digest without a rule, and says when only the signer changes', () => {
    const before = lockOf({[PHP]: {...image('a', 'linux/amd64'), signer: 'github:acme/images'}})
    const merge = (update: LockedImage): ReturnType<typeof mergeLock> => mergeLock(before, new Map([[PHP, update]]))
    const same = merge(image('a', 'linux/amd64'))
    expect(same.changes).toMatchObject([{change: 'unchanged'}])
    expect(same.lock.images.get(PHP)?.signer).toBe('github:acme/images')
    const other = merge({...image('a', 'linux/amd64'), signer: 'github:acme/other'})
    expect(other.changes).toMatchObject([{change: 'signer'}])
    expect(renderLock(other.lock, '')).toContain('"signer": "github:acme/other"')
    // Nothing is known about who signed another digest.
    expect(merge(image('b', 'linux/amd64')).lock.images.get(PHP)?.signer).toBeUndefined()
  })

  it.each([1, '', null, ['a']])('rejects the signer %j', signer => {
    const text = JSON.stringify({version: 1, images: {[PHP]: {...ENTRY, signer}}})
    expect(issuesIn(text)).toMatchObject([{path: ['images', PHP, 'signer']}])
  })
})
