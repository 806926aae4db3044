FROM ubuntu:24.04
RUN --mount=type=bind,from=rust:1.79,source=/usr/local/cargo,target=/cargo \
    # cached
    --mount=type=cache,target=/root/.cache,from=alpine:3.20 \
    --mount=type=bind,target=/src \
    --mount=from=busybox:1.36,target=/bb \
    make
RUN --mount=type=secret,id=token --mount=type=tmpfs,target=/tmp true
