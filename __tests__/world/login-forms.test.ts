// Forms of a login that Docker reads beside user and password.

import {describe, expect, it} from '@jest/globals'
import {authOf, dockerConfig, helperFor, judge, runWithKeys} from '../support/login-keys.ts'
import {describeWith} from '../support/programs.ts'

const A = authOf('a:pw-a')

describeWith(['docker', 'skopeo'], 'a login in a Docker config', () => {
  it('may be a bearer token of the registry, which is sent as it is', async () => {
    const judged = await judge(dockerConfig({auths: {HOST: {registrytoken: 'rt-1'}}}))
    expect(judged).toEqual({right: 'Bearer rt-1', docker: 'Bearer rt-1', skopeo: 'anyone'})
  })

  it('is the bearer token of the registry before user and password', async () => {
    const judged = await judge(dockerConfig({auths: {HOST: {...A, registrytoken: 'rt-1'}}}))
    expect(judged).toEqual({right: 'Bearer rt-1', docker: 'Bearer rt-1', skopeo: 'a:pw-a'})
  })

  it('is user and password where the registry wants Basic, though there is an identity token too', async () => {
    const judged = await judge({...dockerConfig({auths: {HOST: {...A, identitytoken: 'idt'}}}), challenge: 'basic'})
    expect(judged).toEqual({right: 'a:pw-a', docker: 'a:pw-a', skopeo: 'a:pw-a'})
  })

  it('may have NULs in front of the password', async () => {
    const judged = await judge(dockerConfig({auths: {HOST: authOf('a:\0pw-a')}}))
    expect(judged).toEqual({right: 'a:pw-a', docker: 'a:pw-a', skopeo: 'a:pw-a'})
  })
})

describe('a bearer token of the registry', () => {
  it('is a secret', async () => {
    const {run} = await runWithKeys(dockerConfig({auths: {HOST: {registrytoken: 'rt-0123456789-Secret'}}}))
    expect(run.masks).toContain('rt-0123456789-Secret')
  })
})

describe("podman's login at Docker Hub", () => {
  it("is asked of a helper by podman's name for it when it has none under Docker's", async () => {
    const {logins} = await runWithKeys({
      ...dockerConfig({credHelpers: {'docker.io': 'x'}}),
      ...{name: 'registry-1.docker.io', image: 'acme/tools/app:1', programs: helperFor('docker.io', 'h', 'pw-h')}
    })
    expect(logins).toEqual(['h:pw-h'])
  })
})

describe('capitals of a host', () => {
  it('are handed on as they were written, since builders compare names letter by letter', async () => {
    const image = 'Registry.TEST/acme/tools/app:1'
    const {run} = await runWithKeys({...dockerConfig({auths: {'registry.test': A}}), name: 'registry.test', image})
    expect(run.outputs['reference']).toMatch(/^Registry\.TEST\/acme\/tools\/app@sha256:/)
    expect(run.outputs['build-contexts']).toMatch(
      /^Registry\.TEST\/acme\/tools\/app:1=docker-image:\/\/Registry\.TEST\//i
    )
    expect(JSON.parse(run.outputs['references'] ?? '{}')).toHaveProperty([image])
  })
})
