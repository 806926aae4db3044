// Where an image may be had, in which order, and whose word counts: CONTRACT.md's Mirrors, rule by rule.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {
  DEFAULT_PUBLIC_MIRRORS,
  isFloating,
  type LockedDigest,
  type MirrorRule,
  parseMirrorRule,
  knownDigest,
  planCandidates,
  unusedMirrorRules,
  parseImageRequest
} from '../../src/acquire/plan.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {formatRepository, parseReference, type Reference} from '../../src/oci/reference.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

function rule(text: string): MirrorRule {
  const parsed = parseMirrorRule(text)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.reason}`)
  return parsed.value
}

function reference(text: string): Reference {
  const parsed = parseReference(text)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.reason}`)
  return parsed.value
}

function plan(image: string, mirrors: readonly string[], prefer: 'primary' | 'mirrors' = 'primary'): readonly string[] {
  return planCandidates(reference(image), {mirrors: mirrors.map(rule), publicMirrors: []}, prefer).map(({repository}) =>
    formatRepository(repository)
  )
}

describe('planCandidates', () => {
  it.each([
    {
      name: 'a registry for a registry',
      image: 'mlocati/php-extension-installer:2',
      mirrors: ['docker.io=ghcr.io'],
      places: ['docker.io/mlocati/php-extension-installer', 'ghcr.io/mlocati/php-extension-installer']
    },
    {
      name: 'library/ too, since that is the name in full',
      image: 'php:8',
      mirrors: ['docker.io=mirror.gcr.io'],
      places: ['docker.io/library/php', 'mirror.gcr.io/library/php']
    },
    {
      name: 'a path for library/',
      image: 'php:8',
      mirrors: ['docker.io/library=public.ecr.aws/docker/library'],
      places: ['docker.io/library/php', 'public.ecr.aws/docker/library/php']
    },
    {
      name: 'a pull-through cache with a path of its own',
      image: 'php:8',
      mirrors: ['docker.io=proxy.example.com/hub'],
      places: ['docker.io/library/php', 'proxy.example.com/hub/library/php']
    },
    {
      name: 'a repository for a repository',
      image: 'mlocati/php-extension-installer:2',
      mirrors: ['docker.io/mlocati/php-extension-installer=ghcr.io/elsewhere/installer'],
      places: ['docker.io/mlocati/php-extension-installer', 'ghcr.io/elsewhere/installer']
    },
    {
      name: 'another name of Docker Hub',
      image: 'a/b:1',
      mirrors: ['index.docker.io=ghcr.io'],
      places: ['docker.io/a/b', 'ghcr.io/a/b']
    },
    {
      name: 'a bare host: the same repository there',
      image: 'quay.io/a/b:1',
      mirrors: ['ghcr.io'],
      places: ['quay.io/a/b', 'ghcr.io/a/b']
    },
    {
      name: 'a bare host with a port',
      image: 'quay.io/a/b:1',
      mirrors: ['127.0.0.1:5000'],
      places: ['quay.io/a/b', '127.0.0.1:5000/a/b']
    },
    {
      name: 'a target with a path and no prefix: the whole repository',
      image: 'a/b:1',
      mirrors: ['ghcr.io/c/d'],
      places: ['docker.io/a/b', 'ghcr.io/c/d']
    },
    {
      name: 'a host in other letters',
      image: 'a/b:1',
      mirrors: ['Docker.IO=GHCR.io'],
      places: ['docker.io/a/b', 'ghcr.io/a/b']
    },
    {
      name: 'Docker Hub as a mirror, where php is library/php',
      image: 'ghcr.io/php:1',
      mirrors: ['ghcr.io=docker.io'],
      places: ['ghcr.io/php', 'docker.io/library/php']
    },
    {
      name: 'every rule that matches, in their order',
      image: 'php:8',
      mirrors: ['quay.io=a.io', 'docker.io/library=b.io/x', 'docker.io=c.io', 'd.io', 'docker.io/library/php=e.io/php'],
      places: ['docker.io/library/php', 'b.io/x/php', 'c.io/library/php', 'd.io/library/php', 'e.io/php']
    },
    {
      name: 'each place once',
      image: 'a/b:1',
      mirrors: ['docker.io=ghcr.io', 'ghcr.io', 'docker.io/a=ghcr.io/a', 'docker.io=ghcr.io'],
      places: ['docker.io/a/b', 'ghcr.io/a/b']
    },
    {name: 'not itself', image: 'a/b:1', mirrors: ['docker.io', 'docker.io/a=docker.io/a'], places: ['docker.io/a/b']},
    {name: 'nowhere without rules', image: 'a/b:1', mirrors: [], places: ['docker.io/a/b']},
    {name: 'not for another registry', image: 'quay.io/a/b:1', mirrors: ['docker.io=ghcr.io'], places: ['quay.io/a/b']},
    {
      name: 'not for half a name',
      image: 'mlocati2/a:1',
      mirrors: ['docker.io/mlocati=ghcr.io/mlocati'],
      places: ['docker.io/mlocati2/a']
    },
    {
      name: 'not for half a host',
      image: 'docker.io.example.com/a:1',
      mirrors: ['docker.io=ghcr.io'],
      places: ['docker.io.example.com/a']
    },
    {
      name: 'not for a host that ends alike',
      image: 'evildocker.io/a:1',
      mirrors: ['docker.io=ghcr.io'],
      places: ['evildocker.io/a']
    },
    {
      name: 'not for another port',
      image: 'localhost:5000/a:1',
      mirrors: ['localhost=ghcr.io'],
      places: ['localhost:5000/a']
    },
    {
      name: 'not for what is below a repository',
      image: 'a/b:1',
      mirrors: ['docker.io/a/b/c=ghcr.io/x'],
      places: ['docker.io/a/b']
    },
    {
      name: 'nowhere when a whole repository would become a bare host',
      image: 'a/b:1',
      mirrors: ['docker.io/a/b=ghcr.io'],
      places: ['docker.io/a/b']
    },
    {
      name: 'nowhere when the path gets longer than a path may be',
      image: `a/${'b'.repeat(250)}:1`,
      mirrors: ['docker.io=ghcr.io/some/path'],
      places: [`docker.io/a/${'b'.repeat(250)}`]
    }
  ])('leads to $name', ({image, mirrors, places}) => {
    expect(plan(image, mirrors)).toEqual(places)
  })

  it('tries the mirrors before the primary when they are preferred, in the same order', () => {
    expect(plan('a/b:1', ['b.io', 'docker.io=c.io', 'b.io'], 'mirrors')).toEqual([
      'b.io/a/b',
      'c.io/a/b',
      'docker.io/a/b'
    ])
  })

  it.each(['primary', 'mirrors'] as const)('lets primary and named mirrors decide a tag, preferring %s', prefer => {
    const candidates = planCandidates(
      reference('a/b:1'),
      {mirrors: [rule('docker.io=ghcr.io')], publicMirrors: []},
      prefer
    )
    const roles = candidates.map(({role, mayResolve}) => ({role, mayResolve}))
    const inOrder = [
      {role: 'primary', mayResolve: true},
      {role: 'mirror', mayResolve: true}
    ]
    expect(roles).toEqual(prefer === 'primary' ? inOrder : inOrder.reverse())
  })

  it.each(['primary', 'mirrors'] as const)('never lets a public mirror resolve a tag, preferring %s', prefer => {
    const publicMirrors = DEFAULT_PUBLIC_MIRRORS.map(rule)
    const candidates = planCandidates(reference('php:8'), {mirrors: [rule('b.io')], publicMirrors}, prefer)
    const named = prefer === 'primary' ? ['docker.io', 'b.io'] : ['b.io', 'docker.io']
    expect(candidates.map(({repository}) => repository.registry)).toEqual([
      ...named,
      ...['ghcr.io', 'mirror.gcr.io', 'public.ecr.aws']
    ])
    expect(candidates.filter(({role}) => role === 'public-mirror')).toEqual([
      {role: 'public-mirror', repository: {registry: 'ghcr.io', path: 'library/php'}, mayResolve: false},
      {role: 'public-mirror', repository: {registry: 'mirror.gcr.io', path: 'library/php'}, mayResolve: false},
      {role: 'public-mirror', repository: {registry: 'public.ecr.aws', path: 'docker/library/php'}, mayResolve: false}
    ])
  })

  it('leaves ECR Public out for what is no official image', () => {
    const rules = {mirrors: [], publicMirrors: DEFAULT_PUBLIC_MIRRORS.map(rule)}
    const places = planCandidates(reference('a/b:1'), rules, 'primary').map(({repository}) => repository.registry)
    expect(places).toEqual(['docker.io', 'ghcr.io', 'mirror.gcr.io'])
  })

  it.each(DEFAULT_PUBLIC_MIRRORS)("takes %s for the user's when it is in mirrors, also beside the default", text => {
    const rules = {mirrors: [rule(text)], publicMirrors: DEFAULT_PUBLIC_MIRRORS.map(rule)}
    const candidates = planCandidates(reference('php:8'), rules, 'primary')
    expect(candidates[1]).toMatchObject({role: 'mirror', mayResolve: true})
    expect(candidates.map(({role}) => role)).toEqual(['primary', 'mirror', 'public-mirror', 'public-mirror'])
  })

  it('has the primary exactly once, and no place twice, whatever the rules', () => {
    const places = fc.constantFrom('docker.io', 'ghcr.io', 'docker.io/a', 'ghcr.io/a', 'docker.io/a/b', 'quay.io/x/y')
    const texts = fc.oneof(
      places,
      fc.tuple(places, places).map(pair => pair.join('='))
    )
    fc.assert(
      fc.property(fc.array(texts), fc.constantFrom('primary', 'mirrors'), (mirrors, prefer) => {
        const found = plan('a/b:1', mirrors, prefer)
        expect(new Set(found).size).toBe(found.length)
        expect(found.indexOf('docker.io/a/b')).toBe(prefer === 'primary' ? 0 : found.length - 1)
      })
    )
  })
})

