FROM --platform=$BUILDPLATFORM golang:1.22 AS build
ARG TARGETOS TARGETARCH
RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build
FROM --platform=linux/arm64/v8 debian:12 AS arm
FROM --platform=${TARGETPLATFORM} alpine:3.20
COPY --from=build /app /app
