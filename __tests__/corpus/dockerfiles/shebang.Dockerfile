#!/usr/bin/env -S docker build -f
# syntax=docker/dockerfile:1.7.1
FROM alpine:3.20.1