describe('parseMirrorRule', () => {
  it.each([
    {name: 'nothing', text: '', why: 'the target is missing'},
    {name: 'no target', text: 'docker.io=', why: 'the target is missing'},
    {name: 'no prefix', text: '=ghcr.io', why: 'the prefix is empty'},
    {name: 'a target that is a path', text: 'docker.io=mlocati', why: 'is not a registry'},
    {name: 'a prefix that is a path', text: 'mlocati=ghcr.io/mlocati', why: 'is not a registry'},
    {name: 'a prefix that is an image of Docker Hub', text: 'mlocati/a=ghcr.io/mlocati/a', why: 'is not a registry'},
    {name: 'a scheme', text: 'docker.io=https://ghcr.io', why: 'is not a registry or registry/path'},
    {name: 'a tag', text: 'docker.io/library/php=ghcr.io/php:8', why: 'lower-case letters'},
    {name: 'a digest', text: `ghcr.io/php@${DIGEST}`, why: 'lower-case letters'},
    {
      name: 'two equals signs',
      text: 'docker.io=ghcr.io=quay.io',
      why: 'the target "ghcr.io=quay.io" is not a registry'
    },
    {name: 'capitals in the path', text: 'docker.io=ghcr.io/Owner', why: 'lower case'},
    {name: 'a slash behind it', text: 'docker.io=ghcr.io/', why: 'missing'},
    {name: 'spaces', text: 'docker.io = ghcr.io', why: 'is not a registry'},
    {name: 'a port that is none', text: 'docker.io=localhost:99999', why: 'is not a registry'},
    {name: 'a wildcard', text: '*=ghcr.io', why: 'is not a registry'}
  ])('refuses $name and says why', ({text, why}) => {
    expect(parseMirrorRule(text)).toEqual({ok: false, reason: expect.stringContaining(why)})
    expect(parseMirrorRule(text)).not.toMatchObject({reason: expect.stringContaining('undefined')})
  })

  it('answers for any text, and what it takes can be planned with', () => {
    const pieces = fc.constantFrom('docker.io', 'ghcr.io', 'localhost', '=', '/', ':', '5000', 'a', 'A', '..', ' ', '@')
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, {maxLength: 8}).map(found => found.join(''))
    )
    fc.assert(
      fc.property(texts, text => {
        const parsed = parseMirrorRule(text)
        if (!parsed.ok) {
          expect(parsed.reason).not.toBe('')
          return
        }
        for (const image of ['a/b:1', 'php', 'ghcr.io/a:1', 'localhost:5000/a/b']) {
          for (const {repository} of planCandidates(
            reference(image),
            {mirrors: [parsed.value], publicMirrors: [parsed.value]},
            'primary'
          ))
            expect(parseReference(formatRepository(repository))).toEqual({ok: true, value: repository})
        }
      }),
      {numRuns: 2000}
    )
  })
})

