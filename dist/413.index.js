export const id = 413;
export const ids = [413];
export const modules = {

/***/ 7413:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openExporter: () => (/* binding */ openExporter)
});

// EXTERNAL MODULE: ./build/acquire/acquisition.js
var acquisition = __webpack_require__(3680);
// EXTERNAL MODULE: ./build/acquire/fallback.js
var fallback = __webpack_require__(3301);
// EXTERNAL MODULE: ./build/failure/error.js
var failure_error = __webpack_require__(6563);
// EXTERNAL MODULE: ./build/fetch/verified-store.js + 1 modules
var verified_store = __webpack_require__(9286);
// EXTERNAL MODULE: ./build/fetch/verified-image.js
var verified_image = __webpack_require__(1979);
// EXTERNAL MODULE: ./build/oci/reference.js
var oci_reference = __webpack_require__(907);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: ./node_modules/@actions/tool-cache/lib/tool-cache.js + 2 modules
var tool_cache = __webpack_require__(9805);
;// CONCATENATED MODULE: ./build/filesystem/free-space.js
// How much can still be written to a folder.
// A number of the file system: others may write at the same time.

/** Bytes that this process can write; undefined where the file system does not tell. */
async function freeBytes(folder) {
    try {
        const { bavail, bsize } = await (0,promises_.statfs)(folder);
        return bavail * bsize;
    }
    catch {
        return undefined;
    }
}

// EXTERNAL MODULE: ./build/filesystem/regular-file.js
var regular_file = __webpack_require__(6493);
// EXTERNAL MODULE: ./build/filesystem/replace-folder.js
var replace_folder = __webpack_require__(8335);
;// CONCATENATED MODULE: ./build/store/blob-cache.js
// The cache of verified blobs in the runner's tool cache, shared by all jobs of a machine; the least recently used are evicted first.
// @actions/tool-cache finds the entries: verified-image/0.0.0-sha256-<hex>/<architecture>/blob, beside <architecture>.complete.
// Entries are written here, because its cacheFile() copies in place: one of two jobs that add an entry could complete what the other
// still copies, and it follows a link in place of an entry's folder. A blob from the cache is verified again by its reader.








