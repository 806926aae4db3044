# syntax=docker/dockerfile:1.7.1
ARG V=3.20
FROM alpine:${V} \
  AS base
COPY --from=busybox:1.36 \
  /a /a
