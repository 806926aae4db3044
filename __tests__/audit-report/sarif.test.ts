// The SARIF file: valid by the schema of version 2.1.0, a line for each finding, and no link from outside.

import {readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'
import {Ajv} from 'ajv'
import {renderSarif} from '../../src/audit-report/sarif.ts'
import {FINDING_KINDS} from '../../src/findings/finding.ts'
import {auditReport, everyFinding} from '../support/audit-reports.ts'
import {HOSTILE} from '../support/hostile-text.ts'

const WORKFLOW = '.github/workflows/audit.yml'

type Log = {
  readonly runs: readonly {
    readonly tool: {readonly driver: {readonly rules: readonly {readonly id: string}[]}}
    readonly results: readonly {
      readonly ruleId: string
      readonly level: string
      readonly message: {readonly text: string}
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: {readonly uri: string}
          readonly region: {readonly startLine: number}
        }
      }[]
      readonly partialFingerprints: Readonly<Record<string, string>>
    }[]
  }[]
}

function parse(text: string): Log {
  return JSON.parse(text) as Log
}

/** The schema of OASIS, which the package has for its own matcher. It is of draft 4, in which `$id` is `id`. */
const schema = JSON.parse(
  readFileSync('node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json', 'utf8')
) as Record<string, unknown>
delete schema['$schema']
delete schema['id']
// One of its patterns has a bracket too many, which only a pattern without the flag u may have.
const validate = new Ajv({strict: false, validateFormats: false, unicodeRegExp: false}).compile(schema)

function problemsOf(log: unknown): readonly unknown[] {
  return validate(log) ? [] : (validate.errors ?? [])
}

describe('renderSarif', () => {
  it('is valid with every kind of finding, and has a rule for each', () => {
    const log = parse(renderSarif(auditReport({findings: everyFinding()}), WORKFLOW))
    expect(problemsOf(log)).toEqual([])
    const [run] = log.runs
    expect(run?.tool.driver.rules.map(({id}) => id)).toEqual(FINDING_KINDS)
    expect(run?.results.map(({ruleId}) => ruleId)).toEqual(FINDING_KINDS)
    expect(run?.results[0]).toMatchObject({
      level: 'error',
      partialFingerprints: {'verifiedImageFinding/v1': '0000000000000000'},
      locations: [{physicalLocation: {artifactLocation: {uri: 'build/Docker%20file'}, region: {startLine: 3}}}]
    })
  })

  it('is valid and empty without findings, which closes the alerts', () => {
    const log = parse(renderSarif(auditReport({outcome: 'clean'}), WORKFLOW))
    expect(problemsOf(log)).toEqual([])
    expect(log.runs[0]?.results).toEqual([])
  })

  it('places a finding about an image that no file names at the workflow', () => {
    const findings = everyFinding().map(finding => ({...finding, locations: []}))
    const [run] = parse(renderSarif(auditReport({findings}), WORKFLOW)).runs
    expect(run?.results[0]?.locations[0]?.physicalLocation).toMatchObject({
      artifactLocation: {uri: WORKFLOW},
      region: {startLine: 1}
    })
  })

  it('has no link and no control character from outside', () => {
    const log = parse(
      renderSarif(auditReport({findings: everyFinding(`[x](https://evil.example) ${HOSTILE}\u202e`)}), WORKFLOW)
    )
    expect(problemsOf(log)).toEqual([])
    for (const {message} of log.runs[0]?.results ?? []) expect(message.text).not.toMatch(/[[\]\p{Cc}\p{Cf}]/u)
  })

  it('rejects a document that is not SARIF, so that this test can fail', () => {
    expect(problemsOf({version: '2.1.0', runs: [{results: 'none'}]})).not.toEqual([])
  })
})
