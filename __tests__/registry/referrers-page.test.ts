// The URL of each page of referrers: the registry chooses the Link, and it must not lead anywhere else.

import {describe, expect, it} from '@jest/globals'
import {digestOf} from '../../src/oci/digest.ts'
import {nextPageOf, referrersPath} from '../../src/registry/referrers-page.ts'

const DIGEST = digestOf(Buffer.from('an image'))
const HERE = `https://registry.test/v2/acme/app/referrers/${DIGEST}`

function next(link: string | undefined, isDirect = true): string | undefined {
  const headers = new Map(link === undefined ? [] : [['link', link]])
  return nextPageOf({headers, url: new URL(HERE), isDirect}, DIGEST)
}

describe('referrersPath', () => {
  it('has the type as a filter on the first page, and the query of the Link on the others', () => {
    const artifactType = 'application/vnd.a+json'
    expect(referrersPath({digest: DIGEST, artifactType: undefined, page: undefined})).toBe(`referrers/${DIGEST}`)
    expect(referrersPath({digest: DIGEST, artifactType, page: undefined})).toBe(
      `referrers/${DIGEST}?artifactType=application%2Fvnd.a%2Bjson`
    )
    expect(referrersPath({digest: DIGEST, artifactType, page: '?last=x'})).toBe(`referrers/${DIGEST}?last=x`)
  })
})

describe('nextPageOf', () => {
  it.each([
    {name: 'a path', link: `</v2/acme/app/referrers/${DIGEST}?last=x>; rel="next"`},
    {
      name: 'a path with an escaped colon',
      link: `</v2/acme/app/referrers/${DIGEST.replace(':', '%3A')}?last=x>; rel="next"`
    },
    {name: 'a URL', link: `<${HERE}?last=x>; rel=next`},
    {name: 'a query alone', link: '<?last=x>; rel="next"'},
    {name: 'other parameters', link: '<?last=x>; title="a"; rel="next"; n=1'},
    {name: 'another link before', link: '</>; rel="first", <?last=x>; rel="next"'}
  ])('reads $name', ({link}) => {
    expect(next(link)).toBe('?last=x')
  })

  it.each([
    {name: 'no header', link: undefined},
    {name: 'another relation', link: '<?last=x>; rel="prev"'},
    {name: 'a relation that only begins so', link: '<?last=x>; rel="next-archive"'},
    {name: 'no relation', link: '<?last=x>'},
    {name: 'another host', link: `<https://attacker.test/v2/acme/app/referrers/${DIGEST}?last=x>; rel="next"`},
    {name: 'another scheme', link: `<http://registry.test/v2/acme/app/referrers/${DIGEST}?last=x>; rel="next"`},
    {name: 'another path', link: '</v2/acme/app/tags/list?last=x>; rel="next"'},
    {name: 'no query: the same page again', link: `<${HERE}>; rel="next"`},
    {name: 'no URL', link: '<http://[>; rel="next"'}
  ])('is undefined for $name', ({link}) => {
    expect(next(link)).toBeUndefined()
  })

  it('is undefined after a redirect to another origin', () => {
    expect(next('<?last=x>; rel="next"', false)).toBeUndefined()
  })
})
