import {describe, expect, it} from '@jest/globals'
import {readEnvFile} from '../../../src/files/compose/env-file.ts'

// Each row is what compose-go 2.16.1 makes of the text, with variables in it still to be expanded.
describe('readEnvFile', () => {
  it.each<{readonly name: string; readonly text: string; readonly values: Readonly<Record<string, string>>}>([
    {
      name: 'reads names, values, and comments',
      text: '# c\nA=1\n\n  B = 2 # c\nC=x#y\n',
      values: {A: '1', B: '2', C: 'x#y'}
    },
    {name: 'accepts export and a colon', text: 'export A=1\nB: 2\n', values: {A: '1', B: '2'}},
    {name: 'accepts line ends of Windows', text: 'A=1\r\nB="2"\r\n', values: {A: '1', B: '2'}},
    {name: 'reads a value over several lines', text: 'A="1\n2"\nB=3\n', values: {A: '1\n2', B: '3'}},
    {name: 'reads escapes in double quotes', text: 'A="a\\tb\\"\\101\\0101\\x"', values: {A: 'a\tb"\\101A\\x'}},
    {name: 'keeps an escaped dollar sign', text: 'A="\\$B"', values: {A: '$$B'}},
    {name: 'reads no escapes without quotes', text: 'A=a\\tb', values: {A: 'a\\tb'}},
    {name: 'keeps an empty value', text: 'A=\nB=\n', values: {A: '', B: ''}},
    {name: 'takes no value from a name alone', text: 'A\nB=1\n', values: {B: '1'}},
    {name: 'ignores a name that begins with a digit', text: '1A=1\nB=1\n', values: {B: '1'}},
    {name: 'takes the last of two values', text: 'A=1\nA=2\n', values: {A: '2'}},
    {name: 'stops at a quote that is not closed', text: 'A=1\nB="2\nC=3\n', values: {A: '1'}},
    {name: 'stops at a name with a space', text: 'A=1\nB C=2\nD=3\n', values: {A: '1'}},
    {name: 'reads nothing from other text', text: '{"auth": {}}', values: {}},
    {name: 'reads a name without a value at the end', text: 'A=1\nB', values: {A: '1'}}
  ])('$name', ({text, values}) => {
    expect(Object.fromEntries(readEnvFile(text).map(({name, value}) => [name, value]))).toEqual(values)
  })

  it('says which values have no variables: those in single quotes, which keep all but the escape of a quote', () => {
    expect(readEnvFile(`A='$B \\n \\''\nC="$B"\nD=$B\n`)).toEqual([
      {name: 'A', value: "$B \\n '", isLiteral: true},
      {name: 'C', value: '$B', isLiteral: false},
      {name: 'D', value: '$B', isLiteral: false}
    ])
  })
})