/** Begins the names of staging folders. */
const STAGING_PREFIX = 'verified-image-stage-';
const TOOL = 'verified-image';
/** As much as actions/cache keeps for a repository. On a small disk, half of what would be free without the cache is less. */
const MAX_CACHE_BYTES = 10 * 1024 ** 3;
const ENTRY = /^0\.0\.0-sha(?:256|512)-[0-9a-f]+$/;
// Longer than any job takes to write a marker after its blob.
const INCOMPLETE_AFTER_MS = 3_600_000;
/** Opens the cache. Rejects when its folder cannot be written to, or is not a real folder. */
async function openBlobCache(options) {
    const { tools, stagingNames, wallClock, limitBytes = MAX_CACHE_BYTES } = options;
    const folder = (0,external_node_path_.join)(tools, TOOL);
    let hasGrown = false;
    await (0,promises_.mkdir)(folder, { recursive: true });
    if (!(await (0,promises_.lstat)(folder)).isDirectory())
        throw new regular_file/* NotRegularFile */.k1(`${folder} is a symbolic link, not a folder`);
    await stagingNames.removeStale(folder, STAGING_PREFIX);
    function uniquePath() {
        return (0,external_node_path_.join)(folder, stagingNames.uniqueName(STAGING_PREFIX));
    }
    async function open(digest) {
        try {
            const entry = (0,tool_cache/* find */.I6)(TOOL, versionOf(digest));
            if (entry === '')
                return undefined;
            if (await isRealEntry(entry))
                return await (0,regular_file/* openRegularFile */.ZU)((0,external_node_path_.join)(entry, 'blob'));
        }
        catch {
            // Another job deleted it meanwhile, or it cannot be read. It is fetched and put again.
        }
        await deleteVersion(versionOf(digest));
        return undefined;
    }
    async function put(digest, path) {
        hasGrown = true;
        const staged = uniquePath();
        try {
            await (0,promises_.mkdir)((0,external_node_path_.join)(staged, (0,external_node_os_.arch)()), { recursive: true });
            const flags = external_node_fs_.constants.COPYFILE_EXCL | external_node_fs_.constants.COPYFILE_FICLONE;
            await (0,promises_.copyFile)(path, (0,external_node_path_.join)(staged, (0,external_node_os_.arch)(), 'blob'), flags);
            await (0,promises_.writeFile)(markerOf(staged), '');
            await (0,replace_folder/* replaceFolder */.xn)({
                path: (0,external_node_path_.join)(folder, versionOf(digest)),
                from: staged,
                aside: uniquePath(),
                mayReplace: () => true
            }).catch((error) => {
                // Another job has just put there what it verified.
                if (!(0,replace_folder/* isOccupied */.hw)(error))
                    throw error;
            });
        }
        finally {
            await (0,promises_.rm)(staged, { recursive: true }).catch(() => undefined);
        }
    }
    // The rename hides the entry from other jobs in one step. It moves a link in the entry's place, not what the link leads to.
    async function deleteVersion(version) {
        const aside = uniquePath();
        try {
            await (0,promises_.rename)((0,external_node_path_.join)(folder, version), aside);
            await (0,promises_.rm)(aside, { recursive: true });
        }
        catch {
            // Another job deleted it first, or it belongs to another user.
        }
    }
    async function evict() {
        if (!hasGrown)
            return;
        try {
            for (const version of await versionsToEvict(folder, limitBytes, wallClock().getTime()))
                await deleteVersion(version);
        }
        catch {
            // Another job evicts at the same time, or will.
        }
    }
    return {
        open,
        put,
        touch: async (digest) => {
            const now = wallClock();
            // If another job has evicted it meanwhile, this one has it in its stage.
            await (0,promises_.lutimes)(markerOf((0,external_node_path_.join)(folder, versionOf(digest))), now, now).catch(() => undefined);
        },
        delete: digest => deleteVersion(versionOf(digest)),
        evict
    };
}
function versionOf(digest) {
    return `0.0.0-${digest.replace(':', '-')}`;
}
function markerOf(versionFolder) {
    return (0,external_node_path_.join)(versionFolder, `${(0,external_node_os_.arch)()}.complete`);
}
/** Whether the marker is a file, and the folders above the blob are folders, not links to another tool's. */
async function isRealEntry(entry) {
    const [version, architecture, marker] = await Promise.all([
        (0,promises_.lstat)((0,external_node_path_.dirname)(entry)),
        (0,promises_.lstat)(entry),
        (0,promises_.lstat)(`${entry}.complete`)
    ]);
    return version.isDirectory() && architecture.isDirectory() && marker.isFile();
}
async function versionsToEvict(folder, limitBytes, nowMs) {
    const complete = new Set((0,tool_cache/* findAllVersions */.iq)(TOOL));
    const names = (await (0,promises_.readdir)(folder)).filter(name => ENTRY.test(name));
    const read = names.map(version => complete.has(version) ? readEntry(folder, version) : readIncompleteEntry(folder, version, nowMs));
    const entries = (await Promise.all(read)).filter(entry => entry !== undefined);
    let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    const free = await freeBytes(folder);
    const limit = free === undefined ? limitBytes : Math.min(limitBytes, (free + total) / 2);
    const evicted = [];
    for (const { version, bytes } of entries.sort((a, b) => a.usedMs - b.usedMs)) {
        if (total <= limit)
            break;
        evicted.push(version);
        total -= bytes;
    }
    return evicted;
}
/** Resolves to undefined for an entry that another job has just evicted. */
async function readEntry(folder, version) {
    const entry = (0,external_node_path_.join)(folder, version, (0,external_node_os_.arch)());
    const [blob, marker] = await Promise.all([(0,external_node_path_.join)(entry, 'blob'), `${entry}.complete`].map(path => (0,promises_.lstat)(path).catch(() => undefined)));
    if (marker === undefined)
        return undefined;
    return { version, bytes: blob?.isFile() === true ? blob.size : 0, usedMs: marker.mtimeMs };
}
/** Leaves out an entry that is new, since another job may be writing it, and one that another architecture's marker completes. */
async function readIncompleteEntry(folder, version, nowMs) {
    const path = (0,external_node_path_.join)(folder, version);
    const found = await (0,promises_.lstat)(path).catch(() => undefined);
    if (found === undefined || nowMs - found.mtimeMs < INCOMPLETE_AFTER_MS)
        return undefined;
    const names = found.isDirectory() ? await (0,promises_.readdir)(path).catch(() => []) : [];
    if (names.some(name => name.endsWith('.complete')))
        return undefined;
    const blob = await (0,promises_.lstat)((0,external_node_path_.join)(path, (0,external_node_os_.arch)(), 'blob')).catch(() => undefined);
    return { version, bytes: blob?.isFile() === true ? blob.size : 0, usedMs: 0 };
}

;// CONCATENATED MODULE: ./build/store/blob-file.js
// Files that hold a blob: written in large pieces, read in large chunks, and linked to a second path.
// Digests are not computed here.


/** Puts the file at `from`, which only this process can write to, at `to` too. Rejects when something is there. */
async function linkOrCopy(from, to) {
    // No link leads to another file system, and some file systems have none. Every other error is the copy's error too.
    await (0,promises_.link)(from, to).catch(() => (0,promises_.copyFile)(from, to, external_node_fs_.constants.COPYFILE_EXCL | external_node_fs_.constants.COPYFILE_FICLONE));
}
/**
 * Files are read and written in pieces of this size. Chunks have at most 64 KiB, and each turn in the thread pool costs more than
 * copying them into one buffer.
 */
