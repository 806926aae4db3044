// `npm run bench`: compares the action with other programs. It prints ratios of the same run, since absolute times depend on the machine.
// Images are cached in node_modules/.cache, and a real registry on loopback serves them. Figures are medians of several rounds.

import {cpus, tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {readFileSync, writeFileSync} from 'node:fs'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {startDockerRegistry} from '../__tests__/support/docker-registry.ts'
import {findEngines} from '../__tests__/support/engines.ts'
import {median} from './bench/figures.ts'
import {measureFiles} from './bench/files.ts'
import {measureHostile} from './bench/hostile.ts'
import {type BenchImage, type LayerSpec, makeImage} from './bench/images.ts'
import {measureLine} from './bench/line.ts'
import {
  ensureFolder,
  findPeers,
  type Measured,
  runAction,
  runCrane,
  runDocker,
  runLoad,
  runNode,
  runPipes,
  runSkopeo
} from './bench/programs.ts'
import {push, referenceOf, startWire} from './bench/registry.ts'
import {type Row, tableOf} from './bench/row.ts'
import {measureSignatures} from './bench/signatures.ts'
import {measureBundle, runToFirstRequest} from './bench/start.ts'
import {fill} from './docs.ts'

const {values: options} = parseArgs({
  options: {
    json: {type: 'boolean', default: false},
    rounds: {type: 'string', default: '5'},
    only: {type: 'string', default: ''},
    write: {type: 'boolean', default: false}
  }
})
const ROUNDS = Number(options.rounds)
const CORES = cpus().length
const SLOW_BYTES_PER_SECOND = 10e6
// These rows have images and registries of their own.
const NEEDS_NO_IMAGES = ['files', 'hostile', 'bundle', 'signatures']

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

function layers(count: number, megabytes: number, seed: number, more: Partial<LayerSpec> = {}): readonly LayerSpec[] {
  return Array.from({length: count}, (_, at) => ({seed: seed + at, megabytes, compression: 'gzip', ...more}))
}

const rows: Row[] = []

function isWanted(what: string): boolean {
  return what.includes(options.only)
}

/** Runs both alternately, so that a machine that becomes slower affects both. The ratio is computed for each pair. */
async function compare(
  row: Pick<Row, 'what' | 'against' | 'target'>,
  ours: () => Promise<Measured>,
  theirs: (() => Promise<Measured>) | string,
  rounds = ROUNDS
): Promise<void> {
  if (!isWanted(row.what)) return
  say(`${row.what}, against ${row.against}`)
  const pairs: {readonly ours: number; readonly theirs: number}[] = []
  const missing = typeof theirs === 'string' ? theirs : undefined
  await ours()
  for (let round = 0; round < rounds; round++) {
    const other = typeof theirs === 'string' ? Number.NaN : (await theirs()).seconds
    pairs.push({theirs: other, ours: (await ours()).seconds})
  }
  const common = {...row, unit: 's' as const, ours: median(pairs.map(pair => pair.ours))}
  if (missing !== undefined) rows.push({...common, missing})
  else
    rows.push({
      ...common,
      theirs: median(pairs.map(pair => pair.theirs)),
      ratio: median(pairs.map(pair => pair.ours / pair.theirs))
    })
}

const peers = findPeers()
const engines = findEngines()
const [engine] = engines
if (!NEEDS_NO_IMAGES.some(name => options.only.startsWith(name))) await measureImages()
rows.push(
  ...(await measureFiles(isWanted, say)),
  ...(await measureHostile(isWanted, say)),
  ...(await measureSignatures(ROUNDS, isWanted)),
  ...measureBundle(isWanted)
)
report()

async function measureImages(): Promise<void> {
  const folder = await ensureFolder(join('node_modules', '.cache', 'verified-image-bench'))
  say('images')
  const image = (name: string, specs: readonly LayerSpec[]): Promise<BenchImage> =>
    makeImage(join(folder, 'blobs'), name, specs)
  const images = {
    eight: await image('eight', layers(8, 48, 100)),
    large: await image('large', layers(3, 392, 200)),
    single: await image('single', layers(1, 392, 200)),
    many: await image('many', layers(40, 5.8, 300)),
    zstd: await image('zstd', layers(8, 48, 400, {compression: 'zstd'})),
    tiny: await image('tiny', layers(1, 0.05, 500)),
    huge: await image('huge', layers(2, 200, 600, {times: 10})),
    family: await Promise.all(
      Array.from({length: 20}, (_, at) =>
        image(`family-${String(at)}`, [...layers(4, 5.8, 300), ...layers(1, 0.2, 700 + at)])
      )
    )
  }
  const {family, ...single} = images
  const tools = await mkdtemp(join(tmpdir(), 'verified-image-bench-tools-'))
  const registry = await startDockerRegistry({storage: await ensureFolder(join(folder, 'registry'))})
  const broken = await startDockerRegistry({storage: await ensureFolder(join(folder, 'broken'))})
  try {
    for (const one of [...Object.values(single), ...family]) await push(registry.host, one)
    await push(broken.host, images.eight)
    await writeFile(broken.blobPath(images.eight.config.digest), '{}')
    await measure({...images, host: registry.host, brokenHost: broken.host, tools})
  } finally {
    await Promise.all([registry.close(), broken.close(), rm(tools, {recursive: true, force: true})])
  }
}

type Bench = Readonly<Record<'eight' | 'large' | 'single' | 'many' | 'zstd' | 'tiny' | 'huge', BenchImage>> & {
  readonly family: readonly BenchImage[]
  readonly host: string
  /** A registry that serves a corrupt config of one image. */
  readonly brokenHost: string
  readonly tools: string
}

async function measure(bench: Bench): Promise<void> {
  const {eight, large, many, zstd, tiny, host, brokenHost, tools} = bench
  const full = (one: BenchImage) => () => runAction({image: referenceOf(host, one), mirrors: ''})
  const pipes = (program: 'gzip' | 'zstd', one: BenchImage): (() => Promise<Measured>) | string => {
    const paths = one.layers.map(({path}) => path)
    return peers[program] ? () => runPipes(program, paths, CORES) : `${program} is not here`
  }
  const gzips = `gzip -dc | sha256sum, ${String(CORES)} at a time`
  await compare(
    {what: '120 MB in 8 gzip layers, full', against: gzips, target: 0.55},
    full(eight),
    pipes('gzip', eight)
  )
  await compare(
    {what: '367 MB in 3 gzip layers, full', against: gzips, target: 0.45},
    full(large),
    pipes('gzip', large)
  )
  await compare({what: '72 MB in 40 gzip layers, full', against: gzips, target: 0.6}, full(many), pipes('gzip', many))
  await compare(
    {what: '8 zstd layers, full', against: `zstd -dc | sha256sum, ${String(CORES)} at a time`},
    full(zstd),
    pipes('zstd', zstd)
  )
  await compare(
    {what: '120 MB in 8 gzip layers, full', against: 'crane validate --remote', target: 0.18},
    full(eight),
    peers.crane ? () => runCrane(referenceOf(host, eight)) : 'crane is not here',
    Math.min(ROUNDS, 3)
  )
  await compare(
    {what: '120 MB in 8 gzip layers, verify: layers', against: 'skopeo copy docker:// oci:', target: 1},
    () => runAction({image: referenceOf(host, eight), mirrors: '', verify: 'layers'}),
    peers.skopeo ? () => runSkopeo(referenceOf(host, eight)) : 'skopeo is not here'
  )
  await compare(
    {what: '120 MB in 8 gzip layers, full', against: 'docker pull'},
    full(eight),
    engine === undefined ? 'no Docker Engine answers' : () => runDocker(referenceOf(host, eight), engine.env),
    1
  )
  await compare({what: 'one layer of 16 kB, full', against: 'node -e 0', target: 6}, full(tiny), runNode, 6 * ROUNDS)
  await compare(
    {what: 'one layer of 16 kB, first request sent', against: 'node -e 0', target: 5},
    runToFirstRequest,
    runNode,
    6 * ROUNDS
  )
  await compare(
    {what: 'one layer of 16 kB, with a job summary', against: 'node -e 0'},
    () => runAction({image: referenceOf(host, tiny), mirrors: ''}, 'summary'),
    runNode,
    6 * ROUNDS
  )
  await compare(
    {what: "120 MB, the primary's config corrupt", against: "the mirror's own run", target: 1.2},
    () => runAction({image: referenceOf(brokenHost, eight), mirrors: `${brokenHost}=${host}`}),
    full(eight)
  )
  for (const {store, env} of engines)
    await compare(
      {what: `load of 120 MB from the cache, ${store} image store`, against: 'docker pull', target: 1},
      () => runLoad(referenceOf(host, eight), tools, env),
      () => runDocker(referenceOf(host, eight), env)
    )
  await memory(bench)
  await bytes(bench)
  await slow(bench)
  rows.push(...(await measureLine(bench, {compare, isWanted, peers, engines})))
}

async function memory({eight, huge, many, host}: Bench): Promise<void> {
  for (const [what, one] of [
    ['peak memory, 120 MB in 8 layers', eight],
    ['peak memory, 1.2 GB in 2 layers', huge],
    ['peak memory, 72 MB in 40 layers', many]
  ] as const) {
    if (!isWanted(what)) continue
    say(what)
    const peaks: number[] = []
    for (let round = 0; round < Math.min(ROUNDS, 3); round++) {
      const {peakMegabytes} = await runAction({image: referenceOf(host, one), mirrors: ''}, 'memory')
      peaks.push(peakMegabytes ?? Number.NaN)
    }
    rows.push({what, against: '-', unit: 'MB', ours: Math.max(...peaks), target: 120})
  }
}

async function bytes({family, host}: Bench): Promise<void> {
  const what = 'bytes for 20 images that share most layers'
  if (!isWanted(what)) return
  say(what)
  const wire = await startWire(host)
  await runAction({image: family.map(one => referenceOf(wire.host, one)).join('\n'), mirrors: ''})
  const files = family.flatMap(({index, manifest, config, layers: own}) => [index, manifest, config, ...own])
  const distinct = [...new Map(files.map(({digest, size}) => [digest, size])).values()]
  const theirs = distinct.reduce((sum, size) => sum + size, 0) / 1e6
  const ours = wire.passed() / 1e6
  await wire.close()
  // The rest is response headers.
  rows.push({
    what,
    against: 'distinct blobs and manifests',
    unit: 'MB',
    ours,
    theirs,
    ratio: ours / theirs,
    target: 1.01
  })
}

async function slow({many, host}: Bench): Promise<void> {
  const wire = await startWire(host, SLOW_BYTES_PER_SECOND)
  try {
    await compare(
      {what: '72 MB over a line of 10 MB/s, full', against: 'the download alone', target: 1.03},
      () => runAction({image: referenceOf(wire.host, many), mirrors: ''}),
      () => download(wire.host, many),
      1
    )
  } finally {
    await wire.close()
  }
}

/** The default concurrency of the action. */
async function download(host: string, one: BenchImage): Promise<Measured> {
  const left = [...one.layers]
  const startedMs = performance.now()
  const work = async (): Promise<void> => {
    for (let layer = left.shift(); layer !== undefined; layer = left.shift()) {
      const answer = await fetch(`http://${host}/v2/bench/${one.name}/blobs/${layer.digest}`)
      await answer.body?.pipeTo(new WritableStream())
    }
  }
  await Promise.all(Array.from({length: 8}, work))
  return {seconds: (performance.now() - startedMs) / 1000}
}

function report(): void {
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${String(CORES)} cores, Node ${process.version}`
  if (options.json) {
    console.log(JSON.stringify({machine, rounds: ROUNDS, rows}, undefined, 2))
    return
  }
  const table = tableOf(rows, `${machine}; medians of ${String(ROUNDS)} rounds, in turn.`)
  console.log(table)
  if (!options.write) return
  const page = 'docs/performance.md'
  writeFileSync(page, fill(readFileSync(page, 'utf8'), {bench: table}))
}
