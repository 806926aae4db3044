// The inputs of the action `audit`: which of the shared ones it has, and its own; see audit/action.yml for their meaning.
// An audit reads a lock file and never writes one, and a reference that nothing pins is audited too.

import {DEFAULT_FAIL_ON, type FindingKind, FINDING_KINDS, isFindingKind} from '../findings/finding.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {type ActionInputs, DEFAULTS, type InputReader, OTHER_DEFAULTS} from '../runner/input-reader.ts'

/** Values of shared inputs that this action does not have. */
const FIXED_INPUTS = {
  prefer: 'primary',
  'allow-floating': 'true',
  // The lock file is read apart: an image that is not in it is a finding, and no invalid input.
  lock: 'off',
  'fallback-tags': '',
  'hedge-after': '0',
  load: 'false',
  layout: '',
  cache: 'false',
  'status-pages': 'false'
} as const

// Before AUDIT_INPUTS, which is made when this file is loaded.
const FIRST = ['image', 'files', 'file-variables', 'mirrors', 'public-mirrors'] as const

/** The inputs, in the order of audit/action.yml. */
export const AUDIT_INPUTS: ActionInputs = {defaults: orderedDefaults(), fixed: FIXED_INPUTS}

function orderedDefaults(): ActionInputs['defaults'] {
  const {'fail-on': failOn, issue, sarif} = OTHER_DEFAULTS
  const own = {platform: 'all', verify: 'manifest', 'fail-on': failOn, issue, sarif}
  const first = Object.fromEntries(FIRST.map(name => [name, DEFAULTS[name]]))
  const shared = Object.entries(DEFAULTS).filter(
    ([name]) => !Object.hasOwn(FIXED_INPUTS, name) && !Object.hasOwn(own, name) && !Object.hasOwn(first, name)
  )
  return {...first, ...own, ...Object.fromEntries(shared), timeout: '60m'}
}

/** The inputs that only an audit has. */
export type AuditInputs = {
  readonly failOn: readonly FindingKind[]
  readonly issue: boolean
  /** Relative to the workspace; undefined for none. */
  readonly sarif: string | undefined
}

/** Reads the inputs that only an audit has. Invalid ones are in `reader.issues()`. */
export function readAuditInputs(reader: InputReader): AuditInputs {
  const lines = reader.lines('fail-on').flatMap(line => line.split(',').map(part => part.trim()))
  const failOn = lines.flatMap(text => {
    if (text === '') return []
    const kind = parseKind(text)
    if (!kind.ok)
      reader.reject({
        input: 'fail-on',
        value: text,
        reason: kind.reason,
        example: DEFAULT_FAIL_ON.slice(0, 3).join(', ')
      })
    return kind.ok ? [kind.value] : []
  })
  const sarif = reader.text('sarif')
  if (/[\p{Cc}]/u.test(sarif))
    reader.reject({input: 'sarif', value: sarif, reason: 'must not contain control characters', example: 'audit.sarif'})
  return {failOn: [...new Set(failOn)], issue: reader.flag('issue'), sarif: sarif === '' ? undefined : sarif}
}

function parseKind(text: string): Parsed<FindingKind> {
  return isFindingKind(text) ? valid(text) : invalid(`must be kinds of findings: ${FINDING_KINDS.join(', ')}`)
}
