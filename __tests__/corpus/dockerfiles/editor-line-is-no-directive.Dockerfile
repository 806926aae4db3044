# vim: set ft=dockerfile:
# escape=`
FROM alpine:3.20.1
RUN echo \
    FROM nothing:1
