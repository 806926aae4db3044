export const id = 504;
export const ids = [504];
export const modules = {

/***/ 3504:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openHands: () => (/* binding */ openHands)
});

// EXTERNAL MODULE: ./build/acquire/failure.js
var acquire_failure = __webpack_require__(3113);
// EXTERNAL MODULE: ./build/oci/digest.js
var oci_digest = __webpack_require__(1564);
// EXTERNAL MODULE: ./build/oci/manifest.js
var manifest = __webpack_require__(5669);
// EXTERNAL MODULE: ./build/acquire/ports.js
var ports = __webpack_require__(3931);
// EXTERNAL MODULE: ./build/acquire/verify.js + 1 modules
var verify = __webpack_require__(8352);
;// CONCATENATED MODULE: ./build/acquire/keeper.js
// Verified bytes that outlive their connection, where load or layout want them: of an earlier run, of this one, of any registry.
// What comes out of the store is verified like what comes from a registry; what fails is thrown away, and fetched again.





const createKeeper = (store) => {
    const origins = new Map();
    const layers = new Map();
    const recalling = new Map();
    // One at a time: who finds that a blob is wrong must not throw away the right one that another has fetched since.
    const recall = (digest, verify, uncompressedOf) => {
        const before = recalling.get(digest) ?? Promise.resolve();
        const recalled = before.then(() => recallNow(digest, verify, uncompressedOf));
        recalling.set(digest, recalled.catch(() => undefined));
        return recalled;
    };
    const recallNow = async (digest, verify, uncompressedOf) => {
        const kept = await store.open(digest);
        if (kept === undefined)
            return undefined;
        let value;
        try {
            value = await verify(kept);
        }
        catch (error) {
            if (!(error instanceof acquire_failure/* VerifiedImageError */.wL) || error.failure.kind === 'local-io')
                throw error;
            await store.forget(digest);
            return undefined;
        }
        await store.confirm(digest, uncompressedOf(value));
        if (!origins.has(digest))
            origins.set(digest, ports/* CACHE */.f);
        return value;
    };
    const keep = async (digest, bytes, registry) => {
        const sink = await store.create(digest);
        try {
            await sink.write(bytes);
            await sink.commit(undefined);
        }
        finally {
            await sink.discard();
        }
        origins.set(digest, registry);
    };
    return {
        recallManifest: wanted => recall(wanted.digest, kept => (0,verify/* verifyManifest */.TX)(contentOf(kept), wanted), () => undefined),
        keepManifest: ({ digest, bytes }, registry) => keep(digest, bytes, registry),
        recallConfig: wanted => recall(wanted.digest, kept => (0,verify/* verifyConfig */.wW)(contentOf(kept), wanted), () => undefined),
        keepConfig: ({ digest, bytes }, registry) => keep(digest, bytes, registry),
        recallLayer: async (wanted, algorithm, watch) => {
            const before = layers.get(wanted.digest);
            if (before?.size === wanted.size && isDeepEnough(before, wanted, algorithm))
                return before;
            const layer = await recall(wanted.digest, kept => verifyKept(kept, wanted, algorithm, watch), ({ uncompressed }) => uncompressed);
            if (layer !== undefined)
                layers.set(wanted.digest, layer);
            return layer;
        },
        openSink: store.create,
        keepLayer: async (layer, sink, registry) => {
            await sink.commit(layer.uncompressed);
            layers.set(layer.digest, layer);
            origins.set(layer.digest, registry);
        },
        originOf: digest => origins.get(digest),
        count: () => origins.size
    };
};
const isDeepEnough = ({ uncompressed }, { mediaType }, algorithm) => algorithm === undefined ||
    (0,manifest/* layerFormatOf */.IP)(mediaType).compression === 'opaque' ||
    (uncompressed !== undefined && (0,oci_digest/* algorithmOf */.Hy)(uncompressed.diffId) === algorithm);
// The same compressed bytes always inflate to the same: once their digest is verified, what they were found to inflate to
// need not be found out again. That is what makes a hit as fast as the disk.
const verifyKept = async ({ body, uncompressed }, wanted, algorithm, { signal, arrived }) => {
    const known = uncompressed !== undefined && algorithm === (0,oci_digest/* algorithmOf */.Hy)(uncompressed.diffId) ? uncompressed : undefined;
    const { compression } = (0,manifest/* layerFormatOf */.IP)(wanted.mediaType);
    const verifier = (0,verify/* createLayerVerifier */.my)(wanted, compression, known === undefined ? algorithm : undefined);
    try {
        for await (const chunk of body) {
            signal.throwIfAborted();
            arrived(chunk.length);
            await verifier.write(chunk);
        }
        const layer = await verifier.finish();
        return known === undefined ? layer : (0,verify/* rememberUncompressed */.m6)(layer, known);
    }
    finally {
        verifier.discard();
    }
};
const contentOf = ({ body }) => ({
    mediaType: undefined,
    announcedDigest: undefined,
    announcedBytes: undefined,
    endsWithConnection: false,
    offset: 0,
    body
});

