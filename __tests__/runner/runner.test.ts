// The runner's side: nothing from outside becomes a command, no secret is shown, and what cannot be written fails in words.
// Where @actions/core alone would do less, a test shows that beside what is done here.

import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import * as core from '@actions/core'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {createRunner, type Runner} from '../../src/runner/runner.ts'
import '../support/matchers.ts'
import {captureStdout, setEnvironment} from '../support/run-in-process.ts'
import {parseFileCommands, parseSpoken} from '../support/workflow-commands.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'verified-image-runner-'))
})
afterEach(() => {
  rmSync(folder, {recursive: true})
})

/** What is said while `act` runs, in an environment of its own. */
function hear(environment: Readonly<Record<string, string>>, act: (runner: Runner) => void): string {
  const restore = setEnvironment(environment)
  const captured = captureStdout()
  try {
    act(createRunner(process.env))
    return captured.text()
  } finally {
    captured.stop()
    restore()
  }
}

async function hearLater(
  environment: Readonly<Record<string, string>>,
  act: (runner: Runner) => Promise<void>
): Promise<void> {
  const restore = setEnvironment(environment)
  try {
    await act(createRunner(process.env))
  } finally {
    restore()
  }
}

function printed(text: string): string {
  return hear({}, runner => {
    runner.print(text)
  })
}

/** Any text without control characters, which are taken out. */
const TEXT = fc.string({unit: 'grapheme'}).filter(text => !/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u.test(text))

describe('print', () => {
  it.each([
    {name: 'a command', text: '::error::pwned', shows: ': :error::pwned\n'},
    {name: 'a command behind spaces', text: ' \t::add-mask::a', shows: ' \t: :add-mask::a\n'},
    {name: 'a command behind a next-line character', text: '\u0085::error::pwned', shows: '\ufffd::error::pwned\n'},
    {name: 'a command behind a line feed', text: 'fine\n::error::pwned', shows: 'fine ::error::pwned\n'},
    {name: 'an old command in the middle of a line', text: 'says ##[error]pwned', shows: 'says # #[error]pwned\n'},
    {name: 'colours', text: '\u001b[31mred\u001b[0m', shows: '\ufffd[31mred\ufffd[0m\n'},
    {name: 'a line that is written over', text: 'failed\r\u001b[2Kverified', shows: 'failed \ufffd[2Kverified\n'},
    {name: 'a line separator', text: 'a\u2028b', shows: 'a\ufffdb\n'},
    {name: 'a mark of direction', text: 'a\u202eb', shows: 'a\ufffdb\n'}
  ])('makes no command and no mischief of $name, as core.info() alone would', ({text, shows}) => {
    expect(printed(text)).toBe(shows)
    expect(
      hear({}, () => {
        core.info(text)
      })
    ).toBe(`${text}\n`)
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
        const said = hear({}, runner => {
          runner.error({title, message})
        })
        const annotation = {level: 'error', message, ...(title === '' ? {} : {title})}
        expect(parseSpoken(said).annotations).toEqual([annotation])
        expect(said.indexOf('\n')).toBe(said.length - 1)
      })
    )
  })

  it('keep the lines of a message, and no control characters, which core.warning() prints', () => {
    const annotation = {title: 'a\u0007', message: 'one\n::error::two\u001b[31m'}
    const said = hear({}, runner => {
      runner.warning(annotation)
    })
    expect(said).toBe('::warning title=a\ufffd::one%0A::error::two\ufffd[31m\n')
    expect(
      hear({}, () => {
        core.warning(annotation.message)
      })
    ).toContain('\u001b')
  })

  it('name the line of a file, whatever the file is called', () => {
    const said = hear({}, runner => {
      runner.error({title: 't', message: 'm', location: {file: 'a,line=9::b:c%\nd', line: 3}})
    })
    expect(parseSpoken(said).annotations).toEqual([
      {level: 'error', title: 't', message: 'm', file: 'a,line=9::b:c%\nd', line: '3'}
    ])
  })
})

describe('groups', () => {
  it('have titles of one line without control characters', () => {
    const said = hear({}, runner => {
      runner.startGroup('a\n::error::b\u001b')
      runner.endGroup()
    })
    expect(said).toBe('::group::a%0A::error::b\ufffd\n::endgroup::\n')
  })
})

describe('colors', () => {
  it.each([
    {name: 'on a runner', environment: {GITHUB_ACTIONS: 'true'}, shows: '\u001b[31mbad news\u001b[0m\n'},
    {name: 'nowhere else', environment: {}, shows: 'bad news\n'},
    {name: 'nor where they are not wanted', environment: {GITHUB_ACTIONS: 'true', NO_COLOR: '1'}, shows: 'bad news\n'}
  ])('are there $name', ({environment, shows}) => {
    const said = hear(environment, runner => {
      runner.print('bad news', 'error')
    })
    expect(said).toBe(shows)
  })
})

describe('debug', () => {
  it('is shown where the runner debugs, and hides secrets too', () => {
    const debug = (runner: Runner): void => {
      runner.setSecret('correct-horse')
      runner.debug('GET correct-horse')
    }
    expect([hear({RUNNER_DEBUG: '1'}, debug), hear({}, debug)]).toEqual(['::debug::GET ***\n', ''])
  })
})

