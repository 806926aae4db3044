// Which of the logins in a Docker config is for a registry: judged beside Docker and skopeo, which say to the same registry who they are.
// Where the three differ, the row says so: Docker takes any key of the host, skopeo knows keys with a path.

import {describe, expect, it} from '@jest/globals'
import {
  authOf,
  dockerConfig,
  helperFor,
  judge,
  type Judged,
  type KeysWorld,
  runWithKeys
} from '../support/login-keys.ts'
import {describeWith} from '../support/programs.ts'

const A = authOf('a:pw-a')
const B = authOf('b:pw-b')
const C = authOf('c:pw-c')

function same(name: string, world: KeysWorld, who: string): Judged {
  return {
    ...{name, world, right: who},
    ...{docker: who, skopeo: who}
  }
}

function keyed(key: string): KeysWorld {
  return dockerConfig({auths: {[key]: A}})
}

const ROWS: readonly Judged[] = [
  ...['HOST', 'http://HOST', 'https://HOST', 'https://HOST/', 'https://HOST/v1/', 'https://HOST/v2/'].map(key =>
    same(key, keyed(key), 'a:pw-a')
  ),
  ...['HOST/', 'HOST/v1/', 'HOST/v2'].map(key => ({...same(key, keyed(key), 'a:pw-a'), skopeo: 'anyone'})),
  same('HOST/acme', keyed('HOST/acme'), 'a:pw-a'),
  same('https://HOST/acme', keyed('https://HOST/acme'), 'a:pw-a'),
  same('https://HOST beside HOST', dockerConfig({auths: {'https://HOST': A, HOST: B}}), 'b:pw-b'),
  same('HOST/other beside HOST', dockerConfig({auths: {'HOST/other': A, HOST: B}}), 'b:pw-b'),
  same(
    'auth before username and password',
    dockerConfig({auths: {HOST: {...A, username: 'b', password: 'x'}}}),
    'a:pw-a'
  ),
  {
    ...same('username and password alone', dockerConfig({auths: {HOST: {username: 'a', password: 'pw-a'}}}), 'a:pw-a'),
    skopeo: 'anyone'
  },
  same('NULs behind the password', dockerConfig({auths: {HOST: authOf('a:pw-a\0\0')}}), 'a:pw-a'),
  same('a colon in the password', dockerConfig({auths: {HOST: authOf('a:pw:x')}}), 'a:pw:x'),
  same('auth without a colon', dockerConfig({auths: {HOST: authOf('a-password')}}), 'anyone'),
  same('auth without a user', dockerConfig({auths: {HOST: authOf(':pw-a')}}), 'anyone'),
  same('auth without a password', dockerConfig({auths: {HOST: authOf('a:')}}), 'anyone'),
  same('auth that is no Base64', dockerConfig({auths: {HOST: {auth: '!!!'}}}), 'anyone'),
  same(
    'auth with line breaks',
    dockerConfig({auths: {HOST: {auth: `${A.auth.slice(0, 4)}\n${A.auth.slice(4)}`}}}),
    'a:pw-a'
  ),
  same('another entry that is null', dockerConfig({auths: {HOST: A, 'x.test': null}}), 'a:pw-a'),
  same('keys in capitals', dockerConfig({AUTHS: {HOST: {AUTH: A.auth}}}), 'a:pw-a'),
  same(
    'auths written twice',
    dockerConfig(`{"auths":{"HOST":${JSON.stringify(A)}},"auths":{"x.test":${JSON.stringify(B)}}}`),
    'a:pw-a'
  ),
  same(
    'a registry written twice',
    dockerConfig(`{"auths":{"HOST":${JSON.stringify(A)},"HOST":${JSON.stringify(B)}}}`),
    'b:pw-b'
  ),
  {
    ...same('an identity token alone', dockerConfig({auths: {HOST: {identitytoken: 'idt-1'}}}), 'refresh idt-1'),
    skopeo: 'anyone'
  },
  same(
    'an identity token as az acr login writes it',
    dockerConfig({auths: {HOST: {...authOf('00000000-0000-0000-0000-000000000000:'), identitytoken: 'idt-1'}}}),
    'refresh idt-1'
  ),
  ...[{auths: {HOST: {}}, credsStore: 'x'}, {credSstore: 'x'}, {auths: {HOST: A}, credHelpers: {HOST: 'x'}}].map(
    config => ({
      ...same(
        `a helper: ${JSON.stringify(config)}`,
        {...dockerConfig(config), programs: helperFor('HOST', 'h', 'pw-h')},
        'h:pw-h'
      ),
      // skopeo reads credHelpers, and not credsStore.
      ...('credHelpers' in config ? {} : {skopeo: 'anyone'})
    })
  ),
  {
    ...same(
      'a helper with an identity token',
      {...dockerConfig({credsStore: 'x'}), programs: helperFor('HOST', '<token>', 'idt-2')},
      'refresh idt-2'
    ),
    skopeo: 'anyone'
  },
  {
    ...same('a helper that is not there', dockerConfig({auths: {HOST: A}, credsStore: 'x'}), 'a:pw-a')
  },
  same(
    'an empty helper for this registry',
    {
      ...dockerConfig({auths: {HOST: A}, credHelpers: {'x.test': 'x'}}),
      programs: helperFor('HOST', 'h', 'pw-h')
    },
    'a:pw-a'
  ),
  same(
    'a folder in DOCKER_CONFIG',
    {
      files: {
        '.docker/config.json': JSON.stringify({auths: {HOST: B}}),
        'd/config.json': JSON.stringify({auths: {HOST: A}})
      },
      env: {DOCKER_CONFIG: 'HOME/d'}
    },
    'a:pw-a'
  ),
  {
    // Command lines of Docker since 28.3.
    ...same('DOCKER_AUTH_CONFIG', {files: {}, env: {DOCKER_AUTH_CONFIG: JSON.stringify({auths: {HOST: A}})}}, 'a:pw-a'),
    docker: 'anyone',
    skopeo: 'anyone'
  },
  same('Basic instead of tokens', {...dockerConfig({auths: {HOST: C}}), challenge: 'basic'}, 'c:pw-c')
]

