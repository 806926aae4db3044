// JSON from outside: decoded totally, and never a document that two readers could read differently.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {decodeJsonObject, isObject, stringAt, stringsAt} from '../../src/oci/json.ts'

function decode(text: string): ReturnType<typeof decodeJsonObject> {
  return decodeJsonObject(Buffer.from(text))
}

describe('decodeJsonObject', () => {
  it.each([
    {name: 'an empty object', text: '{}'},
    {name: 'spaces around it', text: ' \n\t{ "a" : 1 }\r\n '},
    {name: 'the same key in two objects', text: '{"a":{"b":1},"c":{"b":1}}'},
    {name: 'the same key in the objects of a list', text: '{"a":[{"b":1},{"b":1}]}'},
    {name: 'the same key inside and outside', text: '{"a":{"a":{"a":1}}}'},
    {name: 'a value that is a key elsewhere', text: '{"a":"b","b":"a"}'},
    {name: 'strings in a list that are the same', text: '{"a":["a","a"]}'},
    {name: 'a string that looks like an object with a key twice', text: '{"a":"{\\"b\\":1,\\"b\\":2}"}'},
    {name: 'keys that only differ in case', text: '{"a":1,"A":2}'},
    {name: 'keys with quotes and backslashes', text: '{"a\\"":1,"a\\\\":2,"a":3}'},
    {name: 'keys that all objects have', text: '{"__proto__":1,"constructor":2,"toString":3}'},
    {name: 'an empty key', text: '{"":1}'}
  ])('takes $name', ({text}) => {
    const decoded = decode(text)
    expect(decoded.ok && JSON.stringify(decoded.value)).toBe(JSON.stringify(JSON.parse(text)))
  })

  it.each([
    {name: 'plainly', text: '{"a":1,"a":2}', key: 'a'},
    {name: 'with the same value', text: '{"a":1,"a":1}', key: 'a'},
    {name: 'once escaped', text: '{"\\u0061":1,"a":2}', key: 'a'},
    {name: 'with other escapes each time', text: '{"\\/":1,"\\u002f":2}', key: '/'},
    {name: 'behind a value', text: '{"a":{"b":[1,{"c":2}]},"b":1,"a":2}', key: 'a'},
    {name: 'in an inner object', text: '{"x":{"a":1,"b":2,"a":3}}', key: 'a'},
    {name: 'in an object in a list', text: '{"x":[{"a":1},{"a":1,"a":2}]}', key: 'a'},
    {name: 'in an object in lists in lists', text: '{"x":[[],[[{"a":1,"a":2}]]]}', key: 'a'},
    {name: 'as __proto__', text: '{"__proto__":1,"__proto__":2}', key: '__proto__'},
    {name: 'as nothing', text: '{"":1,"":2}', key: ''}
  ])('refuses a key that comes twice, $name', ({text, key}) => {
    const why = expect.stringContaining(`has the key ${JSON.stringify(key)} twice in one object`)
    expect(decode(text)).toEqual({ok: false, reason: why})
  })

  it.each([
    {name: 'nothing', bytes: Buffer.of(), why: 'it is not JSON'},
    {name: 'text', bytes: Buffer.from('hello'), why: 'it is not JSON'},
    {name: 'a web page', bytes: Buffer.from('<!doctype html><title>Log in</title>'), why: 'it is not JSON'},
    {name: 'an object that ends early', bytes: Buffer.from('{"a":1'), why: 'it is not JSON'},
    {name: 'something behind the object', bytes: Buffer.from('{} {}'), why: 'it is not JSON'},
    {name: 'a comment', bytes: Buffer.from('{} // end'), why: 'it is not JSON'},
    {name: 'a comma too many', bytes: Buffer.from('{"a":1,}'), why: 'it is not JSON'},
    {name: 'a byte order mark', bytes: Buffer.from('\ufeff{}'), why: 'it is not JSON'},
    {name: 'UTF-16', bytes: Buffer.from('{}', 'utf16le'), why: 'it is not JSON'},
    {name: 'bytes that are not UTF-8', bytes: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), why: 'not JSON'},
    {
      name: 'a longer form of a letter',
      bytes: Buffer.from([0x7b, 0x22, 0xc1, 0xa1, 0x22, 0x3a, 0x31, 0x7d]),
      why: 'not JSON'
    },
    {name: 'null', bytes: Buffer.from('null'), why: 'not a JSON object'},
    {name: 'a list', bytes: Buffer.from('[{}]'), why: 'not a JSON object'},
    {name: 'a string', bytes: Buffer.from('"{}"'), why: 'not a JSON object'},
    {name: 'a number', bytes: Buffer.from('1'), why: 'not a JSON object'}
  ])('refuses $name', ({bytes, why}) => {
    expect(decodeJsonObject(bytes)).toEqual({ok: false, reason: expect.stringContaining(why)})
  })

  it('takes every object that JSON.stringify makes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), object => {
        const text = JSON.stringify(object)
        const decoded = decode(text)
        expect(decoded.ok && JSON.stringify(decoded.value)).toBe(text)
      })
    )
  })

  it('refuses every object in which one of its keys comes once more', () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue(), {minKeys: 1})
    fc.assert(
      fc.property(objects, fc.nat(), fc.jsonValue(), (object, pick, value) => {
        const keys = Object.keys(object)
        const key = keys[pick % keys.length] ?? ''
        const text = `${JSON.stringify(object).slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(value)}}`
        expect(decode(text)).toMatchObject({ok: false, reason: expect.stringContaining('twice')})
        expect(decode(`{"in":[${text}]}`)).toMatchObject({ok: false, reason: expect.stringContaining('twice')})
      })
    )
  })

  it('answers for any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array(), fc.string({unit: fc.constantFrom(...Array.from('{}[]":,\\a1 '))})),
        input => {
          const decoded = decodeJsonObject(Buffer.from(input))
          expect(decoded.ok ? isObject(decoded.value) : decoded.reason !== '').toBe(true)
        }
      ),
      {numRuns: 1000}
    )
  })

  it('rejects what is nested deeply or is very long', () => {
    const depth = 100_000
    const deep = {ok: false, reason: 'it is nested more than 100 levels deep'}
    expect(decode(`{"a":${'['.repeat(99)}${']'.repeat(99)}}`).ok).toBe(true)
    expect(decode(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)).toEqual(deep)
    expect(decode(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)).toEqual(deep)
    expect(decode('['.repeat(depth))).toEqual(deep)
    expect(decode(`{"a":"${'x'.repeat(4_000_000)}"}`).ok).toBe(true)
    expect(decode(`{"a":"${'\\n'.repeat(2_000_000)}"}`).ok).toBe(true)
  })
})

