// What a path is, which files auto finds and in which order, and what becomes of a file that cannot be used.

import {execFileSync} from 'node:child_process'
import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {importedAuthorities, mirroredRepositories} from '../../src/mirror-files/imported-mirrors.ts'
import {type MirrorFiles, readMirrorFiles} from '../../src/mirror-files/read-mirror-files.ts'
import {formatRepository, parseReference} from '../../src/oci/reference.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'verified-image-mirror-files-'))
  await Promise.all(['workspace', 'home', 'etc'].map(name => mkdir(join(root, name))))
})
afterEach(() => rm(root, {recursive: true, force: true}))

/** Paths are relative to the folder of `workspace`, `home` and `etc`. */
async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), {recursive: true})
    await writeFile(join(root, name), text)
  }
}

function read(...lines: readonly string[]): Promise<MirrorFiles> {
  return readMirrorFiles(lines, {
    workspace: join(root, 'workspace'),
    home: join(root, 'home'),
    configFolder: join(root, 'config'),
    isTrusted: false,
    use: 'content',
    insecureRegistries: [],
    systemFolder: join(root, 'etc')
  })
}

function mirrorsOf(image: string, {configurations}: MirrorFiles): readonly string[] {
  const parsed = parseReference(image)
  if (!parsed.ok) throw new Error(parsed.reason)
  return mirroredRepositories(parsed.value, configurations).map(({repository}) => formatRepository(repository))
}

function hosts(...names: readonly string[]): string {
  return names.map(name => `[host."https://${name}"]\n`).join('')
}

function conf(location: string, mirror: string): string {
  return `[[registry]]\nlocation = "${location}"\n[[registry.mirror]]\nlocation = "${mirror}"\n`
}

const DAEMON = '{"registry-mirrors": ["https://daemon.example.com"]}'

// Windows has neither these programs, nor links and pipes for everyone, nor names with a colon.
const onUnix = process.platform === 'win32' ? describe.skip : describe

