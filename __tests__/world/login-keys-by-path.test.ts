// Keys with a path: for the repositories below it, the longest first, as podman's auth.json has them, and never for another path.

import {describe, expect, it} from '@jest/globals'
import {authOf, dockerConfig, helperFor, judge, type KeysWorld, runWithKeys} from '../support/login-keys.ts'
import {describeWith} from '../support/programs.ts'

const A = authOf('a:pw-a')
const B = authOf('b:pw-b')
const C = authOf('c:pw-c')

describeWith(['docker', 'skopeo'], 'a key with a path, for acme/tools/app', () => {
  // Docker's client knows no such keys. It takes the host's own one, or else any that begins with the host.
  it.each([
    {keys: {'HOST/acme': A, HOST: B}, right: 'a:pw-a', docker: 'b:pw-b', skopeo: 'a:pw-a'},
    {keys: {HOST: B, 'HOST/acme': A}, right: 'a:pw-a', docker: 'b:pw-b', skopeo: 'a:pw-a'},
    {keys: {HOST: C, 'HOST/acme': B, 'HOST/acme/tools': A}, right: 'a:pw-a', docker: 'c:pw-c', skopeo: 'a:pw-a'},
    {keys: {HOST: B, 'HOST/acme/tools/app': A}, right: 'a:pw-a', docker: 'b:pw-b', skopeo: 'a:pw-a'},
    {keys: {'HOST/other': A}, right: 'anyone', docker: 'a:pw-a', skopeo: 'anyone'},
    {keys: {'HOST/acme/too': A}, right: 'anyone', docker: 'a:pw-a', skopeo: 'anyone'},
    {keys: {'HOST/acme/tools/app/sub': A}, right: 'anyone', docker: 'a:pw-a', skopeo: 'anyone'},
    {keys: {'HOST/acme/tools/app2': A}, right: 'anyone', docker: 'a:pw-a', skopeo: 'anyone'},
    // Both cut everything behind the host from a key with a scheme. A robot of another project is still not for this one.
    {keys: {'https://HOST/other': A}, right: 'anyone', docker: 'a:pw-a', skopeo: 'a:pw-a'}
  ])('$keys: $right', async ({keys, ...judged}) => {
    expect(await judge(dockerConfig({auths: keys}))).toEqual(judged)
  })

  it('is not passed over for a key of another path that stands in front', async () => {
    const {logins} = await runWithKeys(dockerConfig({auths: {'HOST/acme/too': A, 'https://HOST': B}}))
    expect(logins).toEqual(['b:pw-b'])
  })

  it('and a helper for another path', async () => {
    const {logins} = await runWithKeys({
      ...dockerConfig({credHelpers: {'HOST/other': 'x'}}),
      programs: helperFor('HOST', 'h', 'pw-h')
    })
    expect(logins).toEqual([])
  })
})

describe('a key with a path, for acme/tools/app at Docker Hub', () => {
  const hub = (auths: object): KeysWorld => ({
    ...dockerConfig({auths}),
    ...{name: 'registry-1.docker.io', image: 'acme/tools/app:1'}
  })
  it.each([
    // What `docker login` in a browser leaves beside the login itself.
    {auths: {'https://index.docker.io/v1/access-token': A}, who: []},
    {auths: {'https://index.docker.io/v1/refresh-token': A}, who: []},
    {
      auths: {
        'https://index.docker.io/v1/access-token': B,
        'https://index.docker.io/v1/refresh-token': B,
        'docker.io': A
      },
      who: ['a:pw-a']
    },
    {auths: {'docker.io/vendor': A}, who: []},
    {auths: {'docker.io/library': A}, who: []},
    {auths: {'docker.io/vendor': B, 'docker.io': A}, who: ['a:pw-a']},
    {auths: {'docker.io': B, 'docker.io/acme': A}, who: ['a:pw-a']},
    {auths: {'https://index.docker.io/v1/': B, 'docker.io/acme/tools': A}, who: ['a:pw-a']}
  ])('$auths: $who', async ({auths, who}) => {
    expect((await runWithKeys(hub(auths))).logins).toEqual(who)
  })

  it('is not for an official image when it names a user', async () => {
    const {run, logins} = await runWithKeys({...hub({'docker.io/php': A}), image: 'php:8.3.8'})
    expect(run.exitCode).toBe(1)
    expect(logins).toEqual([])
  })
})