const BUFFER_BYTES = 1024 * 1024;
// The runtime frees a buffer some time after its last use. A run with a hundred layers would hold a hundred of them.
const MAX_SPARE_BUFFERS = 16;
const spareBuffers = [];
function takeBuffer() {
    return spareBuffers.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
}
/** To be called once nothing reads or writes the buffer any more. */
function giveBuffer(buffer) {
    if (spareBuffers.length < MAX_SPARE_BUFFERS)
        spareBuffers.push(buffer);
}
/** Creates a file and a writer that collects small chunks and writes them in large pieces, one after the other. */
async function createFileWriter(path) {
    const file = await (0,promises_.open)(path, 'wx');
    const buffer = takeBuffer();
    let filled = 0;
    let position = 0;
    let isClosed = false;
    let lastWrite = Promise.resolve();
    function flush() {
        const [length, at] = [filled, position];
        filled = 0;
        position += length;
        lastWrite = lastWrite.then(() => writeAll(length, at));
        return lastWrite;
    }
    async function writeAll(length, at) {
        for (let done = 0; done < length;)
            done += (await file.write(buffer, done, length - done, at + done)).bytesWritten;
    }
    /** Returns how many bytes of the chunk fit. */
    function fill(chunk) {
        const length = Math.min(chunk.length, BUFFER_BYTES - filled);
        buffer.set(chunk.subarray(0, length), filled);
        filled += length;
        return length;
    }
    async function fillAndFlush(chunk) {
        for (let rest = chunk; rest.length > 0; rest = rest.subarray(fill(rest))) {
            if (filled === BUFFER_BYTES)
                await flush();
            // Another writer may have the buffer by now.
            if (isClosed)
                return;
        }
    }
    return {
        write: chunk => {
            if (isClosed)
                return Promise.reject(new Error('the file is closed'));
            if (filled + chunk.length > BUFFER_BYTES)
                return fillAndFlush(chunk);
            fill(chunk);
            return undefined;
        },
        // A write that is still under way is overwritten by the bytes that come after it.
        reset: () => {
            filled = 0;
            position = 0;
        },
        close: async () => {
            if (isClosed)
                return;
            isClosed = true;
            try {
                await flush();
                await file.truncate(position);
            }
            finally {
                await file.close();
                giveBuffer(buffer);
            }
        }
    };
}
/** Reads an open file; each chunk is valid until the next one is requested. Closes the file at the end. */
async function* readChunks(file) {
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
}

// EXTERNAL MODULE: ./build/filesystem/errno.js
var errno = __webpack_require__(650);
// EXTERNAL MODULE: ./build/filesystem/rename-file.js + 1 modules
var rename_file = __webpack_require__(6747);
// EXTERNAL MODULE: ./build/store/store.js
var store = __webpack_require__(4899);
;// CONCATENATED MODULE: ./build/store/blob-store.js
// Blobs on disk: a staging folder, which belongs to this run and is removed with it, and behind it the cache that runs share.
// A blob gets its digest as a name only when it is complete and verified. Layouts and engines read from the staging folder: what
// another job writes into the shared cache after a blob was verified does not reach them.








async function openBlobStore(options) {
    const { folder, cache, stagingNames, onFault } = options;
    const writers = new Set();
    const staged = new Set();
    const state = { isClosed: false, writersCreated: 0 };
    const stage = (0,external_node_path_.join)(folder, stagingNames.uniqueName(STAGING_PREFIX));
    const cacheQueue = createCacheQueue(options);
    await orFault(`${folder} cannot be written to`, async () => {
        await (0,promises_.mkdir)(folder, { recursive: true });
        await (0,promises_.mkdir)(stage, { mode: 0o700 });
    });
    await stagingNames.removeStale(folder, STAGING_PREFIX);
    function blobFile(digest) {
        return (0,external_node_path_.join)(stage, digest.replace(':', '-'));
    }
    /** Turns an error of the file system into a failure of this machine. */
    async function orFault(what, act) {
        try {
            return await act();
        }
        catch (error) {
            const detail = `${what}: ${(0,errno/* describeErrno */.c)(error)}`;
            const failure = new failure_error/* VerifiedImageError */.wL({ kind: 'local-io', detail }, { cause: error });
            if (!state.isClosed)
                onFault(failure);
            throw failure;
        }
    }
    async function createWriter(digest) {
        if (state.isClosed)
            throw new Error('the store is closed');
        const path = `${blobFile(digest)}.${String(++state.writersCreated)}`;
        const what = `${path} cannot be written`;
        const file = await orFault(what, () => createFileWriter(path));
        const writer = {
            write: chunk => {
                const written = file.write(chunk);
                return written === undefined ? undefined : orFault(what, () => written);
            },
            reset: file.reset,
            commit: async () => {
                await orFault(what, async () => {
                    await file.close();
                    await (0,rename_file/* renameFile */.H)(path, blobFile(digest));
                });
                writers.delete(writer);
                staged.add(digest);
            },
            discard: async () => {
                // After a commit or another discard there is nothing to remove, and the file system may hang.
                if (!writers.delete(writer))
                    return;
                await file.close().catch(() => undefined);
                await (0,promises_.rm)(path).catch(() => undefined);
            }
        };
        writers.add(writer);
        return writer;
    }
    // Staged blobs were hashed when they were written, in this run: one that does not fit an image is still right.
    async function openStaged(digest, size) {
        const what = `${blobFile(digest)} cannot be read`;
        const file = await orFault(what, () => (0,promises_.open)(blobFile(digest)));
        if (size !== undefined && (await file.stat()).size !== size) {
            await file.close();
            return undefined;
        }
        const body = mapIoError(readChunks(file), read => orFault(what, read));
        return { body, accept: () => Promise.resolve(), reject: () => Promise.resolve() };
    }
    // Another job may write to the file while it is read, so the bytes that are hashed are the ones that are staged.
    async function openCached({ file }, digest, from) {
        const writer = await createWriter(digest);
        return {
            body: copyTo(writer, readChunks(file)),
            accept: async () => {
                await writer.commit();
                await from.touch(digest);
            },
            reject: async () => {
                await writer.discard();
                await from.delete(digest);
            }
        };
    }
    return {
        create: async (digest) => {
            const writer = await createWriter(digest);
            return {
                ...writer,
                commit: async () => {
                    await writer.commit();
                    cacheQueue.add(digest, blobFile(digest));
                }
            };
        },
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
        blobFile,
        linkTo: (digest, path) => linkOrCopy(blobFile(digest), path),
        close: async () => {
            state.isClosed = true;
            await Promise.all([...writers].map(writer => writer.discard()));
            await cacheQueue.drain();
            // The next run removes what cannot be removed now.
            await (0,promises_.rm)(stage, { recursive: true, maxRetries: 3 }).catch(() => undefined);
            await cache?.evict();
        }
    };
}
// Blobs are copied into the cache one after the other, beside the downloads. A run does not fail for lack of a cache.
function createCacheQueue({ cache, signal, onCacheFault }) {
    let last = Promise.resolve();
    // Undefined once it could not take a blob.
    let target = cache;
    async function put(digest, path) {
        if (target === undefined || signal.aborted)
            return;
        try {
            await target.put(digest, path);
        }
        catch (error) {
            target = undefined;
            onCacheFault(error);
        }
    }
    return {
        add: (digest, path) => {
            last = last.then(() => put(digest, path));
        },
        drain: () => last
    };
}
/** Yields the chunks and writes them. A file that cannot be read to its end does not have the digest, and is fetched again. */
async function* copyTo(writer, chunks) {
    try {
        for (;;) {
            const next = await chunks.next().catch(() => undefined);
            if (next === undefined || next.done === true)
                return;
            const written = Promise.resolve(writer.write(next.value));
            // The rejection is handled here when the reader stops before the await below.
            written.catch(() => undefined);
            yield next.value;
            await written;
        }
    }
    finally {
        await chunks.return(undefined);
    }
}
async function* mapIoError(chunks, orFault) {
    try {
        for (;;) {
            const next = await orFault(() => chunks.next());
            if (next.done === true)
                return;
            yield next.value;
        }
    }
    finally {
        await chunks.return(undefined);
    }
}