describe('unmatchedRules', () => {
  it('are those that lead nowhere for all images, but for the defaults', () => {
    const mirrors = ['docker.io/php=ghcr.io/php', 'quay.io=ghcr.io', 'ghcr.io'].map(rule)
    const publicMirrors = [...DEFAULT_PUBLIC_MIRRORS, 'gcr.io=mirror.example.com'].map(rule)
    const unmatched = unusedMirrorRules([reference('php:8'), reference('quay.io/a:1')], {mirrors, publicMirrors})
    expect(unmatched.map(({input, rule: {source}}) => [input, source])).toEqual([
      ['mirrors', 'docker.io/php=ghcr.io/php'],
      ['public-mirrors', 'gcr.io=mirror.example.com']
    ])
    const defaults = {mirrors: [], publicMirrors: DEFAULT_PUBLIC_MIRRORS.map(rule)}
    expect(unusedMirrorRules([reference('ghcr.io/a:1')], defaults)).toEqual([])
  })
})

describe('isFloating', () => {
  it.each([
    {text: 'php', is: true},
    {text: 'php:latest', is: true},
    {text: 'php:8', is: false},
    {text: 'php:latest-alpine', is: false},
    {text: `php@${DIGEST}`, is: false},
    {text: `php:latest@${DIGEST}`, is: false}
  ])('$text: $is', ({text, is}) => {
    expect(isFloating(reference(text))).toBe(is)
  })
})

