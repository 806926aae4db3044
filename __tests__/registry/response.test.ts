// Statuses, headers and error bodies: every value that a registry may send has a defined meaning.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {
  describeErrorBody,
  failureOfStatus,
  isHtml,
  parseContentRange,
  rateLimitOf,
  requestIdsOf,
  retryAfterMsOf,
  type ShortResponse
} from '../../src/registry/response.ts'

const NOW_MS = Date.parse('2025-06-04T12:00:00Z')

function headers(all: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> {
  return new Map(Object.entries(all))
}
const NONE = headers()
function bytes(text: string): Buffer {
  return Buffer.from(text)
}
function answer(more: Partial<ShortResponse>): ShortResponse {
  return {
    ...{status: 500, headers: NONE, body: bytes(''), author: 'registry'},
    ...more
  }
}

describe('retryAfterMsOf', () => {
  it.each([
    {text: '0', ms: 0},
    {text: '120', ms: 120_000},
    {text: ' 7 ', ms: 7000},
    {text: 'Wed, 04 Jun 2025 12:00:30 GMT', ms: 30_000},
    {text: 'Wednesday, 04-Jun-25 12:00:30 GMT', ms: 30_000},
    {text: 'Wed Jun  4 12:00:30 2025 GMT', ms: 30_000},
    {text: 'Wed, 04 Jun 2025 11:00:00 GMT', ms: 0},
    {text: '', ms: undefined},
    {text: '-1', ms: undefined},
    {text: '1.5', ms: undefined},
    {text: '1e3', ms: undefined},
    {text: '9'.repeat(400), ms: 999_999_999_000},
    {text: 'soon', ms: undefined},
    {text: '2025-06-04T12:00:30Z', ms: undefined},
    {text: 'Wed, 99 Jun 2025 12:00:30 GMT', ms: undefined}
  ])('reads $text as $ms', ({text, ms}) => {
    expect(retryAfterMsOf(headers({'retry-after': text}), NOW_MS)).toBe(ms)
  })

  it('is undefined without the header', () => {
    expect(retryAfterMsOf(NONE, NOW_MS)).toBeUndefined()
  })

  it('gives no negative or endless wait for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.date().map(String),
          fc.date({noInvalidDate: true}).map(date => date.toUTCString())
        ),
        text => {
          const ms = retryAfterMsOf(headers({'retry-after': text}), NOW_MS)
          expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true)
        }
      )
    )
  })

  it('reads back any number of seconds and any date', () => {
    fc.assert(
      fc.property(fc.integer({min: 0, max: 999_999_999}), seconds => {
        expect(retryAfterMsOf(headers({'retry-after': String(seconds)}), NOW_MS)).toBe(seconds * 1000)
        if (seconds < 1e8) {
          const date = new Date(NOW_MS + seconds * 1000).toUTCString()
          expect(retryAfterMsOf(headers({'retry-after': date}), NOW_MS)).toBe(seconds * 1000)
        }
      })
    )
  })
})

describe('parseContentRange', () => {
  it.each([
    {text: 'bytes 0-0/1', range: {start: 0, end: 0, total: 1}},
    {text: ' bytes 5-9/10 ', range: {start: 5, end: 9, total: 10}},
    {text: 'bytes 5-9/*', range: {start: 5, end: 9, total: undefined}},
    {text: 'bytes 9-5/10', range: undefined},
    {text: 'bytes 5-10/10', range: undefined},
    {text: 'bytes */10', range: undefined},
    {text: 'bytes -5-9/10', range: undefined},
    {text: 'bytes 5-9', range: undefined},
    {text: 'bytes=5-9/10', range: undefined},
    {text: 'items 5-9/10', range: undefined},
    {text: 'bytes 0-9999999999999999/99999999999999999', range: undefined},
    {text: '', range: undefined}
  ])('reads $text', ({text, range}) => {
    expect(parseContentRange(text)).toEqual(range)
  })

  it('reads back any range, and only whole and safe numbers of any text', () => {
    const amount = fc.integer({min: 0, max: 1e14})
    fc.assert(
      fc.property(amount, amount, amount, (start, more, rest) => {
        const [end, total] = [start + more, start + more + 1 + rest]
        expect(parseContentRange(`bytes ${String(start)}-${String(end)}/${String(total)}`)).toEqual({start, end, total})
      })
    )
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^bytes [0-9]*-[0-9]*\/[0-9*]*$/)), text => {
        const range = parseContentRange(text)
        if (range === undefined) return
        expect(Number.isSafeInteger(range.start) && range.start <= range.end).toBe(true)
        expect(range.total === undefined || range.end < range.total).toBe(true)
      })
    )
  })
})

