FROM debian:12.5
RUN <<EOF
FROM not-an-image:1
COPY --from=neither:1 / /
EOF
COPY <<-"CONFIG" /etc/app.conf
	FROM quoted:1
	CONFIG
RUN cat <<ONE <<TWO
FROM first:1
ONE
FROM second:1
TWO
RUN python3 <<'PY' && echo done
print("FROM third:1")
PY
FROM alpine:3.20.1
