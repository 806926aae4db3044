// JSON as Go reads it: what is refused because two programs could read it in two ways, and what is read as Go reads it.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {listOf, mapOf, readAsGo, structOf} from '../../src/oci/go-json.ts'

const INNER = structOf({digest: 'string', size: 'integer', kind: 'string'})
const OUTER = structOf({task: 'string', inner: INNER, list: listOf(INNER), map: mapOf('string'), raw: 'any'})

function refused(text: string | Uint8Array): ReturnType<typeof readAsGo> {
  return readAsGo(Buffer.from(text), OUTER, 'refused')
}
function asGo(text: string | Uint8Array): ReturnType<typeof readAsGo> {
  return readAsGo(Buffer.from(text), OUTER, 'as-go')
}
function bytesOf(...parts: readonly (string | number)[]): Uint8Array {
  return Buffer.concat(parts.map(part => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('readAsGo, of a document with a digest', () => {
  it.each([
    {
      name: 'known keys in any order',
      text: '{"inner":{"size":1,"digest":"d"},"task":"t"}',
      value: {inner: {size: 1, digest: 'd'}, task: 't'}
    },
    {name: 'unknown keys, which are dropped', text: '{"x":{"task":1},"task":"t"}', value: {task: 't'}},
    {name: 'an unknown key that is null', text: '{"x":null,"inner":{"x":null}}', value: {inner: {}}},
    {
      name: 'spaces in what is empty',
      text: '{"list":[ ],"map":{\n},"inner":{ }}',
      value: {list: [], map: {}, inner: {}}
    },
    {name: 'unknown keys twice and in any case', text: '{"x":1,"X":2,"x":{"inner":1}}', value: {}},
    {
      name: 'known keys inside of unknown ones, twice and in any case',
      text: '{"x":{"task":1,"Task":2,"task":3}}',
      value: {}
    },
    {name: 'a known key where it is no field', text: '{"inner":{"Task":1,"LIST":[]}}', value: {inner: {}}},
    {name: 'keys of a map in any case', text: '{"map":{"a":"1","A":"2"}}', value: {map: {a: '1', A: '2'}}},
    {
      name: 'a key of a map twice, which everybody reads alike',
      text: '{"map":{"a":"1","a":"2"}}',
      value: {map: {a: '2'}}
    },
    {name: 'letters that only resemble others', text: '{"t\u00e4sk":1,"tas\u043a":2}', value: {}},
    {
      name: 'null',
      text: '{"task":null,"inner":null,"list":[null],"map":null}',
      value: {task: null, inner: null, list: [null], map: null}
    },
    {name: 'escapes', text: '{"t\\u0061sk":"\\u0041\\n\\"\\\\"}', value: {task: 'A\n"\\'}},
    {name: 'half a surrogate pair, as U+FFFD', text: '{"task":"\\ud800"}', value: {task: '\ufffd'}},
    {name: 'a minus before nothing', text: '{"inner":{"size":-0}}', value: {inner: {size: 0}}},
    {
      name: 'prototypes as keys',
      text: '{"__proto__":{"task":"x"},"map":{"__proto__":"y"}}',
      value: {map: Object.fromEntries([['__proto__', 'y']])}
    },
    {
      name: 'anything below a raw value',
      text: '{"raw":{"a":[1.5,true,null,"x"]}}',
      value: {raw: {a: [1.5, true, null, 'x']}}
    },
    {
      name: 'bytes that are not UTF-8 where nothing is read',
      text: bytesOf('{"x":"', 0xff, '","task":"t"}'),
      value: {task: 't'}
    },
    {name: 'U+FFFD that was written', text: '{"task":"\ufffd"}', value: {task: '\ufffd'}}
  ])('takes $name', ({text, value}) => {
    expect(refused(text)).toEqual({ok: true, value})
  })

  it.each([
    {name: 'a key in another case', text: '{"Task":"t"}', why: 'it has the key "Task", which Go reads as "task"'},
    {name: 'a key in another case beside itself', text: '{"task":"t","TASK":"u"}', why: '"TASK"'},
    {name: 'a long s', text: '{"ta\u017fk":"t"}', why: 'Go reads as "task"'},
    {name: 'the Kelvin sign', text: '{"tas\u212a":"t"}', why: 'Go reads as "task"'},
    {name: 'a key of a longer path', text: '{"list":[{}],"map":{"a b":1}}', why: 'map["a b"] is 1, not a string'},
    {name: 'a path with a sign at its end', text: '{"map":{"a/":1}}', why: 'map["a/"] is 1'},
    {name: 'a path with a sign at its start', text: '{"map":{"/a":1}}', why: 'map["/a"] is 1'},
    {name: 'another case in escapes', text: '{"\\u0054ask":"t"}', why: '"Task"'},
    {
      name: 'another case inside',
      text: '{"list":[{"digest":"d"},{"Digest":"e"}]}',
      why: 'list[1] has the key "Digest"'
    },
    {name: 'a key twice', text: '{"task":"t","task":"t"}', why: 'it has the key "task" twice'},
    {name: 'a key twice, once null', text: '{"task":null,"task":"t"}', why: '"task" twice'},
    {name: 'a key twice, once in escapes', text: '{"task":"t","t\\u0061sk":"u"}', why: '"task" twice'},
    {
      name: 'a key twice inside',
      text: '{"inner":{"size":1,"x":2,"size":1}}',
      why: 'the key "size" twice in one object, inner'
    },
    {name: 'a key twice below a raw value', text: '{"raw":{"a":{"b":1,"b":2}}}', why: '"b" twice'},
    {name: 'a fraction for an integer', text: '{"inner":{"size":1.0}}', why: 'inner.size is 1.0, not an integer'},
    {name: 'an exponent for an integer', text: '{"inner":{"size":1e3}}', why: 'inner.size is 1e3, not an integer'},
    {name: 'text for an integer', text: '{"inner":{"size":"1"}}', why: 'inner.size is "1", not an integer'},
    {name: 'a number for text', text: '{"task":1}', why: 'task is 1, not a string'},
    {name: 'an object for text', text: '{"task":{}}', why: 'task is an object, not a string'},
    {name: 'a list for an object', text: '{"inner":[]}', why: 'inner is a list, not an object'},
    {name: 'an object for a list', text: '{"list":{}}', why: 'list is an object, not a list'},
    {name: 'text for a map', text: '{"map":"x"}', why: 'map is "x", not an object'},
    {name: 'a number in a map of text', text: '{"map":{"a":1}}', why: 'map.a is 1, not a string'},
    {
      name: 'bytes that are not UTF-8 where it is read',
      text: bytesOf('{"task":"', 0xff, '"}'),
      why: 'task is not UTF-8'
    },
    {name: 'a raw key that is not UTF-8', text: bytesOf('{"raw":{"', 0xff, '":1}}'), why: 'it is not JSON'},
    {name: 'a raw value that is not UTF-8', text: bytesOf('{"raw":{"a":"', 0xff, '"}}'), why: 'it is not JSON'},
    {name: 'a byte order mark', text: '\ufeff{}', why: 'not JSON'},
    {
      name: 'a byte order mark before bytes that are not UTF-8',
      text: bytesOf('\ufeff{"x":"', 0xff, '"}'),
      why: 'not JSON'
    },
    {name: 'trailing bytes', text: '{} {}', why: 'not JSON'},
    {name: 'a trailing NUL', text: '{}\0', why: 'not JSON'},
    {name: 'the last control character in text', text: '{"x":"a\x1fb"}', why: 'not JSON'},
    {name: 'a line end in text', text: '{"x":"a\nb"}', why: 'not JSON'},
    {name: 'an unknown escape where nothing is read', text: '{"x":"\\x41"}', why: 'not JSON'},
    {name: 'a number with a leading zero', text: '{"x":01}', why: 'not JSON'},
    {name: 'a plus sign', text: '{"x":+1}', why: 'not JSON'},
    {name: 'a point without digits', text: '{"x":1.}', why: 'not JSON'},
    {name: 'an exponent without digits', text: '{"x":1e}', why: 'not JSON'},
    {name: 'a form feed between values', text: '{"x":\f1}', why: 'not JSON'},
    {name: 'NaN', text: '{"x":NaN}', why: 'not JSON'},
    {name: 'a comma too many in a list', text: '{"x":[1,]}', why: 'not JSON'},
    {name: 'a key without quotes', text: '{x:1}', why: 'not JSON'},
    {name: 'a key without its first quote', text: '{x":1}', why: 'not JSON'},
    {name: 'another sign for a colon', text: '{"x";1}', why: 'not JSON'},
    {name: 'another sign for a comma', text: '{"x":[1;2]}', why: 'not JSON'},
    {name: 'an end too early', text: '{"x":"', why: 'not JSON'},
    {name: 'a list', text: '[]', why: 'not a JSON object'},
    {name: 'nothing', text: '', why: 'not JSON'}
  ])('refuses $name', ({text, why}) => {
    expect(refused(text)).toEqual({ok: false, reason: expect.stringContaining(why)})
  })

  it('names the object of a key that it has twice, unless it is the document', () => {
    expect(refused('{"task":"t","task":"t"}')).toEqual({
      ok: false,
      reason: 'it has the key "task" twice in one object'
    })
  })

  it('folds every letter of a key', () => {
    const shape = structOf({success: 'string', kick: 'string'})
    expect(readAsGo(Buffer.from('{"\u017fucce\u017f\u017f":"x","\u212aic\u212a":"y"}'), shape, 'as-go')).toEqual({
      ok: true,
      value: {success: 'x', kick: 'y'}
    })
  })

  it('replaces an entry of a map, where it merges a field', () => {
    const shape = structOf({map: mapOf(INNER), inner: INNER})
    const text = '{"map":{"a":{"size":1},"a":{"kind":"k"}},"inner":{"size":1},"inner":{"kind":"k"}}'
    expect(readAsGo(Buffer.from(text), shape, 'as-go')).toEqual({
      ok: true,
      value: {map: {a: {kind: 'k'}}, inner: {size: 1, kind: 'k'}}
    })
  })

  it.each([
    {length: 98, quoted: `"${'v'.repeat(98)}"`},
    {length: 99, quoted: `"${'v'.repeat(98)}…`}
  ])('quotes at most 100 characters of a value: of $length', ({length, quoted}) => {
    const text = JSON.stringify({inner: {size: 'v'.repeat(length)}})
    expect(refused(text)).toEqual({ok: false, reason: `inner.size is ${quoted}, not an integer`})
  })

  it.each([
    {length: 100, quoted: 'k'.repeat(100)},
    {length: 101, quoted: `${'k'.repeat(99)}…`}
  ])('quotes at most 100 characters of a key: of $length', ({length, quoted}) => {
    const key = 'k'.repeat(length)
    expect(refused(`{"raw":{"${key}":1,"${key}":2}}`)).toEqual({
      ok: false,
      reason: `it has the key "${quoted}" twice in one object, raw`
    })
  })

  it('takes the syntax that JSON.parse takes, and no other', () => {
    const pieces = fc.array(
      fc.constantFrom(...Array.from('{}[]":,\\u1e+-.09tnrufalse \n\t\u00e4'), 'true', 'null', '"a":', '1.5e3'),
      {maxLength: 12}
    )
    const texts = fc.oneof(
      pieces.map(parts => parts.join('')),
      fc.json(),
      fc.string()
    )
    fc.assert(
      fc.property(texts, text => {
        const wrapped = `{"x":${text}}`
        expect(refused(wrapped).ok).toBe(isJson(wrapped))
      }),
      {numRuns: 3000}
    )
  })

  it('reads a raw value as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({noUnicodeString: false}), value => {
        const text = JSON.stringify({raw: value})
        const read = refused(text)
        expect(read.ok && JSON.stringify(read.value)).toBe(text)
      })
    )
  })

  it('needs little time and no stack for what is long or deep', () => {
    const keys = Array.from({length: 100_000}, (_, at) => `"key-${String(at)}":"${'v'.repeat(20)}"`).join(',')
    const texts = [
      `{${keys}}`,
      `{"map":{${keys}}}`,
      `{"x":${'['.repeat(2_000_000)}`,
      `{"x":"${'\\u0041'.repeat(600_000)}"}`,
      `{"${'\\\\'.repeat(2_000_000)}":1}`,
      `{"x":${'1'.repeat(4_000_000)}}`,
      `{"list":[${'{},'.repeat(1_300_000)}{}]}`
    ].map(text => Buffer.from(text))
    for (const text of texts) {
      const started = process.cpuUsage().user
      refused(text)
      // Each is 4 MB and takes some 50 ms; a pattern that goes back, or a list that is copied, would take minutes.
      expect(process.cpuUsage().user - started).toBeLessThan(5_000_000)
    }
  })
})