describe('failureOfStatus', () => {
  it.each([
    {status: 401, kind: 'unauthorized'},
    {status: 403, kind: 'denied'},
    {status: 404, kind: 'not-found'},
    {status: 410, kind: 'not-found'},
    {status: 408, kind: 'server-error'},
    {status: 429, kind: 'throttled'},
    {status: 500, kind: 'server-error'},
    {status: 503, kind: 'server-error'},
    {status: 599, kind: 'server-error'},
    {status: 400, kind: 'protocol'},
    {status: 204, kind: 'protocol'},
    {status: 304, kind: 'protocol'},
    {status: 418, kind: 'protocol'}
  ])('reads HTTP $status as $kind', ({status, kind}) => {
    expect(failureOfStatus(answer({status}), {credentials: 'none', nowMs: NOW_MS})).toMatchObject({kind, status})
  })

  it.each([401, 403, 404, 503, 400])('reads TOOMANYREQUESTS with HTTP %d as throttled', status => {
    const body = bytes('{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}')
    expect(
      failureOfStatus(answer({status, headers: headers({'retry-after': '9'}), body}), {
        credentials: 'none',
        nowMs: NOW_MS
      })
    ).toEqual({
      ...{kind: 'throttled', status, detail: 'TOOMANYREQUESTS: slow down', retryAfterMs: 9000}
    })
  })

  it('reports rejected credentials, and quotes the body', () => {
    expect(
      failureOfStatus(answer({status: 403, body: bytes('{"message":"no"}')}), {credentials: 'refused', nowMs: NOW_MS})
    ).toEqual({
      ...{kind: 'denied', status: 403, detail: 'no', credentials: 'refused'}
    })
  })

  it('quotes any body as one printable line', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 100, max: 999}),
        fc.string(),
        fc.uint8Array({maxLength: 400}),
        (status, type, body) => {
          const failure = failureOfStatus(answer({status, headers: headers({'content-type': type}), body}), {
            credentials: 'none',
            nowMs: NOW_MS
          })
          const detail = 'detail' in failure ? failure.detail : ''
          // eslint-disable-next-line no-control-regex -- control characters are what is looked for
          expect(detail).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
          expect(detail.length).toBeLessThan(300)
        }
      )
    )
  })
})

describe('describeErrorBody', () => {
  it.each([
    {name: 'nothing', body: '', says: ''},
    {name: 'an OCI error', body: '{"errors":[{"code":"DENIED","message":"no"},{"code":"B"}]}', says: 'DENIED: no'},
    {name: "Docker's message", body: '{"message":"pull rate limit"}', says: 'pull rate limit'},
    {
      name: "a token server's details",
      body: '{"details":"incorrect username or password"}',
      says: 'incorrect username or password'
    },
    {name: 'other JSON', body: '{"a":1}', says: ''},
    {name: 'errors that are none', body: '{"errors":[null]}', says: ''},
    {name: 'text', body: 'upstream connect error', says: 'upstream connect error'},
    {
      name: 'a page with a title',
      body: '<!DOCTYPE html><title>Sign in\u001b[31m</title>',
      says: 'an HTML page ("Sign in [31m")'
    },
    {name: 'a page without one', body: '<html><body>hello', says: 'an HTML page'},
    {name: 'commands', body: 'a\n::error::b\r\n##[error]c', says: 'a ::error::b ##[error]c'},
    {name: 'much', body: 'x'.repeat(1000), says: `${'x'.repeat(199)}…`}
  ])('describes $name', ({body, says}) => {
    expect(describeErrorBody(answer({body: bytes(body)}))).toBe(says)
  })
})