onUnix('a path', () => {
  it.each([
    {
      kind: 'registries.conf',
      path: 'ci/registries.conf',
      files: {'ci/registries.conf': conf('docker.io', 'm.example')}
    },
    {
      kind: 'the folder beside it',
      path: 'ci/registries.conf',
      files: {'ci/registries.conf': '', 'ci/registries.conf.d/1.conf': conf('docker.io', 'm.example')}
    },
    {
      kind: 'registries.conf.d alone',
      path: 'registries.conf.d',
      files: {'registries.conf.d/1.conf': conf('docker.io', 'm.example'), 'registries.conf.d/notes.txt': '['}
    },
    {kind: 'certs.d', path: 'certs.d', files: {'certs.d/docker.io/hosts.toml': hosts('m.example')}},
    {kind: 'the folder of a host', path: 'docker.io', files: {'docker.io/hosts.toml': hosts('m.example')}},
    {kind: 'hosts.toml', path: 'docker.io/hosts.toml', files: {'docker.io/hosts.toml': hosts('m.example')}},
    {kind: 'daemon.json', path: 'daemon.json', files: {'daemon.json': '{"registry-mirrors": ["https://m.example"]}'}}
  ])('may be $kind', async ({path, files}) => {
    await write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`workspace/${name}`, text])))
    const found = await read(path)
    expect(found).toMatchObject({faults: [], warnings: []})
    expect(mirrorsOf('php:8', found)).toEqual(['m.example/library/php'])
    // An absolute path is the same.
    expect(mirrorsOf('php:8', await read(join(root, 'workspace', path)))).toEqual(['m.example/library/php'])
  })

  it.each([
    {path: 'missing.conf', reason: 'it does not exist'},
    {path: 'mirrors.yaml', reason: expect.stringContaining('must be registries.conf')},
    {path: 'empty', reason: expect.stringContaining('no HOST/hosts.toml')},
    {
      path: 'broken.conf',
      reason: expect.stringContaining('it is not valid TOML'),
      location: {file: 'broken.conf', line: 2}
    },
    {
      path: 'certs.d',
      reason: expect.stringContaining('it is not valid TOML'),
      location: {file: 'certs.d/docker.io/hosts.toml', line: 1}
    },
    {path: 'latin1.json', reason: expect.stringContaining('it is not UTF-8')},
    {path: 'large.conf', reason: expect.stringContaining('more than the 262144')},
    {path: 'pipe.conf', reason: expect.stringContaining('it is a FIFO')},
    {path: 'away.conf', reason: expect.stringContaining('a link may not leave that folder')},
    {path: 'away.d', reason: expect.stringContaining('a link may not leave that folder')}
  ])('that cannot be used is an error: $path', async ({path, reason, location}) => {
    await write({
      'workspace/mirrors.yaml': '',
      'workspace/empty/docker.io/ca.crt': '',
      'workspace/broken.conf': 'a = 1\na = 2\n',
      'workspace/certs.d/docker.io/hosts.toml': '[',
      'workspace/large.conf': `# ${'x'.repeat(300_000)}\n`,
      'etc/secret.conf': conf('docker.io', 'm.example'),
      'etc/certs.d/docker.io/hosts.toml': hosts('m.example')
    })
    await writeFile(join(root, 'workspace/latin1.json'), Buffer.from([0x7b, 0xff, 0x7d]))
    execFileSync('mkfifo', [join(root, 'workspace/pipe.conf')])
    await symlink(join(root, 'etc/secret.conf'), join(root, 'workspace/away.conf'))
    await symlink(join(root, 'etc/certs.d'), join(root, 'workspace/away.d'))
    const found = await read(path)
    expect(found.faults).toEqual([
      expect.objectContaining({input: 'mirrors-from', value: path, reason, ...(location && {location})})
    ])
    expect(mirrorsOf('php:8', found)).toEqual([])
  })

  it('that is a folder of too many hosts is an error, and none of them is used', async () => {
    const names = Array.from({length: 1001}, (_, at) => `workspace/certs.d/h${String(at)}.example/x`)
    await write(
      Object.fromEntries([...names, 'workspace/certs.d/docker.io/hosts.toml'].map(name => [name, hosts('m.example')]))
    )
    const found = await read('certs.d')
    expect(found.faults.map(({reason}) => reason)).toEqual(['it has more than 1000 names'])
    expect(mirrorsOf('php:8', found)).toEqual([])
  })

  it('may be a link inside the workspace, and any link outside', async () => {
    await write({
      'workspace/real.conf': conf('docker.io', 'm.example'),
      'etc/real.conf': conf('docker.io', 'n.example')
    })
    await symlink('real.conf', join(root, 'workspace/link.conf'))
    await symlink(join(root, 'etc/real.conf'), join(root, 'home/link.conf'))
    expect(mirrorsOf('php:8', await read('link.conf', join(root, 'home/link.conf')))).toEqual([
      'm.example/library/php',
      'n.example/library/php'
    ])
  })

  it('names the line of a file of the workspace for an annotation, and none of the machine', async () => {
    await write({'workspace/a.conf': '[', 'etc/a.conf': '['})
    const {faults} = await read('a.conf', join(root, 'etc/a.conf'))
    expect(faults.map(({location}) => location)).toEqual([{file: 'a.conf', line: 1}, undefined])
  })

  it('refuses registries.conf as a whole if one of its files is not valid, as podman does', async () => {
    await write({
      'workspace/r.conf': conf('docker.io', 'm.example'),
      'workspace/r.conf.d/1.conf': '[[registry]]\n',
      'workspace/r.conf.d/2.conf': conf('quay.io', 'm.example')
    })
    const found = await read('r.conf')
    expect(found.faults).toHaveLength(1)
    expect(mirrorsOf('php:8', found)).toEqual([])
  })
})

