// The runner's side: nothing from outside becomes a command, no secret is shown, and what cannot be written is told.

import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {createRunner, type Runner} from '../../src/adapters/runner.ts'
import '../support/matchers.ts'
import {parseFileCommands, parseSpoken} from '../support/workflow-commands.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'verified-image-runner-'))
})
afterEach(() => {
  rmSync(folder, {recursive: true})
})

const bench = (environment: Readonly<Record<string, string>> = {}): {runner: Runner; said: () => string} => {
  let said = ''
  const runner = createRunner(environment, text => {
    said += text
  })
  return {runner, said: () => said}
}

const printed = (text: string): string => {
  const {runner, said} = bench()
  runner.print(text)
  return said()
}

/** Any text without control characters, which are taken out. */
const TEXT = fc.string({unit: 'grapheme'}).filter(text => !/[\p{Cc}\u2028\u2029]/u.test(text))

describe('print', () => {
  it.each([
    {name: 'a command', text: '::error::pwned', shows: ': :error::pwned\n'},
    {name: 'a command behind spaces', text: ' \t::add-mask::a', shows: ' \t: :add-mask::a\n'},
    {name: 'a command behind a next-line character', text: '\u0085::error::pwned', shows: '\ufffd::error::pwned\n'},
    {name: 'a command behind a line feed', text: 'fine\n::error::pwned', shows: 'fine ::error::pwned\n'},
    {name: 'an old command in the middle of a line', text: 'says ##[error]pwned', shows: 'says # #[error]pwned\n'},
    {name: 'colours', text: '\u001b[31mred\u001b[0m', shows: '\ufffd[31mred\ufffd[0m\n'},
    {name: 'a line that is written over', text: 'failed\r\u001b[2Kverified', shows: 'failed \ufffd[2Kverified\n'},
    {name: 'a line separator', text: 'a\u2028b', shows: 'a\ufffdb\n'}
  ])('makes no command and no mischief of $name', ({text, shows}) => {
    expect(printed(text)).toBe(shows)
  })

  it('makes one line of any text, and never a command', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.constantFrom('::', '##[', 'error', ']', '\n', '\r', ' ', '\u001b', '\u0085'), fc.string())
        ),
        parts => {
          const line = printed(parts.join(''))
          expect(line.indexOf('\n')).toBe(line.length - 1)
          expect(line.trimStart().startsWith('::')).toBe(false)
          expect(line).not.toContain('##[')
        }
      )
    )
  })
})

describe('warn and error', () => {
  it('say title and message whatever is in them', () => {
    fc.assert(
      fc.property(TEXT, TEXT, (title, message) => {
        const {runner, said} = bench()
        runner.error({title, message})
        expect(parseSpoken(said()).annotations).toEqual([expect.objectContaining({level: 'error', title, message})])
        expect(said().indexOf('\n')).toBe(said().length - 1)
      })
    )
  })

  it('keep the lines of a message, and no control characters', () => {
    const {runner, said} = bench()
    runner.warn({title: 'a\u0007', message: 'one\n::error::two\u001b[31m'})
    expect(said()).toBe('::warning title=a\ufffd::one%0A::error::two\ufffd[31m\n')
  })
})

describe('colours', () => {
  it.each([
    {name: 'on a runner', environment: {GITHUB_ACTIONS: 'true'}, shows: '\u001b[31mbad news\u001b[0m\n'},
    {name: 'nowhere else', environment: {}, shows: 'bad news\n'},
    {name: 'nor where they are not wanted', environment: {GITHUB_ACTIONS: 'true', NO_COLOR: '1'}, shows: 'bad news\n'}
  ])('are there $name', ({environment, shows}) => {
    const {runner, said} = bench(environment)
    runner.print('bad news', 'bad')
    expect(said()).toBe(shows)
  })
})

describe('debug', () => {
  it('is shown where the runner debugs, and hides secrets too', () => {
    const debugging = bench({RUNNER_DEBUG: '1'})
    debugging.runner.conceal('correct-horse')
    debugging.runner.debug('GET correct-horse')
    const other = bench()
    other.runner.debug('GET')
    expect([debugging.said(), other.said()]).toEqual(['::debug::GET ***\n', ''])
  })
})

