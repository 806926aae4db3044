export const id = 777;
export const ids = [777];
export const modules = {

/***/ 4777:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openExporter: () => (/* binding */ openExporter)
});

// EXTERNAL MODULE: ./build/acquire/fallback.js
var fallback = __webpack_require__(3301);
// EXTERNAL MODULE: ./build/fetch/verified-store.js
var verified_store = __webpack_require__(2807);
// EXTERNAL MODULE: ./build/oci/digest.js
var digest = __webpack_require__(1564);
// EXTERNAL MODULE: ./build/oci/manifest.js
var manifest = __webpack_require__(5669);
// EXTERNAL MODULE: ./build/oci/platform.js
var oci_platform = __webpack_require__(4647);
// EXTERNAL MODULE: ./build/oci/reference.js
var oci_reference = __webpack_require__(907);
// EXTERNAL MODULE: ./build/fetch/verified-image.js
var verified_image = __webpack_require__(1979);
// EXTERNAL MODULE: ./build/failure/error.js
var failure_error = __webpack_require__(6563);
// EXTERNAL MODULE: ./build/store/store.js
var store = __webpack_require__(4899);
;// CONCATENATED MODULE: ./build/action/image-layout.js
// What an OCI image layout of verified images holds (image-layout.md), and the archive that both of the engine's image stores load.
// Pure: documents and lists of blobs. Who writes them, and where, is not known here.







const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
function blobPath(digest) {
    return `blobs/${digest.replace(':', '/')}`;
}
/** The name without its digest, which no engine takes as a name; of an image that has no tag, the name with it. */
function engineReference({ reference, tag }) {
    const { registry, path } = reference;
    return (0,oci_reference/* formatReference */.FH)(tag === undefined ? reference : { registry, path, tag });
}
/** Of each image the platforms that were verified; under the index that was published where all that it names is there. */
function buildLayout(images) {
    const all = images.map(({ wanted, image }) => ({ wanted, image, root: rootOf(image) }));
    const named = distinctNames(all);
    const isClear = new Set(named.map(({ wanted }) => wanted.tag)).size === named.length;
    const made = all.flatMap(({ root }) => root.generated === undefined ? [] : [[blobPath(root.descriptor.digest), root.generated]]);
    return {
        documents: {
            ...Object.fromEntries(made),
            // Two images may have the same tag: each then goes by its whole name.
            ...buildIndex(named.map(({ wanted, root }) => indexEntry(root, wanted, isClear ? wanted.tag : engineReference(wanted))))
        },
        blobs: distinct(all.flatMap(({ image, root }) => [...root.stored, ...image.platforms.flatMap(blobsOf)])),
        roots: all.map(({ root }) => root.descriptor.digest)
    };
}
/**
 * For `docker load`: a layout for the containerd image store, the manifest.json with what it names for the classic one. Of each
 * image one platform, since the classic store takes no more: the machine's, else the first. The classic store inflates all layers
 * and keeps nothing else of them, slower than it is done here, so that it gets them as they will be; containerd's keeps the blobs.
 */