onUnix('folders of hosts', () => {
  it('are found by port in either notation, _default for the others, and none for a folder without hosts.toml', async () => {
    await write({
      'workspace/certs.d/_default/hosts.toml': hosts('any.example'),
      'workspace/certs.d/r.example_5000_/hosts.toml': hosts('encoded.example'),
      'workspace/certs.d/r.example:5000/hosts.toml': hosts('colon.example'),
      'workspace/certs.d/s.example:5000/hosts.toml': hosts('colon.example'),
      'workspace/certs.d/quay.io/ca.crt': ''
    })
    const found = await read('certs.d')
    expect(found).toMatchObject({faults: [], warnings: []})
    expect(mirrorsOf('r.example:5000/a:1', found)).toEqual(['encoded.example/a'])
    expect(mirrorsOf('s.example:5000/a:1', found)).toEqual(['colon.example/a'])
    expect(mirrorsOf('php:8', found)).toEqual(['any.example/library/php'])
    expect(mirrorsOf('quay.io/a/b:1', found)).toEqual([])
  })

  it.each(['registry-1.docker.io', 'index.docker.io'])('are not for Docker Hub under the name %s', async name => {
    await write({[`workspace/certs.d/${name}/hosts.toml`]: hosts('m.example')})
    const found = await read('certs.d')
    expect(found.warnings.map(({text}) => text)).toEqual([expect.stringContaining('images of Docker Hub is docker.io')])
    expect(mirrorsOf('php:8', found)).toEqual([])
  })

  it('may have one that is not valid, and the others are used with auto', async () => {
    await write({
      'etc/containerd/certs.d/docker.io/hosts.toml': '[',
      'etc/containerd/certs.d/quay.io/hosts.toml': hosts('m.example')
    })
    const found = await read('auto')
    expect(found.warnings.map(({place}) => place.file)).toEqual([
      join(root, 'etc/containerd/certs.d/docker.io/hosts.toml')
    ])
    expect(mirrorsOf('quay.io/a/b:1', found)).toEqual(['m.example/a/b'])
  })
})

onUnix('auto', () => {
  it('reads the usual places in their order', async () => {
    await write({
      'etc/containers/registries.conf': conf('docker.io', 'system.example'),
      'etc/containers/registries.conf.d/1.conf': conf('quay.io', 'drop.example'),
      'etc/containerd/certs.d/docker.io/hosts.toml': hosts('containerd.example'),
      'etc/docker/certs.d/docker.io/hosts.toml': hosts('docker.example'),
      'etc/docker/daemon.json': DAEMON
    })
    const found = await read('auto')
    expect(found).toMatchObject({faults: [], warnings: []})
    expect(mirrorsOf('php:8', found)).toEqual(
      ['system.example', 'containerd.example', 'docker.example', 'daemon.example.com'].map(
        name => `${name}/library/php`
      )
    )
    expect(mirrorsOf('quay.io/a/b:1', found)).toEqual(['drop.example/a/b'])
    expect(found.files).toHaveLength(5)
  })

  it('has the places of a user without root before those of the system', async () => {
    const places = ['config', 'etc']
    for (const place of places)
      await write({
        [`${place}/containerd/certs.d/docker.io/hosts.toml`]: hosts(`containerd.${place}.example`),
        [`${place}/docker/certs.d/docker.io/hosts.toml`]: hosts(`docker.${place}.example`),
        [`${place}/docker/daemon.json`]: DAEMON.replace('daemon.', `${place}.`)
      })
    expect(mirrorsOf('php:8', await read('auto'))).toEqual(
      ['containerd.config.example', 'containerd.etc.example', 'docker.config.example', 'docker.etc.example']
        .concat(['config.example.com', 'etc.example.com'])
        .map(name => `${name}/library/php`)
    )
  })

  it.each([
    {place: 'etc', isFollowed: true},
    {place: 'machine', isFollowed: true},
    // A pull request, or another job, may have written these.
    {place: 'workspace', isFollowed: false},
    {place: 'home', isFollowed: false},
    {place: 'config', isFollowed: false}
  ])('takes a CA of a file in $place: $isFollowed', async ({place, isFollowed}) => {
    const name = `${place}/certs.d/docker.io`
    await write({[`${name}/hosts.toml`]: `${hosts('m.example')}\nca = "ca.pem"\n`})
    const {configurations} = await read(join(root, place, 'certs.d'))
    expect([...importedAuthorities(configurations)]).toEqual(
      isFollowed ? [['m.example', [join(root, name, 'ca.pem')]]] : []
    )
  })

  it('takes the registries.conf of the user instead of that of the system, and the folders of both', async () => {
    await write({
      'etc/containers/registries.conf': conf('docker.io', 'system.example'),
      'etc/containers/registries.conf.d/1.conf': conf('quay.io', 'system.example') + conf('a.io', 'system.example'),
      'home/.config/containers/registries.conf': conf('docker.io', 'user.example'),
      'home/.config/containers/registries.conf.d/1.conf': conf('quay.io', 'user.example')
    })
    const found = await read('auto')
    expect(mirrorsOf('php:8', found)).toEqual(['user.example/library/php'])
    expect(mirrorsOf('quay.io/a/b:1', found)).toEqual(['user.example/a/b'])
    expect(mirrorsOf('a.io/a/b:1', found)).toEqual(['system.example/a/b'])
  })

  it('finds nothing on a machine without these files', async () => {
    expect(await read('auto')).toMatchObject({faults: [], warnings: [], files: []})
  })

  it('warns about a file that cannot be used, and goes on', async () => {
    await write({'etc/docker/daemon.json': '{', 'etc/containerd/certs.d/docker.io/hosts.toml': hosts('m.example')})
    const found = await read('auto')
    expect(found.faults).toEqual([])
    expect(found.warnings).toEqual([
      {
        text: 'the file is not used: it is not a valid JSON object',
        place: {file: join(root, 'etc/docker/daemon.json'), line: 1, isInWorkspace: false}
      }
    ])
    expect(mirrorsOf('php:8', found)).toEqual(['m.example/library/php'])
  })
})