// EXTERNAL MODULE: ./build/oci/platform.js
var oci_platform = __webpack_require__(4647);
// EXTERNAL MODULE: ./build/oci/reference.js
var oci_reference = __webpack_require__(907);
;// CONCATENATED MODULE: ./build/acquire/layout.js
// What an OCI image layout of verified images holds (image-layout.md), and the archive that both of the engine's image stores load.
// Pure: documents and lists of blobs. Who writes them, and where, is not known here.





const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const blobPath = (digest) => `blobs/${digest.replace(':', '/')}`;
/** The name without its digest, which no engine takes as a name; of an image that has no tag, the name with it. */
const nameInEngine = ({ reference, tag }) => {
    const { registry, path } = reference;
    return (0,oci_reference/* formatReference */.FH)(tag === undefined ? reference : { registry, path, tag });
};
/** Of each image the platforms that were verified; under the index that was published where all that it names is there. */
const composeLayout = (images) => {
    const tags = images.map(({ wanted }) => wanted.tag);
    const isClear = new Set(tags).size === tags.length;
    const all = images.map(({ wanted, image }) => ({ wanted, image, root: rootOf(image) }));
    const made = all.flatMap(({ root }) => (root.made === undefined ? [] : [[blobPath(root.descriptor.digest), root.made]]));
    return {
        documents: {
            ...Object.fromEntries(made),
            // Two images may have the same tag: each then goes by its whole name.
            ...composeIndex(all.map(({ wanted, root }) => describe(root, wanted, isClear ? wanted.tag : nameInEngine(wanted))))
        },
        blobs: distinct(all.flatMap(({ image, root }) => [...root.kept, ...image.platforms.flatMap(blobsOf)])),
        roots: all.map(({ root }) => root.descriptor.digest)
    };
};
/**
 * For `docker load`: a layout for the containerd image store, the manifest.json with what it names for the classic one. Of each
 * image one platform, since the classic store takes no more: the machine's, else the first. The classic store inflates all layers
 * and keeps nothing else of them, slower than it is done here, so that it gets them as they will be; containerd's keeps the blobs.
 */
