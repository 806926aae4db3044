// The steps of release.yml: what keeps a tag from being released, the notes, what is attested, and the major tag in a repository of git.

import {execFile, spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {checksumsOf, majorTagFor, problemsOf, sectionOf, subjectsIn} from '../scripts/release/release.ts'
import {describeWith} from './support/programs.ts'

const run = promisify(execFile)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'verified-image-release-'))
  // A checkout in which everything is ready for 1.2.3.
  for (const path of ['src/action', 'dist/audit', 'dist/mirror', 'audit', 'mirror'])
    mkdirSync(join(folder, path), {recursive: true})
  for (const path of ['dist/index.js', 'dist/1.index.js', 'dist/audit/index.js', 'dist/mirror/index.js'])
    write(path, `// ${path}\n`)
  for (const path of ['action.yml', 'audit/action.yml', 'mirror/action.yml']) write(path, 'name: any\n')
  write('package.json', '{"version": "1.2.3"}')
  write('package-lock.json', '{"packages": {"": {"version": "1.2.3"}}}')
  write('src/action/version.ts', "export const VERSION = '1.2.3'\n")
  write(
    'CHANGELOG.md',
    '# Changelog\n\n## Unreleased\n\n## 1.2.3\n\n- Added a.\n- Fixed b.\n\n## 1.2.30 (2026-01-01)\n\n- Older.\n'
  )
  write('SECURITY.md', '| the latest 1.x release | yes |\n')
})
afterEach(() => {
  rmSync(folder, {recursive: true})
})

function write(path: string, text: string): void {
  writeFileSync(join(folder, path), text)
}

function release(...args: readonly string[]): {readonly status: number | null; readonly stdout: string} {
  const script = join(process.cwd(), 'scripts/release.ts')
  const {status, stdout, stderr} = spawnSync(process.execPath, [script, ...args], {cwd: folder, encoding: 'utf8'})
  return {status, stdout: stdout + stderr}
}

describe('release check', () => {
  it('passes if everything names the version of the tag', () => {
    expect(release('check', 'v1.2.3')).toEqual({status: 0, stdout: ''})
  })

  it.each<{readonly what: string; readonly file: string; readonly text: string; readonly says: string}>([
    {what: 'package.json', file: 'package.json', text: '{"version": "1.2.4"}', says: 'package.json says 1.2.4'},
    {
      what: 'package-lock.json',
      file: 'package-lock.json',
      text: '{"packages": {"": {"version": "1.2.2"}}}',
      says: 'npm install'
    },
    {what: 'the source', file: 'src/action/version.ts', text: "export const VERSION = '1.2.2'", says: 'version.ts'},
    {what: 'no section', file: 'CHANGELOG.md', text: '# Changelog\n\n## 1.2.2\n\n- a\n', says: 'no section 1.2.3'},
    {what: 'an empty section', file: 'CHANGELOG.md', text: '## 1.2.3\n\n## 1.2.2\n\n- a\n', says: 'no section 1.2.3'},
    {
      what: 'Unreleased',
      file: 'CHANGELOG.md',
      text: '## Unreleased\n\n- c\n\n## 1.2.3\n\n- a\n',
      says: 'below Unreleased'
    },
    {what: 'another major version', file: 'SECURITY.md', text: 'the latest 2.x release', says: 'SECURITY.md'}
  ])('fails because of $what', ({file, text, says}) => {
    write(file, text)
    const {status, stdout} = release('check', 'v1.2.3')
    expect(status).toBe(1)
    expect(stdout).toContain('::error::')
    expect(stdout).toContain(says)
  })

  it.each(['v1', 'v1.2', '1.2.3', 'v1.2.3-rc.1', 'v1.2.3; rm -rf .', ''])('fails for the tag "%s"', tag => {
    expect(release('check', tag).status).toBe(1)
  })

  it('fails without a bundle', () => {
    rmSync(join(folder, 'dist/audit/index.js'))
    expect(problemsOf('v1.2.3', folder)).toEqual(['dist/audit/index.js is missing: npm run build'])
  })
})

describe('release notes', () => {
  it('are the section of the version, and no other', () => {
    expect(release('notes', 'v1.2.3').stdout).toBe('- Added a.\n- Fixed b.\n')
    expect(sectionOf('1.2.30', readFileSync(join(folder, 'CHANGELOG.md'), 'utf8'))).toBe('- Older.')
    expect(sectionOf('1.2', readFileSync(join(folder, 'CHANGELOG.md'), 'utf8'))).toBe('')
  })
})