describe('addSummary', () => {
  it('appends, without secrets', () => {
    const path = join(folder, 'summary')
    const {runner} = bench({GITHUB_STEP_SUMMARY: path})
    runner.conceal('correct-horse')
    runner.addSummary('one\n')
    runner.addSummary('correct-horse\n')
    expect(readFileSync(path, 'utf8')).toBe('one\n***\n')
  })

  it('fails with what is wrong when it cannot be written', async () => {
    const {runner} = bench({GITHUB_STEP_SUMMARY: join(folder, 'missing', 'summary')})
    await expect(() => {
      runner.addSummary('one')
    }).toFailWith('local-io', {detail: expect.stringContaining('the job summary cannot be written')})
  })
})

describe('conceal', () => {
  it('masks a secret once on a runner, and prints nothing elsewhere', () => {
    const onRunner = bench({GITHUB_ACTIONS: 'true'})
    for (const secret of ['s3cret', 's3cret', '', 'a%b']) onRunner.runner.conceal(secret)
    expect(onRunner.said()).toBe('::add-mask::s3cret\n::add-mask::a%25b\n')
    const elsewhere = bench()
    elsewhere.runner.conceal('s3cret')
    expect(elsewhere.said()).toBe('')
  })
})

describe('a secret that was told to conceal', () => {
  it('is in no line, annotation or file, in whatever way it is written', () => {
    const {runner, said} = bench({RUNNER_TEMP: folder})
    const secrets = ['tok"en\\1', 'correct-horse']
    for (const secret of secrets) runner.conceal(secret)
    runner.print(`it says ${secrets.join(' and ')}`)
    runner.warn({title: secrets[1] ?? '', message: `it says ${secrets.join('\n')}`})
    const path = runner.keepFile('report.json', JSON.stringify({secrets}))
    expect(said()).toBe('it says *** and ***\n::warning title=***::it says ***%0A***\n')
    expect(readFileSync(path, 'utf8')).toBe('{"secrets":["***","***"]}')
  })

  it('is left to the runner when it is so short that it stands in other words', () => {
    const {runner, said} = bench()
    runner.conceal('is')
    runner.print('this is it')
    expect(said()).toBe('this is it\n')
  })
})

describe('setOutputs', () => {
  it('hands on any value as it is', () => {
    let at = 0
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z-]{1,10}$/), TEXT), outputs => {
        const path = join(folder, `output-${String(at++)}`)
        bench({GITHUB_OUTPUT: path}).runner.setOutputs(outputs)
        const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
        expect(parseFileCommands(text)).toEqual({...outputs})
      }),
      {numRuns: 50}
    )
  })

  it('prints them where there is no runner', () => {
    const {runner, said} = bench()
    runner.setOutputs({digest: 'sha256:1', lines: 'a\nb'})
    expect(said()).toBe('digest=sha256:1\nlines=a b\n')
  })

  it('fails with what is wrong when they cannot be written', async () => {
    const {runner} = bench({GITHUB_OUTPUT: join(folder, 'missing', 'output')})
    await expect(() => {
      runner.setOutputs({digest: 'sha256:1'})
    }).toFailWith('local-io', {detail: expect.stringContaining(join(folder, 'missing', 'output'))})
  })
})

describe('keepFile', () => {
  it('writes into a folder of its own under RUNNER_TEMP', () => {
    const {runner} = bench({RUNNER_TEMP: folder})
    const [one, two] = [runner.keepFile('report.json', '{}'), runner.keepFile('report.json', '[]')]
    expect([readFileSync(one, 'utf8'), readFileSync(two, 'utf8')]).toEqual(['{}', '[]'])
    expect(dirname(dirname(one))).toBe(folder)
  })

  it('fails with what is wrong when it cannot', async () => {
    const {runner} = bench({RUNNER_TEMP: join(folder, 'missing')})
    await expect(() => {
      runner.keepFile('report.json', '{}')
    }).toFailWith('local-io', {detail: expect.stringContaining('report.json cannot be written')})
  })
})