describe('pinOf', () => {
  const pin = (asked: string, locked?: LockedDigest): unknown => {
    const image = parseImageRequest(asked)
    if (!image.ok) throw new Error(image.reason)
    return knownDigest(locked === undefined ? image.value : {...image.value, locked})
  }
  const OTHER = `sha256:${'b'.repeat(64)}` as Digest

  it('is the digest in the reference, and nothing without one', () => {
    expect(pin(`ghcr.io/a:1@${DIGEST}`)).toEqual({digest: DIGEST, decidedBy: 'reference', registry: 'ghcr.io'})
    expect(pin('ghcr.io/a:1')).toBeUndefined()
  })

  it('is what the lock says when the reference names no digest, unless the lock is to be renewed', () => {
    const lock = {digest: OTHER, mayBeUpdated: false}
    expect(pin('ghcr.io/a:1', lock)).toEqual({digest: OTHER, decidedBy: 'lock', registry: 'ghcr.io'})
    expect(pin(`ghcr.io/a:1@${DIGEST}`, lock)).toMatchObject({digest: DIGEST, decidedBy: 'reference'})
    expect(pin('ghcr.io/a:1', {...lock, mayBeUpdated: true})).toBeUndefined()
  })
})

describe('wantImage', () => {
  it.each([
    {asked: 'php', tag: 'latest'},
    {asked: 'php:8', tag: '8'},
    {asked: `php@${DIGEST}`, tag: undefined},
    {asked: `php:8@${DIGEST}`, tag: '8'}
  ])('$asked means the tag $tag', ({asked, tag}) => {
    expect(parseImageRequest(asked)).toEqual({ok: true, value: {input: asked, reference: reference(asked), tag}})
  })

  it('refuses what is no reference', () => {
    expect(parseImageRequest('PHP')).toEqual({ok: false, reason: expect.stringContaining('lower case')})
  })
})
