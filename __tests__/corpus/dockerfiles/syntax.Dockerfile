# syntax=docker/dockerfile:1.7.1
# check=skip=all
# escape=\
FROM alpine:3.20.1