// EXTERNAL MODULE: ./build/process/run-program.js + 1 modules
var run_program = __webpack_require__(8284);
// EXTERNAL MODULE: ./build/oci/omit-undefined.js
var omit_undefined = __webpack_require__(7064);
// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(8474);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
;// CONCATENATED MODULE: ./build/store/docker-archive.js
// The tar archive that a Docker Engine loads, written while the engine reads it. Files come from disk, and those that the engine
// would decompress itself are decompressed on the way.






/** Writes the archive; stops early, without an error, when the reader closes the stream. The caller ends the stream. */
async function writeArchive(files, to) {
    const { pack } = await __webpack_require__.e(/* import() */ 118).then(__webpack_require__.t.bind(__webpack_require__, 6118, 19));
    const archive = pack();
    const closed = (0,external_node_events_.once)(to, 'close').catch(() => undefined);
    const added = addFiles(archive, files);
    // An error there destroys the archive too, and is thrown below.
    added.catch(() => undefined);
    for await (const bytes of archive) {
        if (to.writable && !to.write(bytes))
            await Promise.race([(0,external_node_events_.once)(to, 'drain').catch(() => undefined), closed]);
        if (!to.writable)
            return;
    }
    await added;
}
async function addFiles(archive, files) {
    try {
        for (const file of files)
            await addFile(archive, file);
        archive.finalize();
    }
    catch (error) {
        archive.destroy(error instanceof Error ? error : new Error(String(error)));
        throw error;
    }
}
async function addFile(archive, { path, content, decompress }) {
    if (typeof content !== 'string') {
        archive.entry({ name: path }, Buffer.from(content));
        return;
    }
    if (decompress === undefined) {
        const { size } = await (0,promises_.stat)(content);
        await (0,external_node_stream_promises_.pipeline)(readFile(content), archive.entry({ name: path, size }));
        return;
    }
    const { compression, size } = decompress;
    const decompressor = (compression === 'gzip' ? external_node_zlib_.createGunzip : external_node_zlib_.createZstdDecompress)({ chunkSize: BUFFER_BYTES });
    await (0,external_node_stream_promises_.pipeline)(readFile(content), decompressor, archive.entry({ name: path, size }));
}
// Its first user must be the pipeline: an error without a listener, such as that of an absent file, would end the process.
function readFile(path) {
    return (0,external_node_fs_.createReadStream)(path, { highWaterMark: BUFFER_BYTES });
}

// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: ./node_modules/undici/index.js
var undici = __webpack_require__(6752);
// EXTERNAL MODULE: ./build/oci/json.js
var json = __webpack_require__(2782);
;// CONCATENATED MODULE: ./build/store/docker-socket.js
// Loads an archive over the Docker Engine's socket (POST /images/load), without a second program that copies it.
// The response is one JSON document per line, and an error in it comes with HTTP 200.





