// The environment for programs that this action starts: that of this process without its secrets and its channels to the runner.
// `docker` and credential helpers come from the job's PATH, where an earlier step may have put a program of a pull request.

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The variables that a program, or a file of the workspace, may read. `secrets` are the values of this step's secrets. A variable that
 * contains one of them is removed, whatever its name.
 */
export function environmentWithoutSecrets(
  environment: Environment,
  secrets: readonly string[]
): Record<string, string> {
  const included = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !isWithheldName(entry[0]) && !holdsSecret(entry[1], secrets)
  )
  return Object.fromEntries(included)
}

/** Whether it is a variable from which GitHub's own programs read a token of the job or the runner. */
export function isTokenName(name: string): boolean {
  return TOKENS.test(name)
}

const TOKENS = /^(?:(?:GITHUB|GH|GHCR|RUNNER)(?:_[A-Z0-9]+)*_(?:TOKEN|PAT)|ACTIONS_(?:[A-Z0-9]+_)*TOKEN)$/i

function isWithheldName(name: string): boolean {
  return isTokenName(name) || WITHHELD.some(pattern => pattern.test(name))
}

// Names of variables are case-insensitive on Windows.
const WITHHELD: readonly RegExp[] = [
  // Inputs and state of this step, and the services that the runner offers to actions but not to scripts: cache, artifacts, OpenID
  // Connect.
  /^(?:INPUT|STATE|ACTIONS)_/i,
  // Files of the runner: an output that a program writes there would be an output of this step.
  /^GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)$/i,
  // Credentials for registries, as Docker and podman read them.
  /^(?:DOCKER_AUTH_CONFIG|REGISTRY_AUTH)$/i
]

// A shorter secret may be part of another value by chance: the letter "a" is in PATH.
const SHORTEST_PART = 8

function holdsSecret(value: string, secrets: readonly string[]): boolean {
  return secrets.some(
    secret => secret !== '' && (value.trim() === secret || (secret.length >= SHORTEST_PART && value.includes(secret)))
  )
}