const composeArchive = (images, machine, store) => {
    const all = images.map(({ wanted, image }) => {
        const platform = platformFor(machine, wanted, image);
        const layers = platform.layers.map(layer => archiveLayer(layer, platform, store));
        return { wanted, platform, layers, root: rootInEngine(machine, image, platform) };
    });
    const legacy = all.map(({ wanted, platform, layers }) => ({
        Config: blobPath(platform.imageId),
        RepoTags: wanted.tag === undefined ? null : [nameInEngine(wanted)],
        Layers: layers.map(({ path }) => path)
    }));
    const index = store === 'classic' ? {} : composeIndex(all.map(({ wanted, root }) => describe(root, wanted, wanted.tag)));
    const blobs = all.flatMap(({ platform, layers, root }) => {
        const manifests = store === 'classic' ? [] : [...root.kept, platform.digest];
        return [...[...manifests, platform.imageId].map(whole), ...layers];
    });
    return {
        documents: { 'manifest.json': encode(legacy), ...index },
        blobs: [...new Map(blobs.map(blob => [blob.path, blob])).values()],
        loaded: all.map(({ wanted, platform, root }) => ({
            wanted,
            name: nameInEngine(wanted),
            ids: [...new Set([platform.imageId, root.descriptor.digest])]
        }))
    };
};
const whole = (digest) => ({ path: blobPath(digest), digest });
const archiveLayer = ({ digest, mediaType }, { uncompressed }, store) => {
    const { compression } = (0,manifest/* layerFormatOf */.IP)(mediaType);
    const inflated = uncompressed.get(digest);
    if (store === 'containerd' || inflated === undefined || compression === 'none' || compression === 'opaque')
        return whole(digest);
    return { path: blobPath(inflated.diffId), digest, inflate: { compression, size: inflated.size } };
};
// The containerd store is content with an index of which it has one child, as after `docker pull`, and then knows the image by the
// digest that was asked for. It wants the machine's platform there.
const rootInEngine = (machine, image, platform) => {
    const { document } = image.top;
    const isChild = document.kind === 'index' && document.children.some(({ digest }) => digest === platform.digest);
    const runsHere = platform.platform !== undefined && (0,oci_platform/* satisfies */.ib)(machine, platform.platform);
    return isChild && runsHere ? rootOfTop(image) : rootOfPlatform(platform);
};
const composeIndex = (manifests) => ({
    'oci-layout': encode({ imageLayoutVersion: '1.0.0' }),
    'index.json': encode({ schemaVersion: 2, mediaType: OCI_INDEX, manifests })
});
const encode = (value) => Buffer.from(JSON.stringify(value));
const describe = ({ descriptor, platform }, wanted, refName) => ({
    ...descriptor,
    ...(platform === undefined ? {} : { platform: encodePlatform(platform) }),
    annotations: {
        // The containerd image store names an image after this one, skopeo and BuildKit look for the other.
        'io.containerd.image.name': nameInEngine(wanted),
        ...(refName === undefined ? {} : { 'org.opencontainers.image.ref.name': refName })
    }
});
const encodePlatform = ({ os, architecture, variant, osVersion }) => ({
    architecture,
    os,
    ...(osVersion === undefined ? {} : { 'os.version': osVersion }),
    ...(variant === undefined ? {} : { variant })
});
const rootOf = (image) => {
    const { top, platforms } = image;
    const [first] = platforms;
    if (first === undefined)
        throw new TypeError('an image has a platform');
    if (top.document.kind === 'manifest')
        return rootOfPlatform(first);
    const had = new Set([...platforms, ...image.attestations].map(({ digest }) => digest));
    // An index whose children are not all there can be read, but neither pushed nor copied whole.
    if (top.document.children.every(({ digest }) => had.has(digest))) {
        const root = rootOfTop(image);
        return { ...root, kept: [...root.kept, ...image.attestations.flatMap(blobsOf)] };
    }
    if (platforms.length === 1)
        return rootOfPlatform(first);
    const made = encode({
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: platforms.map(platform => ({
            ...descriptorOf(platform),
            ...(platform.platform === undefined ? {} : { platform: encodePlatform(platform.platform) })
        }))
    });
    return { descriptor: { mediaType: OCI_INDEX, digest: (0,oci_digest/* digestOf */.ol)(made), size: made.length }, made, kept: [] };
};
const rootOfTop = ({ top }) => ({
    descriptor: { mediaType: top.document.mediaType, digest: top.digest, size: top.bytes.length },
    kept: [top.digest]
});
const rootOfPlatform = (image) => ({
    descriptor: descriptorOf(image),
    kept: [],
    ...(image.platform === undefined ? {} : { platform: image.platform })
});
const descriptorOf = ({ mediaType, digest, manifest }) => ({
    mediaType,
    digest,
    size: manifest.bytes.length
});
const blobsOf = ({ digest, imageId, layers, missing }) => [
    digest,
    imageId,
    ...layers.map(layer => layer.digest).filter(layer => !missing.includes(layer))
];
const distinct = (digests) => [...new Set(digests)];
const platformFor = (machine, { asked }, { platforms }) => {
    const offered = platforms.flatMap(image => (image.platform === undefined ? [] : [{ image, platform: image.platform }]));
    const chosen = (0,oci_platform/* choosePlatform */.xV)(machine, offered)?.image ?? platforms[0];
    if (chosen === undefined)
        throw new TypeError('an image has a platform');
    const [missing] = chosen.missing;
    if (missing !== undefined) {
        (0,acquire_failure/* fail */.fJ)({
            kind: 'docker',
            detail: `${asked} cannot be loaded: its layer ${missing} is one that registries need not hold, and none has it`
        });
    }
    return chosen;
};

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: ./build/adapters/local-io.js
var local_io = __webpack_require__(1115);
;// CONCATENATED MODULE: ./build/adapters/blob-file.js
// Files that hold a blob: written in large pieces, and put at a second path without a second copy.
// Knows nothing of digests.



