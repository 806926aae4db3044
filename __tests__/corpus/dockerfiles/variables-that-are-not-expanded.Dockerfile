ARG UV=0.5.11
FROM python:3.12.4
COPY --from=ghcr.io/astral-sh/uv:${UV} /uv /bin/
RUN --mount=type=bind,from=tool:$UV,target=/x true