describe('addSummary', () => {
  it('appends, without secrets', async () => {
    const path = join(folder, 'summary')
    await hearLater({GITHUB_STEP_SUMMARY: path}, async runner => {
      runner.setSecret('correct-horse')
      await runner.addSummary(() => 'one\n')
      await runner.addSummary(() => 'correct-horse\n')
    })
    expect(readFileSync(path, 'utf8')).toBe('one\n***\n')
  })

  it('renders nothing where there is none, which core.summary takes for an error', async () => {
    await hearLater({}, async runner => {
      await runner.addSummary(() => {
        throw new Error('it was rendered')
      })
      await expect(core.summary.addRaw('one').write()).rejects.toThrow()
      core.summary.emptyBuffer()
    })
  })

  it('fails with what is wrong when it cannot be written', async () => {
    await hearLater({GITHUB_STEP_SUMMARY: join(folder, 'missing', 'summary')}, async runner => {
      await expect(() => runner.addSummary(() => 'one')).toFailWith('local-io', {
        detail: expect.stringContaining('the job summary cannot be written')
      })
    })
  })
})

describe('conceal', () => {
  const setSecret = (runner: Runner): void => {
    for (const secret of ['s3cret', 's3cret', '', 'a%b', 'x']) runner.setSecret(secret)
  }

  it('masks a secret of any length once on a runner', () => {
    expect(hear({GITHUB_ACTIONS: 'true'}, setSecret)).toBe('::add-mask::s3cret\n::add-mask::a%25b\n::add-mask::x\n')
  })

  it('prints nothing elsewhere, where core.setSecret() would show the secret', () => {
    expect(hear({}, setSecret)).toBe('')
    expect(
      hear({}, () => {
        core.setSecret('s3cret')
      })
    ).toContain('s3cret')
  })

  it('keeps a secret out of every line, annotation and group', () => {
    const said = hear({}, runner => {
      const secrets = ['tok"en\\1', 'correct-horse']
      for (const secret of secrets) runner.setSecret(secret)
      runner.print(`it says ${secrets.join(' and ')}`)
      runner.warning({
        title: secrets[1] ?? '',
        message: `it says ${secrets.join('\n')}`,
        location: {file: 'correct-horse', line: 1}
      })
      runner.startGroup('correct-horse')
    })
    expect(said).toBe('it says *** and ***\n::warning title=***,file=***,line=1::it says ***%0A***\n::group::***\n')
  })
})

describe('concealToken', () => {
  const TOKEN = 'a-token-that-came-for-1-password'
  const masksOf = (token: string, outputs: Readonly<Record<string, string>>): readonly string[] =>
    parseSpoken(
      hear({GITHUB_ACTIONS: 'true'}, runner => {
        runner.setTokenSecret(token)
        runner.setOutputs(outputs)
      })
    ).masks

  it('masks a token before the outputs are set', () => {
    expect(masksOf(TOKEN, {tag: '1'})).toEqual([TOKEN])
  })

  it.each([
    {name: 'is short', token: 'sha256', outputs: {}},
    {name: 'is an output', token: `sha256:${'a'.repeat(64)}`, outputs: {digest: `sha256:${'a'.repeat(64)}`}},
    {name: 'is a part of one', token: 'docker-image://docker.io/', outputs: {a: 'php=docker-image://docker.io/php'}}
  ])('masks none that $name', ({token, outputs}) => {
    expect(masksOf(token, outputs)).toEqual([])
  })

  it('hides a token in texts from outside all the same, until then', () => {
    const said = hear({}, runner => {
      runner.setTokenSecret(TOKEN)
      runner.print(`it says ${TOKEN}`)
    })
    expect(said).toBe('it says ***\n')
  })
})

describe('setOutputs', () => {
  it('puts out any value as it is, and makes the file, which core.setOutput() does not', () => {
    let at = 0
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z-]{1,10}$/), TEXT), outputs => {
        const path = join(folder, `output-${String(at++)}`)
        hear({GITHUB_OUTPUT: path}, runner => {
          expect(() => {
            core.setOutput('a', 'b')
          }).toThrow('Missing file')
          runner.setOutputs(outputs)
        })
        const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
        expect(parseFileCommands(text)).toEqual({...outputs})
      }),
      {numRuns: 50}
    )
  })

  it('prints them where there is no runner, where core.setOutput() prints a command', () => {
    const said = hear({}, runner => {
      runner.setOutputs({digest: 'sha256:1', lines: 'a\nb'})
    })
    expect(said).toBe('digest=sha256:1\nlines=a b\n')
    expect(
      hear({}, () => {
        core.setOutput('digest', 'sha256:1')
      })
    ).toContain('::set-output')
  })

  it.each([
    {name: 'its folder is missing', path: () => join(folder, 'missing', 'output')},
    {name: 'it is a folder', path: () => folder}
  ])('fails with what is wrong when $name', async ({path}) => {
    await expect(() => {
      hear({GITHUB_OUTPUT: path()}, runner => {
        runner.setOutputs({digest: 'sha256:1'})
      })
    }).toFailWith('local-io', {detail: expect.stringContaining(path())})
  })
})

describe('keepFile', () => {
  it('writes into a folder of its own under RUNNER_TEMP', () => {
    hear({RUNNER_TEMP: folder}, runner => {
      const [one, two] = [runner.writeTempFile('report.json', '{}'), runner.writeTempFile('report.json', '[]')]
      expect([readFileSync(one, 'utf8'), readFileSync(two, 'utf8')]).toEqual(['{}', '[]'])
      expect(dirname(dirname(one))).toBe(folder)
    })
  })

  it('fails with what is wrong when it cannot', async () => {
    await expect(() => {
      hear({RUNNER_TEMP: join(folder, 'missing')}, runner => {
        runner.writeTempFile('report.json', '{}')
      })
    }).toFailWith('local-io', {detail: expect.stringContaining('report.json cannot be written')})
  })
})
