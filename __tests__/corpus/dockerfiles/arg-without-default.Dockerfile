ARG VERSION
ARG REGISTRY=docker.io
FROM ${REGISTRY}/library/php:${VERSION}
FROM ${REGISTRY}/library/redis:7.2.5