// The error comes last.
const MAX_OUTPUT = 16 * 1024;
/** Resolves to the engine's error message, or to undefined when it took the archive. Rejects when it cannot be reached. */
async function loadOverSocket(socketPath, files, signal) {
    // Loading takes as long as the disk takes: the `timeout` input bounds it.
    const engine = new undici/* Client */.Kj('http://docker', { socketPath, headersTimeout: 0, bodyTimeout: 0 });
    const archive = new external_node_stream_.PassThrough({ highWaterMark: BUFFER_BYTES });
    archive.on('error', () => undefined);
    const response = postArchive(engine, archive, signal);
    // It is awaited below. An engine that stops reading early says why.
    response.catch(() => undefined);
    try {
        await writeArchive(files, archive);
        archive.end();
        return await response;
    }
    finally {
        archive.destroy();
        await engine.destroy();
    }
}
async function postArchive(engine, body, signal) {
    const headers = { 'content-type': 'application/x-tar' };
    const response = await engine.request({ method: 'POST', path: '/images/load?quiet=1', headers, body, signal });
    let output = '';
    for await (const text of response.body.setEncoding('utf8'))
        output = (output + text).slice(-MAX_OUTPUT);
    return errorIn(output) ?? (response.statusCode === 200 ? undefined : `HTTP ${String(response.statusCode)}`);
}
function errorIn(output) {
    for (const line of output.split('\n')) {
        try {
            const message = JSON.parse(line);
            if (!(0,json/* isObject */.Gv)(message))
                continue;
            const error = message['error'] ?? message['message'];
            if (typeof error === 'string')
                return error;
        }
        catch {
            // An empty line, or one that was cut.
        }
    }
    return undefined;
}

;// CONCATENATED MODULE: ./build/store/docker.js
// The local Docker Engine, by its command line, which follows contexts, DOCKER_HOST over ssh and TLS, and credentials as users set
// them up. An archive goes straight to the engine's socket where it has one.







