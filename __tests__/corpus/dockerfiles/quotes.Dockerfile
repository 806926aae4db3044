ARG IMAGE="node:22.3.0"
FROM "${IMAGE}" AS build
FROM 'busybox:1.36.1'
COPY --from="alpine:3.20.1" /etc/os-release /x