describeWith(['docker', 'skopeo'], 'a login in a Docker config', () => {
  it.each(ROWS)('$name: $right', async ({world, right, docker, skopeo}) => {
    expect(await judge(world)).toEqual({right, docker, skopeo})
  })
})

describe("Docker Hub's login", () => {
  const hub = (config: unknown): KeysWorld => ({
    ...dockerConfig(config),
    ...{name: 'registry-1.docker.io', image: 'acme/tools/app:1'}
  })
  const loginsWith = async (world: KeysWorld): Promise<readonly string[]> => (await runWithKeys(world)).logins

  it.each([
    ...['https://index.docker.io/v1/', 'https://index.docker.io/v1', 'https://index.docker.io/v2/', 'index.docker.io'],
    ...['docker.io', 'https://docker.io', 'registry-1.docker.io', 'https://registry-1.docker.io/v2/', 'docker.io/acme']
  ])('is under the key %s', async key => {
    expect(await loginsWith(hub({auths: {[key]: A}}))).toEqual(['a:pw-a'])
  })

  it.each(['registry.hub.docker.com', 'hub.docker.com', 'https://auth.docker.io/token', 'docker.io.evil.test'])(
    'is not under the key %s',
    async key => {
      expect(await loginsWith(hub({auths: {[key]: A}}))).toEqual([])
    }
  )

  it('is under its own key before all others', async () => {
    expect(await loginsWith(hub({auths: {'docker.io': B, 'https://index.docker.io/v1/': A}}))).toEqual(['a:pw-a'])
  })

  it.each([{credsStore: 'x'}, {credHelpers: {'docker.io': 'x'}}, {credHelpers: {'https://index.docker.io/v1/': 'x'}}])(
    "is asked of a helper by the key that Docker's own client uses: %j",
    async config => {
      const programs = helperFor('https://index.docker.io/v1/', 'h', 'pw-h')
      expect(await loginsWith({...hub(config), programs})).toEqual(['h:pw-h'])
    }
  )
})

describe('capitals of a host', () => {
  it.each([
    {key: 'Registry.TEST', image: 'registry.test/acme/tools/app:1'},
    {key: 'https://Registry.TEST/v2/', image: 'registry.test/acme/tools/app:1'},
    {key: 'registry.test', image: 'Registry.TEST/acme/tools/app:1'}
  ])('hide no login: $key for $image', async ({key, image}) => {
    const {logins} = await runWithKeys({...keyed(key), name: 'registry.test', image})
    expect(logins).toEqual(['a:pw-a'])
  })

  it.each([
    {
      image: 'GHCR.io/acme/tools/app:1',
      inputs: {'github-token': 'ghs_123456789012345678'},
      who: 'x-access-token:ghs_123456789012345678'
    },
    {image: 'GHCR.io/acme/tools/app:1', inputs: {registry: 'ghcr.io', username: 'u', password: 'pw-u'}, who: 'u:pw-u'},
    {image: 'ghcr.io/acme/tools/app:1', inputs: {registry: 'GHCR.IO', username: 'u', password: 'pw-u'}, who: 'u:pw-u'}
  ])('are the same host to inputs: $image, $inputs', async ({image, inputs, who}) => {
    const {logins} = await runWithKeys({files: {}, name: 'ghcr.io', image, inputs})
    expect(logins).toEqual([who])
  })
})
