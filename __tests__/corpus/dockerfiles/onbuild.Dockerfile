FROM node:22.3.0 AS base
ONBUILD COPY --from=busybox:1.36 /bin/busybox /bin/
ONBUILD RUN --mount=type=bind,from=alpine:3.20,target=/a true
FROM base
FROM python:3.12.4
ONBUILD COPY --from=nobody:1.0 / /
