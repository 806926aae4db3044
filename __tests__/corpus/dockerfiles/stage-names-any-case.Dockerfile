from debian:12.5 as Base
FROM base AS Tools
RUN true
FROM tools
COPY --from=BASE /etc/passwd /etc/passwd
