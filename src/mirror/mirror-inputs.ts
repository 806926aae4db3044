// The inputs of the action `mirror`: which of the shared ones it has, and its own; see mirror/action.yml for their meaning.
// All platforms are copied, and all of their bytes verified, so there is no input for either.

import {type MirrorRule, parseMirrorRule} from '../acquire/plan.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {type Parsed, valid} from '../oci/parsed.ts'
import {readLogin, type RegistryCredentials} from '../runner/credential-inputs.ts'
import {type ActionInputs, DEFAULTS, type InputReader, OTHER_DEFAULTS} from '../runner/input-reader.ts'

/** The inputs, in the order of mirror/action.yml. */
export const MIRROR_INPUTS: ActionInputs = {
  defaults: orderedDefaults(),
  fixed: {platform: 'all', verify: 'full', 'fallback-tags': '', load: 'false', layout: '', 'status-pages': 'false'}
}

export type MirrorInputs = {
  readonly rules: readonly MirrorRule[]
  readonly attachments: boolean
  readonly dryRun: boolean
  readonly targetCredentials: RegistryCredentials | undefined
}

const EXAMPLE = 'docker.io=registry.example.com/hub'

/** Reads what this action has beside the shared inputs. Invalid inputs are in `reader.issues()`. */
export function readMirrorInputs(reader: InputReader): MirrorInputs {
  const rules = reader.list('to', parseTarget, EXAMPLE)
  if (reader.lines('to').length === 0) reader.reject({input: 'to', value: '', reason: 'is required', example: EXAMPLE})
  if (reader.text('lock') === 'update')
    reader.reject({
      input: 'lock',
      value: 'update',
      reason: 'must be one of enforce, require, off: this action only reads the lock file',
      example: 'enforce'
    })
  return {
    rules,
    attachments: reader.flag('attachments'),
    dryRun: reader.flag('dry-run'),
    targetCredentials: readTargetCredentials(reader, rules)
  }
}

// Names of owners at GitHub have capitals, and registries have none: `ghcr.io/${{ github.repository_owner }}` is taken.
function parseTarget(text: string): Parsed<MirrorRule> {
  const rule = parseMirrorRule(text.toLowerCase())
  return rule.ok ? valid({...rule.value, source: text}) : rule
}

function readTargetCredentials(reader: InputReader, rules: readonly MirrorRule[]): RegistryCredentials | undefined {
  const login = readLogin(reader, {username: 'target-username', password: 'target-password'})
  if (login === undefined) return undefined
  const registries = [...new Set(rules.map(({target}) => registryOf(target)))]
  const [registry] = registries
  if (registries.length > 1)
    reader.reject({
      input: 'target-username',
      value: '',
      reason: `is for one registry, and to names ${registries.join(' and ')}. Log in to the others with docker/login-action`,
      example: EXAMPLE
    })
  return registry === undefined ? undefined : {registry, ...login}
}

function registryOf(target: string): string {
  const slash = target.indexOf('/')
  return slash < 0 ? target : target.slice(0, slash)
}

function orderedDefaults(): ActionInputs['defaults'] {
  const {to, attachments, ...target} = OTHER_DEFAULTS
  const {image, files, 'file-variables': variables, ...shared} = DEFAULTS
  const own = {to, image, files, 'file-variables': variables, attachments, 'dry-run': target['dry-run']}
  const credentials = {'target-username': target['target-username'], 'target-password': target['target-password']}
  return omitUndefined({
    ...own,
    ...credentials,
    ...shared,
    timeout: '60m',
    // What this action does not have.
    platform: undefined,
    verify: undefined,
    'fallback-tags': undefined,
    load: undefined,
    layout: undefined,
    'status-pages': undefined
  })
}
