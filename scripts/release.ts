// The steps of release.yml, so that they can be tried before a tag is pushed:
//
//   node scripts/release.ts check TAG      fails with every reason why TAG cannot be released
//   node scripts/release.ts notes TAG      prints the notes of the release
//   node scripts/release.ts subjects       prints the files that are attested, with their SHA-256
//   node scripts/release.ts move-tag TAG   moves the major tag to TAG, unless a newer release has it
//   node scripts/release.ts dry-run        all of it for the version in package.json: builds dist again and compares, and changes nothing
//
// It uses what Node has: the job that publishes installs no package.

import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {checksumsOf, majorTagFor, problemsOf, sectionOf, subjectsIn, versionIn} from './release/release.ts'

const ROOT = process.cwd()

function git(...args: readonly string[]): string {
  return execFileSync('git', args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']}).trim()
}

function notes(tag: string): string {
  return sectionOf(tag.replace(/^v/, ''), readFileSync('CHANGELOG.md', 'utf8'))
}

function publishedTags(): readonly string[] {
  return git('ls-remote', '--tags', '--refs', 'origin')
    .split('\n')
    .map(line => line.replace(/^.*refs\/tags\//, ''))
}

function report(problems: readonly string[]): void {
  for (const problem of problems) console.log(`::error::${problem}`)
  if (problems.length > 0) process.exitCode = 1
}

function moveTag(tag: string): void {
  const major = majorTagFor(tag, publishedTags())
  if (major === undefined) {
    console.log(`A newer release than ${tag} has the major tag.`)
    return
  }
  git('tag', '--force', major, `refs/tags/${tag}`)
  git('push', '--force', 'origin', `refs/tags/${major}`)
  console.log(`${major} is ${tag} now.`)
}

function dryRun(): void {
  const tag = `v${versionIn(readFileSync('package.json', 'utf8'))}`
  const before = checksumsOf(subjectsIn(ROOT))
  execFileSync(process.execPath, ['scripts/build.ts'], {stdio: 'inherit'})
  const after = checksumsOf(subjectsIn(ROOT))
  const remotes = git('remote').split('\n')
  const major = majorTagFor(tag, remotes.includes('origin') ? publishedTags() : [])
  console.log(`Release ${tag}, with these notes:\n\n${notes(tag)}\n\nAttested:\n\n${after}`)
  console.log(major === undefined ? 'The major tag stays.' : `The tag ${major} moves to it.`)
  report([...problemsOf(tag, ROOT), ...(before === after ? [] : ['dist is not what src makes: npm run build'])])
}

const [command = '', tag = ''] = process.argv.slice(2)
if (command === 'check') report(problemsOf(tag, ROOT))
else if (command === 'notes') console.log(notes(tag))
else if (command === 'subjects') process.stdout.write(checksumsOf(subjectsIn(ROOT)))
else if (command === 'move-tag') moveTag(tag)
else if (command === 'dry-run') dryRun()
else {
  console.error('usage: node scripts/release.ts check TAG | notes TAG | subjects | move-tag TAG | dry-run')
  process.exitCode = 2
}
