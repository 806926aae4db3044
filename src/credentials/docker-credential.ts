// Credential helpers: programs that print the credentials for a registry (github.com/docker/docker-credential-helpers).
// A helper's output may hold a secret, so no message quotes it.

import {formatBytes, formatDuration} from '../failure/format.ts'
import {type JsonObject, readAsGo, structOf} from '../oci/go-json.ts'
import {stringAt} from '../oci/json.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {DOCKER_HUB} from '../oci/reference.ts'
import {type ProgramEnd, runProgram} from '../process/run-program.ts'
import type {Credentials} from './credentials.ts'
import {DOCKER_HUB_KEY} from './docker-config.ts'

type HelperDeps = {
  readonly programEnvironment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly warn: (text: string) => void
}

const TIMEOUT_MS = 10_000

// The output is one line. Docker's own client sets no limit.
const MAX_OUTPUT = 64 * 1024

/** The credentials that `docker-credential-HELPER` prints for a registry; undefined, with a warning if it failed, for none. */
export async function getFromHelper(
  helper: string,
  registry: string,
  {programEnvironment, signal, warn}: HelperDeps
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`
  if (!/^[A-Za-z0-9._-]+$/.test(helper)) {
    warn(`the Docker config names a credential helper ${JSON.stringify(helper)}, which is not used`)
    return undefined
  }
  const server = registry === DOCKER_HUB ? DOCKER_HUB_KEY : registry
  const end = await runProgram(program, ['get'], {
    environment: programEnvironment,
    signal,
    deadlineMs: TIMEOUT_MS,
    maxCharacters: MAX_OUTPUT,
    input: server
  })
  const answer = answerOf(end)
  if (!answer.ok) {
    warn(
      `${program} returned no credentials for ${registry}: ${answer.reason}. Its output is not shown, since it may contain a secret. To see it, run: echo ${server} | ${program} get`
    )
    return undefined
  }
  const username = stringAt(answer.value, 'Username') ?? ''
  const secret = stringAt(answer.value, 'Secret') ?? ''
  if (secret === '') return undefined
  return username === '<token>'
    ? {kind: 'identity-token', token: secret}
    : {kind: 'password', username, password: secret, isJobToken: false}
}

const HELPER_ANSWER = structOf({Username: 'string', Secret: 'string'})

/** The helper's answer, empty when it has no credentials, or the reason why it failed. */
function answerOf(end: ProgramEnd): Parsed<JsonObject> {
  if (end.kind === 'missing') return invalid('there is no such program on the PATH')
  if (end.kind === 'not-started') return invalid('it cannot be started')
  if (end.kind === 'late') return invalid(`it did not answer within ${formatDuration(TIMEOUT_MS)}`)
  const {code, killedBy, stdout, isCut} = end
  // A helper without credentials prints this and fails. Docker ignores that too.
  if (code !== 0 && /credentials not found/i.test(stdout)) return valid({})
  if (code === null) return invalid(`it was ended by ${killedBy ?? 'a signal'}`)
  if (code !== 0) return invalid(`it ended with exit code ${String(code)}`)
  if (isCut) return invalid(`its answer is longer than ${formatBytes(MAX_OUTPUT)}`)
  const json = readAsGo(Buffer.from(stdout), HELPER_ANSWER, 'as-go')
  return json.ok ? json : invalid('its answer is not a JSON object')
}
