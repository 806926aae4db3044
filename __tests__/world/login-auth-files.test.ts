// Where podman, buildah and skopeo keep their logins: a job that has logged in with one of them is logged in.

import {expect, it} from '@jest/globals'
import {authOf, judge, type KeysWorld, runWithKeys} from '../support/login-keys.ts'
import {describeWith} from '../support/programs.ts'

function auths(keys: object): string {
  return JSON.stringify({auths: keys})
}
const A = authOf('a:pw-a')
const B = authOf('b:pw-b')

const PLACES: Readonly<Record<string, KeysWorld>> = {
  REGISTRY_AUTH_FILE: {files: {'my.json': auths({HOST: A})}, env: {REGISTRY_AUTH_FILE: 'HOME/my.json'}},
  'XDG_RUNTIME_DIR/containers/auth.json': {
    ...{files: {'run/containers/auth.json': auths({HOST: A})}, env: {XDG_RUNTIME_DIR: 'HOME/run'}}
  },
  'HOME/.config/containers/auth.json': {files: {'.config/containers/auth.json': auths({HOST: A})}},
  'XDG_CONFIG_HOME/containers/auth.json': {
    ...{files: {'config/containers/auth.json': auths({HOST: A})}, env: {XDG_CONFIG_HOME: 'HOME/config'}}
  }
}

describeWith(['docker', 'skopeo'], 'a login of podman', () => {
  it.each(Object.entries(PLACES))('in %s counts', async (_name, world) => {
    expect(await judge(world)).toEqual({right: 'a:pw-a', docker: 'anyone', skopeo: 'a:pw-a'})
  })

  it('for a path counts before one for the host', async () => {
    const files = {'run/containers/auth.json': auths({HOST: B, 'HOST/acme': A})}
    const judged = await judge({files, env: {XDG_RUNTIME_DIR: 'HOME/run'}})
    expect(judged).toEqual({right: 'a:pw-a', docker: 'anyone', skopeo: 'a:pw-a'})
  })

  it("counts where Docker's config has none for this registry", async () => {
    const files = {'.docker/config.json': auths({'x.test': B}), 'run/containers/auth.json': auths({HOST: A})}
    const judged = await judge({files, env: {XDG_RUNTIME_DIR: 'HOME/run'}})
    expect(judged).toEqual({right: 'a:pw-a', docker: 'anyone', skopeo: 'a:pw-a'})
  })

  it("counts after Docker's own, which is what this action is told about first", async () => {
    const files = {'.docker/config.json': auths({HOST: B}), 'run/containers/auth.json': auths({HOST: A})}
    const judged = await judge({files, env: {XDG_RUNTIME_DIR: 'HOME/run'}})
    expect(judged).toEqual({right: 'b:pw-b', docker: 'b:pw-b', skopeo: 'a:pw-a'})
  })

  it('in a file that cannot be read is said to be unused, and nothing of the file is shown', async () => {
    const text = '{"auths": {"HOST": {"auth": "c2VjcmV0LXRleHQ6'
    const {run} = await runWithKeys({files: {'my.json': text}, env: {REGISTRY_AUTH_FILE: 'HOME/my.json'}})
    expect(run.annotations.map(({message}) => message).join('\n')).toContain('my.json')
    expect(run.stdout).not.toContain('c2VjcmV0LXRleHQ6')
  })
})