describe('what is attested', () => {
  it('is each file that a runner reads: action.yml of each action, and all of dist', () => {
    const paths = subjectsIn(folder).map(({path}) => path)
    expect(paths).toEqual([
      'action.yml',
      'audit/action.yml',
      'dist/1.index.js',
      'dist/audit/index.js',
      'dist/index.js',
      'dist/mirror/index.js',
      'mirror/action.yml'
    ])
  })

  it('covers every file that this repository has below dist, and what action.yml names', () => {
    const paths = subjectsIn(process.cwd()).map(({path}) => path)
    for (const actionFile of ['action.yml', 'audit/action.yml', 'mirror/action.yml']) {
      const main = /^ {2}main: ['"]?(.*?)['"]?$/m.exec(readFileSync(actionFile, 'utf8'))?.[1] ?? ''
      expect(paths).toContain(join(actionFile, '..', main))
    }
    expect(paths).toEqual(expect.arrayContaining(['dist/files-worker.js', 'dist/licenses.txt', 'dist/package.json']))
  })

  it('has the SHA-256 of each file, as sha256sum checks it', async () => {
    const checksums = release('subjects').stdout
    expect(checksums).toContain(`${createHash('sha256').update('// dist/index.js\n').digest('hex')}  dist/index.js\n`)
    if (process.platform !== 'linux') return
    write('checksums.txt', checksums)
    await run('sha256sum', ['--check', '--strict', 'checksums.txt'], {cwd: folder})
    write('dist/index.js', 'changed')
    await expect(run('sha256sum', ['--check', '--strict', 'checksums.txt'], {cwd: folder})).rejects.toThrow()
  })
})

describe('the major tag', () => {
  it.each([
    {tag: 'v1.2.3', published: [], moves: 'v1'},
    {tag: 'v1.2.3', published: ['v1', 'v1.2.2', 'v1.2.3'], moves: 'v1'},
    {tag: 'v1.10.0', published: ['v1.9.9'], moves: 'v1'},
    {tag: 'v1.9.10', published: ['v1.10.0'], moves: undefined},
    {tag: 'v1.2.3', published: ['v2.0.0', 'v10.0.0', 'v1.99.0-rc.1'], moves: 'v1'},
    {tag: 'v2.0.0', published: ['v1.99.99'], moves: 'v2'}
  ])('of $tag beside $published is $moves', ({tag, published, moves}) => {
    expect(majorTagFor(tag, published)).toBe(moves)
  })

  it('moves in the remote repository, and not back for a fix of an older release', async () => {
    const git = async (...args: readonly string[]): Promise<string> => {
      const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com']
      return (await run('git', [...identity, ...args], {cwd: folder})).stdout.trim()
    }
    const remote = join(folder, 'remote.git')
    await git('init', '--quiet', '--bare', remote)
    await git('init', '--quiet')
    await git('remote', 'add', 'origin', remote)
    const publish = async (tag: string): Promise<string> => {
      await git('commit', '--quiet', '--allow-empty', '--message', tag)
      await git('tag', tag)
      await git('push', '--quiet', 'origin', tag)
      return release('move-tag', tag).stdout
    }
    const commitOf = (tag: string): Promise<string> => git('--git-dir', remote, 'rev-parse', `${tag}^{commit}`)

    expect(await publish('v1.2.3')).toContain('v1 is v1.2.3 now.')
    expect(await publish('v1.10.0')).toContain('v1 is v1.10.0 now.')
    expect(await publish('v1.2.4')).toContain('A newer release than v1.2.4 has the major tag.')
    expect(await publish('v2.0.0')).toContain('v2 is v2.0.0 now.')
    expect(await commitOf('v1')).toBe(await commitOf('v1.10.0'))
    expect(await commitOf('v2')).toBe(await commitOf('v2.0.0'))
  })
})

describe('release.yml', () => {
  const workflow = readFileSync('.github/workflows/release.yml', 'utf8')

  it('runs these steps, and decides nothing by itself', () => {
    for (const command of ['check', 'notes', 'subjects', 'move-tag'])
      expect(workflow).toContain(`node scripts/release.ts ${command}`)
    expect(workflow).not.toMatch(/\b(?:sed|awk|grep|git) /)
  })

  it('attests what `subjects` prints', () => {
    expect(workflow).toContain('node scripts/release.ts subjects | tee "$RUNNER_TEMP/checksums.txt"')
    expect(workflow).toContain('subject-checksums: ${{ runner.temp }}/checksums.txt')
  })

  it('installs no package in the job that can write', () => {
    const [, publish = ''] = workflow.split('\n  publish:\n')
    expect(publish).toContain('contents: write')
    expect(publish).not.toMatch(/\bnpm\b|\bnpx\b|\.ci\/run/)
  })
})

// A statement over the same subjects, signed with a key in the place of the certificate that the job gets from Sigstore.
describeWith(['cosign'], 'an attestation of the files', () => {
  it('is verified for each of them, and for no changed file', async () => {
    const env = {PATH: process.env['PATH'], HOME: folder, COSIGN_PASSWORD: '', COSIGN_YES: 'true'}
    const cosign = (...args: readonly string[]): Promise<unknown> =>
      run('cosign', args, {cwd: folder, env, timeout: 60_000})
    const subjects = subjectsIn(folder)
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: subjects.map(({path, sha256}) => ({name: path, digest: {sha256}})),
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {
        buildDefinition: {buildType: 'https://example.com/dry-run', externalParameters: {}},
        runDetails: {builder: {id: 'https://example.com/dry-run'}}
      }
    }
    write('statement.json', JSON.stringify(statement))
    await cosign('generate-key-pair')
    const local = ['--key', 'cosign.key', '--use-signing-config=false', '--tlog-upload=false', '--new-bundle-format']
    await cosign('attest-blob', ...local, '--statement', 'statement.json', '--bundle', 'bundle.json')
    const verify = (path: string): Promise<unknown> =>
      cosign(
        'verify-blob-attestation',
        '--key',
        'cosign.pub',
        '--insecure-ignore-tlog',
        '--new-bundle-format',
        '--type',
        'slsaprovenance1',
        '--bundle',
        'bundle.json',
        path
      )
    expect(checksumsOf(subjects).split('\n').filter(Boolean)).toHaveLength(7)
    for (const {path} of subjects) await verify(path)
    appendFileSync(join(folder, 'dist/index.js'), ' ')
    await expect(verify('dist/index.js')).rejects.toThrow()
    cpSync('package.json', join(folder, 'other.json'))
    await expect(verify('other.json')).rejects.toThrow()
  }, 60_000)
})