/** Puts the file at `from` at `to` too. Fails when something is there. */
const linkOrCopy = async (from, to) => {
    try {
        await (0,promises_.link)(from, to);
    }
    catch (error) {
        // Another file system, or one without hard links.
        if (!(0,local_io/* isErrno */.r)(error, 'EXDEV', 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'))
            throw error;
        await (0,promises_.copyFile)(from, `${to}.partial`, external_node_fs_.constants.COPYFILE_FICLONE);
        await (0,promises_.rename)(`${to}.partial`, to);
    }
};
// Chunks come in 64 KiB and less, and each turn in the thread pool costs more than copying them into one buffer.
const BUFFER_BYTES = 1024 * 1024;
/** Takes small chunks without a promise, and writes them in large pieces, one after the other. */
const openWriter = async (path) => {
    const file = await (0,promises_.open)(path, 'wx');
    const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    let filled = 0;
    let position = 0;
    let last = Promise.resolve();
    const writeAll = async (length, at) => {
        for (let done = 0; done < length;)
            done += (await file.write(buffer, done, length - done, at + done)).bytesWritten;
    };
    const flush = () => {
        const [length, at] = [filled, position];
        filled = 0;
        position += length;
        last = last.then(() => writeAll(length, at));
        return last;
    };
    const take = (chunk) => {
        const taken = Math.min(chunk.length, BUFFER_BYTES - filled);
        buffer.set(chunk.subarray(0, taken), filled);
        filled += taken;
        return taken;
    };
    const writeOn = async (chunk) => {
        for (let rest = chunk; rest.length > 0; rest = rest.subarray(take(rest)))
            if (filled === BUFFER_BYTES)
                await flush();
    };
    return {
        write: chunk => {
            if (filled + chunk.length > BUFFER_BYTES)
                return writeOn(chunk);
            take(chunk);
            return undefined;
        },
        // A write that is still under way lands where the bytes after it will.
        restart: () => {
            filled = 0;
            position = 0;
        },
        end: async () => {
            try {
                await flush();
                await file.truncate(position);
            }
            finally {
                await file.close();
            }
        }
    };
};
/** The bytes of a file, each chunk lent until the next is asked for. */
const readChunks = async function* (path) {
    const file = await (0,promises_.open)(path);
    try {
        const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
        for (;;) {
            const { bytesRead } = await file.read(buffer, 0, BUFFER_BYTES, null);
            if (bytesRead === 0)
                return;
            yield buffer.subarray(0, bytesRead);
        }
    }
    finally {
        await file.close();
    }
};

;// CONCATENATED MODULE: ./build/adapters/blob-cache.js
// Blobs that stay in the runner's tool cache, shared by all jobs of a machine: one copy of each, the longest unused go first.
// Laid out as @actions/tool-cache lays out tools: verified-image/0.0.0-sha256-<hex>/<architecture>/blob, and <architecture>.complete
// beside that folder. Written by hand, because that library loads an HTTP client, copies what it takes in and is not atomic.
// Nothing in here is believed: a blob that comes out is verified again, and a marker is but a hint with a sum.







/** What begins so is one run's alone, and is swept once that is gone. */
const STAGE = 'verified-image-stage-';
/** What actions/cache keeps for a whole repository. On a small disk, half of what is free without it is less. */
const MAX_CACHE_BYTES = 10 * 1024 ** 3;
const ENTRY = /^0\.0\.0-sha(?:256|512)-[0-9a-f]+$/;
// Longer than it takes to write a marker after its blob.
const HALF_WRITTEN_AFTER_MS = 3_600_000;
// Others may remove, or add, what is just being added.
const TRIES = 3;
const openBlobCache = ({ folder, wallClock, leftovers, limitBytes = MAX_CACHE_BYTES }) => {
    const state = { hasGrown: false };
    const entryOf = (digest) => (0,external_node_path_.join)(folder, `0.0.0-${digest.replace(':', '-')}`, (0,external_node_os_.arch)());
    const markerOf = (digest) => `${entryOf(digest)}.complete`;
    const blobOf = (digest) => (0,external_node_path_.join)(entryOf(digest), 'blob');
    const mark = async (digest, uncompressed) => {
        const partial = (0,external_node_path_.join)(folder, leftovers.nameFor(STAGE));
        await (0,promises_.writeFile)(partial, formatNote(digest, uncompressed));
        await (0,promises_.rename)(partial, markerOf(digest));
    };
    const remove = async (digest) => {
        await (0,promises_.rm)(markerOf(digest), { force: true });
        await (0,promises_.rm)(entryOf(digest), { recursive: true, force: true });
    };
    const add = async (digest, path, uncompressed, triesLeft) => {
        try {
            await (0,promises_.mkdir)(entryOf(digest), { recursive: true });
            await linkOrCopy(path, blobOf(digest));
            await mark(digest, uncompressed);
        }
        catch (error) {
            if (triesLeft === 0 || !(0,local_io/* isErrno */.r)(error, 'EEXIST', 'ENOENT'))
                throw error;
            // What is there was not to be had, or another job is adding the same: these bytes are right.
            await (0,promises_.rm)(blobOf(digest), { recursive: true, force: true });
            await add(digest, path, uncompressed, triesLeft - 1);
        }
    };
    return {
        lend: async (digest, path) => {
            try {
                const note = await (0,promises_.readFile)(markerOf(digest), 'utf8');
                await linkOrCopy(blobOf(digest), path);
                return { uncompressed: parseNote(digest, note) };
            }
            catch (error) {
                if ((0,local_io/* isErrno */.r)(error, 'EEXIST'))
                    return { uncompressed: parseNote(digest, await (0,promises_.readFile)(markerOf(digest), 'utf8')) };
                if ((0,local_io/* isErrno */.r)(error, 'ENOSPC'))
                    throw error;
                // Gone, or nothing that can be read.
                return undefined;
            }
        },
        add: async (digest, path, uncompressed) => {
            state.hasGrown = true;
            await add(digest, path, uncompressed, TRIES);
        },
        use: async (digest, uncompressed) => {
            try {
                const now = wallClock();
                const note = await (0,promises_.readFile)(markerOf(digest), 'utf8');
                const isKnown = uncompressed === undefined || note === formatNote(digest, uncompressed);
                if (isKnown)
                    await (0,promises_.utimes)(markerOf(digest), now, now);
                else
                    await mark(digest, uncompressed);
            }
            catch {
                // Evicted by another job meanwhile: this one has it in its stage.
            }
        },
        remove,
        trim: async () => {
            if (!state.hasGrown)
                return;
            try {
                await trim(folder, limitBytes, wallClock().getTime());
            }
            catch {
                // Another job trims at the same time, or will.
            }
        }
    };
};
const trim = async (folder, limitBytes, nowMs) => {
    const names = (await (0,promises_.readdir)(folder)).filter(name => ENTRY.test(name));
    const entries = (await Promise.all(names.map(name => measure((0,external_node_path_.join)(folder, name), nowMs)))).filter(entry => entry !== undefined);
    let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    const { bavail, bsize } = await (0,promises_.statfs)(folder);
    const limit = Math.min(limitBytes, (bavail * bsize + total) / 2);
    for (const { path, bytes } of entries.sort((a, b) => a.usedMs - b.usedMs)) {
        if (total <= limit)
            return;
        await (0,promises_.rm)(`${path}.complete`, { force: true });
        await (0,promises_.rm)((0,external_node_path_.dirname)(path), { recursive: true, force: true });
        total -= bytes;
    }
};
/** Undefined for what another job is just adding. */
const measure = async (version, nowMs) => {
    const path = (0,external_node_path_.join)(version, (0,external_node_os_.arch)());
    const sizeOf = async (file) => (await (0,promises_.stat)(file)).size;
    const bytes = await sizeOf((0,external_node_path_.join)(path, 'blob')).catch(() => 0);
    const marked = await (0,promises_.stat)(`${path}.complete`).catch(() => undefined);
    if (marked !== undefined)
        return { path, bytes, usedMs: marked.mtimeMs };
    const made = await (0,promises_.stat)(version).catch(() => undefined);
    if (made === undefined || nowMs - made.mtimeMs < HALF_WRITTEN_AFTER_MS)
        return undefined;
    return { path, bytes, usedMs: 0 };
};
// The sum finds damage; it is no signature. Whoever can write here can also write what this job makes.
const sumOf = (digest, diffId, size) => (0,external_node_crypto_.createHash)('sha256').update(`${digest} ${diffId} ${size}`).digest('hex');
const formatNote = (digest, uncompressed) => {
    if (uncompressed === undefined)
        return '';
    const { diffId, size } = uncompressed;
    return `${diffId} ${String(size)} ${sumOf(digest, diffId, String(size))}\n`;
};
const parseNote = (digest, note) => {
    const [text = '', size = '', sum = ''] = note.trimEnd().split(' ');
    const diffId = (0,oci_digest/* parseDigest */.m)(text);
    if (!diffId.ok || sum !== sumOf(digest, text, size) || !Number.isSafeInteger(Number(size)))
        return undefined;
    return { diffId: diffId.value, size: Number(size) };
};

;// CONCATENATED MODULE: ./build/adapters/blob-store.js
// Blobs on disk: a stage, which is this run's alone and gone with it, and behind it the cache that runs share.
// A blob comes to be under its digest only when it is whole and verified; what is in the cache is in the stage before it is read,
// so that no other job takes away what this one has verified.






const openBlobStore = async (options) => {
    const { folder, cache, leftovers, onFault } = options;
    const sinks = new Set();
    const state = { isClosed: false, written: 0 };
    const stage = (0,external_node_path_.join)(folder, leftovers.nameFor(STAGE));
    const pathOf = (digest) => (0,external_node_path_.join)(stage, digest.replace(':', '-'));
    const guard = async (what, act) => {
        try {
            return await act();
        }
        catch (error) {
            const detail = `${what}: ${(0,local_io/* describeErrno */.c)(error)}${cache === undefined ? '' : '; with cache: false the runner’s temporary folder is used instead of the tool cache'}`;
            const failure = new acquire_failure/* VerifiedImageError */.wL({ kind: 'local-io', detail }, { cause: error });
            if (!state.isClosed)
                onFault(failure);
            throw failure;
        }
    };
    await guard(`${folder} cannot be written to`, async () => {
        await (0,promises_.mkdir)(folder, { recursive: true });
        await (0,promises_.mkdir)(stage);
    });
    await leftovers.sweep(folder, STAGE);
    const create = async (digest) => {
        if (state.isClosed)
            throw new Error('the store is closed');
        const path = `${pathOf(digest)}.${String(++state.written)}`;
        const what = `${path} cannot be written`;
        const writer = await guard(what, () => openWriter(path));
        let isOver = false;
        const sink = {
            write: chunk => {
                const written = writer.write(chunk);
                return written === undefined ? undefined : guard(what, () => written);
            },
            restart: writer.restart,
            commit: async (uncompressed) => {
                await guard(what, async () => {
                    await writer.end();
                    await (0,promises_.rename)(path, pathOf(digest));
                    isOver = true;
                    sinks.delete(sink);
                    await cache?.add(digest, pathOf(digest), uncompressed);
                });
            },
            discard: async () => {
                if (isOver)
                    return;
                isOver = true;
                sinks.delete(sink);
                await writer.end().catch(() => undefined);
                await (0,promises_.rm)(path, { force: true }).catch(() => undefined);
            }
        };
        sinks.add(sink);
        return sink;
    };
    return {
        create,
        open: digest => guard(`${pathOf(digest)} cannot be read`, async () => {
            const kept = await cache?.lend(digest, pathOf(digest));
            if (kept === undefined && !(await exists(pathOf(digest))))
                return undefined;
            return {
                body: guarded(readChunks(pathOf(digest)), guard, `${pathOf(digest)} cannot be read`),
                uncompressed: kept?.uncompressed
            };
        }),
        confirm: async (digest, uncompressed) => {
            await cache?.use(digest, uncompressed);
        },
        forget: digest => guard(`${pathOf(digest)} cannot be removed`, async () => {
            await cache?.remove(digest);
            await (0,promises_.rm)(pathOf(digest), { force: true });
        }),
        pathOf,
        place: (digest, path) => linkOrCopy(pathOf(digest), path),
        close: async () => {
            state.isClosed = true;
            await Promise.all([...sinks].map(sink => sink.discard()));
            // What cannot be removed now is swept by the next run.
            await (0,promises_.rm)(stage, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
            await cache?.trim();
        }
    };
};
const guarded = async function* (chunks, guard, what) {
    try {
        for (;;) {
            const next = await guard(what, () => chunks.next());
            if (next.done === true)
                return;
            yield next.value;
        }
    }
    finally {
        await chunks.return(undefined);
    }
};
const exists = async (path) => {
    try {
        await (await (0,promises_.open)(path)).close();
        return true;
    }
    catch (error) {
        if ((0,local_io/* isErrno */.r)(error, 'ENOENT'))
            return false;
        throw error;
    }
};

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(8474);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
;// CONCATENATED MODULE: ./build/adapters/docker-archive.js
// The archive that an engine loads: files from the disk, inflated on their way where the engine would do that itself, as a tar
// that is written while it is read. Nothing here knows what an image is.





const READ_BYTES = 1024 * 1024;
/** Writes the whole archive; or less, without an error, once nobody takes any more. Whose the stream is ends it. */
const writeArchive = async (files, to) => {
    const { pack } = await __webpack_require__.e(/* import() */ 118).then(__webpack_require__.t.bind(__webpack_require__, 6118, 19));
    const archive = pack();
    const isOver = (0,external_node_events_.once)(to, 'close').catch(() => undefined);
    const filled = fill(archive, files);
    // What fails there ends the archive too, and is thrown below.
    filled.catch(() => undefined);
    for await (const bytes of archive) {
        if (to.writable && !to.write(bytes))
            await Promise.race([(0,external_node_events_.once)(to, 'drain').catch(() => undefined), isOver]);
        if (!to.writable)
            return;
    }
    await filled;
};
const fill = async (archive, files) => {
    try {
        for (const { path, content, inflate } of files) {
            if (typeof content !== 'string') {
                archive.entry({ name: path }, Buffer.from(content));
                continue;
            }
            const source = (0,external_node_fs_.createReadStream)(content, { highWaterMark: READ_BYTES });
            if (inflate === undefined) {
                const { size } = await (0,promises_.stat)(content);
                await (0,external_node_stream_promises_.pipeline)(source, archive.entry({ name: path, size }));
            }
            else {
                const create = inflate.compression === 'gzip' ? external_node_zlib_.createGunzip : external_node_zlib_.createZstdDecompress;
                await (0,external_node_stream_promises_.pipeline)(source, create({ chunkSize: READ_BYTES }), archive.entry({ name: path, size: inflate.size }));
            }
        }
        archive.finalize();
    }
    catch (error) {
        archive.destroy(error instanceof Error ? error : new Error(String(error)));
        throw error;
    }
};

// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
// EXTERNAL MODULE: ./build/oci/json.js
var json = __webpack_require__(2782);
;// CONCATENATED MODULE: ./build/adapters/docker-socket.js
// The one request to an engine's API that is worth more than its command line: an archive for its socket, without a second program
// that copies it (POST /images/load; the answer is JSON in lines, and an error in it comes with status 200).



// What an engine says is kept up to here.
const MAX_SAID = 16 * 1024;
/** Resolves to what is wrong in the engine's words, undefined when it has taken the archive. Rejects when it is not there to say. */
const loadOverSocket = async (socketPath, files, signal) => {
    const sent = (0,external_node_http_.request)({
        ...{ socketPath, method: 'POST', path: '/images/load?quiet=1', agent: false, signal },
        headers: { host: 'docker', 'content-type': 'application/x-tar' }
    });
    const answered = answerTo(sent);
    // It is waited for below; an engine that ends early says why.
    answered.catch(() => undefined);
    try {
        await writeArchive(files, sent);
        sent.end();
        return await answered;
    }
    finally {
        sent.destroy();
    }
};
const answerTo = (sent) => new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
        let said = '';
        response.setEncoding('utf8').on('data', (text) => {
            said = (said + text).slice(-MAX_SAID);
        });
        response.on('error', reject);
        response.on('end', () => {
            resolve(faultIn(said) ?? (response.statusCode === 200 ? undefined : `status ${String(response.statusCode)}`));
        });
    });
});
const faultIn = (said) => {
    for (const line of said.split('\n')) {
        try {
            const message = JSON.parse(line);
            if (!(0,json/* isObject */.Gv)(message))
                continue;
            const fault = message['error'] ?? message['message'];
            if (typeof fault === 'string')
                return fault;
        }
        catch {
            // An empty line, or one that was cut.
        }
    }
    return undefined;
};

