# A comment ends the directives.
# syntax=docker/dockerfile:1.7.1
FROM alpine:3.20.1
