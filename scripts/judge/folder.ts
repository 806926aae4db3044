// Asks the judges about every file of a folder whose kind has one. Equal Dockerfiles are counted once.

import {lstatSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileKindOf, fileKindOfName} from '../../src/files/file-kind.ts'
import {askBake, askCompose, createDockerfileJudge} from './judges.ts'
import {readDockerfile, readOther} from './readers.ts'
import {compareSaid, type Difference, FAULTS, type Said, type Verdict} from './verdict.ts'

export type Judgment = {
  readonly counts: ReadonlyMap<string, ReadonlyMap<Verdict, number>>
  readonly differences: readonly Difference[]
}

/** `temporary` is a folder for the compiled judge. */
export async function judgeFolder(root: string, temporary: string): Promise<Judgment> {
  const counts = new Map<string, Map<Verdict, number>>()
  const differences: Difference[] = []
  const add = (kind: string, difference: Difference): void => {
    const verdicts = counts.get(kind) ?? new Map<Verdict, number>()
    counts.set(kind, verdicts.set(difference.verdict, (verdicts.get(difference.verdict) ?? 0) + 1))
    if (FAULTS.has(difference.verdict)) differences.push(difference)
  }
  const files = filesIn(root)
  const texts = new Map<string, string>()
  for (const {file, text} of files.filter(({kind}) => kind === 'dockerfile'))
    if (!texts.has(text)) texts.set(text, file)
  const said = createDockerfileJudge(temporary)([...texts.keys()])
  for (const [at, [text, file]] of [...texts].entries())
    add('Dockerfile', compareSaid(file, readDockerfile(text), said[at] ?? {refused: 'no answer'}))
  for (const {file, kind} of files) {
    if (kind === 'compose') add('Compose', compareSaid(file, await readOther(root, file), askCompose(root, file)))
    if (kind === 'bake') add('Bake', compareSaid(file, ...(await bakeOf(root, file))))
  }
  return {counts, differences}
}

/** Builds are Bake's own output on both sides. */
async function bakeOf(root: string, file: string): Promise<readonly [Said, Said]> {
  const [ours, theirs] = [await readOther(root, file), askBake(root, file)]
  if ('refused' in ours) return [ours, theirs]
  return [{...ours, facts: ours.facts.filter(fact => !fact.startsWith('build '))}, theirs]
}

type Judged = {readonly file: string; readonly text: string; readonly kind: 'dockerfile' | 'compose' | 'bake'}

function filesIn(root: string): readonly Judged[] {
  return readdirSync(root, {recursive: true, encoding: 'utf8'})
    .map(file => file.replaceAll('\\', '/'))
    .filter(file => !/(?:^|\/)(?:\.git|node_modules)\//.test(file) && lstatSync(join(root, file)).isFile())
    .filter(file => fileKindOfName(file) !== undefined || lstatSync(join(root, file)).size < 1 << 20)
    .sort()
    .flatMap((file): readonly Judged[] => {
      const text = readFileSync(join(root, file), 'utf8')
      const kind = fileKindOf(file, text)
      // An override is merged with the file that it overrides.
      if (/\.override\.(?:ya?ml|hcl|json)$/.test(file)) return []
      return kind === 'dockerfile' || kind === 'compose' || kind === 'bake' ? [{file, text, kind}] : []
    })
}
