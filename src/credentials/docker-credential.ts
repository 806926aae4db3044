// Credential helpers: programs that print the credentials for a registry (github.com/docker/docker-credential-helpers).
// A helper's output may hold a secret, so no message quotes it.

import {formatBytes, formatDuration} from '../failure/format.ts'
import {type JsonObject, readAsGo, structOf} from '../oci/go-json.ts'
import {stringAt} from '../oci/json.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {type ProgramEnd, runProgram} from '../process/run-program.ts'
import {type Credentials, loginCredentials} from './credentials.ts'

type HelperDeps = {
  readonly programEnvironment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly warn: (text: string) => void
}

const TIMEOUT_MS = 10_000

// The output is one line. Docker's own client sets no limit.
const MAX_OUTPUT = 64 * 1024

/**
 * The credentials that `docker-credential-HELPER` prints for the first of the servers that it knows. Undefined when it knows none,
 * or, with a warning, when it fails.
 */
export async function getFromHelper(
  helper: string,
  servers: readonly string[],
  deps: HelperDeps
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`
  if (!/^[A-Za-z0-9._-]+$/.test(helper)) {
    deps.warn(`the Docker config names a credential helper ${JSON.stringify(helper)}, which is not used`)
    return undefined
  }
  for (const server of servers) {
    const answer = answerOf(await runHelper(program, server, deps))
    if (!answer.ok) {
      deps.warn(
        `${program} returned no credentials for ${server}: ${answer.reason}. Its output is not shown, since it may contain a secret. To see it, run: echo ${server} | ${program} get`
      )
      return undefined
    }
    const credentials = credentialsOf(answer.value)
    if (credentials !== undefined) return credentials
  }
  return undefined
}

function runHelper(program: string, server: string, deps: HelperDeps): Promise<ProgramEnd> {
  return runProgram(program, ['get'], {
    environment: deps.programEnvironment,
    signal: deps.signal,
    deadlineMs: TIMEOUT_MS,
    maxCharacters: MAX_OUTPUT,
    input: server
  })
}

function credentialsOf(answer: JsonObject): Credentials | undefined {
  const username = stringAt(answer, 'Username') ?? ''
  const secret = stringAt(answer, 'Secret') ?? ''
  if (secret === '') return undefined
  return username === '<token>'
    ? {login: undefined, identityToken: secret, registryToken: undefined, isJobToken: false}
    : loginCredentials({username, password: secret})
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
