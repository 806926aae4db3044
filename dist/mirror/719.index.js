export const id = 719;
export const ids = [719];
export const modules = {

/***/ 4719:
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
// EXTERNAL MODULE: ./build/fetch/verified-store.js
var verified_store = __webpack_require__(2807);
// EXTERNAL MODULE: ./build/fetch/verified-image.js
var verified_image = __webpack_require__(1979);
// EXTERNAL MODULE: ./build/oci/reference.js
var oci_reference = __webpack_require__(907);
// EXTERNAL MODULE: ./build/store/blob-store.js
var blob_store = __webpack_require__(5555);
// EXTERNAL MODULE: ./build/process/run-program.js + 1 modules
var run_program = __webpack_require__(8284);
// EXTERNAL MODULE: ./build/oci/omit-undefined.js
var omit_undefined = __webpack_require__(7064);
// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(8474);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
// EXTERNAL MODULE: ./build/store/blob-file.js
var blob_file = __webpack_require__(2886);
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
    const decompressor = (compression === 'gzip' ? external_node_zlib_.createGunzip : external_node_zlib_.createZstdDecompress)({ chunkSize: blob_file/* BUFFER_BYTES */.jw });
    await (0,external_node_stream_promises_.pipeline)(readFile(content), decompressor, archive.entry({ name: path, size }));
}
// Its first user must be the pipeline: an error without a listener, such as that of an absent file, would end the process.
function readFile(path) {
    return (0,external_node_fs_.createReadStream)(path, { highWaterMark: blob_file/* BUFFER_BYTES */.jw });
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
    const archive = new external_node_stream_.PassThrough({ highWaterMark: blob_file/* BUFFER_BYTES */.jw });
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

// EXTERNAL MODULE: ./build/filesystem/errno.js
var errno = __webpack_require__(650);
// EXTERNAL MODULE: ./build/store/store.js
var store = __webpack_require__(4899);
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
// EXTERNAL MODULE: ./build/store/staging.js
var staging = __webpack_require__(3759);
// EXTERNAL MODULE: ./build/action/open-store.js
var open_store = __webpack_require__(4119);
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
    const stagingNames = (0,staging/* createStagingNames */.o)(machine.self(), machine.wallClock);
    const store = await (0,open_store/* openStagingStore */.H)(inputs.cache, { ...deps, stagingNames });
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
