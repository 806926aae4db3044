// The credentials for one repository, in all forms that Docker's AuthConfig has.
// Pure.

export type Credentials = {
  readonly login: Login | undefined
  /** A refresh token of OAuth 2, which a web login leaves. */
  readonly identityToken: string | undefined
  /** A bearer token of the registry itself, sent without a token server. */
  readonly registryToken: string | undefined
  /** They are the job's token, which this action adds by itself. */
  readonly isJobToken: boolean
}

export type Login = {readonly username: string; readonly password: string}

export function loginCredentials({username, password}: Login): Credentials {
  return {login: {username, password}, identityToken: undefined, registryToken: undefined, isJobToken: false}
}

/** Whether the user gave them. The job's token is added by this action, so its rejection is not the user's to fix. */
export function isUserProvided(credentials: Credentials | undefined): boolean {
  return credentials !== undefined && !credentials.isJobToken
}

/** The values to mask. */
export function secretsOf({login, identityToken, registryToken}: Credentials): readonly string[] {
  return [
    ...(login === undefined ? [] : [login.password, encodeLogin(login)]),
    ...(identityToken === undefined ? [] : [identityToken]),
    ...(registryToken === undefined ? [] : [registryToken])
  ]
}

/** The Authorization header of RFC 7617. */
export function formatBasic(login: Login): string {
  return `Basic ${encodeLogin(login)}`
}

function encodeLogin({username, password}: Login): string {
  return Buffer.from(`${username}:${password}`).toString('base64')
}