const docker_MAX_OUTPUT = 4000;
function createDockerEngine({ environment, signal }) {
    async function detectImageStore() {
        const { code, stdout, stderr } = await runDocker(['info', '--format', '{{.ServerVersion}} {{json .DriverStatus}}']);
        const [version = '', status = ''] = stdout.split(/ (.*)/);
        // Without an engine, `docker info` still describes the client, and may exit with 0.
        if (code !== 0 || version.trim() === '') {
            if (await isPodman())
                return 'classic';
            (0,failure_error/* fail */.fJ)({
                kind: 'docker',
                detail: `\`load: true\` needs a Docker Engine, and none can be reached: ${lastLine(stderr)}`
            });
        }
        return status.includes('io.containerd.snapshotter') ? 'containerd' : 'classic';
    }
    // podman-docker installs podman under the name docker. Its info has fields of its own, and none of Docker's. It loads the archive for
    // the classic store, and keeps the config's digest as the ID.
    async function isPodman() {
        const { code, stdout } = await runDocker(['info', '--format', '{{.Host.Arch}}']);
        return code === 0 && stdout.trim() !== '';
    }
    async function load(files) {
        const socket = await socketPath();
        const error = socket === undefined
            ? await loadWithCli(files)
            : await loadOverSocket(socket, files, signal).catch((failure) => throwDockerFailure(failure, 'load'));
        if (error !== undefined)
            (0,failure_error/* fail */.fJ)({ kind: 'docker', detail: `the Docker Engine rejected the image: ${error}` });
    }
    /** Resolves to the socket of the context or of DOCKER_HOST; undefined where it is not a Unix socket. */
    async function socketPath() {
        const { code, stdout } = await runDocker(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']);
        return code === 0 ? /^unix:\/\/(\/.+)$/.exec(stdout.trim())?.[1] : undefined;
    }
    async function loadWithCli(files) {
        const { code, stderr } = await runDocker(['load', '--quiet'], to => writeArchive(files, to));
        return code === 0 ? undefined : lastLine(stderr);
    }
    async function imageId(name) {
        const { code, stdout, stderr } = await runDocker(['image', 'inspect', '--format', '{{.Id}}', name]);
        // podman prints the ID without its algorithm.
        if (code === 0)
            return stdout.trim().replace(/^(?=[0-9a-f]{64}$)/, 'sha256:');
        if (/no such image|image not known/i.test(stderr))
            return undefined;
        return (0,failure_error/* fail */.fJ)({ kind: 'docker', detail: `docker image inspect ${name} failed: ${lastLine(stderr)}` });
    }
    async function runDocker(args, input) {
        const command = args[0] ?? '';
        try {
            const limits = { environment, signal, maxCharacters: docker_MAX_OUTPUT };
            const end = await (0,run_program/* runProgram */.m)('docker', args, { ...limits, ...(0,omit_undefined/* omitUndefined */.O)({ input }) });
            if (end.kind === 'exited')
                return end;
            const detail = end.kind === 'missing'
                ? '`load: true` needs the program docker and a Docker Engine; docker is not on the PATH of this machine'
                : `docker ${command} cannot be started`;
            return (0,failure_error/* fail */.fJ)({ kind: 'docker', detail });
        }
        catch (error) {
            return throwDockerFailure(error, command);
        }
    }
    function throwDockerFailure(error, command) {
        signal.throwIfAborted();
        if (error instanceof failure_error/* VerifiedImageError */.wL)
            throw error;
        throw new failure_error/* VerifiedImageError */.wL({ kind: 'docker', detail: `docker ${command}: ${(0,errno/* describeErrno */.c)(error)}` }, { cause: error });
    }
    return { detectImageStore, load, imageId };
}
/** Returns the last line of a program's output, where it says why it failed. */
function lastLine(output) {
    const line = output.split('\n').findLast(text => text.trim() !== '');
    return line?.trim() ?? 'it printed nothing';
}

// EXTERNAL MODULE: ./build/store/layout-directory.js
var layout_directory = __webpack_require__(2492);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./build/store/staging.js
// Names for staging folders, which exist while a run writes something, and the removal of those that a killed run left behind.
// A name says which process made the folder, so that a folder that another job still writes to is not removed.




// Whether a process on another host still runs cannot be seen from here. No job runs this long.
const ABANDONED_AFTER_MS = 48 * 3_600_000;
// The host id, the process id, and random digits.
const OWNER = /^[0-9a-f]{8}-\d+-[0-9a-f]{8}$/;
function createStagingNames(self, wallClock) {
    async function isStale(path, owner) {
        const [hostId = '', pid = ''] = owner.split('-');
        if (hostId === self.hostId)
            return !self.isAlive(Number(pid));
        const { mtimeMs } = await (0,promises_.lstat)(path);
        return wallClock().getTime() - mtimeMs > ABANDONED_AFTER_MS;
    }
    return {
        uniqueName: prefix => `${prefix}${self.hostId}-${String(self.pid)}-${(0,external_node_crypto_.randomUUID)().slice(0, 8)}`,
        removeStale: async (folder, prefix) => {
            const names = await (0,promises_.readdir)(folder).catch(() => []);
            for (const name of names) {
                const owner = name.startsWith(prefix) ? name.slice(prefix.length) : '';
                if (!OWNER.test(owner))
                    continue;
                const path = (0,external_node_path_.join)(folder, name);
                try {
                    if (await isStale(path, owner))
                        await (0,promises_.rm)(path, { recursive: true });
                }
                catch {
                    // Another run removes it too, or it belongs to another user. A folder that stays does no harm.
                }
            }
        }
    };
}

;// CONCATENATED MODULE: ./build/action/open-store.js
// Opens the store of verified content: a staging folder of this run, and the tool cache behind it.
// Used where bytes are needed on this machine.



/** Opens a store. Without a tool cache, or with one that cannot be used, nothing outlives the run. */
async function openStagingStore(usesCache, { machine, stagingNames, stop, warn }) {
    function onCacheFault(error) {
        warn(`The tool cache is not used: ${(0,errno/* describeErrno */.c)(error)}. Set \`cache: false\` to run without it.`);
    }
    return openBlobStore({
        folder: temporaryFolderOf(machine),
        cache: usesCache ? await openCache(machine, stagingNames).catch(onCacheFault) : undefined,
        stagingNames,
        signal: stop.signal,
        onCacheFault,
        onFault: error => {
            stop.abort(error);
        }
    });
}
/** Where staging folders are made. */
function temporaryFolderOf({ environment, temporaryFolder }) {
    const temporary = environment['RUNNER_TEMP'] ?? '';
    return temporary === '' ? temporaryFolder() : temporary;
}
async function openCache({ environment, wallClock }, stagingNames) {
    const tools = environment['RUNNER_TOOL_CACHE'] ?? '';
    return tools === '' ? undefined : openBlobCache({ tools, wallClock, stagingNames });
}

// EXTERNAL MODULE: ./build/oci/digest.js
var digest = __webpack_require__(1564);
// EXTERNAL MODULE: ./build/oci/manifest.js + 1 modules
var manifest = __webpack_require__(30);
// EXTERNAL MODULE: ./build/oci/platform.js
var oci_platform = __webpack_require__(4647);
;// CONCATENATED MODULE: ./build/action/image-layout.js
// Builds the documents of an OCI image layout of verified images (image-spec, image-layout.md), and of the archive that both image
// stores of a Docker Engine load. Pure: documents, and lists of the blobs that belong to them.








/** Returns the path of a blob in a layout. */
function blobPath(digest) {
    return `blobs/${digest.replace(':', '/')}`;
}
/** Returns an image's name without its digest, which no engine takes as a name; with the digest where the image has no tag. */
function engineReference({ reference, tag }) {
    const { registry, path } = reference;
    return (0,oci_reference/* formatReference */.FH)(tag === undefined ? reference : { registry, path, tag });
}
/**
 * Builds a layout with the platforms that were verified, under the published index where all that it names is there, and under a
 * generated index otherwise: an index whose children are not all there can be read, but neither pushed nor copied as a whole.
 */
function buildLayout(images) {
    const all = images.map(({ request, image }) => ({ request, image, root: rootOf(image) }));
    const named = distinctNames(all);
    const tagsDiffer = new Set(named.map(({ request }) => request.tag)).size === named.length;
    const generated = all.flatMap(({ root }) => root.generatedIndex === undefined ? [] : [[blobPath(root.descriptor.digest), root.generatedIndex]]);
    return {
        documents: {
            ...Object.fromEntries(generated),
            // Two images with the same tag go by their full names.
            ...indexDocuments(named.map(({ request, root }) => indexEntry(root, request, tagsDiffer ? request.tag : engineReference(request))))
        },
        blobs: distinct(all.flatMap(({ image, root }) => [...root.publishedBlobs, ...image.platforms.flatMap(blobsOf)])),
        roots: all.map(({ root }) => root.descriptor.digest)
    };
}
/**
 * Builds the archive for `docker load`: a layout for the containerd image store, and manifest.json with the files it names for the
 * classic one. It has one platform of each image, since the classic store takes no more: the machine's, or else the first. The
 * classic store decompresses all layers and keeps nothing else of them, more slowly than this process does, so it gets them
 * decompressed. The containerd store keeps the compressed blobs.
 */
function buildArchive(images, machine, store) {
    const all = images.map(({ request, image }) => {
        const platform = platformFor(machine, request, image);
        const layers = platform.layers.map(layer => archiveLayer(layer, platform, store));
        return { request, platform, layers, root: rootInEngine(machine, image, platform) };
    });
    const named = distinctNames(all);
    const legacy = named.map(({ request, platform, layers }) => ({
        Config: blobPath(platform.imageId),
        RepoTags: request.tag === undefined ? null : [engineReference(request)],
        Layers: layers.map(({ path }) => path)
    }));
    const index = store === 'classic' ? {} : indexDocuments(named.map(({ request, root }) => indexEntry(root, request, request.tag)));
    const blobs = all.flatMap(({ platform, layers, root }) => {
        const manifests = store === 'classic' ? [] : [...root.publishedBlobs, platform.digest];
        return [...[...manifests, platform.imageId].map(storedBlob), ...layers];
    });
    return {
        documents: { 'manifest.json': encode(legacy), ...index },
        blobs: [...new Map(blobs.map(blob => [blob.path, blob])).values()],
        images: all.map(({ request, platform, root }) => ({
            request,
            name: engineReference(request),
            ids: [...new Set([platform.imageId, root.descriptor.digest])]
        }))
    };
}
function storedBlob(digest) {
    return { path: blobPath(digest), digest };
}
function archiveLayer({ digest }, { uncompressed }, store) {
    const layer = uncompressed.get(digest);
    if (store === 'containerd' || layer === undefined || layer.compression === 'none')
        return storedBlob(digest);
    return { path: blobPath(layer.diffId), digest, decompress: { compression: layer.compression, size: layer.size } };
}
/** Returns the engine's platform of an image: the machine's, or else the first. Fails when a layer of it is unavailable. */
function platformFor(machine, { input }, { platforms }) {
    const offered = platforms.flatMap(image => (image.platform === undefined ? [] : [{ image, platform: image.platform }]));
    const chosen = (0,oci_platform/* choosePlatform */.xV)(machine, offered)?.image ?? platforms[0];
    if (chosen === undefined)
        throw new TypeError('an image has a platform');
    const [missing] = chosen.unavailableLayers;
    if (missing !== undefined) {
        (0,failure_error/* fail */.fJ)({
            kind: 'docker',
            detail: `${input} cannot be loaded: registries need not hold its layer ${missing}, and none has it`
        });
    }
    return chosen;
}
function rootOf(image) {
    const { root, platforms, attestations } = image;
    const [first] = platforms;
    if (first === undefined)
        throw new TypeError('an image has a platform');
    if (root.document.kind === 'manifest')
        return platformRoot(first);
    const present = new Set([...platforms, ...attestations].map(({ digest }) => digest));
    if (root.document.entries.every(entry => entry.kind === 'child' && present.has(entry.digest))) {
        const published = publishedRoot(image);
        return { ...published, publishedBlobs: [...published.publishedBlobs, ...attestations.flatMap(blobsOf)] };
    }
    return platforms.length === 1 ? platformRoot(first) : generatedRoot(platforms);
}
// The containerd store accepts an index of which it has one child, as after `docker pull`, and then knows the image by the
// requested digest. It requires the machine's platform there.
function rootInEngine(machine, image, platform) {
    const { document } = image.root;
    const isChild = document.kind === 'index' && (0,manifest/* childrenOf */.LU)(document).some(({ digest }) => digest === platform.digest);
    const runsHere = platform.platform !== undefined && (0,oci_platform/* satisfies */.ib)(machine, platform.platform);
    return isChild && runsHere ? publishedRoot(image) : platformRoot(platform);
}
function publishedRoot({ root }) {
    return {
        descriptor: { mediaType: root.document.mediaType, digest: root.digest, size: root.size },
        platform: undefined,
        generatedIndex: undefined,
        publishedBlobs: [root.digest]
    };
}
function platformRoot(image) {
    return {
        descriptor: descriptorOf(image),
        platform: image.platform,
        generatedIndex: undefined,
        publishedBlobs: []
    };
}
function generatedRoot(platforms) {
    const index = encode({
        schemaVersion: 2,
        mediaType: manifest/* OCI_INDEX */.$p,
        manifests: platforms.map(image => ({
            ...descriptorOf(image),
            ...(0,omit_undefined/* omitUndefined */.O)({ platform: image.platform && encodePlatform(image.platform) })
        }))
    });
    return {
        descriptor: { mediaType: manifest/* OCI_INDEX */.$p, digest: (0,digest/* digestOf */.ol)(index), size: index.length },
        platform: undefined,
        generatedIndex: index,
        publishedBlobs: []
    };
}
function descriptorOf({ mediaType, digest, manifest }) {
    return { mediaType, digest, size: manifest.size };
}
function blobsOf({ digest, imageId, layers, unavailableLayers }) {
    return [digest, imageId, ...layers.map(layer => layer.digest).filter(layer => !unavailableLayers.includes(layer))];
}
function distinct(digests) {
    return [...new Set(digests)];
}
/** Drops repetitions: a fallback may be an image that was requested too. */
function distinctNames(images) {
    return [
        ...new Map(images.map(image => [`${engineReference(image.request)} ${image.root.descriptor.digest}`, image])).values()
    ];
}
function indexDocuments(manifests) {
    return {
        'oci-layout': encode({ imageLayoutVersion: '1.0.0' }),
        'index.json': encode({ schemaVersion: 2, mediaType: manifest/* OCI_INDEX */.$p, manifests })
    };
}
function indexEntry({ descriptor, platform }, request, refName) {
    return {
        ...descriptor,
        ...(0,omit_undefined/* omitUndefined */.O)({ platform: platform && encodePlatform(platform) }),
        annotations: (0,omit_undefined/* omitUndefined */.O)({
            // The containerd image store names an image after this annotation; skopeo and BuildKit look for the other one.
            'io.containerd.image.name': engineReference(request),
            'org.opencontainers.image.ref.name': refName
        })
    };
}
function encodePlatform({ os, architecture, variant, osVersion, osFeatures }) {
    return (0,omit_undefined/* omitUndefined */.O)({ architecture, os, 'os.version': osVersion, 'os.features': osFeatures, variant });
}
function encode(value) {
    return Buffer.from(JSON.stringify(value));
}

;// CONCATENATED MODULE: ./build/action/export-images.js
// Exports verified images on this machine: as an OCI image layout, and into the Docker Engine. Blobs are stored while they are
// downloaded. Without `load` and `layout`, no exporter is opened and nothing is written to disk.













/** Opens the exporter of a run with `load` or `layout`. */
async function openExporter(inputs, deps) {
    const { machine, stop } = deps;
    const stagingNames = createStagingNames(machine.self(), machine.wallClock);
    const store = await openStagingStore(inputs.cache, { ...deps, stagingNames });
    const engine = inputs.load ? openEngine(deps) : undefined;
    async function exportImages(acquisitions) {
        const verified = acquisitions.flatMap(acquisition => acquisition.image === undefined
            ? []
            : [{ acquisition, request: usedRequest(acquisition), image: acquisition.image }]);
        if (verified.length < acquisitions.length)
            return new Map();
        // The engine first: the layout may take over the files that it reads from.
        const names = engine === undefined ? [] : await loadImages(verified, engine, { store, ...deps });
        const { layout } = inputs;
        const roots = layout === undefined ? [] : await exportLayout(layout, verified, { store, stagingNames, stop, print: deps.print });
        return new Map(verified.map(({ acquisition, image }, at) => [
            acquisition,
            exportedImage(image, names[at], layoutReference(layout, roots[at]))
        ]));
    }
    return { store: (0,verified_store/* createVerifiedStore */.k)(store), close: store.close, exportImages };
}
/** Connects to the engine before anything is downloaded for it; a run without one ends at once. */
function openEngine({ programEnvironment, stop }) {
    const engine = createDockerEngine({ environment: programEnvironment, signal: stop.signal });
    const imageStore = engine.detectImageStore();
    imageStore.catch((error) => {
        stop.abort(error);
    });
    return { engine, imageStore };
}
// Under the name of the tag that was used: under the requested name, later jobs could not tell that the engine has an older image.
function usedRequest(acquisition) {
    return ((0,fallback/* fallbackUsed */.Y)(acquisition) ?? acquisition).request.image;
}
/** Loads the images and resolves to their names in the engine. */
async function loadImages(images, { engine, imageStore }, { machine, store, print }) {
    const archive = buildArchive(images, machine.platform(), await imageStore);
    await engine.load(archiveFiles(archive, store));
    const names = [];
    for (const { request, name, ids } of archive.images) {
        const found = await nameInEngine(engine, name, ids);
        print(`Loaded into the Docker Engine${found === request.input ? '' : ` as ${found}`}: ${request.input}`);
        names.push(found);
    }
    return names;
}
function archiveFiles({ documents, blobs }, store) {
    return [
        ...Object.entries(documents).map(([path, content]) => ({ path, content })),
        ...blobs.map(({ digest, ...blob }) => ({ ...blob, content: store.blobFile(digest) }))
    ];
}
/** Resolves to the engine's name for an image: its IMAGE ID in the classic image store, which has no names without a tag. */
async function nameInEngine(engine, name, ids) {
    for (const candidate of name.includes('@') ? [name, ...ids] : [name]) {
        const id = await engine.imageId(candidate);
        if (ids.some(expected => expected === id))
            return candidate;
    }
    return (0,failure_error/* fail */.fJ)({
        kind: 'docker',
        detail: `the Docker Engine loaded the image, but does not have ${ids.join(' or ')} under the name ${name}`
    });
}
/** Writes the layout and resolves to the digests that its index names, in the order of the images. */
async function exportLayout(folder, images, { store, stagingNames, stop, print }) {
    const { documents, blobs, roots } = buildLayout(images);
    const puts = blobs.map(digest => [blobPath(digest), (path) => store.linkTo(digest, path)]);
    await (0,layout_directory/* writeLayout */.w)(folder, { documents, blobs: Object.fromEntries(puts) }, stagingNames, stop.signal);
    print(`Written to ${folder} as an OCI image layout: ${images.map(({ request }) => request.input).join(', ')}`);
    return roots;
}
function layoutReference(folder, root) {
    return folder === undefined || root === undefined ? undefined : `oci-layout://${folder}@${root}`;
}
function exportedImage({ candidate, digest }, name, layout) {
    // BuildKit does not take an IMAGE ID: without a name in the engine, it pulls the image from its registry.
    const isNamed = name?.startsWith('sha256:') === false;
    const source = isNamed ? name : (0,oci_reference/* formatReference */.FH)({ ...candidate.repository, digest });
    return { reference: name ?? layout ?? '', context: layout ?? `docker-image://${source}` };
}


/***/ })

};