describe('a response of another host', () => {
  const BODIES = [
    'secret of an inner service',
    '{"message":"secret","errors":[{"code":"secret","message":"secret"}]}',
    '<html><title>secret</title>',
    '<Error><Code>secret</Code><Message>secret</Message></Error>'
  ]

  it.each(BODIES)('is not quoted: %s', body => {
    for (const status of [200, 401, 403, 404, 418, 500]) {
      const failure = failureOfStatus(answer({status, body: bytes(body), author: 'elsewhere'}), {
        credentials: 'none',
        nowMs: NOW_MS
      })
      expect(JSON.stringify(failure)).not.toContain('secret')
    }
  })

  it.each(['AccessDenied', 'ExpiredToken', 'NoSuchKey', 'AuthenticationFailed'])(
    'is described by the error code of a storage service: %s',
    code => {
      const body = bytes(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>secret</Message></Error>`)
      expect(
        failureOfStatus(answer({status: 403, body, author: 'elsewhere'}), {credentials: 'none', nowMs: NOW_MS})
      ).toEqual({
        ...{kind: 'denied', status: 403, detail: code, credentials: 'none'}
      })
    }
  )

  it('is still read as throttled', () => {
    const body = bytes('{"errors":[{"code":"TOOMANYREQUESTS","message":"secret"}]}')
    expect(
      failureOfStatus(answer({status: 403, body, author: 'elsewhere'}), {credentials: 'none', nowMs: NOW_MS})
    ).toEqual({
      ...{kind: 'throttled', status: 403, detail: ''}
    })
  })

  it.each([
    {body: '{"details":"incorrect username or password"}', says: 'incorrect username or password'},
    {body: '{"errors":[{"code":"DENIED","message":"no"}]}', says: 'DENIED: no'},
    {body: 'secret of an inner service', says: ''},
    {body: '<html><title>secret</title>', says: 'an HTML page'}
  ])("of a token server is quoted only in the form of a registry's error: $body", ({body, says}) => {
    expect(describeErrorBody(answer({body: bytes(body), author: 'token-server'}))).toBe(says)
  })
})

describe('isHtml', () => {
  it.each([
    {type: 'text/html; charset=utf-8', body: '', is: true},
    {type: 'TEXT/HTML', body: '{}', is: true},
    {type: 'application/json', body: '  <HTML>', is: true},
    {type: 'text/htmlx', body: '<?xml version="1.0"?><Error/>', is: false},
    {type: 'application/octet-stream', body: '\u001f\u008b', is: false}
  ])('is $is for $type with $body', ({type, body, is}) => {
    expect(isHtml(headers({'content-type': type}), bytes(body))).toBe(is)
  })
})

describe('requestIdsOf and rateLimitOf', () => {
  it('pick the known headers, as printable text', () => {
    const all = headers({
      'cf-ray': '8f\u001b[31m',
      'x-github-request-id': 'A1:B2',
      'set-cookie': 'secret',
      'ratelimit-limit': '100;w=21600',
      'ratelimit-remaining': '76;w=21600',
      'docker-ratelimit-source': '192.0.2.1'
    })
    expect(requestIdsOf(all)).toEqual({'cf-ray': '8f [31m', 'x-github-request-id': 'A1:B2'})
    expect(rateLimitOf(all)).toEqual({
      'ratelimit-limit': '100;w=21600',
      'ratelimit-remaining': '76;w=21600',
      'docker-ratelimit-source': '192.0.2.1'
    })
    expect([requestIdsOf(NONE), rateLimitOf(NONE)]).toEqual([{}, undefined])
  })
})

describe('headers and bodies at their limits', () => {
  it('has no retryAfterMs without Retry-After', () => {
    expect(
      failureOfStatus(
        {status: 429, headers: NONE, body: bytes(''), author: 'registry'},
        {credentials: 'none', nowMs: NOW_MS}
      )
    ).toStrictEqual({
      kind: 'throttled',
      status: 429,
      detail: ''
    })
  })

  it.each([
    {name: 'throttling in small letters', status: 400, text: 'toomanyrequests: enough', failure: {kind: 'throttled'}},
    {
      name: 'the last status before a server’s',
      status: 499,
      text: '',
      failure: {kind: 'protocol', detail: 'HTTP 499'}
    },
    {name: 'a status with words', status: 418, text: 'x', failure: {kind: 'protocol', detail: 'HTTP 418: x'}}
  ])('reads $name', ({status, text, failure}) => {
    expect(
      failureOfStatus(
        {status, headers: NONE, body: bytes(text), author: 'registry'},
        {credentials: 'none', nowMs: NOW_MS}
      )
    ).toMatchObject(failure)
  })

  it.each([
    {name: 'a title in capitals', text: '<HTML><TITLE> Sign in </TITLE>', says: 'an HTML page ("Sign in")'},
    {name: 'a title of spaces', text: '<html><title> </title>', says: 'an HTML page'},
    {name: 'no title', text: '<html>', says: 'an HTML page'},
    {name: 'a letter', text: 'x', says: 'x'},
    {name: 'as much as is quoted', text: 'x'.repeat(200), says: 'x'.repeat(200)},
    {name: 'a little more', text: 'x'.repeat(201), says: `${'x'.repeat(199)}…`},
    {name: 'spaces around', text: ' \n x \n ', says: 'x'}
  ])('describes $name', ({text, says}) => {
    expect(describeErrorBody({headers: NONE, body: bytes(text), author: 'registry'})).toBe(says)
  })

  it.each([
    {name: 'begins in the first hundred bytes', type: 'x/y', text: `${' '.repeat(95)}<html>`, is: true},
    {name: 'begins behind them', type: 'x/y', text: `${' '.repeat(96)}<html>`, is: false},
    {name: 'is only spoken of in its type', type: 'application/x; of=text/html', text: '', is: false}
  ])('recognizes a page whose HTML $name: $is', ({type, text, is}) => {
    expect(isHtml(headers({'content-type': type}), bytes(text))).toBe(is)
  })

  it('does not read a date after other text', () => {
    expect(retryAfterMsOf(headers({'retry-after': 'x Wed, 04 Jun 2025 12:00:30 GMT'}), NOW_MS)).toBeUndefined()
  })

  it('does not read a range with more digits than a size has', () => {
    expect(parseContentRange(`bytes ${'0'.repeat(16)}-1/2`)).toBeUndefined()
    expect(parseContentRange(`bytes ${'0'.repeat(15)}-1/2`)).toEqual({start: 0, end: 1, total: 2})
  })
})