onUnix('messages about files', () => {
  it('name folders that are no registry, in their order, and Docker Hub in any letters', async () => {
    await write({
      'workspace/certs.d/Index.Docker.IO/hosts.toml': hosts('m.example'),
      'workspace/certs.d/_backup/hosts.toml': hosts('m.example'),
      'workspace/certs.d/_other/ca.crt': '',
      'workspace/certs.d/R.Example_5000_/hosts.toml': hosts('m.example')
    })
    const found = await read('certs.d')
    expect(found.warnings).toEqual([
      {
        text: 'the file is not used: the folder for images of Docker Hub is docker.io',
        place: {file: 'certs.d/Index.Docker.IO/hosts.toml', line: 1, isInWorkspace: true}
      },
      {
        text: 'the file is not used: its folder is not named after a registry',
        place: {file: 'certs.d/_backup/hosts.toml', line: 1, isInWorkspace: true}
      }
    ])
    expect(mirrorsOf('r.example:5000/a:1', found)).toEqual(['m.example/a'])
  })

  it('have the faults of several lines, and the files that were read, in their order', async () => {
    await write({
      'workspace/a.conf': conf('docker.io', 'a.example'),
      'workspace/b.conf': conf('docker.io', 'b.example')
    })
    const found = await read('x.conf', 'a.conf', 'y.conf', 'b.conf')
    expect(found.faults.map(({value}) => value)).toEqual(['x.conf', 'y.conf'])
    expect(found.files).toEqual(['a.conf', 'b.conf'])
  })

  it('name the first line of a file that is wrong as a whole', async () => {
    await writeFile(join(root, 'etc/latin1.json'), Buffer.from([0x7b, 0xff, 0x7d]))
    await write({'etc/docker/daemon.json': '{', 'etc/containerd/certs.d/docker.io/hosts.toml': '['})
    expect((await read(join(root, 'etc/latin1.json'))).faults[0]).toMatchObject({
      reason: `it is not UTF-8 (line 1 of ${join(root, 'etc/latin1.json')})`
    })
    expect((await read('auto')).warnings.map(({place}) => place.file.slice(root.length))).toEqual([
      '/etc/containerd/certs.d/docker.io/hosts.toml',
      '/etc/docker/daemon.json'
    ])
  })

  it('takes a folder of a thousand hosts', async () => {
    const names = Array.from({length: 999}, (_, at) => `workspace/certs.d/h${String(at)}.example/x`)
    await write(
      Object.fromEntries([...names, 'workspace/certs.d/docker.io/hosts.toml'].map(name => [name, hosts('m.example')]))
    )
    const found = await read('certs.d')
    expect(found.faults).toEqual([])
    expect(mirrorsOf('php:8', found)).toEqual(['m.example/library/php'])
  })

  it('read only the file of the user where the system has no folder', async () => {
    await write({
      'home/.config/containers/registries.conf': conf('docker.io', 'user.example'),
      'etc/docker/daemon.json': DAEMON
    })
    const found = await readMirrorFiles(['auto'], {
      ...{workspace: join(root, 'workspace'), home: join(root, 'home'), isTrusted: false},
      ...{
        insecureRegistries: [],
        systemFolder: undefined,
        configFolder: join(root, 'home/.config'),
        use: 'references' as const
      }
    })
    expect(mirrorsOf('php:8', found)).toEqual(['user.example/library/php'])
    expect(found.files).toEqual([join(root, 'home/.config/containers/registries.conf')])
  })
})