describe('readAsGo, of a long list', () => {
  const list = (length: number, key = 'list'): string => `{"${key}":[${Array(length).fill('{}').join()}]}`

  it('reads as many entries as an honest document of 4 MiB can have, and no more', () => {
    expect(refused(list(60_000)).ok).toBe(true)
    expect(refused(list(60_001))).toEqual({ok: false, reason: 'list has more than 60000 entries'})
    expect(refused(list(60_001, 'other'))).toEqual({ok: true, value: {}})
  })
})

describe('readAsGo, of an answer without a digest', () => {
  it.each([
    {name: 'a key in any case', text: '{"TASK":"t"}', value: {task: 't'}},
    {name: 'the last of two keys', text: '{"task":"t","task":"u"}', value: {task: 'u'}},
    {name: 'the last of two keys in different case', text: '{"Task":"t","task":"u","TASK":"v"}', value: {task: 'v'}},
    {
      name: 'objects one into the other',
      text: '{"inner":{"digest":"d","size":1},"Inner":{"size":2}}',
      value: {inner: {digest: 'd', size: 2}}
    },
    {
      name: 'maps one into the other',
      text: '{"map":{"a":"1","b":"2"},"MAP":{"b":"3"}}',
      value: {map: {a: '1', b: '3'}}
    },
    {
      name: 'a list in place of the other',
      text: '{"list":[{"size":1},{"size":2}],"list":[{"kind":"k"}]}',
      value: {list: [{kind: 'k'}]}
    },
    {name: 'a null, which leaves text as it is', text: '{"task":"t","task":null}', value: {task: 't'}},
    {
      name: 'a null, which leaves an integer as it is',
      text: '{"inner":{"size":1,"size":null}}',
      value: {inner: {size: 1}}
    },
    {
      name: 'a null, which leaves a struct as it is',
      text: '{"inner":{"size":1},"inner":null}',
      value: {inner: {size: 1}}
    },
    {name: 'a null, which empties a map', text: '{"map":{"a":"1"},"map":null}', value: {}},
    {name: 'a value of another type as none', text: '{"task":1,"inner":[{"size":1}],"list":"x"}', value: {}},
    {name: 'an object for text as none', text: '{"task":{"a":1}}', value: {}},
    {name: 'a value of another type, which leaves the earlier one', text: '{"task":"t","task":1}', value: {task: 't'}},
    {
      name: 'an entry of another type as an empty one',
      text: '{"list":[1,{"size":2}]}',
      value: {list: [null, {size: 2}]}
    },
    {name: 'what comes before trailing bytes', text: '{"task":"t"} {"task":"u"} rest', value: {task: 't'}},
    {name: 'bytes that are not UTF-8, as U+FFFD', text: bytesOf('{"task":"a', 0xff, '"}'), value: {task: 'a\ufffd'}}
  ])('takes $name', ({text, value}) => {
    expect(asGo(text)).toEqual({ok: true, value})
  })

  it.each(['', 'null', '[]', '"x"', '\ufeff{}', '{"task":"t"', '{"task":"t",}', '{"x":tru}'])('refuses %j', text => {
    expect(asGo(text).ok).toBe(false)
  })
})
