FROM \
    # which one
    debian:12.5 \ 
    AS base
RUN echo one && \

    # FROM commented:1 \
    echo two
COPY \
    --from=busybox:1.36 \
    /bin/busybox /bin/