;// CONCATENATED MODULE: ./build/adapters/docker.js
// The local Docker Engine, by its command line: that follows contexts, DOCKER_HOST over ssh and TLS, and credentials as users set
// them up, which a client of the API would have to do again. What is large goes straight to the engine's socket where it has one.
// Nothing here knows what an image is.






// What a program says is kept up to here.
const docker_MAX_SAID = 4000;
const createDockerEngine = ({ environment, signal }) => {
    const run = async (args, feed) => {
        signal.throwIfAborted();
        const child = (0,external_node_child_process_.spawn)('docker', args, { env: { ...environment }, stdio: 'pipe', signal, killSignal: 'SIGTERM' });
        const said = { stdout: '', stderr: '' };
        for (const stream of ['stdout', 'stderr'])
            child[stream].setEncoding('utf8').on('data', (text) => {
                said[stream] = (said[stream] + text).slice(-docker_MAX_SAID);
            });
        const ended = (0,external_node_events_.once)(child, 'close');
        // When it ends early, its exit says why: that nobody takes the rest is no news.
        child.stdin.on('error', () => undefined);
        const gone = ended.then(() => undefined, () => undefined);
        try {
            await feed?.(child.stdin);
            child.stdin.end();
            const [code] = await ended;
            return { code, ...said };
        }
        catch (error) {
            child.kill();
            await gone;
            signal.throwIfAborted();
            if ((0,local_io/* isErrno */.r)(error, 'ENOENT'))
                return (0,acquire_failure/* fail */.fJ)({
                    kind: 'docker',
                    detail: 'the program docker is not on this machine’s PATH, and load: true needs it and a Docker Engine'
                });
            throw failureOf(error, args[0] ?? '');
        }
    };
    // Of a context or DOCKER_HOST; a path on Unix alone.
    const socketOf = async () => {
        const { code, stdout } = await run(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']);
        return code === 0 ? /^unix:\/\/(\/.+)$/.exec(stdout.trim())?.[1] : undefined;
    };
    const loadByProgram = async (files) => {
        const { code, stderr } = await run(['load', '--quiet'], to => writeArchive(files, to));
        return code === 0 ? undefined : lastLine(stderr);
    };
    const lost = (error) => {
        signal.throwIfAborted();
        throw failureOf(error, 'load');
    };
    return {
        reach: async () => {
            const { code, stdout, stderr } = await run(['info', '--format', '{{.ServerVersion}} {{json .DriverStatus}}']);
            const [version = '', status = ''] = stdout.split(/ (.*)/);
            // Without an engine it still tells of itself, and may call that a success.
            if (code !== 0 || version.trim() === '')
                (0,acquire_failure/* fail */.fJ)({ kind: 'docker', detail: `load: true needs a Docker Engine, and none answers: ${lastLine(stderr)}` });
            return status.includes('io.containerd.snapshotter') ? 'containerd' : 'classic';
        },
        load: async (files) => {
            const socket = await socketOf();
            const fault = socket === undefined ? await loadByProgram(files) : await loadOverSocket(socket, files, signal).catch(lost);
            if (fault !== undefined)
                (0,acquire_failure/* fail */.fJ)({ kind: 'docker', detail: `the Docker Engine did not take the image: ${fault}` });
        },
        idOf: async (name) => {
            const { code, stdout, stderr } = await run(['image', 'inspect', '--format', '{{.Id}}', name]);
            if (code === 0)
                return stdout.trim();
            if (/no such image/i.test(stderr))
                return undefined;
            return (0,acquire_failure/* fail */.fJ)({ kind: 'docker', detail: `the Docker Engine does not say what ${name} is: ${lastLine(stderr)}` });
        }
    };
};
const failureOf = (error, command) => error instanceof acquire_failure/* VerifiedImageError */.wL
    ? error
    : new acquire_failure/* VerifiedImageError */.wL({ kind: 'docker', detail: `docker ${command}: ${(0,local_io/* describeErrno */.c)(error)}` }, { cause: error });
/** What a program says last is why it failed; what it says is not ours, and one line is enough. */
const lastLine = (text) => text
    .trim()
    .split('\n')
    .findLast(line => line.trim() !== '')
    ?.trim() ?? 'it says nothing';

// EXTERNAL MODULE: ./build/adapters/layout.js
var layout = __webpack_require__(9679);
;// CONCATENATED MODULE: ./build/adapters/leftovers.js
// Folders that are there while a run makes something, and what is left of them when a run was killed: swept by the next one.
// Their names say which process made them, so that nobody sweeps what another job is still at.



// Of a process elsewhere nobody can tell whether it still runs; no job runs this long.
const GIVEN_UP_AFTER_MS = 48 * 3_600_000;
const createLeftovers = (self, wallClock) => {
    const isGone = async (path, maker) => {
        const [place = '', pid = ''] = maker.split('-');
        if (place === self.place)
            return !self.isRunning(Number(pid));
        const { mtimeMs } = await (0,promises_.stat)(path);
        return wallClock().getTime() - mtimeMs > GIVEN_UP_AFTER_MS;
    };
    return {
        nameFor: prefix => `${prefix}${self.place}-${String(self.pid)}-${(0,external_node_crypto_.randomUUID)().slice(0, 8)}`,
        sweep: async (folder, prefix) => {
            const names = await (0,promises_.readdir)(folder).catch(() => []);
            for (const name of names) {
                const maker = name.startsWith(prefix) ? name.slice(prefix.length) : '';
                if (!/^[0-9a-f]{8}-\d+-[0-9a-f]{8}$/.test(maker))
                    continue;
                const path = (0,external_node_path_.join)(folder, name);
                try {
                    if (await isGone(path, maker))
                        await (0,promises_.rm)(path, { recursive: true, force: true });
                }
                catch {
                    // Another run sweeps too, or it belongs to somebody else: it is in nobody's way.
                }
            }
        }
    };
};

;// CONCATENATED MODULE: ./build/hand-on.js
// What becomes of verified bytes on this machine: they are kept while they stream, and then written as a layout and loaded into
// the engine. Opened only where load or layout is asked for: nothing is written to disk otherwise.









const TOOL = 'verified-image';
/** For a run in which load or layout is asked for. */
const openHands = async (inputs, { machine, stop, print }) => {
    const { load, layout } = inputs;
    const { environment, wallClock } = machine;
    const leftovers = createLeftovers(machine.self(), wallClock);
    const tools = environment['RUNNER_TOOL_CACHE'] ?? '';
    const temporary = environment['RUNNER_TEMP'] ?? '';
    const cacheFolder = inputs.cache && tools !== '' ? `${tools}/${TOOL}` : undefined;
    const store = await openBlobStore({
        folder: cacheFolder ?? (temporary === '' ? machine.temporaryFolder() : temporary),
        cache: cacheFolder === undefined ? undefined : openBlobCache({ folder: cacheFolder, wallClock, leftovers }),
        leftovers,
        onFault: error => {
            stop.abort(error);
        }
    });
    const engine = load ? createDockerEngine({ environment, signal: stop.signal }) : undefined;
    // Known before gigabytes are fetched for it.
    const imageStore = engine?.reach();
    imageStore?.catch((error) => {
        stop.abort(error);
    });
    return {
        keeper: createKeeper(store),
        close: store.close,
        handOn: async (acquisitions) => {
            const images = acquisitions.flatMap(({ wanted, image }) => image === undefined ? [] : [{ wanted: wanted.image, image }]);
            if (images.length < acquisitions.length)
                return new Map();
            const roots = layout === undefined ? [] : await writeTo(layout, images, { store, leftovers, stop, print });
            const names = engine === undefined || imageStore === undefined
                ? []
                : await loadInto(engine, composeArchive(images, machine.platform(), await imageStore), { store, print });
            return new Map(acquisitions.map((acquisition, at) => [acquisition, placementOf(acquisition, names[at], layout, roots[at])]));
        }
    };
};
const writeTo = async (folder, images, { store, leftovers, stop, print }) => {
    const { documents, blobs, roots } = composeLayout(images);
    const puts = blobs.map(digest => [blobPath(digest), (path) => store.place(digest, path)]);
    await (0,layout/* writeLayout */.w)(folder, { documents, blobs: Object.fromEntries(puts) }, leftovers, stop.signal);
    print(`Written to ${folder} as an OCI image layout: ${images.map(({ wanted }) => wanted.asked).join(', ')}`);
    return roots;
};
const loadInto = async (engine, { documents, blobs, loaded }, { store, print }) => {
    await engine.load([
        ...Object.entries(documents).map(([path, content]) => ({ path, content })),
        ...blobs.map(({ digest, ...blob }) => ({ ...blob, content: store.pathOf(digest) }))
    ]);
    const names = [];
    for (const { wanted, name, ids } of loaded) {
        const found = await nameOf(engine, name, ids);
        print(`Loaded into the Docker Engine${found === wanted.asked ? '' : ` as ${found}`}: ${wanted.asked}`);
        names.push(found);
    }
    return names;
};
/** What the engine has it under. The classic image store has no name for what has no tag: that goes by its IMAGE ID. */
const nameOf = async (engine, name, ids) => {
    for (const candidate of name.includes('@') ? [name, ...ids] : [name]) {
        const id = await engine.idOf(candidate);
        if (ids.some(expected => expected === id))
            return candidate;
    }
    return (0,acquire_failure/* fail */.fJ)({
        kind: 'docker',
        detail: `the Docker Engine took the image, but does not have ${ids.join(' or ')} under the name ${name}`
    });
};
const placementOf = ({ image }, name, folder, root) => {
    if (image === undefined)
        throw new TypeError('an image that was handed on was verified');
    const layout = folder === undefined || root === undefined ? undefined : `oci-layout://${folder}@${root}`;
    // BuildKit takes no IMAGE ID: what has no name in the engine is to be had from its registry.
    const isNamed = name?.startsWith('sha256:') === false;
    const local = isNamed ? name : (0,oci_reference/* formatReference */.FH)({ ...image.candidate.repository, digest: image.digest });
    return {
        reference: name ?? layout ?? '',
        context: layout ?? `docker-image://${local}`
    };
};


/***/ })

};