function buildArchive(images, machine, store) {
    const all = images.map(({ wanted, image }) => {
        const platform = platformFor(machine, wanted, image);
        const layers = platform.layers.map(layer => archiveLayer(layer, platform, store));
        return { wanted, platform, layers, root: rootInEngine(machine, image, platform) };
    });
    const named = distinctNames(all);
    const legacy = named.map(({ wanted, platform, layers }) => ({
        Config: blobPath(platform.imageId),
        RepoTags: wanted.tag === undefined ? null : [engineReference(wanted)],
        Layers: layers.map(({ path }) => path)
    }));
    const index = store === 'classic' ? {} : buildIndex(named.map(({ wanted, root }) => indexEntry(root, wanted, wanted.tag)));
    const blobs = all.flatMap(({ platform, layers, root }) => {
        const manifests = store === 'classic' ? [] : [...root.stored, platform.digest];
        return [...[...manifests, platform.imageId].map(storedBlob), ...layers];
    });
    return {
        documents: { 'manifest.json': encode(legacy), ...index },
        blobs: [...new Map(blobs.map(blob => [blob.path, blob])).values()],
        images: all.map(({ wanted, platform, root }) => ({
            wanted,
            name: engineReference(wanted),
            ids: [...new Set([platform.imageId, root.descriptor.digest])]
        }))
    };
}
function storedBlob(digest) {
    return { path: blobPath(digest), digest };
}
function archiveLayer({ digest, mediaType }, { uncompressed }, store) {
    const { compression } = (0,manifest/* layerFormatOf */.IP)(mediaType);
    const inflated = uncompressed.get(digest);
    if (store === 'containerd' || inflated === undefined || compression === 'none' || compression === 'opaque')
        return storedBlob(digest);
    return { path: blobPath(inflated.diffId), digest, inflate: { compression, size: inflated.size } };
}
// The containerd store is content with an index of which it has one child, as after `docker pull`, and then knows the image by the
// digest that was asked for. It wants the machine's platform there.
function rootInEngine(machine, image, platform) {
    const { document } = image.root;
    const isChild = document.kind === 'index' && document.children.some(({ digest }) => digest === platform.digest);
    const runsHere = platform.platform !== undefined && (0,oci_platform/* satisfies */.ib)(machine, platform.platform);
    return isChild && runsHere ? publishedRoot(image) : rootOfPlatform(platform);
}
function buildIndex(manifests) {
    return {
        'oci-layout': encode({ imageLayoutVersion: '1.0.0' }),
        'index.json': encode({ schemaVersion: 2, mediaType: OCI_INDEX, manifests })
    };
}
// A fallback may be an image that was asked for beside it.
function distinctNames(images) {
    return [
        ...new Map(images.map(image => [`${engineReference(image.wanted)} ${image.root.descriptor.digest}`, image])).values()
    ];
}
function encode(value) {
    return Buffer.from(JSON.stringify(value));
}
function indexEntry({ descriptor, platform }, wanted, refName) {
    return {
        ...descriptor,
        ...(platform === undefined ? {} : { platform: encodePlatform(platform) }),
        annotations: {
            // The containerd image store names an image after this one, skopeo and BuildKit look for the other.
            'io.containerd.image.name': engineReference(wanted),
            ...(refName === undefined ? {} : { 'org.opencontainers.image.ref.name': refName })
        }
    };
}
function encodePlatform({ os, architecture, variant, osVersion }) {
    return {
        architecture,
        os,
        ...(osVersion === undefined ? {} : { 'os.version': osVersion }),
        ...(variant === undefined ? {} : { variant })
    };
}
function rootOf(image) {
    const { root: top, platforms } = image;
    const [first] = platforms;
    if (first === undefined)
        throw new TypeError('an image has a platform');
    if (top.document.kind === 'manifest')
        return rootOfPlatform(first);
    const had = new Set([...platforms, ...image.attestations].map(({ digest }) => digest));
    // An index whose children are not all there can be read, but neither pushed nor copied whole.
    if (top.document.children.every(({ digest }) => had.has(digest))) {
        const root = publishedRoot(image);
        return { ...root, stored: [...root.stored, ...image.attestations.flatMap(blobsOf)] };
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
    return { descriptor: { mediaType: OCI_INDEX, digest: (0,digest/* digestOf */.ol)(made), size: made.length }, generated: made, stored: [] };
}
function publishedRoot({ root }) {
    return {
        descriptor: { mediaType: root.document.mediaType, digest: root.digest, size: root.size },
        stored: [root.digest]
    };
}
function rootOfPlatform(image) {
    return {
        descriptor: descriptorOf(image),
        stored: [],
        ...(image.platform === undefined ? {} : { platform: image.platform })
    };
}
function descriptorOf({ mediaType, digest, manifest }) {
    return {
        mediaType,
        digest,
        size: manifest.size
    };
}
function blobsOf({ digest, imageId, layers, unavailableLayers }) {
    return [digest, imageId, ...layers.map(layer => layer.digest).filter(layer => !unavailableLayers.includes(layer))];
}
function distinct(digests) {
    return [...new Set(digests)];
}
function platformFor(machine, { input }, { platforms }) {
    const offered = platforms.flatMap(image => (image.platform === undefined ? [] : [{ image, platform: image.platform }]));
    const chosen = (0,oci_platform/* choosePlatform */.xV)(machine, offered)?.image ?? platforms[0];
    if (chosen === undefined)
        throw new TypeError('an image has a platform');
    const [missing] = chosen.unavailableLayers;
    if (missing !== undefined) {
        (0,failure_error/* fail */.f)({
            kind: 'docker',
            detail: `${input} cannot be loaded: its layer ${missing} is one that registries need not hold, and none has it`
        });
    }
    return chosen;
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./node_modules/@actions/tool-cache/lib/tool-cache.js + 2 modules
var tool_cache = __webpack_require__(9805);
// EXTERNAL MODULE: ./build/filesystem/errno.js
var errno = __webpack_require__(650);
// EXTERNAL MODULE: ./build/filesystem/regular-file.js
var regular_file = __webpack_require__(6493);
;// CONCATENATED MODULE: ./build/store/blob-cache.js
// Blobs that stay in the runner's tool cache, shared by all jobs of a machine: one copy of each, the longest unused go first.
// @actions/tool-cache says where entries are and which are complete: verified-image/0.0.0-sha256-<hex>/<architecture>/blob, beside
// <architecture>.complete. Entries are written here, because its cacheFile() copies in place: of two jobs that add the same entry
// one can complete what the other is still copying, and a link in place of the entry's folder makes it empty another tool's.
// Nothing in here is believed: a blob that comes out is verified again, and of a marker only its presence counts.







/** What begins so belongs to one run, and is swept once that has ended. */
const STAGING_PREFIX = 'verified-image-stage-';
const TOOL = 'verified-image';
/** What actions/cache keeps for a whole repository. On a small disk, half of what is free without it is less. */
const MAX_CACHE_BYTES = 10 * 1024 ** 3;
const ENTRY = /^0\.0\.0-sha(?:256|512)-[0-9a-f]+$/;
// Longer than others take to write a marker after its blob.
const HALF_WRITTEN_AFTER_MS = 3_600_000;
// What rename() says of a folder that would take the place of something else. On Windows, also of what another job has open.
const TAKEN = ['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EPERM', 'EACCES', 'EBUSY'];
/** Rejects when the cache's folder is not a folder of its own that can be written to. */
async function openBlobCache(options) {
    const { tools, leftovers, wallClock, limitBytes = MAX_CACHE_BYTES } = options;
    const folder = (0,external_node_path_.join)(tools, TOOL);
    const state = { hasGrown: false };
    const versionOf = (digest) => `0.0.0-${digest.replace(':', '-')}`;
    const markerOf = (digest) => (0,external_node_path_.join)(folder, versionOf(digest), `${(0,external_node_os_.arch)()}.complete`);
    await (0,promises_.mkdir)(folder, { recursive: true });
    if (!(await (0,promises_.lstat)(folder)).isDirectory())
        throw new regular_file/* NotRegularFile */.k1(`${folder} is a symbolic link, not a folder`);
    await leftovers.removeStale(folder, STAGING_PREFIX);
    // Out of the others' sight in one step; a link in the entry's place goes, and what it leads to stays.
    const deleteVersion = async (version) => {
        const aside = (0,external_node_path_.join)(folder, leftovers.uniqueName(STAGING_PREFIX));
        try {
            await (0,promises_.rename)((0,external_node_path_.join)(folder, version), aside);
        }
        catch (error) {
            // Another job was faster.
            if ((0,errno/* isErrno */.r)(error, 'ENOENT'))
                return;
            throw error;
        }
        await (0,promises_.rm)(aside, { recursive: true, force: true });
    };
    const putInPlace = async (made, version) => {
        const place = (0,external_node_path_.join)(folder, version);
        try {
            await (0,promises_.rename)(made, place);
        }
        catch (error) {
            if (!(0,errno/* isErrno */.r)(error, ...TAKEN))
                throw error;
            await deleteVersion(version).catch(() => undefined);
            // If the place is taken again, another job has just put there what it verified.
            await (0,promises_.rename)(made, place).catch((again) => {
                if (!(0,errno/* isErrno */.r)(again, ...TAKEN))
                    throw again;
            });
        }
    };
    return {
        open: async (digest) => {
            try {
                const entry = (0,tool_cache/* find */.I6)(TOOL, versionOf(digest));
                if (entry === '')
                    return undefined;
                if (await isOwn(entry))
                    return await (0,regular_file/* openRegularFile */.ZU)((0,external_node_path_.join)(entry, 'blob'));
            }
            catch {
                // Gone meanwhile, or nothing that can be read: if it is a right blob, it is fetched and added again.
            }
            await deleteVersion(versionOf(digest)).catch(() => undefined);
            return undefined;
        },
        put: async (digest, path) => {
            state.hasGrown = true;
            const made = (0,external_node_path_.join)(folder, leftovers.uniqueName(STAGING_PREFIX));
            try {
                await (0,promises_.mkdir)((0,external_node_path_.join)(made, (0,external_node_os_.arch)()), { recursive: true });
                const flags = external_node_fs_.constants.COPYFILE_EXCL | external_node_fs_.constants.COPYFILE_FICLONE;
                await (0,promises_.copyFile)(path, (0,external_node_path_.join)(made, (0,external_node_os_.arch)(), 'blob'), flags);
                await (0,promises_.writeFile)((0,external_node_path_.join)(made, `${(0,external_node_os_.arch)()}.complete`), '');
                await putInPlace(made, versionOf(digest));
            }
            finally {
                await (0,promises_.rm)(made, { recursive: true, force: true }).catch(() => undefined);
            }
        },
        touch: async (digest) => {
            const now = wallClock();
            // Evicted by another job meanwhile: this one has it in its stage.
            await (0,promises_.lutimes)(markerOf(digest), now, now).catch(() => undefined);
        },
        delete: digest => deleteVersion(versionOf(digest)).catch(() => undefined),
        evict: async () => {
            if (!state.hasGrown)
                return;
            try {
                for (const version of await chooseVictims(folder, limitBytes, wallClock().getTime()))
                    await deleteVersion(version);
            }
            catch {
                // Another job trims at the same time, or will.
            }
        }
    };
}
/** Whether the marker is a file, and the folders above the blob are folders, not links to another tool's. */
async function isOwn(entry) {
    const [version, architecture, marker] = await Promise.all([(0,external_node_path_.dirname)(entry), entry, `${entry}.complete`].map(at => (0,promises_.lstat)(at)));
    return version?.isDirectory() === true && architecture?.isDirectory() === true && marker?.isFile() === true;
}
/** The versions to evict, the longest unused first. */
async function chooseVictims(folder, limitBytes, nowMs) {
    const complete = new Set((0,tool_cache/* findAllVersions */.iq)(TOOL));
    const names = (await (0,promises_.readdir)(folder)).filter(name => ENTRY.test(name));
    const measured = names.map(version => complete.has(version) ? readEntry(folder, version) : measureIncomplete(folder, version, nowMs));
    const entries = (await Promise.all(measured)).filter(entry => entry !== undefined);
    let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    const { bavail, bsize } = await (0,promises_.statfs)(folder);
    const limit = Math.min(limitBytes, (bavail * bsize + total) / 2);
    const victims = [];
    for (const { version, bytes } of entries.sort((a, b) => a.usedMs - b.usedMs)) {
        if (total <= limit)
            break;
        victims.push(version);
        total -= bytes;
    }
    return victims;
}
/** Undefined for what another job has just evicted. */
async function readEntry(folder, version) {
    const entry = (0,external_node_path_.join)(folder, version, (0,external_node_os_.arch)());
    const [blob, marker] = await Promise.all([(0,external_node_path_.join)(entry, 'blob'), `${entry}.complete`].map(path => (0,promises_.lstat)(path).catch(() => undefined)));
    if (marker === undefined)
        return undefined;
    return { version, bytes: blob?.isFile() === true ? blob.size : 0, usedMs: marker.mtimeMs };
}
/** Without a marker, it is left alone while it is new; one that only another architecture's marker completes always is. */
async function measureIncomplete(folder, version, nowMs) {
    const path = (0,external_node_path_.join)(folder, version);
    const made = await (0,promises_.lstat)(path).catch(() => undefined);
    if (made === undefined || nowMs - made.mtimeMs < HALF_WRITTEN_AFTER_MS)
        return undefined;
    const names = made.isDirectory() ? await (0,promises_.readdir)(path).catch(() => []) : [];
    if (names.some(name => name.endsWith('.complete')))
        return undefined;
    const blob = await (0,promises_.lstat)((0,external_node_path_.join)(path, (0,external_node_os_.arch)(), 'blob')).catch(() => undefined);
    return { version, bytes: blob?.isFile() === true ? blob.size : 0, usedMs: 0 };
}

;// CONCATENATED MODULE: ./build/store/blob-file.js
// Files that hold a blob: written in large pieces, and put at a second path without a second copy.
// Knows nothing of digests.



/** Puts the file at `from`, which nobody else can write to, at `to` too. Fails when something is there. */
async function linkOrCopy(from, to) {
    try {
        await (0,promises_.link)(from, to);
    }
    catch (error) {
        // Another file system, or one without hard links.
        if (!(0,errno/* isErrno */.r)(error, 'EXDEV', 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'))
            throw error;
        await (0,promises_.copyFile)(from, to, external_node_fs_.constants.COPYFILE_EXCL | external_node_fs_.constants.COPYFILE_FICLONE);
    }
}
// Chunks come in 64 KiB and less, and each turn in the thread pool costs more than copying them into one buffer.
const BUFFER_BYTES = 1024 * 1024;
/** Takes small chunks without a promise, and writes them in large pieces, one after the other. */
async function openWriter(path) {
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
}
/** The bytes of an open file, each chunk lent until the next is asked for. Closes the file at the end. */
const readChunks = async function* (file) {
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

;// CONCATENATED MODULE: ./build/store/blob-store.js
// Blobs on disk: a stage, which is this run's alone and gone with it, and behind it the cache that runs share.
// A blob comes to be under its digest only when it is whole and verified. What layouts and engines get is read from the stage:
// what somebody writes into the shared cache after a blob was verified reaches neither.







async function openBlobStore(options) {
    const { folder, cache, leftovers, onFault } = options;
    const sinks = new Set();
    const staged = new Set();
    const state = { isClosed: false, written: 0 };
    const stage = (0,external_node_path_.join)(folder, leftovers.uniqueName(STAGING_PREFIX));
    const pathOf = (digest) => (0,external_node_path_.join)(stage, digest.replace(':', '-'));
    const shelve = createShelf(options);
    const guard = async (what, act) => {
        try {
            return await act();
        }
        catch (error) {
            const failure = new failure_error/* VerifiedImageError */.w({ kind: 'local-io', detail: `${what}: ${(0,errno/* describeErrno */.c)(error)}` }, { cause: error });
            if (!state.isClosed)
                onFault(failure);
            throw failure;
        }
    };
    await guard(`${folder} cannot be written to`, async () => {
        await (0,promises_.mkdir)(folder, { recursive: true });
        await (0,promises_.mkdir)(stage, { mode: 0o700 });
    });
    await leftovers.removeStale(folder, STAGING_PREFIX);
    // `onStaged` runs once the blob is in the stage.
    const openSink = async (digest, onStaged) => {
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
            reset: writer.restart,
            commit: async () => {
                await guard(what, async () => {
                    await writer.end();
                    await (0,promises_.rename)(path, pathOf(digest));
                });
                isOver = true;
                sinks.delete(sink);
                staged.add(digest);
                onStaged();
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
    // They were hashed on their way in, in this run: that one image cannot use them says nothing against them.
    const openStaged = async (digest, size) => {
        const what = `${pathOf(digest)} cannot be read`;
        const file = await guard(what, () => (0,promises_.open)(pathOf(digest)));
        if (size !== undefined && (await file.stat()).size !== size) {
            await file.close();
            return undefined;
        }
        const body = mapIoError(readChunks(file), act => guard(what, act));
        return { body, accept: () => Promise.resolve(), reject: () => Promise.resolve() };
    };
    // Another job may write to the file while it is read: the bytes that are hashed are the ones that are kept.
    const openCached = async ({ file }, digest, from) => {
        const sink = await openSink(digest, () => undefined);
        return {
            body: copied(readChunks(file), sink),
            accept: async () => {
                await sink.commit();
                await from.touch(digest);
            },
            reject: async () => {
                await sink.discard();
                await from.delete(digest);
            }
        };
    };
    return {
        create: digest => openSink(digest, () => {
            shelve.add(digest, pathOf(digest));
        }),
        open: async (digest, size) => {
            if (staged.has(digest))
                return openStaged(digest, size);
            const found = await cache?.open(digest);
            if (found === undefined || cache === undefined)
                return undefined;
            if (size === undefined || found.bytes === size)
                return openCached(found, digest, cache);
            await found.file.close();
            return undefined;
        },
        blobPath: pathOf,
        copyTo: (digest, path) => linkOrCopy(pathOf(digest), path),
        close: async () => {
            state.isClosed = true;
            await Promise.all([...sinks].map(sink => sink.discard()));
            await shelve.end();
            // What cannot be removed now is swept by the next run.
            await (0,promises_.rm)(stage, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
            await cache?.evict();
        }
    };
}
// Copies go into the cache one after the other and beside the downloads. A run does not fail for want of a cache.
function createShelf({ cache, signal, onCacheFault }) {
    let last = Promise.resolve();
    let isBroken = cache === undefined;
    const addNow = async (digest, path) => {
        if (isBroken || signal.aborted)
            return;
        try {
            await cache?.put(digest, path);
        }
        catch (error) {
            isBroken = true;
            onCacheFault(error);
        }
    };
    return {
        add: (digest, path) => {
            last = last.then(() => addNow(digest, path));
        },
        end: () => last
    };
}
// What cannot be read to its end has not the bytes of its digest, and is fetched again.
const copied = async function* (chunks, sink) {
    try {
        for (;;) {
            const next = await chunks.next().catch(() => undefined);
            if (next === undefined || next.done === true)
                return;
            const written = Promise.resolve(sink.write(next.value));
            // It is waited for below, unless the reader leaves.
            written.catch(() => undefined);
            yield next.value;
            await written;
        }
    }
    finally {
        await chunks.return(undefined);
    }
};
const mapIoError = async function* (chunks, guard) {
    try {
        for (;;) {
            const next = await guard(() => chunks.next());
            if (next.done === true)
                return;
            yield next.value;
        }
    }
    finally {
        await chunks.return(undefined);
    }
};

// EXTERNAL MODULE: ./build/process/run-program.js + 1 modules
var run_program = __webpack_require__(8284);
// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(8474);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
;// CONCATENATED MODULE: ./build/store/docker-archive.js
// The archive that an engine loads: files from the disk, inflated on their way where the engine would do that itself, as a tar
// that is written while it is read. Nothing here knows what an image is.





const READ_BYTES = 1024 * 1024;
/** Writes the whole archive; or less, without an error, once nobody takes any more. Whose the stream is ends it. */
async function writeArchive(files, to) {
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
}
async function fill(archive, files) {
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
}

// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: ./node_modules/undici/index.js
var undici = __webpack_require__(6752);
// EXTERNAL MODULE: ./build/oci/json.js
var json = __webpack_require__(2782);
;// CONCATENATED MODULE: ./build/store/docker-socket.js
// The one request to an engine's API that is worth more than its command line: an archive for its socket, without a second program
// that copies it (POST /images/load; the answer is JSON in lines, and an error in it comes with status 200).




// What an engine says is kept up to here.
const MAX_SAID = 16 * 1024;
/** Resolves to what is wrong in the engine's words, undefined when it has taken the archive. Rejects when it is not there to say. */
async function loadOverSocket(socketPath, files, signal) {
    // Loading takes as long as the disk takes: the step's own time limit ends it.
    const engine = new undici/* Client */.Kj('http://docker', { socketPath, allowH2: false, headersTimeout: 0, bodyTimeout: 0 });
    const archive = new external_node_stream_.PassThrough({ highWaterMark: 1024 * 1024 });
    archive.on('error', () => undefined);
    const answered = post(engine, archive, signal);
    // It is waited for below; an engine that ends early says why.
    answered.catch(() => undefined);
    try {
        await writeArchive(files, archive);
        archive.end();
        return await answered;
    }
    finally {
        archive.destroy();
        await engine.destroy();
    }
}
async function post(engine, body, signal) {
    const headers = { 'content-type': 'application/x-tar' };
    const answer = await engine.request({ method: 'POST', path: '/images/load?quiet=1', headers, body, signal });
    let said = '';
    for await (const text of answer.body.setEncoding('utf8'))
        said = (said + text).slice(-MAX_SAID);
    return faultIn(said) ?? (answer.statusCode === 200 ? undefined : `status ${String(answer.statusCode)}`);
}
function faultIn(said) {
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
}

;// CONCATENATED MODULE: ./build/store/docker.js
// The local Docker Engine, by its command line: that follows contexts, DOCKER_HOST over ssh and TLS, and credentials as users set
// them up, which a client of the API would have to do again. What is large goes straight to the engine's socket where it has one.
// Nothing here knows what an image is.






// What a program says is kept up to here.
const docker_MAX_SAID = 4000;
function createDockerEngine({ environment, signal }) {
    const run = async (args, feed) => {
        try {
            const end = await (0,run_program/* runProgram */.m)('docker', args, {
                ...{ environment, signal, maxCharacters: docker_MAX_SAID },
                ...(feed === undefined ? {} : { input: feed })
            });
            if (end.kind === 'exited')
                return end;
            return (0,failure_error/* fail */.f)({
                kind: 'docker',
                detail: end.kind === 'missing'
                    ? 'the program docker is not on this machine\u2019s PATH, and load: true needs it and a Docker Engine'
                    : `docker ${args[0] ?? ''} cannot be started`
            });
        }
        catch (error) {
            signal.throwIfAborted();
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
        detectImageStore: async () => {
            const { code, stdout, stderr } = await run(['info', '--format', '{{.ServerVersion}} {{json .DriverStatus}}']);
            const [version = '', status = ''] = stdout.split(/ (.*)/);
            // Without an engine it still tells of itself, and may call that a success.
            if (code !== 0 || version.trim() === '')
                (0,failure_error/* fail */.f)({ kind: 'docker', detail: `load: true needs a Docker Engine, and none answers: ${lastLine(stderr)}` });
            return status.includes('io.containerd.snapshotter') ? 'containerd' : 'classic';
        },
        load: async (files) => {
            const socket = await socketOf();
            const fault = socket === undefined ? await loadByProgram(files) : await loadOverSocket(socket, files, signal).catch(lost);
            if (fault !== undefined)
                (0,failure_error/* fail */.f)({ kind: 'docker', detail: `the Docker Engine did not take the image: ${fault}` });
        },
        imageId: async (name) => {
            const { code, stdout, stderr } = await run(['image', 'inspect', '--format', '{{.Id}}', name]);
            if (code === 0)
                return stdout.trim();
            if (/no such image/i.test(stderr))
                return undefined;
            return (0,failure_error/* fail */.f)({ kind: 'docker', detail: `the Docker Engine does not say what ${name} is: ${lastLine(stderr)}` });
        }
    };
}
function failureOf(error, command) {
    return error instanceof failure_error/* VerifiedImageError */.w
        ? error
        : new failure_error/* VerifiedImageError */.w({ kind: 'docker', detail: `docker ${command}: ${(0,errno/* describeErrno */.c)(error)}` }, { cause: error });
}
/** What a program says last is why it failed; what it says is not ours, and one line is enough. */
function lastLine(text) {
    return (text
        .trim()
        .split('\n')
        .findLast(line => line.trim() !== '')
        ?.trim() ?? 'it says nothing');
}

// EXTERNAL MODULE: ./build/store/layout-directory.js
var layout_directory = __webpack_require__(2492);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./build/store/staging.js
// Folders that are there while a run makes something, and what is left of them when a run was killed: swept by the next one.
// Their names say which process made them, so that nobody sweeps what another job is still at.




// Of a process elsewhere nobody can tell whether it still runs; no job runs this long.
const ABANDONED_AFTER_MS = 48 * 3_600_000;
function createStagingNames(self, wallClock) {
    const isGone = async (path, maker) => {
        const [place = '', pid = ''] = maker.split('-');
        if (place === self.hostId)
            return !self.isAlive(Number(pid));
        const { mtimeMs } = await (0,promises_.lstat)(path);
        return wallClock().getTime() - mtimeMs > ABANDONED_AFTER_MS;
    };
    return {
        uniqueName: prefix => `${prefix}${self.hostId}-${String(self.pid)}-${(0,external_node_crypto_.randomUUID)().slice(0, 8)}`,
        removeStale: async (folder, prefix) => {
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
}

// EXTERNAL MODULE: ./build/acquire/acquisition.js
var acquisition = __webpack_require__(3680);
;// CONCATENATED MODULE: ./build/action/export-images.js
// What becomes of verified bytes on this machine: they are kept while they stream, and then written as a layout and loaded into
// the engine. Opened only where load or layout is asked for: nothing is written to disk otherwise.












/** For a run in which load or layout is asked for. */
async function openExporter(inputs, tools) {
    const { load, layout } = inputs;
    const { machine, programEnvironment, stop, print, warn } = tools;
    const { environment, wallClock } = machine;
    const leftovers = createStagingNames(machine.self(), wallClock);
    const temporary = environment['RUNNER_TEMP'] ?? '';
    const onCacheFault = (error) => {
        warn(`The tool cache is not used: ${(0,errno/* describeErrno */.c)(error)}. Set cache: false to run without it.`);
    };
    const store = await openBlobStore({
        folder: temporary === '' ? machine.temporaryFolder() : temporary,
        cache: inputs.cache ? await openCache(machine, leftovers).catch(onCacheFault) : undefined,
        ...{ leftovers, signal: stop.signal, onCacheFault },
        onFault: error => {
            stop.abort(error);
        }
    });
    const engine = load ? createDockerEngine({ environment: programEnvironment, signal: stop.signal }) : undefined;
    // Known before gigabytes are fetched for it.
    const imageStore = engine?.detectImageStore();
    imageStore?.catch((error) => {
        stop.abort(error);
    });
    return {
        store: (0,verified_store/* createVerifiedStore */.k)(store),
        close: store.close,
        exportImages: async (acquisitions) => {
            const images = acquisitions.flatMap(acquisition => acquisition.image === undefined ? [] : [{ wanted: usedOf(acquisition), image: acquisition.image }]);
            if (images.length < acquisitions.length)
                return new Map();
            // The engine first: the layout may get the files that it reads from.
            const names = engine === undefined || imageStore === undefined
                ? []
                : await loadInto(engine, buildArchive(images, machine.platform(), await imageStore), { store, print });
            const roots = layout === undefined ? [] : await writeTo(layout, images, { store, leftovers, stop, print });
            return new Map(acquisitions.map((acquisition, at) => [acquisition, exportedImage(acquisition, names[at], layout, roots[at])]));
        }
    };
}
async function openCache({ environment, wallClock }, leftovers) {
    const tools = environment['RUNNER_TOOL_CACHE'] ?? '';
    return tools === '' ? undefined : openBlobCache({ tools, wallClock, leftovers });
}
// Under the name of the tag that was used: later jobs that find the requested name in the engine could not tell that it holds
// an older image.
function usedOf(acquisition) {
    return ((0,fallback/* fallbackUsed */.Y)(acquisition) ?? acquisition).request.image;
}
async function writeTo(folder, images, { store, leftovers, stop, print }) {
    const { documents, blobs, roots } = buildLayout(images);
    const puts = blobs.map(digest => [blobPath(digest), (path) => store.copyTo(digest, path)]);
    await (0,layout_directory/* writeLayout */.w)(folder, { documents, blobs: Object.fromEntries(puts) }, leftovers, stop.signal);
    print(`Written to ${folder} as an OCI image layout: ${images.map(({ wanted }) => wanted.input).join(', ')}`);
    return roots;
}
async function loadInto(engine, { documents, blobs, images }, { store, print }) {
    await engine.load([
        ...Object.entries(documents).map(([path, content]) => ({ path, content })),
        ...blobs.map(({ digest, ...blob }) => ({ ...blob, content: store.blobPath(digest) }))
    ]);
    const names = [];
    for (const { wanted, name, ids } of images) {
        const found = await nameOf(engine, name, ids);
        print(`Loaded into the Docker Engine${found === wanted.input ? '' : ` as ${found}`}: ${wanted.input}`);
        names.push(found);
    }
    return names;
}
/** What the engine has it under. The classic image store has no name for what has no tag: that goes by its IMAGE ID. */
async function nameOf(engine, name, ids) {
    for (const candidate of name.includes('@') ? [name, ...ids] : [name]) {
        const id = await engine.imageId(candidate);
        if (ids.some(expected => expected === id))
            return candidate;
    }
    return (0,failure_error/* fail */.f)({
        kind: 'docker',
        detail: `the Docker Engine took the image, but does not have ${ids.join(' or ')} under the name ${name}`
    });
}
function exportedImage({ image }, name, folder, root) {
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
}


/***/ })

};