describe('isObject', () => {
  it.each([
    {name: 'an object', value: {}, is: true},
    {name: 'a list', value: [], is: false},
    {name: 'null', value: null, is: false},
    {name: 'nothing', value: undefined, is: false},
    {name: 'a string', value: 'a', is: false}
  ])('is $is for $name', ({value, is}) => {
    expect(isObject(value)).toBe(is)
  })
})

describe('stringAt', () => {
  it('finds strings only', () => {
    expect([stringAt({a: 'x'}, 'a'), stringAt({a: 1}, 'a'), stringAt({a: null}, 'a'), stringAt({}, 'a')]).toEqual([
      'x',
      undefined,
      undefined,
      undefined
    ])
  })
})

describe('stringsAt', () => {
  it.each([
    {name: 'strings', value: {a: 'b', 'c.d': ''}, strings: {a: 'b', 'c.d': ''}},
    {name: 'values of other types', value: {a: 'b', c: 1, d: null, e: ['f'], g: {}}, strings: {a: 'b'}},
    {name: 'a list', value: ['a'], strings: {}},
    {name: 'a string', value: 'a', strings: {}},
    {name: 'nothing', value: undefined, strings: {}}
  ])('reads $name', ({value, strings}) => {
    expect(stringsAt({annotations: value}, 'annotations')).toStrictEqual(strings)
  })
})
