FROM alpine:3.20 AS base-amd64
FROM arm64v8/alpine:3.20 AS base-arm64
FROM base-${TARGETARCH}
RUN uname -m
